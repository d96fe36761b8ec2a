// Live tail: asks each second for what came after the last record seen, while the page is seen.
import { listQuery, NEWEST, tailQuery } from '../../lib/eventsql';
import { reason } from '../../lib/api';
import { isAbort, query, records, type Row } from '../../lib/query';

const EVERY_MS = 1000;
const BATCH = 500;
const HELD_MAX = 1000;
const FIRST = 100; // rows to begin with
const BACK_MS = 86_400_000; // and how old they may be

export class Tail {
  on = $state(false);
  paused = $state(false);
  held = $state.raw<Row[]>([]); // newest first
  missed = $state(0); // more than can be held
  problem = $state('');

  private where = '';
  private last = 0;
  private abort: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private first: (rows: Row[]) => void,
    private show: (rows: Row[]) => void,
  ) {}

  waiting = $derived(this.held.length + this.missed);

  // The newest rows there are, whatever the range of time, and from then on what comes.
  async start(where: string): Promise<void> {
    this.stop();
    this.on = true;
    this.where = where;
    this.last = Number.MAX_SAFE_INTEGER;
    const abort = (this.abort = new AbortController());
    document.addEventListener('visibilitychange', this.seen);
    try {
      const newest = await query(NEWEST, { signal: abort.signal });
      const from = new Date(Date.now() - BACK_MS).toISOString();
      const list = await query(listQuery(where, FIRST), { from, signal: abort.signal });
      if (abort !== this.abort) return;
      this.last = Number(newest.rows[0]?.[0] ?? 0);
      this.first(records(list));
      void this.poll();
    } catch (error) {
      if (abort !== this.abort || isAbort(error)) return;
      this.problem = reason(error);
      this.timer = setTimeout(() => void this.start(where), EVERY_MS * 5);
    }
  }
  stop(): void {
    this.on = this.paused = false;
    this.held = [];
    this.missed = 0;
    this.problem = '';
    this.abort?.abort();
    this.abort = undefined;
    clearTimeout(this.timer);
    document.removeEventListener('visibilitychange', this.seen);
  }
  pause(): void {
    if (this.on) this.paused = true;
  }
  resume(): void {
    this.show(this.held);
    this.held = [];
    this.missed = 0;
    this.paused = false;
  }

  private seen = (): void => {
    if (document.hidden || !this.on) return;
    clearTimeout(this.timer);
    void this.poll();
  };

  private async poll(): Promise<void> {
    const abort = this.abort;
    if (!abort || document.hidden) return;
    const began = Date.now();
    try {
      const sql = tailQuery(this.where, this.last, BATCH);
      const answer = await query(sql, { max_rows: BATCH, signal: abort.signal });
      if (abort !== this.abort) return;
      this.problem = '';
      this.take(records(answer));
    } catch (error) {
      if (abort !== this.abort || isAbort(error)) return;
      this.problem = reason(error);
    }
    clearTimeout(this.timer);
    // A slow server is not asked more often than it can answer.
    const wait = Math.max(EVERY_MS - (Date.now() - began), (Date.now() - began) * 2);
    this.timer = setTimeout(() => void this.poll(), Math.min(wait, 10_000));
  }

  private take(rows: Row[]): void {
    const last = rows[rows.length - 1];
    if (!last) return;
    this.last = Number(last.seq);
    const fresh = rows.toReversed();
    if (!this.paused) {
      this.show(fresh);
      return;
    }
    const all = [...fresh, ...this.held];
    this.missed += Math.max(0, all.length - HELD_MAX);
    this.held = all.slice(0, HELD_MAX);
  }
}
