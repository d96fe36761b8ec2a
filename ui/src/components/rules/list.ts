// Which rules the list shows, and in which order.
import { SEVERITIES } from '../../lib/severity';
import type { Rule } from '../../lib/types';

export const ORDERS = ['severity', 'title', 'alerts', 'last'] as const;
export type Order = (typeof ORDERS)[number];

export interface RuleFilter {
  text: string;
  severity: string; // '' any
  status: string; // '' any
  on: string; // '', 'on' or 'off'
}

export function statuses(rules: readonly Rule[]): string[] {
  return [...new Set(rules.map((rule) => rule.status).filter(Boolean))].sort();
}

function hay(rule: Rule): string {
  return [rule.title, rule.description, rule.id, rule.file, ...rule.tags].join('\n').toLowerCase();
}

// Every word must be somewhere.
export function filterRules(rules: readonly Rule[], f: RuleFilter): Rule[] {
  const words = f.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rules.filter(
    (rule) =>
      (!f.severity || rule.severity === f.severity) &&
      (!f.status || rule.status === f.status) &&
      (!f.on || (rule.enabled && !rule.off_by_profile) === (f.on === 'on')) &&
      words.every((word) => hay(rule).includes(word)),
  );
}

const KEYS: Record<Order, (a: Rule, b: Rule) => number> = {
  severity: (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  title: (a, b) => a.title.localeCompare(b.title, 'en'),
  alerts: (a, b) => b.alerts - a.alerts,
  last: (a, b) => Date.parse(b.last_fired ?? '1970-01-01') - Date.parse(a.last_fired ?? '1970-01-01'),
};

// Those alike by the key are in the order of their titles.
export function sortRules(rules: readonly Rule[], by: Order, back = false): Rule[] {
  const key = KEYS[by];
  const sign = back ? -1 : 1;
  return [...rules].sort(
    (a, b) => sign * key(a, b) || KEYS.title(a, b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}
