// The way to the server. `api` is typed by the committed OpenAPI document; `ask` is for what the
// document does not type, such as the bytes of a photo. Both carry the session's CSRF token and an
// idempotency key on every write, and turn every answer that is no success into a `Problem`.
import createClient, { type Middleware } from 'openapi-fetch';
import { ulid } from 'ulid';
import { Problem } from './problem';
import type { paths } from './types';

const READS = new Set(['GET', 'HEAD']);

let csrf = '';
let onSessionLost = () => {};

/** Tells the client the session's token. */
export function carryCsrf(token: string): void {
  csrf = token;
}

/** What to do when the server no longer knows the session. */
export function whenSessionLost(act: () => void): void {
  onSessionLost = act;
}

/** A new id for a thing that this browser makes. */
export const newId = (): string => ulid();

function dress(headers: Headers, method: string): void {
  if (READS.has(method)) return;
  if (csrf) headers.set('X-Sumun-Csrf', csrf);
  if (!headers.has('Idempotency-Key')) headers.set('Idempotency-Key', newId());
}

async function problemOf(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => null);
  const problem = new Problem(answer.status, body);
  if (problem.code === 'no_session') onSessionLost();
  return problem;
}

const manners: Middleware = {
  onRequest({ request }) {
    dress(request.headers, request.method);
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
  onError({ error }) {
    if (error instanceof Problem) return error;
    if (error instanceof DOMException && error.name === 'AbortError') return error;
    return Problem.offline();
  },
};

export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' });
api.use(manners);

/** The data of a typed call, which has thrown if there is none. */
export async function take<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

export interface Asked {
  query?: Record<string, string | number | boolean | null | undefined>;
  /** JSON, unless it is bytes. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Asks by hand. `path` begins after `/api/v1`. */
export async function ask<T>(method: string, path: string, asked: Asked = {}): Promise<T> {
  const url = new URL(`/api/v1${path}`, window.location.origin);
  for (const [name, value] of Object.entries(asked.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') {
      url.searchParams.set(name, String(value));
    }
  }
  const headers = new Headers(asked.headers);
  dress(headers, method);
  const raw = asked.body instanceof Blob || asked.body instanceof ArrayBuffer;
  const body = raw ? (asked.body as BodyInit) : JSON.stringify(asked.body);
  if (!raw && asked.body !== undefined) headers.set('Content-Type', 'application/json');
  let answer: Response;
  try {
    answer = await fetch(url, {
      method,
      headers,
      body: asked.body === undefined ? null : body,
      credentials: 'same-origin',
      ...(asked.signal ? { signal: asked.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw Problem.offline();
  }
  if (!answer.ok) throw await problemOf(answer);
  if (answer.status === 204) return undefined as T;
  const kind = answer.headers.get('Content-Type') ?? '';
  return (kind.includes('json') ? answer.json() : answer.blob()) as Promise<T>;
}
