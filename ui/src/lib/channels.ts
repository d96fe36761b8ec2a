// Channels: their form, and what of it is sent to the server.
import { SEVERITIES } from './severity';
import type { Channel, Severity } from './types';

export type Security = 'starttls' | 'tls' | 'none';

export interface ChannelForm {
  name: string;
  type: Channel['type'];
  enabled: boolean;
  min_severity: Severity;
  host: string;
  port: string;
  security: Security;
  user: string;
  from: string;
  to: string;
  url: string;
  allow_private: boolean;
  secret: string; // typed now; empty: as it is
}

// What the test-send and the save take.
export interface ChannelBody {
  name: string;
  type: Channel['type'];
  enabled: boolean;
  min_severity: Severity;
  settings: Record<string, unknown>;
  secrets?: Record<string, string>;
}

export interface TestResult {
  ok: boolean;
  ms: number;
  detail: string;
}

export const PORTS: Record<Security, number> = { starttls: 587, tls: 465, none: 25 };
export const SECRET = { email: 'password', webhook: 'key' } as const;

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

export function formOf(channel: Channel | null): ChannelForm {
  const s = channel?.settings ?? {};
  const security = text(s.security);
  return {
    name: channel?.name ?? '',
    type: channel?.type ?? 'email',
    enabled: channel?.enabled ?? true,
    min_severity: channel?.min_severity ?? 'HIGH',
    host: text(s.host),
    port: s.port ? text(s.port) : '',
    security: security === 'tls' || security === 'none' ? security : 'starttls',
    user: text(s.user),
    from: text(s.from),
    to: Array.isArray(s.to) ? s.to.join(', ') : text(s.to),
    url: text(s.url),
    allow_private: s.allow_private === true,
    secret: '',
  };
}

export function bodyOf(form: ChannelForm): ChannelBody {
  const { name, type, enabled, min_severity } = form;
  const settings: Record<string, unknown> =
    type === 'email'
      ? {
          host: form.host.trim(),
          port: form.port ? Number(form.port) : PORTS[form.security],
          security: form.security,
          user: form.user.trim(),
          from: form.from.trim(),
          to: form.to.split(/[,;\s]+/).filter(Boolean),
        }
      : { url: form.url.trim(), allow_private: form.allow_private };
  const body: ChannelBody = { name: name.trim(), type, enabled, min_severity, settings };
  if (form.secret) body.secrets = { [SECRET[type]]: form.secret };
  return body;
}

// The first thing wrong in it by field; the server looks again, and closer.
export function problemsOf(form: ChannelForm): Partial<Record<keyof ChannelForm, string>> {
  const found: Partial<Record<keyof ChannelForm, string>> = {};
  if (!/^[a-z0-9_-]{1,40}$/.test(form.name.trim())) {
    found.name = 'Small letters, digits, - and _, at most 40.';
  }
  if (form.type === 'email') {
    if (!form.host.trim()) found.host = 'The mail server is needed.';
    if (form.port && !(Number(form.port) >= 1 && Number(form.port) <= 65535)) {
      found.port = 'A number from 1 to 65535.';
    }
    if (!form.from.includes('@')) found.from = 'An e-mail address.';
    if (!form.to.includes('@')) found.to = 'At least one e-mail address.';
  } else if (!/^https?:\/\/[^/]/.test(form.url.trim())) {
    found.url = 'An address that begins with https:// or http://.';
  }
  return found;
}

// Where a channel leads, in a few words.
export function targetOf(channel: Channel): string {
  const form = formOf(channel);
  return channel.type === 'email' ? `${form.to} by ${form.host}` : form.url;
}

export function minWords(severity: Severity): string {
  const n = SEVERITIES.indexOf(severity);
  return n === 0 ? 'only' : n === SEVERITIES.length - 1 ? 'all' : 'and above';
}
