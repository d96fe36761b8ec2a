// Incidents: /v1/incidents.
import type { Severity } from './types';

export const PHASES = [
  ['preparation', 'Prepare'],
  ['identification', 'Identify'],
  ['containment', 'Contain'],
  ['eradication', 'Eradicate'],
  ['recovery', 'Recover'],
  ['lessons-learned', 'Learn'],
] as const;
export type Phase = (typeof PHASES)[number][0];
export const TYPES: [string, string][] = [
  ['brute-force', 'Brute force'],
  ['unauthorized-access', 'Unauthorized access'],
  ['system-compromise', 'System compromise'],
  ['data-breach', 'Data breach'],
  ['ddos', 'DDoS'],
  ['insider-threat', 'Insider threat'],
  ['custom', 'Something else'],
];
export const MEASURES = [
  ['detect', 'MTTD', 'detected'],
  ['acknowledge', 'MTTA', 'acknowledged'],
  ['respond', 'MTTR', 'responded'],
  ['contain', 'MTTC', 'contained'],
  ['resolve', 'Resolve', 'resolved'],
] as const;
export type MeasureName = (typeof MEASURES)[number][0];
export interface Measure {
  seconds: number | null;
  target: number | null;
  missed: boolean;
}
export interface Incident {
  id: string;
  rev: number;
  title: string;
  type: string;
  severity: Severity;
  status: 'open' | 'closed' | 'merged';
  phase: Phase;
  origin: string;
  owner: string;
  by: string;
  cause: string;
  drill: boolean;
  created: string;
  updated: string;
  first: string;
  detected: string;
  acked: string | null;
  responded: string | null;
  contained: string | null;
  closed: string | null;
  merged_into: string | null;
  alert_count: number;
  user_count: number;
  address_count: number;
  evidence_count: number;
  measures: Record<MeasureName, Measure>;
}
export interface IncidentList {
  rev: number;
  incidents: Incident[];
  next: number | null;
}
export interface Step {
  phase: Phase;
  item: number;
  text: string;
  field: string;
  optional: boolean;
  due: string | null;
  state: 'open' | 'done' | 'skipped';
  by: string;
  at: string | null;
  note: string;
}
export interface Todo {
  id: number;
  text: string;
  owner: string;
  due: string;
  done: boolean;
}
export interface Room extends Incident {
  phases: { phase: Phase; entered: string; left: string | null; override: string }[];
  steps: Step[];
  alerts: { id: string; title: string; severity: Severity; status: string; created: string }[];
  users: { name: string; alerts: number }[];
  addresses: { name: string; alerts: number }[];
  evidence: {
    seq: number;
    at: string;
    by: string;
    note: string;
    record: string;
    sha256: string;
    whole: boolean;
  }[];
  todos: Todo[];
  form: Record<string, string>;
  prefill: { summary: string; impact: string };
  gate: { open: number; first: string };
}
export interface Entry {
  id: number;
  incident: string;
  at: string;
  kind: string;
  noise: boolean;
  who: string;
  text: string;
  ref: string;
}
export interface Mean {
  n: number;
  mean: number | null;
  most: number;
  missed: number;
}
export type Figures = { incidents: number; open: number; begin?: string } & Record<MeasureName, Mean>;
export interface Metrics {
  days: number;
  all: Figures;
  by_severity: Record<Severity, Figures>;
  by_type: Record<string, Figures>;
  weeks: Figures[];
  targets_of: string;
  targets: Record<MeasureName, Record<Severity, number | null>>;
  drills: number;
}

export function typeWord(type: string): string {
  return TYPES.find(([word]) => word === type)?.[1] ?? type;
}
export function phaseWord(phase: string): string {
  return PHASES.find(([word]) => word === phase)?.[1] ?? phase;
}
// "1h 20m", "45s"
export function span(seconds: number | null): string {
  if (seconds === null) return '–';
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m`;
  const two = (big: number, b: string, small: number, l: string): string => `${big}${b}${small ? ` ${small}${l}` : ''}`;
  if (s < 86400) return two(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'm');
  return two(Math.floor(s / 86400), 'd', Math.floor((s % 86400) / 3600), 'h');
}
