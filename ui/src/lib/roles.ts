// The roles, least first, and what each may do.
import type { Role, Scope } from './types';

export const ROLES: readonly { role: Role; may: string }[] = [
  { role: 'viewer', may: 'See everything: alerts, events, rules, channels' },
  { role: 'analyst', may: 'And work on alerts: acknowledge, assign, resolve, comment' },
  { role: 'responder', may: 'The same as analyst' },
  { role: 'admin', may: 'And change rules, channels, users and tokens; load and erase demo data' },
];

export const SCOPES: readonly { scope: Scope; may: string }[] = [
  { scope: 'ingest', may: 'send events' },
  { scope: 'read', may: 'read alerts, events, figures' },
  { scope: 'write', may: 'change alerts' },
  { scope: 'admin', may: 'users, tokens, channels, rules' },
];
