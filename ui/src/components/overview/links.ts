// Where a figure of the overview leads: the alerts or events behind it, at absolute times.
import { emptyFilter, toQuery, type AlertFilter } from '../../lib/alertfilter';
import { column, literal, type Scalar } from '../../lib/sql';
import { iso } from '../../lib/time';
import { eventsHref, type Span } from '../events/links';

export type { Span };

// Bucket i of a chart.
export function bucket(t: readonly number[], i: number, step: number): Span {
  const begin = t[i] ?? 0;
  return { from: iso(begin * 1000), to: iso((begin + step) * 1000) };
}

export function alertsLink(span: Span | null, filter: Partial<AlertFilter> = {}): string {
  const all: AlertFilter = { ...emptyFilter(), ...filter, ...(span ?? {}) };
  const text = toQuery(all).toString();
  return text ? `/alerts?${text}` : '/alerts';
}

export function eventsLink(span: Span, where = ''): string {
  return eventsHref(where, span);
}

export function is(field: string, value: Scalar): string {
  return `${column(field)} = ${literal(value)}`;
}

export const FAILED = is('event_type', 'auth.login.failed');
export const LOGINS = "event_type in ('auth.login.success', 'auth.login.failed')";

const ENDPOINT_BYTES = 63; // longer ones are cut where they are counted

// An endpoint is counted by its shape: {id} stands for numbers and the like.
export function atEndpoint(shape: string): string {
  const cut = new TextEncoder().encode(shape).length >= ENDPOINT_BYTES;
  if (!cut && !shape.includes('{id}')) return is('endpoint', shape);
  const escaped = shape.replace(/[\\%_]/g, '\\$&').replaceAll('{id}', '%');
  return `${column('endpoint')} like ${literal(escaped + (cut ? '%' : ''))} escape '\\'`;
}
