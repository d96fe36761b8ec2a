// Silences as the API speaks of them, and in words.
import type { Alert, AlertDetail, Severity } from './types';

export type SilenceState = 'waiting' | 'active' | 'broken' | 'ended';
export const TRIPS = ['country', 'network', 'user', 'tag', 'severity'] as const;
export type Trip = (typeof TRIPS)[number];
export const TRIP_WORD: Record<Trip, string> = {
  country: 'country', network: 'network', user: 'user', tag: 'ATT&CK tag', severity: 'higher severity',
};
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export interface Match {
  rule_id?: string;
  group?: string;
  user?: string;
  net?: string;
  tag?: string;
  severity?: Severity;
}
export interface Weekly {
  days: string[];
  from: string;
  to: string;
  offset: string;
}
export interface Silence {
  id: number;
  kind: 'silence' | 'window';
  state: SilenceState;
  match: Match;
  rule_title: string; // '' when it has raised nothing yet
  breaks_on: Trip[];
  owner: string;
  reason: string;
  note: string;
  alert_id: string;
  created: string;
  start: string;
  end: string;
  next: string | null;
  until: string | null;
  weekly: Weekly | null;
  broken: { time: string; why: string; alert_id: string } | null;
  ended: { time: string; why: string; by: string } | null;
  max_hits: number;
  known: number;
  hidden: { alerts: number; events: number; newest: string | null };
}
export interface SilenceDetail extends Silence {
  history: { time: string; by: string; action: string; note: string }[];
  alerts: Alert[];
}
export interface Preview {
  alerts: number;
  events: number;
  true_positives: number;
  complete: boolean;
  by_severity: Record<Severity, number>;
  newest: Alert[];
  positives: Alert[];
}

export const STATE_WORD: Record<SilenceState, string> = {
  active: 'Active', waiting: 'Waiting', broken: 'Broken', ended: 'Ended',
};

const LABEL: Record<keyof Match, string> = {
  rule_id: 'rule', group: 'entity', user: 'only user', net: 'addresses in', tag: 'tag', severity: 'at most',
};

// [["rule", "..."], ...] in the order of the form.
export function matchWords(match: Match, title = ''): [string, string][] {
  return (Object.keys(LABEL) as (keyof Match)[])
    .filter((key) => match[key])
    .map((key) => [LABEL[key], (key === 'rule_id' && title) || String(match[key])]);
}

export function weeklyWords(w: Weekly): string {
  const zone = w.offset === '+00:00' ? 'UTC' : `UTC${w.offset}`;
  return `${w.days.map((d) => d[0]!.toUpperCase() + d.slice(1)).join(', ')} ${w.from}–${w.to} ${zone}`;
}

// "silence:12": 12; null when nobody silenced it.
export function silenceOf(quiet: string | undefined): string | null {
  return quiet?.startsWith('silence:') ? quiet.slice(8) : null;
}

// What all of these have in common.
export function common(alerts: Alert[]): Match {
  const first = alerts[0];
  if (!first) return {};
  const same = (pick: (a: Alert) => string) =>
    alerts.every((a) => pick(a) === pick(first)) ? pick(first) : undefined;
  return { rule_id: same((a) => a.rule_id), group: same((a) => a.group) };
}

export function offsetHere(now = new Date()): string {
  const minutes = -now.getTimezoneOffset();
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

export type Whom = Pick<AlertDetail, 'affected'>['affected'];
