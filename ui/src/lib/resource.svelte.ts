// Something read from the API and kept fresh: old data stays on the page while new data is fetched.
import { untrack } from 'svelte';
import { ApiError, get, reason, url, type Params } from './api';
import { live } from './live.svelte';

export interface ResourceOptions {
  every?: number; // ms between refreshes while the page is seen; 0: never
  on?: ('alert' | 'stats')[]; // live messages that make it fetch again, at most once a second
}

const STALE_MS = 60_000;
const QUIET_MS = 1000;

export class Resource<T> {
  data = $state.raw<T | undefined>(undefined);
  error = $state.raw<ApiError | undefined>(undefined);
  loading = $state(false);
  at = $state(0); // when the data came

  private abort: AbortController | undefined;
  private target = '';

  get first(): boolean {
    return this.data === undefined && !this.error;
  }
  get problem(): string {
    return this.error ? reason(this.error) : '';
  }
  // Data is on the page, and the last try to renew it failed a while ago.
  stale(now = Date.now()): boolean {
    return this.data !== undefined && this.error !== undefined && now - this.at > STALE_MS;
  }

  async load(target: string): Promise<void> {
    if (target !== this.target) this.error = undefined;
    this.target = target;
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.loading = true;
    try {
      const data = await get<T>(target, undefined, { signal: abort.signal });
      if (this.abort !== abort) return;
      this.data = data;
      this.error = undefined;
      this.at = Date.now();
    } catch (error) {
      if (this.abort !== abort || abort.signal.aborted) return;
      this.error =
        error instanceof ApiError ? error : new ApiError(0, { status: 0, detail: reason(error) });
    } finally {
      if (this.abort === abort) this.loading = false;
    }
  }
  reload = (): void => {
    if (this.target) void this.load(this.target);
  };
  drop(): void {
    this.abort?.abort();
    this.abort = undefined;
  }
}

// Call while a component is made:
//   const alerts = resource<AlertList>(() => ['/v1/alerts', {status: filter}], {on: ['alert']});
// null from the function: nothing to ask now.
export function resource<T>(
  what: () => string | [string, Params] | null,
  options: ResourceOptions = {},
): Resource<T> {
  const one = new Resource<T>();
  const target = $derived.by(() => {
    const asked = what();
    return Array.isArray(asked) ? url(asked[0], asked[1]) : asked;
  });
  $effect(() => {
    const path = target;
    if (path !== null) untrack(() => void one.load(path));
    return () => one.drop();
  });
  $effect(() => keepFresh(one, options));
  return one;
}

function keepFresh<T>(one: Resource<T>, options: ResourceOptions): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let missed = false;
  const again = (): void => {
    if (document.hidden) missed = true;
    else waiting ??= setTimeout(() => ((waiting = undefined), one.reload()), QUIET_MS);
  };
  const seen = (): void => {
    if (document.hidden || !missed) return;
    missed = false;
    one.reload();
  };
  const offs = [
    live.on('reset', again),
    live.on('poll', again),
    ...(options.on ?? []).map((kind) => live.on(kind, again)),
  ];
  const timer = options.every ? setInterval(() => !live.paused && again(), options.every) : undefined;
  document.addEventListener('visibilitychange', seen);
  return () => {
    for (const off of offs) off();
    clearInterval(timer);
    clearTimeout(waiting);
    document.removeEventListener('visibilitychange', seen);
  };
}
