// Severities: order, word, shape and colour.  Never colour alone.
import type { Severity, Status } from './types';

export const SEVERITIES: readonly Severity[] = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO'];

interface Look {
  word: string;
  colour: string; // name of a custom property
  path: string; // in a box of 12 by 12
}

export const LOOK: Record<Severity, Look> = {
  CRITICAL: {
    word: 'Critical',
    colour: '--sev-critical',
    path: 'M3.6 0h4.8L12 3.6v4.8L8.4 12H3.6L0 8.4V3.6z', // octagon
  },
  HIGH: { word: 'High', colour: '--sev-high', path: 'M6 .5 12 11.5H0z' }, // triangle
  MEDIUM: { word: 'Medium', colour: '--sev-medium', path: 'M6 0l6 6-6 6-6-6z' }, // diamond
  LOW: { word: 'Low', colour: '--sev-low', path: 'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1z' }, // disc
  INFO: { word: 'Info', colour: '--sev-info', path: 'M0 4.5h12v3H0z' }, // bar
};

export const STATUS_WORD: Record<Status, string> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  in_progress: 'In progress',
  resolved: 'Resolved',
  false_positive: 'False positive',
};

export function isSeverity(word: string): word is Severity {
  return (SEVERITIES as readonly string[]).includes(word);
}
