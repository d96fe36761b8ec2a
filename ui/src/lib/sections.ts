// Sections of the settings page; those with a scope are for who has it.
import type { Scope } from './types';

export interface Section {
  id: string;
  label: string;
  scope?: Scope;
}

export const SECTIONS: readonly Section[] = [
  { id: 'channels', label: 'Channels', scope: 'read' },
  { id: 'deliveries', label: 'Deliveries', scope: 'read' },
  { id: 'routes', label: 'Routing', scope: 'read' },
  { id: 'users', label: 'Users', scope: 'admin' },
  { id: 'sessions', label: 'Sessions' },
  { id: 'tokens', label: 'API tokens', scope: 'admin' },
  { id: 'demo', label: 'Demo data', scope: 'admin' },
  { id: 'preferences', label: 'Preferences' },
];
