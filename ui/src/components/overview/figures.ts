// The figures at the head of the overview, from what the server and the stream say.
import { fmtNum } from '../../lib/num';
import { SEVERITIES } from '../../lib/severity';
import type { Overview, StreamStats } from '../../lib/types';
import { begins, grouping, means, sums } from '../charts/group';
import { maxOf, sumOf, type Num } from '../charts/scale';

// Logins that failed within an hour: more than these are worth a look, or an alarm.
export const FAILED_RAISED = 20;
export const FAILED_HIGH = 50;

export type Tone = 'plain' | 'ok' | 'warn' | 'bad';

// A step's count as a rate; the last step has only gone on until now.
export function perMinute(t: readonly number[], values: readonly Num[], step: number, now: number): Num[] {
  return values.map((v, i) => {
    if (v === null) return null;
    const gone = Math.min(step, now - t[i]!);
    return (v * 60) / Math.max(60, gone);
  });
}

// Small rates have one place behind the point.
export function fmtRate(v: number | null): string {
  if (v === null) return '–';
  return v > 0 && v < 10 ? String(Math.round(v * 10) / 10) : fmtNum(v);
}

// The sum of a series' last hour; null when its steps do not divide one.
export function lastHour(data: Overview, values: readonly Num[]): number | null {
  const n = 3600 / data.step;
  if (!Number.isInteger(n) || values.length < n) return null;
  const last = values.slice(-n);
  return last.every((v) => v === null) ? null : sumOf(last);
}

export function failedTone(hour: number | null): { tone: Tone; word: string } {
  if (hour === null) return { tone: 'plain', word: '' };
  if (hour > FAILED_HIGH) return { tone: 'bad', word: 'high' };
  if (hour > FAILED_RAISED) return { tone: 'warn', word: 'raised' };
  return { tone: 'ok', word: 'usual' };
}

// What the page draws of figures that came at `at`: wide ranges have fewer, longer steps.
export function drawn(data: Overview, at: number, most: number): Steps {
  const by = grouping(data.t, data.step, most);
  return {
    t: begins(data.t, data.step, by),
    step: data.step * by.k,
    rates: means(perMinute(data.t, data.events, data.step, at / 1000), by),
    success: sums(data.auth_success, by),
    failure: sums(data.auth_failure, by),
  };
}

export interface Steps {
  t: number[];
  step: number; // seconds
  rates: Num[]; // events per minute
  success: Num[];
  failure: Num[];
}

export interface OpenAlerts {
  all: number;
  critical: number;
}

// Open alerts of any time: the stream knows first.
export function openAlerts(data: Overview, stats: StreamStats | null): OpenAlerts {
  if (!stats) return { all: data.kpi.open_alerts, critical: data.kpi.critical };
  const all = SEVERITIES.reduce((sum, severity) => sum + (stats.open[severity] ?? 0), 0);
  return { all, critical: stats.open.CRITICAL ?? 0 };
}

// Records of the log that the rules have not seen yet.
export function lagTone(records: number | null): Tone {
  if (records === null) return 'plain';
  return records > 100_000 ? 'bad' : records > 5_000 ? 'warn' : 'ok';
}

// Nothing but zeros and gaps.
export function isQuiet(...series: (readonly Num[])[]): boolean {
  return series.every((s) => maxOf(s) === 0);
}
