// Channels and what was sent by them, as the API tells it.
import type { Severity } from './types';

export interface ChannelResult {
  ok: boolean;
  time: string;
  detail: string;
  ms: number;
}

export interface Channel {
  name: string;
  type: string; // 'email', 'webhook' or the name of a kind
  enabled: boolean;
  min_severity: Severity;
  origin: 'config' | 'page';
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
  last: ChannelResult | null;
  pending: number;
  dead: number;
}

export interface Delivery {
  id: number | string;
  alert_id: string;
  channel: string;
  key: string;
  event: 'raise' | 'ack' | 'resolve' | 'bundle';
  person: string;
  address: string;
  state: 'pending' | 'sending' | 'sent' | 'dead';
  attempts: number;
  next_attempt: string | null;
  last_error: string | null;
  ms: number | null;
  created: string;
  sent: string | null;
}
