// Lets the inspector's screen open where there is no network. It keeps the files of the shell and
// of that one screen, and the page itself; it never sees an answer of the API, because it lets all of
// those pass. What the inspector works with lies in the page's own store, which signing out clears.
// The two constants are filled in after the build (`scripts/worker.mjs`).
const SHELL = 'SUMUN_SHELL';
const FILES = ['SUMUN_FILES'];
/** The one page that stands without a network. */
const PAGE = '/inspections';
/** A slow network is given this long before the kept page is shown instead. */
const PATIENCE_MS = 4_000;

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(SHELL);
      await cache.addAll(FILES.map((file) => new Request(file, { credentials: 'omit' })));
      await cache.put(PAGE, await page(new Request(PAGE, { credentials: 'omit' })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith('sumun-') && name !== SHELL) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname === '/api' || url.pathname.startsWith('/api/')) return;
  if (request.mode === 'navigate') event.respondWith(opened(request, url));
  else if (FILES.includes(url.pathname)) event.respondWith(file(request, url));
});

/** The page as the server gives it. Its policy and its marks belong together, so both are kept. */
async function page(request) {
  const answer = await fetch(request);
  if (!answer.ok || !(answer.headers.get('Content-Type') ?? '').includes('text/html')) {
    throw new Error('no page');
  }
  return answer;
}

async function opened(request, url) {
  const cache = await caches.open(SHELL);
  try {
    const late = new Promise((_, fail) => setTimeout(() => fail(new Error('slow')), PATIENCE_MS));
    return await Promise.race([fetch(request), late]);
  } catch {
    if (url.pathname !== PAGE) return Response.redirect(PAGE);
    return (await cache.match(PAGE)) ?? Response.error();
  }
}

async function file(request, url) {
  const cache = await caches.open(SHELL);
  return (await cache.match(url.pathname)) ?? fetch(request);
}
