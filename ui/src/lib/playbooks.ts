// Playbooks of incidents: /v1/playbooks, /v1/incidents/{id}/playbooks, /v1/incidents/{id}/tickets.
import type { Phase } from './incidents';

export interface Playbook {
  name: string;
  title: string;
  for: string[];
}
export interface FormField {
  name: string;
  title: string;
  kind: 'text' | 'number' | 'yesno' | 'choice';
  required: boolean;
  choices: string[];
}
export interface Effect {
  kind: 'do' | 'undo' | 'late';
  target: string;
  state: string;
  dry: boolean;
  result: string;
  at: string | null;
}
export interface PlayStep {
  id: string;
  title: string;
  description: string;
  phase: Phase;
  action: string;
  destructive: boolean;
  instructions: string;
  form: FormField[];
  approve: '' | 'write' | 'admin';
  rollback: boolean;
  state: string;
  dry: boolean;
  late: boolean;
  ended: string | null;
  next_try: string | null;
  found: number;
  who: string;
  note: string;
  output: { columns?: { name: string }[]; rows?: unknown[][] } | null;
  answers: Record<string, string | number | boolean> | null;
  effects: Effect[];
}
export interface Run {
  id: number;
  playbook: string;
  title: string;
  status: string;
  by: string;
  started: string;
  ended: string | null;
  steps: PlayStep[];
}
export interface Ticket {
  channel: string;
  state: string;
  id: string;
  url: string;
  error: string;
}

// A shape and a word for each state: colour alone says nothing.
const STATES: Record<string, [shape: string, word: string, tone: '' | 'good' | 'warn' | 'bad']> = {
  waiting: ['○', 'waits', ''],
  approval: ['◇', 'needs approval', 'warn'],
  offered: ['▷', 'ready to run', 'warn'],
  open: ['□', 'to do', 'warn'],
  running: ['◐', 'runs', ''],
  paused: ['↻', 'tries again', 'warn'],
  done: ['✓', 'done', 'good'],
  failed: ['✕', 'failed', 'bad'],
  skipped: ['⤼', 'skipped', ''],
  unneeded: ['–', 'not needed', ''],
  'timed-out': ['⧖', 'time over', 'warn'],
  'not-run': ['–', 'not run', ''],
  undoing: ['↶', 'being undone', ''],
  undone: ['↶', 'undone', ''],
  'not-undone': ['✕', 'not undone', 'bad'],
};
export function stepState(state: string): { shape: string; word: string; tone: string } {
  const [shape, word, tone] = STATES[state] ?? ['?', state, ''];
  return { shape, word, tone };
}
export const atPerson = (step: PlayStep): boolean => ['approval', 'offered', 'open'].includes(step.state);
