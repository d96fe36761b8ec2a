// Who is on call, as the API tells it.

export interface Shift {
  person: string | null;
  from: string;
  to: string;
}
export interface Person {
  name: string;
  user: string;
  zone: string;
  local: string;
  contacts: { channel: string; to: string }[];
  quiet: boolean;
  week: number;
  nights: number;
}
export interface Policy {
  name: string;
  title: string;
  repeat: number;
  every_s: number;
  steps: {
    after_s: number;
    level: number;
    until: 'acknowledged' | 'resolved';
    tell: { kind: 'rota' | 'person' | 'channel'; name: string }[];
  }[];
}
export interface Oncall {
  now: string;
  escalation: string;
  rotas: { name: string; title: string; zone: string; now: Shift; next: Shift | null }[];
  people: Person[];
  policies: Policy[];
  responses: { severity: string; within_s: number; policy: string }[];
}
export interface Schedule {
  from: string;
  to: string;
  rotas: { name: string; zone: string; shifts: Shift[] }[];
}
export interface Override {
  id: number | null; // null: of the file
  rota: string;
  person: string;
  from: string;
  to: string;
  by: string;
  why: string;
  created: string | null;
  removed: string | null;
  removed_by: string;
}
export interface Receipt {
  time: string;
  level: number;
  step: number;
  round: number;
  person: string;
  channel: string;
  result: 'told' | 'skipped' | 'failed' | 'back' | 'nobody' | 'summary';
  note: string;
  delivery: 'pending' | 'sending' | 'sent' | 'dead' | null;
  attempts: number;
  sent: string | null;
  answer: string;
}
export interface PageRun {
  id: number;
  alert_id: string;
  policy: string;
  state: 'running' | 'held' | 'ended' | 'silenced' | 'unanswered';
  level: number;
  round: number;
  begun: string;
  due: string | null;
  ended: string | null;
  by: string;
  why: string;
  note: string;
  calls: Receipt[];
}

// 300 -> "5 min", 5400 -> "1 h 30 min"
export function lasts(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const parts: [number, string][] = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor((seconds % 86400) / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
  ];
  return parts
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}

const STATE = {
  running: 'goes on',
  held: 'taken on',
  ended: 'ended',
  silenced: 'silenced',
  unanswered: 'nobody answered',
};
export function stateWord(run: PageRun): string {
  if (run.by && run.why) return `${run.why.replace('_', ' ')} by ${run.by}`;
  return STATE[run.state];
}

export interface Outcome {
  word: string;
  mood: 'ok' | 'bad' | 'warn';
}
// What became of one call.
export function outcome(one: Receipt): Outcome {
  if (one.result === 'nobody') return { word: 'nobody to tell', mood: 'bad' };
  if (one.result === 'skipped') return { word: 'passed over', mood: 'warn' };
  if (one.result === 'failed') return { word: 'did not arrive', mood: 'bad' };
  if (one.result === 'back') return { word: 'not needed any more', mood: 'ok' };
  if (one.result === 'summary' && !one.delivery) return { word: 'held for a summary', mood: 'warn' };
  if (one.delivery === 'sent') return { word: 'arrived', mood: 'ok' };
  if (one.delivery === 'dead') return { word: 'given up', mood: 'bad' };
  return { word: one.attempts > 0 ? 'is tried again' : 'on its way', mood: 'warn' };
}
