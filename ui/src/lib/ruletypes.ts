// What the API says of rules that are tried, asked about and read anew.
import type { Severity } from './types';

export interface BacktestAlert {
  id: string;
  rule_id: string;
  title: string;
  severity: Severity;
  group: string;
  summary: string;
  first: string;
  last: string;
  count: number;
  new: boolean;
}

export interface Backtest {
  rules: { id: string; title: string }[];
  records: number;
  parse_failed: number;
  first: string;
  last: string;
  seconds: number;
  would: number;
  now: number | null; // null: none of the rules is in force
  alerts: BacktestAlert[];
  gone: BacktestAlert[];
  days: { day: string; would: number; now: number | null }[];
  entities: { group: string; would: number; now: number | null }[];
}

export interface WhyNot {
  rule: { id: string; title: string; type: 'detection' | 'correlation' };
  entity: string;
  at: string;
  verdict: string;
  events: number;
  late: number;
  fired: { time: string; group: string }[];
  inputs: { title: string; matched: number; last: string | null }[];
  keys: { group: string; progress: number; text: string }[];
  records: { seq: number; time: string; selections: { name: string; holds: boolean }[] }[];
}

export interface RulesReload {
  state: 'never' | 'running' | 'done' | 'failed';
  began: string | null;
  ended: string | null;
  rules: number;
  text: string;
  problems: { file: string; line: number; column: number; text: string }[];
}
