// Fewer, longer steps: neighbours added up.  Groups begin at whole multiples of their length, so
// that they stay the same while time goes on.
import type { Num } from './scale';

const FACTORS = [1, 2, 3, 6, 12, 24, 36, 72, 144, 288];

export interface Grouping {
  k: number; // steps that become one
  skip: number; // steps missing in the first group
}

// At most about `most` groups.
export function grouping(t: readonly number[], step: number, most: number): Grouping {
  const k = FACTORS.find((n) => t.length / n <= most) ?? Math.ceil(t.length / most);
  return { k, skip: Math.round((t[0] ?? 0) / step) % k };
}

// When each group begins.
export function begins(t: readonly number[], step: number, { k, skip }: Grouping): number[] {
  const first = (t[0] ?? 0) - skip * step;
  const n = Math.ceil((t.length + skip) / k);
  return t.length ? Array.from({ length: n }, (_, i) => first + i * k * step) : [];
}

// Sums; what was measured in part counts, what was not at all stays a gap.
export function sums(values: readonly Num[], { k, skip }: Grouping): Num[] {
  const groups: Num[] = [];
  values.forEach((v, i) => {
    const g = Math.floor((i + skip) / k);
    if (g === groups.length) groups.push(null);
    if (v !== null) groups[g] = (groups[g] ?? 0) + v;
  });
  return groups;
}

// Means of what was measured.
export function means(values: readonly Num[], by: Grouping): Num[] {
  const measured = sums(values.map((v) => (v === null ? null : 1)), by);
  return sums(values, by).map((sum, i) => (sum === null ? null : sum / measured[i]!));
}
