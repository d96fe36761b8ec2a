// Requests to the API.  A refusal becomes an ApiError; a lost session is told to whoever listens.
import type { Problem } from './types';

export class ApiError extends Error {
  readonly status: number; // 0: no answer at all
  readonly problem: Problem;
  readonly retryAfter: number | null; // seconds

  constructor(status: number, problem: Problem, retryAfter: number | null = null) {
    super(problem.detail || problem.title || `HTTP status ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
  get detail(): string {
    return this.message;
  }
  get instance(): string | undefined {
    return this.problem.instance;
  }
  get offline(): boolean {
    return this.status === 0;
  }
}

export type Params = Record<string, string | number | boolean | null | undefined | string[]>;

interface Hooks {
  csrf: () => string;
  lost: () => void;
  renew: () => Promise<boolean>; // is there another CSRF token now?
}
const hooks: Hooks = { csrf: () => '', lost: () => {}, renew: async () => false };

// The session says where its token is and what to do when it is gone.
export function setHooks(given: Hooks): void {
  Object.assign(hooks, given);
}

// `/v1/alerts` and {status: ['open'], q: ''} make `/v1/alerts?status=open`: what is empty is left out.
export function url(path: string, params?: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params ?? {})) {
    const text = Array.isArray(value) ? value.join(',') : value;
    if (text !== undefined && text !== null && text !== '') query.set(name, String(text));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

async function problemOf(answer: Response): Promise<ApiError> {
  const fallback: Problem = { status: answer.status, title: answer.statusText };
  const wait = Number(answer.headers.get('retry-after'));
  let problem = fallback;
  if (answer.headers.get('content-type')?.includes('json')) {
    problem = { ...fallback, ...((await answer.json().catch(() => ({}))) as object) };
  }
  return new ApiError(answer.status, problem, Number.isFinite(wait) && wait > 0 ? wait : null);
}

export interface SendOptions {
  signal?: AbortSignal;
  quiet?: boolean; // a 401 is an answer, not the end of the session
}

async function once(
  method: string,
  path: string,
  body: unknown,
  options: SendOptions,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET' && hooks.csrf()) headers['x-csrf-token'] = hooks.csrf();
  try {
    return await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      redirect: 'error',
      signal: options.signal,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, { status: 0, title: 'No answer', detail: 'Tocsin does not answer.' });
  }
}

// The answer itself, once it is known to be a good one.
export async function send(
  method: string,
  path: string,
  body?: unknown,
  options: SendOptions = {},
): Promise<Response> {
  let answer = await once(method, path, body, options);
  // Another tab may have signed in anew: then our CSRF token is an old one.
  if (answer.status === 403 && method !== 'GET' && (await hooks.renew())) {
    answer = await once(method, path, body, options);
  }
  if (answer.ok) return answer;
  const refusal = await problemOf(answer);
  if (refusal.status === 401 && !options.quiet) hooks.lost();
  throw refusal;
}

async function json<T>(answer: Response): Promise<T> {
  if (answer.status === 204) return undefined as T;
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export async function get<T>(path: string, params?: Params, options?: SendOptions): Promise<T> {
  return json<T>(await send('GET', url(path, params), undefined, options));
}
export async function post<T>(path: string, body?: unknown, options?: SendOptions): Promise<T> {
  return json<T>(await send('POST', path, body, options));
}
export async function put<T>(path: string, body?: unknown, options?: SendOptions): Promise<T> {
  return json<T>(await send('PUT', path, body, options));
}
export async function del<T>(path: string, options?: SendOptions): Promise<T> {
  return json<T>(await send('DELETE', path, undefined, options));
}

// One sentence about any failure, for a person.
export function reason(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.status === 403) return `You may not do this: ${error.detail}`;
    return error.detail;
  }
  return error instanceof Error ? error.message : String(error);
}
