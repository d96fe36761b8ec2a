// The live stream as the page sees it: state for the indicator, messages for whoever asked.
import { Stream, type SseMessage, type StreamState } from './sse';
import type { FromWorker, ToWorker } from './live-worker';
import type { Alert, StreamHello, StreamStats } from './types';

export type LiveState = 'connecting' | 'live' | 'polling' | 'paused' | 'stale' | 'offline';

// `reset`: what was heard so far has gaps, ask again.  `poll`: there is no stream, ask now and then.
// `refused`: the stream is not for us any more.
interface Messages {
  hello: StreamHello;
  alert: Alert;
  stats: StreamStats;
  incidents: { rev: number };
  reset: null;
  poll: null;
  refused: null;
}
type Kind = keyof Messages;
type Handler<K extends Kind> = (data: Messages[K]) => void;

const STALE_MS = 12_000; // statistics come each 2 s
const POLL_MS = 30_000;

class Live {
  private link = $state<StreamState | 'wait'>('wait');
  private now = $state(Date.now());
  private heard = $state(Date.now());
  paused = $state(false);
  stats = $state.raw<StreamStats | null>(null);
  hello = $state.raw<StreamHello | null>(null);

  private handlers = new Map<Kind, Set<Handler<never>>>();
  private port: MessagePort | undefined;
  private own: Stream | undefined;
  private clock: ReturnType<typeof setInterval> | undefined;
  private gap = false; // something was missed: a reset is due when the stream is open again
  private polled = 0;

  // Seconds since the last sign of life.
  age = $derived(Math.max(0, Math.round((this.now - this.heard) / 1000)));
  state: LiveState = $derived.by(() => {
    if (this.paused) return 'paused';
    if (this.link === 'open') return this.age * 1000 > STALE_MS ? 'stale' : 'live';
    if (this.link === 'full') return 'polling';
    if (this.link === 'wait') return 'connecting';
    return 'offline';
  });

  start(): void {
    if (this.clock) return;
    this.clock = setInterval(() => this.tick(), 1000);
    document.addEventListener('visibilitychange', this.onVisible);
    addEventListener('online', this.hurry);
    addEventListener('pagehide', this.bye);
    addEventListener('pageshow', this.onShow);
    this.connect();
  }
  stop(): void {
    clearInterval(this.clock);
    this.clock = undefined;
    document.removeEventListener('visibilitychange', this.onVisible);
    removeEventListener('online', this.hurry);
    removeEventListener('pagehide', this.bye);
    removeEventListener('pageshow', this.onShow);
    this.bye();
    this.port?.close();
    this.port = undefined;
    this.link = 'wait';
    this.stats = null;
  }

  on<K extends Kind>(kind: K, handler: Handler<K>): () => void {
    const set = this.handlers.get(kind) ?? new Set();
    this.handlers.set(kind, set.add(handler as Handler<never>));
    return () => void set.delete(handler as Handler<never>);
  }

  pause(): void {
    this.paused = true;
  }
  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.emit('reset', null);
  }

  hurry = (): void => {
    this.port?.postMessage('hurry' satisfies ToWorker);
    this.own?.hurry();
  };

  private connect(): void {
    if (typeof SharedWorker === 'function') {
      const worker = new SharedWorker(new URL('./live-worker.ts', import.meta.url), {
        type: 'module',
        name: 'tocsin-live',
      });
      worker.addEventListener('error', () => this.connectOwn());
      this.port = worker.port;
      this.port.addEventListener('message', (event: MessageEvent<FromWorker>) => this.from(event.data));
      this.port.start();
      this.port.postMessage('start' satisfies ToWorker);
    } else {
      this.connectOwn();
    }
  }
  // Without shared workers each tab has a stream of its own, while it is seen.
  private connectOwn(): void {
    this.port = undefined;
    this.own ??= new Stream('/v1/stream', {
      message: (message) => this.from({ kind: 'message', message }),
      state: (state) => this.from({ kind: 'state', state }),
      beat: () => this.from({ kind: 'beat' }),
    });
    this.own.start();
  }

  private bye = (): void => {
    this.port?.postMessage('bye' satisfies ToWorker);
    this.own?.stop();
  };
  private onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) this.port?.postMessage('start' satisfies ToWorker);
  };
  private onVisible = (): void => {
    if (!document.hidden) {
      this.hurry();
      if (this.own) this.own.start();
    } else if (this.own) {
      this.gap = true;
      this.own.stop();
    }
  };

  private from(what: FromWorker): void {
    if (what.kind === 'state') this.setLink(what.state);
    this.heard = this.now = Date.now();
    if (what.kind === 'message') this.take(what.message);
  }
  private setLink(next: StreamState | 'wait'): void {
    if (next !== 'open' && next !== 'wait') this.gap = true;
    const back = next === 'open' && this.gap;
    this.link = next;
    if (next === 'refused') this.emit('refused', null);
    if (back) {
      this.gap = false;
      this.emit('reset', null);
    }
  }
  private take(message: SseMessage): void {
    const kind = message.event as Kind;
    let data: unknown;
    try {
      data = JSON.parse(message.data);
    } catch {
      return;
    }
    if (kind === 'stats') this.stats = data as StreamStats;
    if (kind === 'hello') this.hello = data as StreamHello;
    if (this.paused && kind !== 'stats') return;
    if (['hello', 'alert', 'stats', 'incidents', 'reset'].includes(kind)) this.emit(kind, data as never);
  }
  private emit<K extends Kind>(kind: K, data: Messages[K]): void {
    for (const handler of this.handlers.get(kind) ?? []) (handler as Handler<K>)(data);
  }

  private tick(): void {
    this.now = Date.now();
    if (this.state !== 'polling' || document.hidden || this.now - this.polled < POLL_MS) return;
    this.polled = this.now;
    this.emit('poll', null);
  }
}

export const live = new Live();
