// Times as people read them, in local time or in UTC with a Z.
import { ui, type Range } from './ui.svelte';

export type When = string | number | Date; // RFC 3339, milliseconds, or a date
export type TimeStyle = 'full' | 'minute' | 'time' | 'clock' | 'day';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LENGTH = { '1h': HOUR, '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY };

const two = (n: number): string => String(n).padStart(2, '0');

// full 2026-11-21 05:28:11, minute without seconds, time 05:28:11, clock 05:28, day 2026-11-21
export function fmtTime(when: When, utc = ui.utc, style: TimeStyle = 'full'): string {
  const date = new Date(when);
  if (Number.isNaN(date.getTime())) return String(when);
  const at = utc ? date : new Date(date.getTime() - date.getTimezoneOffset() * MINUTE);
  const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
  if (style === 'day') return day;
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  const seconds = `${clock}:${two(at.getUTCSeconds())}`;
  const text = { full: `${day} ${seconds}`, minute: `${day} ${clock}`, time: seconds, clock }[style];
  return utc ? `${text}Z` : text;
}

// "5s", "57m", "3h", "12d"; of times to come "in 3h".
export function ago(when: When, now = Date.now()): string {
  const gap = now - new Date(when).getTime();
  const ms = Math.abs(gap);
  const text =
    ms < MINUTE
      ? `${Math.floor(ms / 1000)}s`
      : ms < HOUR
        ? `${Math.floor(ms / MINUTE)}m`
        : ms < 2 * DAY
          ? `${Math.floor(ms / HOUR)}h`
          : `${Math.floor(ms / DAY)}d`;
  return gap < -1000 ? `in ${text}` : text;
}

export function iso(when: When): string {
  return new Date(when).toISOString();
}

export interface AbsRange {
  from: string;
  to: string;
}

// From and to of a range as they are now.
export function absRange(range: Range = ui.range, now = Date.now()): AbsRange {
  if (typeof range !== 'string') return range;
  return { from: iso(now - LENGTH[range]), to: iso(now) };
}

// The address of this very view with its times made absolute, for others to open.
export function frozenUrl(): string {
  const link = new URL(location.href);
  const { from, to } = absRange();
  link.searchParams.set('from', from);
  link.searchParams.set('to', to);
  return link.href;
}
