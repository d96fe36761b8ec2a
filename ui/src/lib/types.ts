// What the API under /v1 speaks.  Times are RFC 3339 in UTC.
import type { Delivery } from './delivery';
import type { PageRun } from './oncall';

export type Severity = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'INFO';
export type Scope = 'read' | 'ingest' | 'write' | 'admin';
export type Role = 'viewer' | 'analyst' | 'responder' | 'admin';
export type Status = 'open' | 'acknowledged' | 'in_progress' | 'resolved' | 'false_positive';

export interface Problem {
  type?: string;
  title?: string;
  status: number;
  detail?: string;
  instance?: string;
  [member: string]: unknown;
}

export interface Me {
  name: string;
  role: Role;
  scopes: Scope[];
  csrf: string;
  expires: string;
  session: string;
}

export interface SetupState {
  needs_admin: boolean;
  secure: boolean;
  version: string;
  product: string;
  steps?: { admin: boolean; source: boolean; channel: boolean; test_sent: boolean };
  demo?: 'none' | 'loading' | 'loaded';
}

export interface User {
  name: string;
  role: Role;
  disabled: boolean;
  created: string;
  last_login: string | null;
  sessions: number;
}

export interface Invite {
  user: User;
  invite: string;
  url: string;
  expires: string;
}

export interface Session {
  id: string;
  user: string;
  created: string;
  seen: string;
  expires: string;
  ip: string;
  agent: string;
  current: boolean;
}

export interface Token {
  id: string;
  name: string;
  scopes: Scope[];
  created: string;
  by: string;
  expires: string | null;
  last_used: string | null;
}

export interface Alert {
  id: string;
  rule_id: string;
  title: string;
  severity: Severity;
  status: Status;
  owner: string | null;
  reason: string | null;
  group: string;
  summary: string;
  advice: string;
  action: string; // BLOCK_IP ...; '' when the rule does not say
  confidence: number | null; // percent
  tags: string[];
  count: number;
  first: string;
  last: string;
  created: string;
  updated: string;
  by: string;
  note: string | null;
  evidence: number[];
  rev: number;
  demo: boolean;
  incident?: string | null; // INC-41
  comments: number;
  acked: string | null; // when somebody first took it on
  late: string | null; // when the time for that was over and nobody had
  quiet: string; // silence:ID, inhibited:ALERT; '' when somebody was told
}

export interface AlertHistory {
  time: string;
  by: string;
  action: string;
  from: string | null;
  to: string | null;
  reason?: string | null;
  note: string | null;
}

export interface Affected {
  users: string[];
  more_users: boolean;
  addresses: string[];
  more_addresses: boolean;
  sessions: string[];
  more_sessions: boolean;
  keys: string[];
  more_keys: boolean;
}

export interface AlertDetail extends Alert {
  details: Record<string, unknown> | null;
  affected: Affected;
  history: AlertHistory[];
  response: { within_s: number; due: string; breached: boolean } | null;
  deliveries: Delivery[];
  pages: PageRun[];
  waiting: { id: string; channel: string; form: string; due: string }[];
  next_statuses: Status[];
}

export interface Usual {
  name: string;
  events: number;
  last: string;
}

export interface Entity {
  kind: 'user' | 'address' | 'session' | 'key';
  id: string;
  usual: {
    role: string;
    first: string;
    last: string;
    events: number;
    logins: number;
    failed: number;
    last_login: { time: string; address: string; country: string; city: string } | null;
    countries: Usual[];
    devices: Usual[];
    addresses: Usual[];
    hours: number[];
  } | null;
  alerts: Alert[];
  more_alerts: boolean;
  risk: number;
}

export interface AlertList {
  alerts: Alert[];
  next: string | null;
  total: number;
  rev: number;
  open: Record<Severity, number>;
}

export interface AlertGroup {
  key: string;
  title: string;
  severity: Severity;
  alerts: number;
  open: number;
  count: number;
  last: string;
}

export interface Overview {
  from: string;
  to: string;
  step: number;
  t: number[];
  events: (number | null)[];
  auth_success: (number | null)[];
  auth_failure: (number | null)[];
  heatmap: {
    t: number[];
    endpoints: { endpoint: string; n: (number | null)[]; errors: (number | null)[] }[];
  };
  severity: Record<Severity, { open: number; total: number }>;
  vectors: { t: number[]; series: { name: string; n: (number | null)[] }[] };
  countries: { country: string; failed: number }[];
  addresses: { ip: string; country: string | null; risk: number; events: number; failed: number }[];
  kpi: {
    events_per_minute: number | null;
    failed_logins: number | null;
    open_alerts: number;
    critical: number;
    lag: number | null;
  };
  ledger: { received: number; logged: number; refused: number; balanced: boolean };
  health: { log: boolean; detection: boolean; store: boolean; notify: boolean };
  geoip: { source: string; credit_url: string; built: string } | null;
  demo: boolean;
  complete_from: number | null;
}

export interface Rule {
  id: string;
  title: string;
  description: string;
  severity: Severity;
  status: string;
  level: string;
  tags: string[];
  type: 'detection' | 'correlation';
  file: string;
  line: number;
  enabled: boolean;
  alerts: number;
  open: number;
  action: string;
  verdicts: {
    true_positive: number;
    false_positive: number;
    benign: number;
    precision: number | null;
    hint: string;
  };
  last_fired: string | null;
  spark: number[];
  raises: boolean; // false: only other rules build on it
  off_by_profile: boolean;
  switched: { by: string; note: string; time: string } | null; // who turned it on or off last
}

export interface RuleDetail extends Rule {
  source: string | null;
  advice: string;
}

export interface FieldInfo {
  name: string;
  ecs: string;
  type: string;
  doc: string;
}

export interface Fields {
  fields: FieldInfo[];
  views: { name: string; columns: string[] }[];
}

// Messages of /v1/stream.
export interface StreamHello {
  rev: number;
  version: string;
  started: string;
}
export interface StreamStats {
  events_per_s: number;
  received: number;
  stored_through: string | null;
  open: Record<Severity, number>;
  ok: boolean;
}
