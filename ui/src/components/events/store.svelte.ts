// Events as the page holds them: rows by pages, bars over time, the most frequent values.
import { ApiError, reason } from '../../lib/api';
import {
  errorSpot,
  FACETS,
  facetsQuery,
  histogramQuery,
  listQuery,
  stepFor,
  type Place,
} from '../../lib/eventsql';
import { isAbort, query, records, type Answer, type Row } from '../../lib/query';
import { fault } from '../../lib/sql';
import type { Span } from './links';

export const PAGE = 100;
export const ROWS_MAX = 5000; // in the page; who wants more narrows the range or exports
const TABLE_MAX = 1000;
const BARS = 90;
const TOP = 6;

export interface Fault {
  message: string;
  at: number | null; // in the text
  instance?: string;
  title?: string;
}
export interface Bars {
  step: number; // ms
  span: Span;
  n: Map<number, Record<string, number>>; // of each bar, by severity
  total: number;
}
export interface FacetValue {
  value: string;
  n: number;
}

export class Events {
  rows = $state.raw<Row[]>([]);
  more = $state(false);
  loading = $state(false);
  paging = $state(false);
  loaded = $state(false);
  fault = $state.raw<Fault | undefined>();
  at = $state(0);
  elapsed = $state(0);
  leftOut = $state(0);
  bars = $state.raw<Bars | undefined>();
  facets = $state.raw<Map<string, FacetValue[]> | undefined>();
  sideFault = $state(''); // bars or values failed, the rows did not
  table = $state.raw<Answer | undefined>(); // of a full statement
  where = $state('');
  span = $state.raw<Span>({ from: '', to: '' });

  private abort: AbortController | undefined;

  stop(): void {
    this.abort?.abort();
    this.abort = undefined;
    this.loading = this.paging = false;
  }

  async run(where: string, span: Span): Promise<void> {
    this.stop();
    const abort = (this.abort = new AbortController());
    this.table = undefined;
    this.where = where;
    this.span = span;
    const wrong = fault(where);
    if (wrong) {
      this.fault = { message: wrong.text, at: wrong.at };
      return;
    }
    const sql = listQuery(where, PAGE);
    this.loading = true;
    void this.sides(where, span, abort);
    try {
      const answer = await query(sql, { ...span, max_rows: PAGE, signal: abort.signal });
      if (abort !== this.abort) return;
      this.rows = records(answer);
      this.more = answer.rows.length >= PAGE;
      this.elapsed = answer.elapsed_ms;
      this.leftOut = answer.records_left_out ?? 0;
      this.fault = undefined;
      this.loaded = true;
      this.at = Date.now();
    } catch (error) {
      if (abort === this.abort && !isAbort(error)) this.fault = told(error, sql, where);
    } finally {
      if (abort === this.abort) this.loading = false;
    }
  }

  private async sides(where: string, span: Span, abort: AbortController): Promise<void> {
    this.sideFault = '';
    const step = stepFor(Date.parse(span.to) - Date.parse(span.from), BARS);
    try {
      const options = { ...span, signal: abort.signal };
      const [bars, facets] = await Promise.all([
        query(histogramQuery(where, step), options),
        query(facetsQuery(where, FACETS, TOP), options),
      ]);
      if (abort !== this.abort) return;
      this.bars = barsOf(bars, step, span);
      this.facets = facetsOf(facets);
    } catch (error) {
      if (abort !== this.abort || isAbort(error)) return;
      this.sideFault = reason(error);
    }
  }

  async older(): Promise<void> {
    const { abort, where, span } = this;
    const last = this.rows[this.rows.length - 1];
    if (!abort || !last || !this.more || this.paging || this.rows.length >= ROWS_MAX) return;
    this.paging = true;
    const before: Place = { time: String(last.timestamp), seq: Number(last.seq) };
    try {
      const answer = await query(listQuery(where, PAGE, before), {
        ...span,
        max_rows: PAGE,
        signal: abort.signal,
      });
      if (abort !== this.abort) return;
      this.rows = [...this.rows, ...records(answer)];
      this.more = answer.rows.length >= PAGE;
    } catch (error) {
      if (abort !== this.abort || isAbort(error)) return;
      this.more = false;
      this.sideFault = reason(error);
    } finally {
      if (abort === this.abort) this.paging = false;
    }
  }

  // A statement of the user's own.
  async runSql(sql: string, span: Span): Promise<void> {
    this.stop();
    const abort = (this.abort = new AbortController());
    this.span = span;
    this.loading = true;
    try {
      const answer = await query(sql, { ...span, max_rows: TABLE_MAX, signal: abort.signal });
      if (abort !== this.abort) return;
      this.table = answer;
      this.elapsed = answer.elapsed_ms;
      this.leftOut = answer.records_left_out ?? 0;
      this.fault = undefined;
      this.at = Date.now();
    } catch (error) {
      if (abort === this.abort && !isAbort(error)) this.fault = told(error, sql, sql);
    } finally {
      if (abort === this.abort) this.loading = false;
    }
  }

  // What the live tail brought, newest first.
  prepend(rows: Row[], most: number): void {
    const known = new Set(this.rows.map((row) => row.seq));
    this.rows = [...rows.filter((row) => !known.has(row.seq)), ...this.rows].slice(0, most);
  }
  replace(rows: Row[]): void {
    this.rows = rows;
    this.more = false;
  }
}

function told(error: unknown, sent: string, mine: string): Fault {
  if (!(error instanceof ApiError)) return { message: reason(error), at: null };
  const { message, at } = errorSpot(error.detail, sent, mine);
  return { message, at, instance: error.instance, title: error.problem.title };
}

function barsOf(answer: Answer, step: number, span: Span): Bars {
  const n = new Map<number, Record<string, number>>();
  let total = 0;
  for (const [bucket, severity, count] of answer.rows) {
    const start = Number(bucket) * step;
    n.set(start, { ...n.get(start), [String(severity)]: Number(count) });
    total += Number(count);
  }
  return { step, span, n, total };
}

function facetsOf(answer: Answer): Map<string, FacetValue[]> {
  const found = new Map<string, FacetValue[]>();
  for (const [field, value, n] of answer.rows) {
    const values = found.get(String(field)) ?? [];
    found.set(String(field), [...values, { value: String(value), n: Number(n) }]);
  }
  return found;
}
