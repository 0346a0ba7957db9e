// What goes with a request and what comes of it: the token and a key on writes only, problems in
// one shape, and a lost network as one of them.
import { afterEach, expect, it, vi } from 'vitest';
import { ask, carryCsrf, whenSessionLost } from './client';
import { Problem } from './problem';

afterEach(() => vi.unstubAllGlobals());

function answers(status: number, body: unknown) {
  const fetched = vi.fn(
    async (_: URL, __?: RequestInit) =>
      new Response(status === 204 ? null : JSON.stringify(body), {
        status,
        headers: { 'Content-Type': 'application/json' },
      }),
  );
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

it('carries the token and a key on writes, and neither on reads', async () => {
  carryCsrf('the-token');
  const fetched = answers(200, { items: [] });
  await ask('GET', '/queue', { query: { q: '가', lane: undefined, drawn: true } });
  await ask('POST', '/decisions', { body: { id: '1' } });
  const [[url, read], [, write]] = fetched.mock.calls as [[URL, RequestInit], [URL, RequestInit]];
  expect(url.search).toBe('?q=%EA%B0%80&drawn=true');
  expect(new Headers(read.headers).get('X-Sumun-Csrf')).toBeNull();
  expect(new Headers(write.headers).get('X-Sumun-Csrf')).toBe('the-token');
  expect(new Headers(write.headers).get('Idempotency-Key')).toMatch(/^[0-9A-Z]{26}$/);
});

it('makes a problem of what is no success', async () => {
  const lost = vi.fn();
  whenSessionLost(lost);
  answers(401, { error: { code: 'no_session', said: 'Sign in.' } });
  await expect(ask('GET', '/session')).rejects.toMatchObject({ status: 401, code: 'no_session' });
  expect(lost).toHaveBeenCalledOnce();

  answers(409, {
    error: { code: 'conflict', said: 'Another was first.' },
    theirs: { revision: 2 },
  });
  const problem = await ask('POST', '/inspections', { body: {} }).catch(Problem.of);
  expect((problem as Problem).body.theirs).toEqual({ revision: 2 });
});

it('says that the network is gone', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed to fetch')));
  await expect(ask('GET', '/queue')).rejects.toMatchObject({ status: 0, code: 'offline' });
});
