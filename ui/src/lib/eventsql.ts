// The queries of the Events page and of an alert's evidence.
import { column, literal } from './sql';
import { without } from './sqledit';

// What a row of the list shows; the whole record is fetched when it is opened.
const LIST =
  'seq, timestamp, severity, event_type, client_ip, geolocation_country, user_name, user_email,' +
  ' method, endpoint, status_code, left(coalesce(message, failure_reason,' +
  ' CASE WHEN endpoint IS NULL THEN raw END), 300) AS details';

// Columns of the view that say again what others say.
const AGAIN = '"event_details", "ip_address", "geolocation", "geoip"';

export interface Facet {
  field: string;
  name: string;
  number?: boolean;
}

export const FACETS: Facet[] = [
  { field: 'severity', name: 'Severity' },
  { field: 'event_type', name: 'Event type' },
  { field: 'client_ip', name: 'Address' },
  { field: 'geolocation_country', name: 'Country' },
  { field: 'user_name', name: 'User' },
  { field: 'endpoint', name: 'Endpoint' },
  { field: 'status_code', name: 'Status', number: true },
  { field: 'source', name: 'Source' },
];

export interface Place {
  time: string;
  seq: number;
}

// The user's condition between brackets of ours, on lines of its own.
function given(where: string, ...more: string[]): string {
  const parts = where.trim() === '' ? more : [`(\n${where}\n)`, ...more];
  return parts.length > 0 ? ` WHERE ${parts.join(' AND ')}` : '';
}

function whole(n: number): string {
  return String(Math.max(0, Math.floor(Number.isFinite(n) ? n : 0)));
}

export function listQuery(where: string, limit: number, before?: Place): string {
  const time = before ? `TIMESTAMPTZ ${literal(before.time)}` : '';
  const page = before ? [`(timestamp, seq) < (${time}, ${whole(before.seq)})`] : [];
  return (
    `SELECT ${LIST} FROM security_events${given(where, ...page)}` +
    ` ORDER BY timestamp DESC, seq DESC LIMIT ${whole(limit)}`
  );
}

// What came after the record `seq`, oldest first.
export function tailQuery(where: string, seq: number, limit: number): string {
  return (
    `SELECT ${LIST} FROM security_events` +
    `${given(where, `seq > ${whole(seq)}`)} ORDER BY seq LIMIT ${whole(limit)}`
  );
}

export const NEWEST = 'SELECT coalesce(max(seq), 0) AS seq FROM security_events';

export function histogramQuery(where: string, stepMs: number): string {
  const step = whole(Math.max(1, stepMs));
  return (
    `SELECT epoch_ms(timestamp) // ${step} AS bucket, upper(coalesce(severity, 'INFO')) AS severity,` +
    ` count(*) AS n FROM security_events${given(where)} GROUP BY 1, 2 ORDER BY 1`
  );
}

// The most frequent values of each field, among the rows that the other fields' conditions allow.
export function facetsQuery(where: string, facets: Facet[], limit: number): string {
  return facets
    .map((f) => {
      const name = column(f.field);
      return (
        `(SELECT ${literal(f.field)} AS field, CAST(${name} AS VARCHAR) AS value, count(*) AS n` +
        ` FROM security_events${given(without(where, f.field), `${name} IS NOT NULL`)}` +
        ` GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT ${whole(limit)})`
      );
    })
    .join(' UNION ALL ');
}

// Whole records.
export function rowsQuery(seqs: number[]): string {
  const list = seqs.map(whole).join(', ') || 'NULL';
  return (
    `SELECT * EXCLUDE (${AGAIN}) FROM security_events WHERE seq IN (${list})` +
    ' ORDER BY timestamp, seq'
  );
}

// What is exported: the rows of the list with all they hold.
export function exportQuery(where: string): string {
  return (
    `SELECT * EXCLUDE (${AGAIN}) FROM security_events${given(where)}` +
    ' ORDER BY timestamp DESC, seq DESC'
  );
}

// The statement that the list shows, for the full SQL mode.
export function statement(where: string, from: string, to: string): string {
  const span = `timestamp >= TIMESTAMPTZ ${literal(from)} AND timestamp < TIMESTAMPTZ ${literal(to)}`;
  return `SELECT * FROM security_events\nWHERE ${where.trim() === '' ? '' : `(${where}\n) AND `}${span}\nORDER BY timestamp DESC LIMIT 100`;
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

// Milliseconds of one bar, so that about `bars` of them fill the span.
export function stepFor(spanMs: number, bars: number): number {
  const least = spanMs / 1000 / Math.max(1, bars);
  const step = STEPS.find((s) => s >= least) ?? Math.ceil(least / 86400) * 86400;
  return step * 1000;
}

// Columns one may compare with: those of the views, each once.
export function isRecordField(name: string): boolean {
  return !['event_details', 'ip_address', 'geolocation', 'geoip', 'extra'].includes(name);
}

export interface Spot {
  message: string;
  // Where in the user's text, when the server said so.
  at: number | null;
}

const squeeze = (s: string) => s.replace(/\s+/g, '');

// The server's words about a statement, with the place in the part of it that
// the user wrote (`mine` in `sent`).  It shows the line, blanks made single and
// its ends cut off, and a mark below.
export function errorSpot(detail: string, sent: string, mine: string): Spot {
  const found = /\n+LINE \d+: ([^\n]*)\n([ \t]*)\^/.exec(detail);
  const words = found ? detail.slice(0, found.index) : detail;
  const message = words.replace(/^\w+ Error: /, '').trim();
  if (!found || mine === '') return { message, at: null };
  const [whole, shown = '', blanks = ''] = found;
  const before = whole.trimStart().indexOf(': ') + 2; // "LINE 1: "
  const head = squeeze(shown.slice(0, Math.max(0, blanks.length - before)).replace(/^\.\.\./, ''));
  const line = squeeze(shown.replace(/^\.\.\./, '').replace(/\.\.\.$/, ''));
  const base = squeeze(sent).indexOf(line);
  const start = squeeze(sent.slice(0, sent.indexOf(mine))).length;
  return { message, at: base < 0 ? null : unsqueeze(mine, base + head.length - start) };
}

// The place of the n-th character that is no blank.
function unsqueeze(text: string, n: number): number | null {
  for (let i = 0; n >= 0 && i < text.length; i++) {
    if (/\s/.test(text[i] ?? '')) continue;
    if (n-- === 0) return i;
  }
  return null;
}
