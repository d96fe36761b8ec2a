// SQL text, taken apart and put together: the only place that quotes names and values.

export type Scalar = string | number | boolean | null;

// Words DuckDB reserves: such a name is quoted.
const RESERVED = new Set(
  (
    'all analyse analyze and any array as asc asymmetric both case cast check collate column ' +
    'constraint create default deferrable desc describe distinct do else end except false fetch for ' +
    'foreign from group having in initially intersect into lambda lateral leading limit not null ' +
    'offset on only or order pivot pivot_longer pivot_wider placing primary qualify references ' +
    'returning select show some summarize symmetric table then to trailing true union unique unpivot ' +
    'using variadic when where window with'
  ).split(' '),
);

// A name as SQL.
export function ident(name: string): string {
  const plain = /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name);
  return plain ? name : '"' + clean(name).replaceAll('\0', '').replaceAll('"', '""') + '"';
}

// Half a surrogate pair has no place in JSON.
function clean(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

function text(s: string): string {
  return "'" + clean(s).replaceAll("'", "''") + "'";
}

// A value as SQL.  A NUL would end the statement on its way, so it is spelled out.
export function literal(v: Scalar): string {
  if (v === null) return 'NULL';
  if (typeof v === 'boolean') return v ? 'TRUE' : 'FALSE';
  if (typeof v === 'number') return Number.isFinite(v) ? String(v) : 'NULL';
  return v.includes('\0') ? '(' + v.split('\0').map(text).join(' || chr(0) || ') + ')' : text(v);
}

// The name of a member of the unknown fields: "extra/" and a JSON pointer's steps.
export function extraField(key: string): string {
  return 'extra/' + key.replaceAll('~', '~0').replaceAll('/', '~1');
}

// A field as SQL; "extra/x" is the member x of the unknown ones.
export function column(field: string): string {
  return field.startsWith('extra/')
    ? `json_extract_string(extra, ${literal(field.slice(5))})`
    : ident(field);
}

export type Kind = 'word' | 'string' | 'name' | 'number' | 'sign' | 'blank' | 'bad';
export interface Token {
  kind: Kind;
  text: string;
  at: number;
}

const PATTERNS: [Kind, RegExp][] = [
  ['blank', /(?:\s+|--[^\n]*|\/\*[^]*?\*\/)/y],
  ['string', /[eE]'(?:[^'\\]|\\[^]|'')*'/y],
  ['string', /'(?:[^']|'')*'/y],
  ['string', /\$([A-Za-z_]*)\$[^]*?\$\1\$/y],
  ['name', /"(?:[^"]|"")*"/y],
  ['number', /(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['word', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['bad', /['"]|\/\*|\$[A-Za-z_]*\$/y],
  ['sign', /<>|!=|<=|>=|==|::|\|\||[^]/y],
];

// All of the text, blanks too.
export function tokens(sql: string): Token[] {
  const list: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    for (const [kind, pattern] of PATTERNS) {
      pattern.lastIndex = at;
      const found = pattern.exec(sql);
      if (!found) continue;
      list.push({ kind, text: found[0], at });
      at += found[0].length;
      break;
    }
  }
  return list;
}

export interface Fault {
  text: string;
  at: number;
}

const OPEN: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

// Why the text cannot stand inside brackets of ours, or null.
export function fault(where: string): Fault | null {
  const open: Token[] = [];
  for (const t of tokens(where)) {
    if (t.kind === 'bad') {
      const what = t.text === "'" ? 'quote' : t.text === '"' ? 'quoted name' : 'text or comment';
      return { text: `This ${what} is never closed.`, at: t.at };
    }
    if (t.kind !== 'sign') continue;
    if (t.text === ';') return { text: 'One condition only: a ; has no place here.', at: t.at };
    if (t.text in OPEN) open.push(t);
    else if (')]}'.includes(t.text)) {
      const from = open.pop();
      if (!from || OPEN[from.text] !== t.text) {
        return { text: `This ${t.text} closes nothing.`, at: t.at };
      }
    }
  }
  const last = open.pop();
  return last ? { text: `This ${last.text} is never closed.`, at: last.at } : null;
}

export type Op = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'like' | 'not like' | 'null' | 'not null';

// One of the conditions joined by AND; raw when it is not of a simple form.
export interface Cond {
  field: string;
  op: Op | 'raw';
  values: Scalar[];
  text: string;
  at: number;
}

const NOTHING: Token = { kind: 'bad', text: '', at: 0 };
const tok = (list: Token[], i: number): Token => list[i] ?? NOTHING;
const word = (t: Token | undefined, w: string) => t?.kind === 'word' && t.text.toLowerCase() === w;

// A quoted text's value.
function unquote(t: string): string {
  return t.slice(1, -1).replaceAll("''", "'");
}

// Reads a value at list[i]; how many tokens it took, 0 when there is none.
function value(list: Token[], i: number, into: Scalar[]): number {
  const t = list[i];
  if (!t) return 0;
  if (t.kind === 'string' && t.text.startsWith("'")) into.push(unquote(t.text));
  else if (t.kind === 'number') into.push(Number(t.text.replaceAll('_', '')));
  else if (word(t, 'true') || word(t, 'false')) into.push(word(t, 'true'));
  else if (t.text === '-' && list[i + 1]?.kind === 'number') {
    into.push(-Number(tok(list, i + 1).text.replaceAll('_', '')));
    return 2;
  } else return 0;
  return 1;
}

// The field at the beginning, and how many tokens it took.
function fieldAt(list: Token[]): [string, number] {
  const t = tok(list, 0);
  if (word(t, 'json_extract_string') && tok(list, 4).kind === 'string') {
    const form = list.slice(0, 6).map((x) => x.text.toLowerCase());
    const pointer = unquote(tok(list, 4).text);
    const fits = form[1] === '(' && form[2] === 'extra' && form[3] === ',' && form[5] === ')';
    if (fits && pointer.startsWith('/')) return ['extra' + pointer, 6];
  }
  if (t.kind === 'word' && !RESERVED.has(t.text.toLowerCase())) return [t.text.toLowerCase(), 1];
  if (t.kind === 'name') return [t.text.slice(1, -1).replaceAll('""', '"'), 1];
  return ['', 0];
}

const COMPARE: Record<string, Op> = { '=': '=', '==': '=', '<>': '<>', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };

function listOf(list: Token[], i: number, into: Scalar[]): boolean {
  if (list[i]?.text !== '(') return false;
  for (i++; ; i++) {
    const n = value(list, i, into);
    if (n === 0) return false;
    i += n;
    if (list[i]?.text === ')') return i === list.length - 1;
    if (list[i]?.text !== ',') return false;
  }
}

function simple(list: Token[]): { field: string; op: Op; values: Scalar[] } | null {
  const [field, used] = fieldAt(list);
  const values: Scalar[] = [];
  let i = used;
  if (used === 0 || i >= list.length) return null;
  const sign = tok(list, i);
  const compare = sign.kind === 'sign' ? COMPARE[sign.text] : undefined;
  if (compare) {
    const n = value(list, i + 1, values);
    return n > 0 && i + 1 + n === list.length ? { field, op: compare, values } : null;
  }
  if (word(list[i], 'is')) {
    const not = word(list[i + 1], 'not');
    if (not) i++;
    if (word(list[i + 1], 'null') && i + 2 === list.length) {
      return { field, op: not ? 'not null' : 'null', values };
    }
    if (!word(list[i + 1], 'distinct') || !word(list[i + 2], 'from')) return null;
    const n = value(list, i + 3, values);
    return n > 0 && i + 3 + n === list.length ? { field, op: not ? '=' : '<>', values } : null;
  }
  const not = word(list[i], 'not');
  if (not) i++;
  if (word(list[i], 'in')) {
    return listOf(list, i + 1, values) ? { field, op: not ? 'not in' : 'in', values } : null;
  }
  if (!word(list[i], 'ilike') && !word(list[i], 'like')) return null;
  const n = value(list, i + 1, values);
  return n > 0 && i + 1 + n === list.length ? { field, op: not ? 'not like' : 'like', values } : null;
}

// Where the ANDs at the outermost level stand; null when an OR stands there.
function joints(list: Token[]): number[] | null {
  const found: number[] = [];
  let depth = 0;
  let between = 0;
  for (const [i, t] of list.entries()) {
    if ((t.kind === 'sign' && t.text in OPEN) || word(t, 'case')) depth++;
    else if ((t.kind === 'sign' && ')]}'.includes(t.text)) || word(t, 'end')) depth--;
    if (depth !== 0) continue;
    if (word(t, 'or')) return null;
    if (word(t, 'between')) between++;
    else if (word(t, 'and') && between > 0) between--;
    else if (word(t, 'and')) found.push(i);
  }
  return found;
}

// The conditions of a WHERE text, in their order.
export function conds(where: string): Cond[] {
  const list = tokens(where).filter((t) => t.kind !== 'blank');
  if (list.length === 0) return [];
  const cuts = joints(list) ?? [];
  return [...cuts, list.length].map((end, k) => {
    const part = list.slice((cuts[k - 1] ?? -1) + 1, end);
    const at = part[0]?.at ?? 0;
    const last = part[part.length - 1];
    const body = last ? where.slice(at, last.at + last.text.length) : '';
    const read = part.length > 1 && fault(body) === null ? simple(part) : null;
    return read ? { ...read, text: body, at } : { field: '', op: 'raw', values: [], text: body, at };
  });
}
