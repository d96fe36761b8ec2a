// One-sentence summaries of charts, for those who do not see them.
import { fmtNum, plural } from '../../lib/num';
import { moment, sumOf, type Num } from './scale';

export interface Series {
  name: string;
  values: readonly Num[];
}

// Where the highest value is; -1 when nothing was measured or all is zero.
export function peakAt(values: readonly Num[]): number {
  let at = -1;
  let max = 0;

  values.forEach((v, i) => {
    if (v !== null && v > max) {
      max = v;
      at = i;
    }
  });
  return at;
}

// "a", "a and b", "a, b and c"
export function list(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}

export function measured(values: readonly Num[]): number {
  return values.filter((v) => v !== null).length;
}

// Of series over time: total or peak of each, and where most of it was.
export function overTime(
  title: string,
  t: readonly number[],
  series: readonly Series[],
  utc: boolean,
  totals = true,
  say: (n: number) => string = fmtNum,
): string {
  const span = (t[t.length - 1] ?? 0) - (t[0] ?? 0);
  const said = series.map((s) => {
    const peak = peakAt(s.values);
    if (!measured(s.values)) return `${s.name} not measured`;
    if (peak < 0) return `no ${s.name}`;
    const most = `${say(s.values[peak]!)} at ${moment(t[peak]!, span, utc)}`;
    return totals
      ? `${fmtNum(sumOf(s.values))} ${s.name}, at most ${most}`
      : `${s.name} at most ${most}`;
  });
  const missing = t.length - Math.max(0, ...series.map((s) => measured(s.values)));
  const gap = missing > 0 && missing < t.length ? `; ${plural(missing, 'step')} not measured` : '';
  return `${title}: ${said.join('; ')}${gap}.`;
}

// Of parts of a whole: "Alerts by severity: 12, of which 7 high and 5 low."
export function ofParts(title: string, parts: readonly { name: string; n: number }[]): string {
  const total = parts.reduce((sum, p) => sum + p.n, 0);
  const some = parts.filter((p) => p.n > 0).map((p) => `${fmtNum(p.n)} ${p.name}`);
  return total ? `${title}: ${fmtNum(total)}, of which ${list(some)}.` : `${title}: none.`;
}

// Of a ranking: the first three and how many more.
export function ofRanking(
  title: string,
  rows: readonly { name: string; n: number }[],
  unit: string,
): string {
  if (!rows.length) return `${title}: none.`;
  const first = rows.slice(0, 3).map((r) => `${r.name} with ${fmtNum(r.n)}`);
  const more = rows.length > 3 ? `, and ${plural(rows.length - 3, 'other')}` : '';
  return `${title}: most ${unit} from ${first.join(', ')}${more}.`;
}
