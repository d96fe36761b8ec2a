// Keyboard: single keys and sequences such as "g a".  One listener; the newest binding wins.
import { untrack } from 'svelte';
import { ui } from './ui.svelte';

// false: the key was not for it, and keeps its meaning for what has the focus.
export type Action = (event: KeyboardEvent) => void | false;
export type KeyMap = Record<string, Action | { run: Action; help: string; group?: string }>;

interface Bound {
  map: KeyMap;
  title: string;
}

const SEQUENCE_MS = 1200;
const TEXT =
  'input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable=true],.editor';
let bound = $state.raw<Bound[]>([]);
let all: Bound[] = []; // the same; whoever leaves reads states as they were, and would undo what came meanwhile
let prefix = '';
let timer: ReturnType<typeof setTimeout> | undefined;

function isTyping(target: EventTarget | null): boolean {
  const element = target as Element | null;
  return !!element?.closest?.(TEXT);
}

function find(key: string): Action | undefined {
  for (const { map } of bound.toReversed()) {
    const hit = Object.hasOwn(map, key) ? map[key] : undefined;
    if (hit) return typeof hit === 'function' ? hit : hit.run;
  }
  return undefined;
}

function begins(key: string): boolean {
  return bound.some(({ map }) => Object.keys(map).some((one) => one.startsWith(`${key} `)));
}

// "Ctrl-k", "Ctrl-Enter", "Shift-X" is just "X", "g a".
function nameOf(event: KeyboardEvent): string {
  return event.ctrlKey || event.metaKey ? `Ctrl-${event.key}` : event.key;
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const key = nameOf(event);
  const single = key.length === 1 || prefix !== '';
  if (document.querySelector('dialog:modal')) return; // a dialog has its own keys
  if (isTyping(event.target) && !key.startsWith('Ctrl-')) return;
  if (single && !ui.keys && key !== '?') return;
  const whole = prefix ? `${prefix} ${key}` : key;
  clearTimeout(timer);
  prefix = '';
  const run = find(whole);
  if (run) {
    if (run(event) !== false) event.preventDefault();
  } else if (begins(whole)) {
    prefix = whole;
    timer = setTimeout(() => (prefix = ''), SEQUENCE_MS);
  }
}
addEventListener('keydown', onKey);

// Binds keys until the returned function is called: `$effect(() => bindKeys({...}, 'Alerts'))`.
// Those with a `help` stand in the sheet behind "?".
export function bindKeys(map: KeyMap, title = 'This page'): () => void {
  const one: Bound = { map, title };
  const set = (next: Bound[]): void => untrack(() => void (bound = all = next)); // callers are effects; they must not depend on this
  set([...all, one]);
  return () => set(all.filter((other) => other !== one));
}

export interface SheetGroup {
  title: string;
  rows: { keys: string; help: string }[];
}

// What the sheet shows: newest first, keys of one help joined.
export function keySheet(): SheetGroup[] {
  const groups = new Map<string, Map<string, string[]>>();
  for (const { map, title } of bound.toReversed()) {
    for (const [key, action] of Object.entries(map)) {
      if (typeof action === 'function') continue;
      const name = action.group ?? title;
      const rows = groups.get(name) ?? new Map<string, string[]>();
      groups.set(name, rows.set(action.help, [...(rows.get(action.help) ?? []), key]));
    }
  }
  return [...groups].map(([title, rows]) => ({
    title,
    rows: [...rows].map(([help, keys]) => ({ help, keys: keys.join(' or ') })),
  }));
}
