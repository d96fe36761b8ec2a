// Changes of a WHERE text: conditions put in, taken out, turned round.
import { column, conds, literal, type Cond, type Op, type Scalar } from './sql';

const PLAIN = ['=', '<', '<=', '>', '>='];

// One condition as SQL.  "Not" keeps rows that have no value at all.
export function condText(field: string, op: Op, values: Scalar[]): string {
  const name = column(field);
  const list = values.map(literal).join(', ');
  if (op === 'null') return `${name} IS NULL`;
  if (op === 'not null') return `${name} IS NOT NULL`;
  if (PLAIN.includes(op)) return `${name} ${op} ${literal(values[0] ?? null)}`;
  if (op === '<>') return `${name} IS DISTINCT FROM ${literal(values[0] ?? null)}`;
  if (op === 'like' || op === 'not like') {
    return `${name} ${op === 'like' ? '' : 'NOT '}ILIKE ${literal(values[0] ?? null)}`;
  }
  return `${name} ${op === 'in' ? 'IN' : 'NOT IN'} (${list})`;
}

const SIGNS: Record<Op, string> = {
  '=': '=', '<>': '≠', '<': '<', '<=': '≤', '>': '>', '>=': '≥',
  in: 'is one of', 'not in': 'is none of', like: 'like', 'not like': 'not like',
  null: 'is missing', 'not null': 'is there',
};

// What a chip says.
export function condLabel(c: Cond): string {
  if (c.op === 'raw') return c.text;
  return [c.field.replace(/^extra\//, ''), SIGNS[c.op], c.values.join(', ')].join(' ').trim();
}

export function join(list: Cond[]): string {
  return list
    .map((c) => c.text.trim())
    .filter((t) => t !== '')
    .map((t, _, all) => (all.length > 1 && hasOr(t) ? `(${t})` : t))
    .join(' AND ');
}

// An OR at the outermost level makes one raw condition; next to others it needs brackets.
function hasOr(text: string): boolean {
  return conds(`${text} AND TRUE`).length < 2;
}

function make(field: string, op: Op, values: Scalar[]): Cond {
  return { field, op, values, text: condText(field, op, values), at: 0 };
}

export function remove(where: string, index: number): string {
  return join(conds(where).filter((_, i) => i !== index));
}

const OPPOSITE: Record<Op, Op> = {
  '=': '<>', '<>': '=', '<': '>=', '>=': '<', '>': '<=', '<=': '>',
  in: 'not in', 'not in': 'in', like: 'not like', 'not like': 'like',
  null: 'not null', 'not null': 'null',
};

// The condition turned into its opposite.
export function turn(where: string, index: number): string {
  const list = conds(where);
  const c = list[index];
  if (!c) return where;
  const text = c.op === 'raw' ? turnRaw(c.text) : condText(c.field, OPPOSITE[c.op], c.values);
  list[index] = { ...c, text };
  return join(list);
}

function turnRaw(text: string): string {
  const inner = /^NOT \(([^]*)\)$/.exec(text);
  return inner?.[1] ?? `NOT (${text}\n)`;
}

// The text with another condition instead of the one at `index`.
export function replace(where: string, index: number, text: string): string {
  const list = conds(where);
  return join(list.map((c, i) => (i === index ? { ...c, text } : c)));
}

export function add(where: string, field: string, op: Op, values: Scalar[]): string {
  const list = conds(where);
  const made = make(field, op, values);
  return list.some((c) => c.text === made.text) ? where : join([...list, made]);
}

const positive = (c: Cond, field: string) => c.field === field && (c.op === '=' || c.op === 'in');

function set(field: string, values: Scalar[]): Cond {
  return values.length === 1 ? make(field, '=', values) : make(field, 'in', values);
}

// Only rows with this value.  Where others are allowed by name already, this is one more of them.
export function filterIn(where: string, field: string, v: Scalar): string {
  const list = conds(where).filter((c) => !(c.field === field && opposes(c, v)));
  const old = list.find((c) => positive(c, field));
  if (v === null) return join([...list, make(field, 'null', [])]);
  if (!old) return join([...list, make(field, '=', [v])]);
  const made = old.values.includes(v) ? make(field, '=', [v]) : set(field, [...old.values, v]);
  return join(list.map((c) => (c === old ? made : c)));
}

function opposes(c: Cond, v: Scalar): boolean {
  return v === null ? c.op === 'not null' || c.op === 'null' : c.op === '<>' && c.values[0] === v;
}

// No rows with this value.
export function filterOut(where: string, field: string, v: Scalar): string {
  const list = conds(where);
  if (v === null) {
    const rest = list.filter((c) => !(c.field === field && c.op === 'null'));
    return add(join(rest), field, 'not null', []);
  }
  const old = list.find((c) => positive(c, field) && c.values.includes(v));
  if (!old) return add(where, field, '<>', [v]);
  const rest = old.values.filter((x) => x !== v);
  const made = rest.length > 0 ? set(field, rest) : make(field, '<>', [v]);
  return join(list.map((c) => (c === old ? made : c)));
}

// Is the value asked for by name, or left out by name?
export function wanted(where: string, field: string, v: Scalar): 'in' | 'out' | '' {
  const list = conds(where);
  if (list.some((c) => positive(c, field) && v !== null && c.values.includes(v))) return 'in';
  if (v === null && list.some((c) => c.field === field && c.op === 'null')) return 'in';
  return list.some((c) => c.field === field && c.op === '<>' && c.values[0] === v) ? 'out' : '';
}

// The text without what it says by name of one field: a facet counts its own values all.
export function without(where: string, field: string): string {
  return join(conds(where).filter((c) => !positive(c, field)));
}

// Takes back what filterIn() or filterOut() did.
export function release(where: string, field: string, v: Scalar): string {
  const list = conds(where).flatMap((c) => {
    if (c.field !== field) return [c];
    if (v === null) return c.op === 'null' || c.op === 'not null' ? [] : [c];
    if (c.op === '<>' && c.values[0] === v) return [];
    if (!positive(c, field) || !c.values.includes(v)) return [c];
    const rest = c.values.filter((x) => x !== v);
    return rest.length > 0 ? [set(field, rest)] : [];
  });
  return join(list);
}
