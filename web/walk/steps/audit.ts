// What page auditors ask of every page, as far as no clock is needed: that it says its language,
// title and size, comes packed and is kept by browsers, holds still while it loads, draws few
// elements however long its list is, and can be installed. What it weighs is `scripts/size.mjs`.
import assert from 'node:assert/strict';
import type { Day, Step } from '../day';

/** Layout may move by so much while a screen loads: "good" by Core Web Vitals. */
const MOST_SHIFT = 0.1;
/** Elements of a screen, a queue of any length included; auditors warn from about 1,400 on. */
const MOST_ELEMENTS = 2_500;

const SCREENS = [
  ['officer', '/'],
  ['officer', '/queue'],
  ['inspector', '/inspections'],
  ['analyst', '/measures'],
  ['analyst', '/models'],
  ['analyst', '/data'],
  ['auditor', '/journal'],
  ['admin', '/admin'],
] as const;

export const audit: Step = {
  name: 'page audit',
  walk: async (day) => {
    const faults: string[] = [];
    for (const [who, path] of SCREENS) {
      faults.push(...(await answersOf(day, who, path)).map((fault) => `${path}: ${fault}`));
      faults.push(...(await pageOf(day, who)).map((fault) => `${path}: ${fault}`));
    }
    assert.deepEqual(faults, []);

    const page = await day.page('officer');
    const manifest = await page.evaluate(async () => {
      const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]');
      return link ? (await fetch(link.href)).json() : null;
    });
    for (const needed of ['name', 'start_url', 'display', 'icons', 'theme_color']) {
      assert.ok(manifest?.[needed], `the manifest has no ${needed}`);
    }
    assert.ok(await page.evaluate(async () => 'caches' in window && 'serviceWorker' in navigator));
  },
};

/** What is wrong with the answers that make up a screen. */
async function answersOf(day: Day, who: string, path: string): Promise<string[]> {
  const page = await day.page(who);
  const faults: string[] = [];
  const answers: Promise<void>[] = [];
  // Vite, for who writes a page, neither packs nor lets keep.
  const served = !process.env.WALK_PAGE;
  const look = (response: import('playwright-core').Response) => {
    const url = new URL(response.url());
    if (!served || !url.pathname.startsWith('/assets/') || response.fromServiceWorker()) return;
    answers.push(
      response.allHeaders().then((headers) => {
        const text = /javascript|css|svg|json/.test(headers['content-type'] ?? '');
        const long = Number(headers['content-length'] ?? 0) > 1_400;
        if (text && long && !headers['content-encoding'])
          faults.push(`${url.pathname} is unpacked`);
        const kept = headers['cache-control'] ?? '';
        if (!kept.includes('immutable')) faults.push(`${url.pathname} is fetched every time`);
      }),
    );
  };
  page.on('response', look);
  await day.go(who, path);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await Promise.all(answers);
  page.off('response', look);
  return faults;
}

/** What is wrong with the page as it stands. */
async function pageOf(day: Day, who: string): Promise<string[]> {
  const page = await day.page(who);
  return page.evaluate(
    async ([mostShift, mostElements]) => {
      const faults: string[] = [];
      const meta = (name: string) =>
        document.querySelector<HTMLMetaElement>(`meta[name=${name}]`)?.content ?? '';
      if (!/^(ko|en)$/.test(document.documentElement.lang)) faults.push('it says no language');
      if (!document.title.includes('수문')) faults.push('it has no title of its own');
      if (!meta('viewport').includes('width=device-width')) faults.push('it fits no tablet');
      if (/user-scalable=no|maximum-scale/.test(meta('viewport'))) faults.push('nobody can zoom');
      if (document.querySelectorAll('h1').length !== 1) faults.push('it has not one heading');
      const elements = document.querySelectorAll('*').length;
      if (elements > mostElements) faults.push(`it has ${elements} elements`);
      const unsized = [...document.images].filter((image) => !image.width || !image.height);
      if (unsized.length > 0) faults.push('pictures have no size of their own');
      const shift = await new Promise<number>((tell) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const { value, hadRecentInput } = entry as unknown as {
              value: number;
              hadRecentInput: boolean;
            };
            if (!hadRecentInput) sum += value;
          }
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => tell(sum), 100);
      });
      if (shift > mostShift) faults.push(`it moves by ${shift.toFixed(2)} while it loads`);
      return faults;
    },
    [MOST_SHIFT, MOST_ELEMENTS] as const,
  );
}
