// The pages there are.  Each is a file of pages/, loaded when it is first gone to.
import type { Component } from 'svelte';
import type { IconName } from '../components/icons';
import { route } from './router.svelte';
import { ui } from './ui.svelte';

type Load = () => Promise<{ default: Component }>;
const files = import.meta.glob<{ default: Component }>('../pages/*.svelte');

export interface Page {
  id: string;
  label: string;
  key: string; // "g KEY"
  icon: IconName;
  under?: string; // not in the navigation: the page it is gone to from
}

const NAV: Page[] = [
  { id: 'overview', label: 'Overview', key: 'o', icon: 'grid' },
  { id: 'alerts', label: 'Alerts', key: 'a', icon: 'bell' },
  { id: 'incidents', label: 'Incidents', key: 'i', icon: 'flag' },
  { id: 'silences', label: 'Silences', key: 's', icon: 'pause', under: 'alerts' },
  { id: 'events', label: 'Events', key: 'e', icon: 'list' },
  { id: 'rules', label: 'Rules', key: 'r', icon: 'rule' },
  { id: 'blocked', label: 'Blocked', key: 'b', icon: 'ban' },
  { id: 'oncall', label: 'On-call', key: 'c', icon: 'user' },
  { id: 'settings', label: 'Settings', key: 't', icon: 'cog' },
];

export function loader(id: string): Load | undefined {
  const name = id.charAt(0).toUpperCase() + id.slice(1);
  return files[`../pages/${name}.svelte`];
}

export const pages: readonly Page[] = NAV.filter((page) => loader(page.id));
export const home = `/${pages[0]?.id ?? 'settings'}`;

// A page's address; a range given in absolute times goes along.
export function pageHref(id: string): string {
  const range = ui.range;
  if (typeof range === 'string' || id === 'settings') return `/${id}`;
  return `/${id}?${new URLSearchParams({ from: range.from, to: range.to })}`;
}

export function pageTitle(): string {
  if (route.page === 'setup') return 'Setup';
  return pages.find((page) => page.id === route.page)?.label ?? 'Not found';
}
