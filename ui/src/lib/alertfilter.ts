// The filter of alerts: one line of text, the chips of it, and the parameters of the API.
import { SEVERITIES } from './severity';

export interface AlertFilter {
  severity: string[];
  status: string[];
  rule: string;
  owner: string;
  group: string;
  demo: string;
  quiet: string;
  silence: string;
  from: string;
  to: string;
  text: string;
}

export const STATUSES = ['open', 'acknowledged', 'in_progress', 'resolved', 'false_positive'] as const;

const SHORT: Record<string, string> = {
  crit: 'CRITICAL', med: 'MEDIUM', informational: 'INFO',
  ack: 'acknowledged', acked: 'acknowledged', new: 'open', progress: 'in_progress',
  'in-progress': 'in_progress', started: 'in_progress', closed: 'resolved', done: 'resolved',
  fp: 'false_positive', 'false-positive': 'false_positive',
};

const KEYS: Record<string, keyof AlertFilter> = {
  sev: 'severity', severity: 'severity', status: 'status', is: 'status', rule: 'rule', rule_id: 'rule',
  owner: 'owner', assignee: 'owner', group: 'group', demo: 'demo',
  quiet: 'quiet', silenced: 'quiet', silence: 'silence', from: 'from', since: 'from',
  to: 'to', until: 'to',
};

export function emptyFilter(): AlertFilter {
  return { severity: [], status: [], rule: '', owner: '', group: '', demo: '', quiet: '', silence: '',
    from: '', to: '', text: '' };
}

// What one sees without asking for anything.
export function defaultFilter(): AlertFilter {
  return { ...emptyFilter(), status: ['open'] };
}

function choices(value: string, of: readonly string[]): string[] {
  const wanted = value.split(',').map((w) => SHORT[w.toLowerCase()] ?? w);
  return of.filter((c) => wanted.some((w) => w.toLowerCase() === c.toLowerCase()));
}

function take(f: AlertFilter, key: keyof AlertFilter, value: string): boolean {
  if (value === '') return false;
  if (key === 'severity' || key === 'status') {
    const found = choices(value, key === 'severity' ? SEVERITIES : STATUSES);
    if (value.toLowerCase() === 'any') f[key] = [];
    else if (found.length === 0) return false;
    else f[key] = [...new Set([...f[key], ...found])];
    return true;
  }
  if ((key === 'from' || key === 'to') && Number.isNaN(Date.parse(value))) return false;
  if (key === 'demo' && value !== 'true' && value !== 'false') return false;
  if (key === 'quiet' && value !== 'yes' && value !== 'no') return false;
  if (key === 'silence' && !/^[1-9]\d*$/.test(value)) return false;
  f[key] = value;
  return true;
}

// Reads a line: `sev:high,critical status:open rule:"a b" owner:me words`.
export function parseFilter(line: string): AlertFilter {
  const f = emptyFilter();
  const words: string[] = [];
  for (const [whole, name, quoted, plain] of line.matchAll(
    /(?:([A-Za-z_]+):(?:"((?:[^"\\]|\\.)*)"|(\S*))|\S+)/g,
  )) {
    const key = name === undefined ? undefined : KEYS[name.toLowerCase()];
    const value = quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1');
    if (!key || !take(f, key, value)) words.push(whole);
  }
  f.text = words.join(' ');
  return f;
}

function word(v: string): string {
  return /^[^\s"]+$/.test(v) ? v : '"' + v.replace(/["\\]/g, '\\$&') + '"';
}

export interface Chip {
  key: keyof AlertFilter;
  label: string;
  value: string;
}

// What the filter asks for, one by one.
export function chips(f: AlertFilter): Chip[] {
  const list: Chip[] = [];
  if (f.severity.length > 0) list.push({ key: 'severity', label: 'severity', value: f.severity.join(', ').toLowerCase() });
  if (f.status.length > 0) list.push({ key: 'status', label: 'status', value: f.status.join(', ').replaceAll('_', ' ') });
  for (const key of ['rule', 'owner', 'group', 'demo', 'quiet', 'silence', 'from', 'to', 'text'] as const) {
    if (f[key] !== '') list.push({ key, label: key === 'text' ? 'contains' : key, value: f[key] });
  }
  return list;
}

// The line that parseFilter() reads as this.
export function formatFilter(f: AlertFilter): string {
  const parts: string[] = [];
  if (f.severity.length > 0) parts.push('sev:' + f.severity.join(',').toLowerCase());
  if (f.status.length > 0) parts.push('status:' + f.status.join(','));
  for (const key of ['rule', 'owner', 'group', 'demo', 'quiet', 'silence', 'from', 'to'] as const) {
    if (f[key] !== '') parts.push(`${key}:${word(f[key])}`);
  }
  if (f.text !== '') parts.push(f.text);
  return parts.join(' ');
}

export function withoutChip(f: AlertFilter, key: keyof AlertFilter): AlertFilter {
  return { ...f, [key]: Array.isArray(f[key]) ? [] : '' };
}

type Params = Record<string, string>;

// The parameters of /v1/alerts; `me` stands for owner:me.
export function params(f: AlertFilter, me: string): Params {
  const all: Params = {
    severity: f.severity.join(','),
    status: f.status.join(','),
    rule_id: f.rule,
    owner: f.owner === 'me' ? me : f.owner,
    group: f.group,
    demo: f.demo,
    quiet: f.quiet,
    silence: f.silence,
    from: f.from,
    to: f.to,
    q: f.text,
  };
  return Object.fromEntries(Object.entries(all).filter(([, v]) => v !== ''));
}

// The filter as part of the page's address, and back.  No status at all is said as "any".
export function toQuery(f: AlertFilter): URLSearchParams {
  const q = new URLSearchParams();
  if (f.severity.length > 0) q.set('sev', f.severity.join(',').toLowerCase());
  if (f.status.join() !== 'open') q.set('status', f.status.join(',') || 'any');
  for (const key of ['rule', 'owner', 'group', 'demo', 'quiet', 'silence', 'from', 'to'] as const) {
    if (f[key] !== '') q.set(key === 'group' ? 'entity' : key, f[key]);
  }
  if (f.text !== '') q.set('q', f.text);
  return q;
}

export function fromQuery(q: URLSearchParams): AlertFilter {
  const f = emptyFilter();
  take(f, 'severity', q.get('sev') ?? q.get('severity') ?? '');
  if (!take(f, 'status', q.get('status') ?? 'open')) f.status = ['open'];
  take(f, 'rule', q.get('rule') ?? q.get('rule_id') ?? '');
  take(f, 'group', q.get('entity') ?? '');
  for (const key of ['owner', 'demo', 'quiet', 'silence', 'from', 'to'] as const) take(f, key, q.get(key) ?? '');
  f.text = q.get('q') ?? '';
  return f;
}

interface Matched {
  severity: string;
  status: string;
  rule_id: string;
  owner: string | null;
  group: string;
  title: string;
  summary: string;
  id: string;
  demo?: boolean;
  quiet?: string;
  last: string;
}

// Would the server list this alert?  For those that arrive while one looks.
export function matches(f: AlertFilter, a: Matched, me: string): boolean {
  const owner = f.owner === 'me' ? me : f.owner;
  const hay = [a.title, a.group, a.summary, a.rule_id, a.id].join('\n').toLowerCase();
  return (
    (f.severity.length === 0 || f.severity.includes(a.severity)) &&
    (f.status.length === 0 || f.status.includes(a.status)) &&
    (f.rule === '' || f.rule === a.rule_id) &&
    (owner === '' || owner === a.owner) &&
    (f.group === '' || f.group === a.group) &&
    (f.demo === '' || f.demo === String(a.demo ?? false)) &&
    (f.quiet === '' || (f.quiet === 'yes') === !!a.quiet) &&
    (f.silence === '' || a.quiet === `silence:${f.silence}`) &&
    (f.from === '' || Date.parse(a.last) >= Date.parse(f.from)) &&
    (f.to === '' || Date.parse(a.last) < Date.parse(f.to)) &&
    hay.includes(f.text.toLowerCase())
  );
}
