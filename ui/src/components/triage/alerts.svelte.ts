// The list of alerts as the page holds it: pages by cursor, what is selected, what arrived since.
import { ApiError, get, post, reason } from '../../lib/api';
import { matches, params, type AlertFilter } from '../../lib/alertfilter';
import { live } from '../../lib/live.svelte';
import { plural } from '../../lib/num';
import { session } from '../../lib/session.svelte';
import type { Alert, AlertList } from '../../lib/types';
import { toast } from '../../lib/ui.svelte';
import { foresee, may, VERBS, type Action, type Words } from './transitions';

const PAGE = 500;
export const BULK_MAX = 20_000; // the server's limit of one call
const FRESH_MAX = 1000;
const RECOUNT_MS = 400;

interface Done {
  changed: number;
  skipped: number;
  undo?: string;
}

export class Alerts {
  filter = $state.raw<AlertFilter>();
  rows = $state.raw<Alert[]>([]);
  total = $state(0);
  rev = $state(0);
  next = $state<string | null>(null);
  loading = $state(false);
  loaded = $state(false);
  error = $state.raw<ApiError | undefined>();
  at = $state(0); // when the list came
  fresh = $state.raw(new Map<string, Alert>()); // arrived since, not shown yet
  selected = $state.raw(new Set<string>());
  all = $state(false); // everything that matches, seen or not
  cursor = $state(0);
  busy = $state(false);

  private places = new Map<string, number>();
  private abort: AbortController | undefined;
  private paging = false;
  private counting: ReturnType<typeof setTimeout> | undefined;

  current = $derived(this.rows[this.cursor]);
  chosen = $derived(this.all ? this.total : this.selected.size);

  private get me(): string {
    return session.me?.name ?? '';
  }

  async load(filter: AlertFilter): Promise<void> {
    const same = filter === this.filter;
    const keep = this.current?.id;
    this.abort?.abort();
    const abort = (this.abort = new AbortController());
    this.filter = filter;
    this.loading = true;
    if (!same) this.clear();
    try {
      const list = await this.page(filter, null, abort.signal);
      if (abort !== this.abort) return;
      this.take(list, [], keep);
      this.fresh = new Map();
      this.at = Date.now();
      this.error = undefined;
      this.loaded = true;
    } catch (error) {
      if (abort !== this.abort || abort.signal.aborted) return;
      this.error = asError(error);
    } finally {
      if (abort === this.abort) this.loading = false;
    }
  }
  reload = (): void => {
    if (this.filter) void this.load(this.filter);
  };
  stop(): void {
    this.abort?.abort();
    this.abort = undefined;
    clearTimeout(this.counting);
  }

  // Messages were missed: what is new waits as ever, and rows are renewed where they stand.
  catchUp = async (): Promise<void> => {
    const { abort, filter } = this;
    if (!filter || !abort || this.loading) return;
    if (this.cursor === 0 && this.chosen === 0) {
      this.reload();
      return;
    }
    try {
      const list = await this.page(filter, null, abort.signal);
      if (abort !== this.abort) return;
      for (const alert of list.alerts) this.heard(alert);
      this.at = Date.now();
      this.error = undefined;
      this.recount();
    } catch (error) {
      if (abort === this.abort && !abort.signal.aborted) this.error = asError(error);
    }
  };

  // How many match now, without those that were not shown yet: `rev` stays that of the list.
  private recount(): void {
    clearTimeout(this.counting);
    this.counting = setTimeout(() => {
      const { abort, filter } = this;
      if (!filter || !abort) return;
      const asked = { ...params(filter, this.me), limit: 1 };
      get<AlertList>('/v1/alerts', asked, { signal: abort.signal }).then(
        (list) => {
          if (abort === this.abort) this.total = Math.max(0, list.total - this.fresh.size);
        },
        () => {}, // the count stays as it was
      );
    }, RECOUNT_MS);
  }

  // The next page; one at a time.
  async more(): Promise<void> {
    const { abort, filter, next } = this;
    if (this.paging || !filter || next === null || !abort || this.loading) return;
    this.paging = true;
    try {
      const list = await this.page(filter, next, abort.signal);
      if (abort === this.abort) this.take(list, this.rows, this.current?.id);
    } catch (error) {
      if (abort === this.abort && !abort.signal.aborted) this.error = asError(error);
    } finally {
      this.paging = false;
    }
  }

  private page(filter: AlertFilter, cursor: string | null, signal: AbortSignal): Promise<AlertList> {
    const asked = { ...params(filter, this.me), limit: PAGE, ...(cursor ? { cursor } : {}) };
    return get<AlertList>('/v1/alerts', asked, { signal });
  }

  private take(list: AlertList, before: Alert[], keep: string | undefined): void {
    if (before.length === 0) this.places = new Map();
    const added = list.alerts.filter((alert) => !this.places.has(alert.id));
    const rows = [...before, ...added];
    for (let i = before.length; i < rows.length; i++) this.places.set(rows[i]!.id, i);
    this.rows = rows;
    this.next = list.next;
    if (before.length === 0) {
      this.total = list.total;
      this.rev = list.rev;
    }
    const place = keep === undefined ? undefined : this.places.get(keep);
    this.cursor = place ?? Math.max(0, Math.min(this.cursor, rows.length - 1));
  }

  clear(): void {
    this.selected = new Set();
    this.all = false;
  }

  find(id: string): Alert | undefined {
    const place = this.places.get(id);
    return place === undefined ? undefined : this.rows[place];
  }
  moveTo(id: string): void {
    const place = this.places.get(id);
    if (place !== undefined) this.cursor = place;
  }

  // Something changed: known rows are renewed where they stand, others wait to be shown.
  heard(alert: Alert): void {
    const known = this.find(alert.id);
    if (known) {
      if (alert.rev >= known.rev) this.patch([alert]);
      this.recount();
    } else if (this.loaded && this.filter && matches(this.filter, alert, this.me)) {
      if (this.fresh.size < FRESH_MAX) this.fresh = new Map(this.fresh).set(alert.id, alert);
    } else if (this.fresh.has(alert.id)) {
      const fresh = new Map(this.fresh);
      fresh.delete(alert.id);
      this.fresh = fresh;
    }
  }

  patch(changed: Alert[]): void {
    const rows = this.rows.slice();
    for (const alert of changed) {
      const place = this.places.get(alert.id);
      if (place !== undefined) rows[place] = alert;
    }
    this.rows = rows;
  }

  // In the list still, though the filter would not have it any more.
  gone(alert: Alert): boolean {
    return this.filter !== undefined && !matches(this.filter, alert, this.me);
  }

  toggle(id: string): void {
    const next = new Set(this.all ? this.rows.map((row) => row.id) : this.selected);
    if (!next.delete(id)) next.add(id);
    this.selected = next;
    this.all = false;
  }
  selectRange(from: number, to: number): void {
    const [low, high] = from < to ? [from, to] : [to, from];
    const range = this.rows.slice(low, high + 1).map((row) => row.id);
    this.selected = new Set([...this.selected, ...range]);
  }
  isSelected(id: string): boolean {
    return this.all || this.selected.has(id);
  }

  // What an action is meant for: the selection, or else the row of the cursor.
  targets(): Alert[] {
    const ids = this.selected.size > 0 ? [...this.selected] : [this.current?.id ?? ''];
    return ids.map((id) => this.find(id)).filter((alert) => alert !== undefined);
  }

  // Does it to the alerts given, or to all that match.  True when it was done.
  async act(action: Action, words: Words = {}, on?: Alert[]): Promise<boolean> {
    if (on === undefined && this.all) return this.actOnAll(action, words);
    const meant = on ?? this.targets();
    const able = meant.filter((alert) => may(action, alert));
    if (able.length === 0) {
      if (meant.length > 0) toast(`${VERBS[action].label.replace('…', '')}: not possible from this status`);
      return false;
    }
    const body = { action, ids: able.map((alert) => alert.id), ...words };
    this.patch(able.map((alert) => foresee(alert, action, words, this.me)));
    return this.send(action, body, able);
  }

  private actOnAll(action: Action, words: Words): Promise<boolean> {
    const filter = params(this.filter!, this.me);
    const body = { action, filter, as_of: this.rev, expected: this.total, ...words };
    const able = this.rows.filter((alert) => may(action, alert));
    this.patch(able.map((alert) => foresee(alert, action, words, this.me)));
    return this.send(action, body, able);
  }

  private async send(action: Action, body: object, before: Alert[]): Promise<boolean> {
    this.busy = true;
    try {
      const done = await post<Done>('/v1/alerts/bulk', body);
      const skipped = done.skipped > 0 ? `, ${done.skipped} left as they were` : '';
      const undo = done.undo;
      toast(
        `${plural(done.changed, 'alert')} ${VERBS[action].done}${skipped}`,
        undo ? () => void this.undo(undo, before) : undefined,
      );
      if (live.state !== 'live') this.reload();
      else this.recount();
      return true;
    } catch (error) {
      this.restore(before);
      toast(conflict(error) ?? reason(error), undefined, 'bad');
      if (conflict(error)) this.reload();
      return false;
    } finally {
      this.busy = false;
    }
  }

  // Rows as they were, unless the server has said something newer.
  private restore(before: Alert[]): void {
    this.patch(before.filter((alert) => (this.find(alert.id)?.rev ?? alert.rev) === alert.rev));
  }

  private async undo(id: string, before: Alert[]): Promise<void> {
    try {
      const { changed } = await post<{ changed: number }>('/v1/alerts/undo', { undo: id });
      const known = before.filter((alert) => this.find(alert.id));
      this.patch(known.map((alert) => ({ ...alert, rev: this.find(alert.id)!.rev })));
      toast(`Undone: ${plural(changed, 'alert')}`);
      if (live.state !== 'live') this.reload();
    } catch (error) {
      toast(`Not undone: ${reason(error)}`, undefined, 'bad');
    }
  }
}

function asError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, { status: 0, detail: reason(error) });
}

function conflict(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.status !== 409) return undefined;
  const { expected, actual } = error.problem;
  if (typeof expected !== 'number' || typeof actual !== 'number') return undefined;
  return `Nothing was changed: ${plural(expected, 'alert')} matched when you chose, now ${actual} do. Look again.`;
}
