// A question that takes the server a while.  It answers two at a time: who is refused for that
// waits as long as told and asks again.
import { ApiError } from '../../lib/api';

const TRIES = 20;
const WAIT_S = 5;

export class Asked<T> {
  state = $state<'idle' | 'asking' | 'waiting'>('idle');
  data = $state.raw<T | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  seconds = $state(0); // since it was asked

  private abort: AbortController | undefined;

  get busy(): boolean {
    return this.state !== 'idle';
  }

  // What came before stays until there is an answer.
  async ask(run: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.cancel();
    const abort = new AbortController();
    this.abort = abort;
    this.error = undefined;
    this.seconds = 0;
    const began = Date.now();
    const timer = setInterval(() => (this.seconds = Math.floor((Date.now() - began) / 1000)), 500);
    try {
      const data = await this.insist(run, abort.signal);
      if (this.abort === abort) this.data = data;
    } catch (error) {
      if (this.abort === abort && !abort.signal.aborted) this.error = error;
    } finally {
      clearInterval(timer);
      if (this.abort === abort) this.state = 'idle';
    }
  }

  private async insist(run: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let left = TRIES; ; left--) {
      this.state = 'asking';
      try {
        return await run(signal);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 429 || left === 0) throw error;
        this.state = 'waiting';
        await pause((error.retryAfter ?? WAIT_S) * 1000, signal);
      }
    }
  }

  cancel = (): void => {
    this.abort?.abort();
    this.abort = undefined;
    this.state = 'idle';
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      fail(new DOMException('cancelled', 'AbortError'));
    });
  });
}
