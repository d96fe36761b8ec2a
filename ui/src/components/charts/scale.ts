// Scales and axes: from values to pixels, and the round values worth a mark.

export type Num = number | null; // null: not measured, which is not zero

export function linear(d0: number, d1: number, r0: number, r1: number): (v: number) => number {
  const per = d1 === d0 ? 0 : (r1 - r0) / (d1 - d0);
  return (v) => r0 + (v - d0) * per;
}

export function maxOf(values: readonly Num[]): number {
  let max = 0;
  for (const v of values) if (v !== null && v > max) max = v;
  return max;
}

export function sumOf(values: readonly Num[]): number {
  let sum = 0;
  for (const v of values) sum += v ?? 0;
  return sum;
}

// Zero and round steps until `max` is covered; whole numbers only when `whole`.
export function countTicks(max: number, most = 5, whole = true): number[] {
  const goal = Math.max(max, whole ? 1 : 1e-9);
  const raw = goal / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  let step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw * 0.999) ?? 10 * power;
  if (whole) step = Math.max(1, Math.round(step));
  const ticks = [0];
  for (let i = 1; ticks[ticks.length - 1]! < goal * 0.999999; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

export interface Tick {
  t: number; // unix seconds
  text: string;
  day: boolean; // midnight: the text is a date
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 30].map((n) => n * DAY),
];
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

// Seconds to add to a time so that whole days begin at multiples of DAY.
function shift(t: number, utc: boolean): number {
  return utc ? 0 : -new Date(t * 1000).getTimezoneOffset() * MINUTE;
}

// Date and clock of a time that was shifted.
function read(local: number): { date: string; clock: string } {
  const text = new Date(local * 1000).toISOString();
  const month = MONTHS[Number(text.slice(5, 7)) - 1];
  return { date: `${month} ${Number(text.slice(8, 10))}`, clock: text.slice(11, 16) };
}

// At most `most` marks between two times, at round hours and days of the clock that is shown.
export function timeTicks(from: number, to: number, most: number, utc: boolean): Tick[] {
  const ticks: Tick[] = [];
  const span = to - from;
  const step = STEPS.find((s) => span / s <= Math.max(1, most)) ?? STEPS[STEPS.length - 1]!;
  const first = Math.ceil((from + shift(from, utc)) / step) * step;

  for (let local = first; ; local += step) {
    const t = local - shift(local - shift(local, utc), utc);
    if (t > to || ticks.length > 4 * most + 4) break;
    if (t < from) continue;
    const day = local % DAY === 0;
    const { date, clock } = read(local);
    ticks.push({ t, text: day ? date : clock, day });
  }
  return ticks;
}

// Keeps a value between two others.
export function clamp(v: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, v));
}

// The bounds of five steps of heat, so that each step holds about as many cells as the others.
// A cell's step is the number of bounds it reaches; zero is step 0.
export function heatBounds(values: readonly Num[]): number[] {
  const found = values.filter((v): v is number => v !== null && v > 0).sort((a, b) => a - b);
  const bounds: number[] = [];
  if (!found.length) return bounds;
  for (let i = 0; i < 5; i++) {
    const v = found[Math.floor((i * found.length) / 5)]!;
    if (!bounds.includes(v)) bounds.push(v);
  }
  return bounds;
}

// Few distinct values spread over the whole ramp: the highest is always the strongest.
export function heatStep(v: Num, bounds: readonly number[]): number {
  if (v === null || v <= 0) return 0;
  const reached = bounds.filter((b) => v >= b).length;
  return bounds.length ? Math.max(1, Math.round((reached * 5) / bounds.length)) : 0;
}

// When a bucket began: "06:55", and with its day where the clock alone would say it twice.
export function moment(t: number, span: number, utc: boolean): string {
  const { date, clock } = read(t + shift(t, utc));
  const text = utc ? `${clock}Z` : clock;
  return span > DAY / 2 ? `${date} ${text}` : text;
}

// A text that fits `width` pixels of the small monospaced font, its middle left out.
export function fit(text: string, width: number, each = 6.7): string {
  const letters = [...text];
  const room = Math.max(3, Math.floor(width / each));
  if (letters.length <= room) return text;
  const head = Math.ceil((room - 1) * 0.6);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (room - 1 - head)).join('')}`;
}
