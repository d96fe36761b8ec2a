// What a backtest says, in figures and words.
import { plural } from '../../lib/num';
import type { Backtest } from '../../lib/ruletypes';

export const SPANS = [
  { id: '24h', words: '24 hours', s: 86_400 },
  { id: '7d', words: '7 days', s: 7 * 86_400 },
  { id: '30d', words: '30 days', s: 30 * 86_400 },
] as const;
export type Span = (typeof SPANS)[number];

const DAY = 86_400;

export interface Place {
  line: number;
  column: number;
  text: string;
}

// "22:5: what is wrong"; null: it names no place.
export function placeOf(text: string): Place | null {
  const found = /^(\d+):(\d+): (.*)$/s.exec(text);
  return found ? { line: Number(found[1]), column: Number(found[2]), text: found[3]! } : null;
}

// Where a line and column of a text are; within it whatever they say.
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const at = Math.min(Math.max(1, line), lines.length) - 1;
  const before = lines.slice(0, at).reduce((sum, one) => sum + one.length + 1, 0);
  return before + Math.min(Math.max(1, column) - 1, lines[at]!.length);
}

export interface Days {
  t: number[]; // unix seconds
  would: number[];
  now: number[] | null;
}

// Every day (UTC) of the span for which events are stored, those without alerts too.
export function daysOf(of: Backtest, span: Span, end: number): Days {
  const at = (time: string): number => Math.floor(Date.parse(time) / 1000 / DAY) * DAY;
  const found = new Map(of.days.map((one) => [at(one.day), one]));
  const stored = of.records ? at(of.first) : Math.floor(end / DAY) * DAY;
  const first = Math.min(Math.max(Math.floor((end - span.s) / DAY) * DAY, stored), ...found.keys());
  const last = Math.max(Math.floor(end / DAY) * DAY, ...found.keys());
  const t: number[] = [];
  for (let day = first; day <= last && t.length < 1000; day += DAY) t.push(day);
  return {
    t,
    would: t.map((day) => found.get(day)?.would ?? 0),
    now: of.now === null ? null : t.map((day) => found.get(day)?.now ?? 0),
  };
}

// One sentence: what changes.
export function verdict(of: Backtest, span: Span): string {
  const added = of.alerts.filter((one) => one.new).length;
  const gone = of.gone.length;
  const many = plural(of.would, 'alert');
  if (of.now === null) return `It would have raised ${many} in the last ${span.words}.`;
  if (!added && !gone && of.would === of.now) {
    return of.would
      ? `The same ${many} in the last ${span.words} as the rule raises now.`
      : `No alert in the last ${span.words}, neither this way nor as the rule stands.`;
  }
  const was = of.now === 1 ? '1 alert' : `${plural(of.now, 'alert')}`;
  return `${many} in the last ${span.words} instead of ${was}: ${added} new, ${gone} gone.`;
}

// More than people read: alerts an hour, when it is over one.
export function noise(of: Backtest, span: Span): number | null {
  const stored = (Date.parse(of.last) - Date.parse(of.first)) / 1000;
  const hours = Math.max(1, Math.min(span.s, Number.isFinite(stored) ? stored : span.s) / 3600);
  return of.would / hours > 1 ? of.would / hours : null;
}
