// What the SQL editor knows of SQL: which words it colours and what it offers while one types.
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { ident, tokens, type Token } from '../../lib/sql';

export interface Schema {
  defaultTable: string;
  tables: Record<string, { label: string; detail?: string; info?: string }[]>;
}

// The words that help here; the server knows many more.
const KEYWORDS = new Set(
  (
    'all and any as asc between by case cast cross desc distinct else end except exists explain ' +
    'false filter from full group having ilike in inner intersect interval is join last left like ' +
    'limit not null nulls offset on or order outer over partition qualify right select similar then ' +
    'to true union using values when where window with'
  ).split(' '),
);
const OTHERS = (
  'bigint boolean date double integer timestamp timestamptz varchar any_value arg_max arg_min avg ' +
  'coalesce count date_trunc epoch epoch_ms json_extract_string list lower max median min mode now ' +
  'quantile_cont regexp_matches starts_with string_agg sum time_bucket try_cast upper'
).split(' ');
const WORDS: Completion[] = [...KEYWORDS, ...OTHERS].map((word) => ({
  label: word.toUpperCase(),
  boost: -1,
}));

// The class a piece of text is coloured by; '' for none.
export function colour({ kind, text }: Token): string {
  if (kind === 'word') return KEYWORDS.has(text.toLowerCase()) ? 'cm-word' : '';
  if (kind === 'string' || kind === 'number') return `cm-${kind}`;
  return kind === 'blank' && text.trim() !== '' ? 'cm-comment' : '';
}

// Tables that the statement reads, by the names it gives them.
export function tablesOf(text: string, schema: Schema): Map<string, string> {
  const list = tokens(text).filter((t) => t.kind !== 'blank');
  const found = new Map<string, string>();
  for (const [i, t] of list.entries()) {
    if (t.kind !== 'word' || !/^(from|join)$/i.test(t.text)) continue;
    const table = list[i + 1]?.text.toLowerCase() ?? '';
    const next = list[i + 2]?.text.toLowerCase() === 'as' ? list[i + 3] : list[i + 2];
    if (!Object.hasOwn(schema.tables, table)) continue;
    found.set(table, table);
    if (next?.kind === 'word' && !KEYWORDS.has(next.text.toLowerCase())) found.set(next.text.toLowerCase(), table);
  }
  return found;
}

// What may stand at a place of the text: from where, and which words; null inside of texts.
export function offers(
  text: string,
  at: number,
  schema: Schema,
): { from: number; options: Completion[] } | null {
  const inside = tokens(text).find((t) => t.at < at && at <= t.at + t.text.length);
  const closed = inside !== undefined && at === inside.at + inside.text.length;
  if (inside && (inside.kind === 'string' || inside.kind === 'number' || inside.kind === 'name')) return null;
  if (inside?.kind === 'blank' && /^(--|\/\*)/.test(inside.text) && !(closed && /\*\/$/.test(inside.text))) return null;
  // A quote that is not closed: what follows it is text.
  if (tokens(text.slice(0, at)).some((t) => t.kind === 'bad')) return null;
  const before = text.slice(0, at);
  const [word = ''] = /\w*$/.exec(before) ?? [];
  const from = at - word.length;
  const read = tablesOf(text, schema);
  const columns = (table: string): Completion[] =>
    (Object.hasOwn(schema.tables, table) ? (schema.tables[table] ?? []) : []).map((one) => ({ ...one, apply: ident(one.label) }));
  const of = /(\w+)\.$/.exec(before.slice(0, from))?.[1]?.toLowerCase();
  if (of !== undefined) {
    const options = columns(read.get(of) ?? of);
    return options.length > 0 ? { from, options } : null;
  }
  const tables = new Set(read.size > 0 ? read.values() : [schema.defaultTable]);
  const seen = new Map([...tables].flatMap(columns).map((one) => [one.label, one]));
  const names = Object.keys(schema.tables).map((label) => ({ label, detail: 'table' }));
  return { from, options: [...seen.values(), ...names, ...WORDS] };
}

export function completer(schema: Schema): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const found = offers(context.state.doc.toString(), context.pos, schema);
    const typed = found && (found.from < context.pos || context.explicit);
    const dot = found && context.state.sliceDoc(found.from - 1, found.from) === '.';
    return typed || dot ? { ...found, validFor: /^\w*$/ } : null;
  };
}
