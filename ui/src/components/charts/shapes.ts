// SVG paths of the charts, from plain numbers.
import { linear, type Num } from './scale';

const px = (v: number): string => String(Math.round(v * 10) / 10);

// Runs of indexes without a null in between: [first, last] of each.
export function runs(values: readonly Num[]): [number, number][] {
  const found: [number, number][] = [];
  let start = -1;

  values.forEach((v, i) => {
    if (v !== null && start < 0) start = i;
    if (v === null && start >= 0) found.push([start, i - 1]);
    if (v === null) start = -1;
  });
  if (start >= 0) found.push([start, values.length - 1]);
  return found;
}

export interface Band {
  low: Num[];
  high: Num[];
}

// Each series on top of those before it.  Where nothing was measured at all there is a gap;
// one series without a value among others that have one counts nothing there.
export function stack(series: readonly (readonly Num[])[]): Band[] {
  const length = series[0]?.length ?? 0;
  const top = Array.from({ length }, (_, i) => (series.some((s) => s[i] != null) ? 0 : null));

  return series.map((values) => {
    const low = top.slice();
    for (let i = 0; i < length; i++) if (top[i] !== null) top[i]! += values[i] ?? 0;
    return { low, high: top.slice() };
  });
}

// Steps: each value holds from its place to the next; `x` has one more entry than the band.
export function stepArea(band: Band, x: readonly number[], y: (v: number) => number): string {
  let path = '';

  for (const [first, last] of runs(band.high)) {
    let back = '';
    path += `M${px(x[first]!)},${px(y(band.low[first]!))}`;
    for (let i = first; i <= last; i++) {
      path += `V${px(y(band.high[i]!))}H${px(x[i + 1]!)}`;
      back = `V${px(y(band.low[i]!))}H${px(x[i]!)}${back}`;
    }
    path += `${back}Z`;
  }
  return path;
}

// A line with gaps; a lone value is a short dash so that it can be seen.
export function line(values: readonly Num[], w: number, h: number, max: number): string {
  const x = linear(0, Math.max(1, values.length - 1), 1, w - 1);
  const y = linear(0, max || 1, h - 1.5, 1.5);
  let path = '';

  for (const [first, last] of runs(values)) {
    for (let i = first; i <= last; i++) {
      path += `${i === first ? 'M' : 'L'}${px(x(i))},${px(y(values[i]!))}`;
    }
    if (first === last) path += 'h1.5';
  }
  return path;
}

// Parts of a ring, clockwise from the top, with a gap of `gap` pixels between them.
// A value of zero has no path; a single part is a whole ring.
export function ring(values: readonly number[], r: number, inner: number, gap = 2): string[] {
  const total = values.reduce((a, b) => a + b, 0);
  const parts = values.filter((v) => v > 0).length;
  let angle = 0;

  return values.map((v) => {
    const begin = angle;
    angle += total ? (v / total) * 2 * Math.PI : 0;
    if (v <= 0) return '';
    if (parts === 1) return whole(r) + whole(inner);
    return slice(begin, angle, r, inner, gap / 2);
  });
}

function whole(r: number): string {
  return `M0,${-r}A${r},${r} 0 1 1 0,${r}A${r},${r} 0 1 1 0,${-r}Z`;
}

function slice(begin: number, end: number, r: number, inner: number, half: number): string {
  const long = end - begin > Math.PI ? 1 : 0;
  const at = (angle: number, radius: number): string =>
    `${px(radius * Math.sin(angle))},${px(-radius * Math.cos(angle))}`;
  const thin = end - begin < (3 * half) / inner; // then the gap would eat it
  const cut = (radius: number): number => (thin ? 0 : half / radius);
  const outer = [at(begin + cut(r), r), at(end - cut(r), r)];
  const inside = [at(end - cut(inner), inner), at(begin + cut(inner), inner)];

  return (
    `M${outer[0]}A${r},${r} 0 ${long} 1 ${outer[1]}` +
    `L${inside[0]}A${inner},${inner} 0 ${long} 0 ${inside[1]}Z`
  );
}

// Where labels go so that they are `gap` apart and inside [low, high], each near its wish.
export function spread(wishes: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wishes.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y || a.i - b.i);
  const placed = new Array<number>(wishes.length).fill(0);
  let floor = low;

  for (const one of order) floor = (one.y = Math.max(one.y, floor)) + gap;
  let roof = high;
  for (const one of order.reverse()) roof = (one.y = Math.min(one.y, roof)) - gap;
  for (const one of order) placed[one.i] = one.y;
  return placed;
}
