// The keys of the list of alerts.
import type { KeyMap } from '../../lib/keys';
import type { Alerts } from './alerts.svelte';
import type { Action } from './transitions';

interface Hands {
  list: Alerts;
  move: (to: number) => void;
  page: () => number;
  pick: (range: boolean) => void;
  open: () => void;
  start: (action: Action) => void;
  mine: () => void;
  incident: () => void;
  silence: () => void;
  fresh: () => void;
  search: () => void;
  copy: () => void;
  escape: () => void;
  inGrid: () => boolean; // the focus is in the list, or nowhere
}

export function listKeys(h: Hands): KeyMap {
  const { list } = h;
  // Keys that mean something to buttons and to what scrolls, too.
  const inGrid = (work: () => void) => (): void | false => {
    if (!h.inGrid()) return false;
    work();
  };
  const go = (by: number) => () => h.move(list.cursor + by);
  const all = () => {
    const rows = list.rows.length;
    const every = rows > 0 && list.selected.size >= rows;
    list.clear();
    if (!every) list.selectRange(0, rows - 1);
  };
  const act = (action: Action, help: string) => ({ run: () => h.start(action), help });
  return {
    j: { run: go(1), help: 'Next' },
    k: { run: go(-1), help: 'Previous' },
    ArrowDown: inGrid(go(1)),
    ArrowUp: inGrid(go(-1)),
    PageDown: inGrid(() => h.move(list.cursor + h.page())),
    PageUp: inGrid(() => h.move(list.cursor - h.page())),
    Home: inGrid(() => h.move(0)),
    End: inGrid(() => h.move(list.rows.length - 1)),
    o: { run: h.open, help: 'Open' },
    Enter: { run: inGrid(h.open), help: 'Open' },
    x: { run: () => h.pick(false), help: 'Select' },
    X: { run: () => h.pick(true), help: 'Select from the last one to here' },
    '*': { run: all, help: 'Select all that are loaded, or none' },
    a: act('ack', 'Acknowledge, and take it if nobody has'),
    s: { run: h.mine, help: 'Assign to me' },
    S: act('assign', 'Assign to …'),
    w: act('start', 'Start work'),
    r: act('resolve', 'Resolve …'),
    f: act('false-positive', 'False positive …'),
    c: act('comment', 'Comment …'),
    e: { run: h.incident, help: 'To incident …' },
    m: { run: h.silence, help: 'Silence …' },
    n: { run: h.fresh, help: 'Show new ones' },
    y: { run: h.copy, help: 'Copy link' },
    '/': { run: h.search, help: 'Filter' },
    Escape: { run: h.escape, help: 'Close, or clear the selection' },
  };
}
