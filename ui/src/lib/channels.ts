// Channels: their form, and what of it is sent to the server.
import { SEVERITIES } from './severity';
import type { Channel } from './delivery';
import type { Severity } from './types';

// What a form asks for a kind of channel, as its channel file says.
export interface KindSetting {
  name: string;
  label: string;
  help: string;
  type: 'text' | 'url' | 'mail' | 'mails' | 'yes' | 'number' | 'choice';
  required: boolean;
  default: string;
  words: string[];
}

export interface ChannelKind {
  name: string;
  label: string;
  about: string;
  settings: KindSetting[];
  secret: KindSetting | null;
}

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
  values: Record<string, string | boolean>; // settings of another kind, as they are typed
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
const SECRETS: Record<string, string> = { email: 'password', webhook: 'key' };
export const secretOf = (type: string): string => SECRETS[type] ?? 'secret';

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
    values: Object.fromEntries(
      Object.entries(s).map(([name, value]) => [
        name,
        typeof value === 'boolean' ? value : Array.isArray(value) ? value.join(', ') : text(value),
      ]),
    ),
    secret: '',
  };
}

function settingOf(setting: KindSetting, typed: string | boolean | undefined): unknown {
  if (setting.type === 'yes') return typed === undefined ? setting.default === 'true' : typed === true;
  const word = String(typed ?? '').trim();
  if (setting.type === 'mails') return word.split(/[,;\s]+/).filter(Boolean);
  if (setting.type === 'number') return Number(word || setting.default || 0);
  return word || setting.default;
}

// Without its kind (not known yet) what was saved goes back as it is.
function settingsOf(form: ChannelForm, kind?: ChannelKind): Record<string, unknown> {
  const found: Record<string, unknown> = kind ? {} : { ...form.values };
  for (const setting of kind?.settings ?? []) {
    found[setting.name] = settingOf(setting, form.values[setting.name]);
  }
  found.allow_private = form.allow_private;
  return found;
}

export function bodyOf(form: ChannelForm, kind?: ChannelKind): ChannelBody {
  const { name, type, enabled, min_severity } = form;
  const settings: Record<string, unknown> =
    type !== 'email' && type !== 'webhook'
      ? settingsOf(form, kind)
      : type === 'email'
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
  if (form.secret) body.secrets = { [secretOf(type)]: form.secret };
  return body;
}

// The first thing wrong in it by field; the server looks again, and closer.
export function problemsOf(form: ChannelForm, kind?: ChannelKind): Record<string, string> {
  const found: Record<string, string> = {};
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
  } else if (form.type !== 'webhook') {
    for (const setting of kind?.settings ?? []) {
      if (setting.required && !settingOf(setting, form.values[setting.name])?.toString().length) {
        found[`settings.${setting.name}`] = 'It is needed.';
      }
    }
  } else if (!/^https?:\/\/[^/]/.test(form.url.trim())) {
    found.url = 'An address that begins with https:// or http://.';
  }
  return found;
}

// Where a channel leads, in a few words.
export function targetOf(channel: Channel): string {
  const form = formOf(channel);
  if (channel.type !== 'email' && channel.type !== 'webhook') {
    const { channel: room, to, project, repository, url } = form.values;
    return [channel.type, room || to || project || repository || url].filter(Boolean).join(': ');
  }
  return channel.type === 'email' ? `${form.to} by ${form.host}` : form.url;
}

export function minWords(severity: Severity): string {
  const n = SEVERITIES.indexOf(severity);
  return n === 0 ? 'only' : n === SEVERITIES.length - 1 ? 'all' : 'and above';
}
