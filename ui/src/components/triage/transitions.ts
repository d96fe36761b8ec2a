// What can be done with an alert, and when.
import type { Alert, Status } from '../../lib/types';

export type Action =
  | 'ack'
  | 'start'
  | 'resolve'
  | 'false-positive'
  | 'reopen'
  | 'assign'
  | 'comment';

interface Verb {
  label: string;
  done: string; // "3 alerts acknowledged"
  key: string;
  to: Status | null;
  from: Status[] | null; // null: any
}

const ACTIVE: Status[] = ['open', 'acknowledged', 'in_progress'];

export const VERBS: Record<Action, Verb> = {
  ack: { label: 'Acknowledge', done: 'acknowledged', key: 'a', to: 'acknowledged', from: ['open'] },
  start: {
    label: 'Start work',
    done: 'in progress',
    key: 'w',
    to: 'in_progress',
    from: ['open', 'acknowledged'],
  },
  resolve: { label: 'Resolve…', done: 'resolved', key: 'r', to: 'resolved', from: ACTIVE },
  'false-positive': {
    label: 'False positive…',
    done: 'marked false positive',
    key: 'f',
    to: 'false_positive',
    from: [...ACTIVE, 'resolved'],
  },
  reopen: {
    label: 'Reopen',
    done: 'reopened',
    key: '',
    to: 'open',
    from: ['acknowledged', 'in_progress', 'resolved', 'false_positive'],
  },
  assign: { label: 'Assign…', done: 'assigned', key: 'S', to: null, from: null },
  comment: { label: 'Comment…', done: 'commented', key: 'c', to: null, from: null },
};

export function may(action: Action, alert: Alert): boolean {
  const { from } = VERBS[action];
  return from === null || from.includes(alert.status);
}

// The actions that lead to one of the statuses the server offers.
export function offered(next: Status[]): Action[] {
  return (Object.keys(VERBS) as Action[]).filter((action) => {
    const { to } = VERBS[action];
    return to === null || next.includes(to);
  });
}

export interface Words {
  note?: string;
  reason?: string;
  owner?: string;
}

// The alert as it will be, before the server has said so.
export function foresee(alert: Alert, action: Action, words: Words, me: string): Alert {
  const { to } = VERBS[action];
  const owner =
    action === 'assign'
      ? words.owner || null
      : action === 'ack' || action === 'start'
        ? alert.owner || me
        : alert.owner;
  return { ...alert, status: to ?? alert.status, owner, reason: words.reason ?? alert.reason };
}

export const REASONS = [
  { reason: 'true_positive', label: 'True positive', hint: 'It was an attack, and it is dealt with' },
  { reason: 'benign', label: 'Benign', hint: 'It happened, and it was allowed' },
  { reason: 'duplicate', label: 'Duplicate', hint: 'Another alert tells the same' },
  { reason: 'other', label: 'Other', hint: 'Say what in the note' },
  { reason: 'false_positive', label: 'False positive', hint: 'The rule was wrong; needs a note' },
] as const;

export interface Entity {
  field: string;
  value: string;
}

// "client_ip=192.0.2.7, user_name=ana" in parts.  Commas within the values of several are escaped.
export function entities(group: string): Entity[] {
  const parts = group.split(/(?<!\\), (?=[A-Za-z_][\w.]*=)/);
  return parts
    .map((part) => {
      const at = part.indexOf('=');
      const value = part.slice(at + 1);
      return {
        field: at > 0 ? part.slice(0, at) : '',
        value: parts.length > 1 ? value.replace(/\\([,\\])/g, '$1') : value,
      };
    })
    .filter((one) => one.value !== '');
}
