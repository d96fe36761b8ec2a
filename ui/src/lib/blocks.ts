// What is done about alerts: /v1/blocks, /v1/allowed, /v1/response.
import { actionWord } from './action';

export type BlockState = 'proposed' | 'active' | 'expired' | 'undone' | 'failed' | 'dry-run';

export interface Block {
  id: number;
  action: string;
  entity: string;
  state: BlockState;
  begin: string;
  end: string | null;
  ended: string | null;
  seconds_left: number;
  alert_id: string;
  rule_id: string;
  by: string;
  reason: string;
  result: string;
  country: string;
  carried?: { state: string; tries: number; checked: string | null }; // in the application and the like
}
export interface BlockDetail extends Block {
  audit: { time: string; from: BlockState; to: BlockState; by: string; result: string }[];
}
export interface BlockList {
  armed: boolean;
  blocks: Block[];
  next: number | null;
}
export interface Allowed {
  net: string;
  created: string;
  until: string | null;
  by: string;
  reason: string;
}

export interface PolicyRow {
  threat: string;
  rules: string[];
  tags: string[];
  wish: string[];
  severity: string[];
  actions: { action: string; seconds: number; approve: boolean }[];
  budget: { users: number; shared: number; window_seconds: number };
}
export interface Trip {
  rule_id: string;
  rule: string;
  time: string;
  reason: string;
  taken_back?: number;
}
export interface ResponseState {
  armed: boolean;
  configured: boolean;
  previewed: boolean;
  by: string;
  reason: string;
  preview: string;
  since: string | null;
  helper: 'none' | 'down' | 'up';
  policy: { name: string; title: string; digest: string; rows: PolicyRow[] } | null;
  trips: Trip[];
  hits: {
    rule_id: string;
    rule: string;
    kind: 'user' | 'address';
    name: string;
    address: string;
    time: string;
    response: number;
  }[];
  previews: { id: string; time: string; since: string; policy: string; by: string; verdict: string; arms: boolean }[];
  log: { time: string; what: string; rule_id: string; rule: string; by: string; text: string }[];
}
export interface Preview {
  id: string;
  time: string;
  policy: string;
  verdict: string;
  records: number;
  first: string | null;
  last: string | null;
  alerts: number;
  addresses: number;
  used: number;
  people: number;
  strangers: number;
  shared: number;
  refused: number;
  actions: { action: string; would: number; refused: number }[];
  days: { day: string; would: number; refused: number }[];
  entities: {
    entity: string;
    kind: 'user' | 'address';
    country: string;
    actions: string[];
    times: number;
    refused: string;
    rule_id: string;
    rule: string;
    reason: string;
    people: number;
    names: string[];
    strangers: number;
    known: number;
    programs: number;
    shared: boolean;
    crawler: string;
  }[];
  more: number;
  trips: Trip[];
}

export const STATES: Record<BlockState, { word: string; tone: 'ok' | 'warn' | 'bad' | 'sub' }> = {
  proposed: { word: 'waits', tone: 'warn' },
  active: { word: 'active', tone: 'bad' },
  expired: { word: 'over', tone: 'sub' },
  undone: { word: 'undone', tone: 'sub' },
  failed: { word: 'refused', tone: 'warn' },
  'dry-run': { word: 'dry run', tone: 'sub' },
};

// What of a response is due where others carry it out.
export const CARRIED: Record<string, string> = {
  telling: 'being told',
  held: 'confirmed',
  drift: 'drift: it is not so there',
  ending: 'being taken back',
  checking: 'being checked',
  over: '',
};

export const isAddress = (entity: string): boolean => /^[0-9a-f.:]+(\/\d+)?$/i.test(entity) && /[.:]/.test(entity);
// "3 h 12 min", "40 s", "2 d 4 h"
export function span(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}
export const does = (block: { action: string; entity: string }): string =>
  isAddress(block.entity) || block.entity.length !== 32
    ? `${actionWord(block.action)}: ${block.entity}`
    : actionWord(block.action);
export const SPANS = [
  ['1h', '1 hour'],
  ['4h', '4 hours'],
  ['24h', '1 day'],
  ['7d', '7 days'],
  ['30d', '30 days'],
] as const;
