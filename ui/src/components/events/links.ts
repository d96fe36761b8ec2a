// Addresses of the Events page.
import { url } from '../../lib/api';
import { column, literal, type Scalar } from '../../lib/sql';
import { condText } from '../../lib/sqledit';
import { iso } from '../../lib/time';

export interface Span {
  from: string;
  to: string;
}

export function eventsHref(where: string, span?: Span): string {
  const query = new URLSearchParams();
  if (where) query.set('where', where);
  if (span) query.set('from', span.from);
  if (span) query.set('to', span.to);
  const text = query.toString();
  return text ? `/events?${text}` : '/events';
}

// Events with this value; names of fields are dotted in alerts and underlined in SQL.
export function eventsWith(field: string, value: Scalar, span?: Span, without = false): string {
  const name = field.replaceAll('.', '_');
  return eventsHref(condText(name, without ? '<>' : '=', [value]), span);
}

export function eventsOf(seqs: number[], span?: Span): string {
  return eventsHref(`${column('seq')} IN (${seqs.map((seq) => literal(seq)).join(', ')})`, span);
}

// A span with some room on either side.
export function around(first: string, last: string, roomMs: number): Span {
  return {
    from: iso(new Date(first).getTime() - roomMs),
    to: iso(new Date(last).getTime() + roomMs),
  };
}

// The rules, to be asked why one did not fire for somebody at a time.
export function whyNotOf(entity: string, at = ''): string {
  return url('/rules', { whom: entity, at });
}

// Fields by whose values a rule can be asked.
const WHOM = /^(client_ip|user_(name|email|id)|session_id|api_key|host|endpoint)$/;
export function isWhom(field: string): boolean {
  return WHOM.test(field.replaceAll('.', '_'));
}
