// What the user chose for this browser, and the short messages at the foot of the page.
import { route, setQuery } from './router.svelte';

export const PRESETS = ['1h', '24h', '7d', '30d'] as const;
export type Preset = (typeof PRESETS)[number];
export type Range = Preset | { from: string; to: string };
export type Theme = 'system' | 'light' | 'dark';
export type Density = 'compact' | 'normal' | 'roomy';

export interface Toast {
  id: number;
  text: string;
  tone: 'info' | 'bad';
  undo?: () => void;
}

const TOAST_MS = 6000;
const STORE = 'tocsin.ui';

interface Kept {
  theme: Theme;
  utc: boolean;
  density: Density;
  keys: boolean;
  preset: Preset;
  nav: boolean;
}
const FIRST: Kept = {
  theme: 'system',
  utc: false,
  density: 'normal',
  keys: true,
  preset: '24h',
  nav: true,
};

// Storage may be full, forbidden or hold anything.
function readKept(): Kept {
  try {
    const found = JSON.parse(localStorage.getItem(STORE) ?? '{}') as Partial<Kept>;
    const kept: Kept = { ...FIRST };
    if (['system', 'light', 'dark'].includes(found.theme ?? '')) kept.theme = found.theme!;
    if (['compact', 'normal', 'roomy'].includes(found.density ?? '')) kept.density = found.density!;
    if (PRESETS.includes(found.preset as Preset)) kept.preset = found.preset!;
    for (const name of ['utc', 'keys', 'nav'] as const) {
      if (typeof found[name] === 'boolean') kept[name] = found[name];
    }
    return kept;
  } catch {
    return { ...FIRST };
  }
}

function isTime(text: string | null): text is string {
  return text !== null && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text);
}

const dark = matchMedia('(prefers-color-scheme: dark)');

class Ui {
  private kept = $state(readKept());
  private systemDark = $state(dark.matches);
  toasts = $state<Toast[]>([]);
  private lastToast = 0;

  constructor() {
    dark.addEventListener('change', () => (this.systemDark = dark.matches));
    addEventListener('storage', (event) => {
      if (event.key === STORE) this.kept = readKept();
    });
  }

  get theme(): Theme {
    return this.kept.theme;
  }
  set theme(value: Theme) {
    this.keep('theme', value);
  }
  // What is on the screen now; charts that draw on a canvas watch it.
  get isDark(): boolean {
    return this.theme === 'system' ? this.systemDark : this.theme === 'dark';
  }
  get utc(): boolean {
    return this.kept.utc;
  }
  set utc(value: boolean) {
    this.keep('utc', value);
  }
  get density(): Density {
    return this.kept.density;
  }
  set density(value: Density) {
    this.keep('density', value);
  }
  get keys(): boolean {
    return this.kept.keys;
  }
  set keys(value: boolean) {
    this.keep('keys', value);
  }
  get nav(): boolean {
    return this.kept.nav;
  }
  set nav(value: boolean) {
    this.keep('nav', value);
  }

  // Absolute when the address says from and to, else the preset last chosen.
  get range(): Range {
    const from = route.query.get('from');
    const to = route.query.get('to');
    return isTime(from) && isTime(to) ? { from, to } : this.kept.preset;
  }
  set range(value: Range) {
    if (typeof value === 'string') {
      this.keep('preset', value);
      setQuery({ from: null, to: null });
    } else {
      setQuery({ from: value.from, to: value.to });
    }
  }

  // Height of a table's row in pixels.
  get row(): number {
    return { compact: 26, normal: 32, roomy: 40 }[this.density];
  }

  // Puts theme and density on the page; called once, in an effect.
  apply(): void {
    const root = document.documentElement;
    if (this.theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = this.theme;
    root.dataset.density = this.density;
  }

  say(text: string, undo?: () => void, tone: Toast['tone'] = 'info'): void {
    const id = ++this.lastToast;
    this.toasts = [...this.toasts.slice(-2), { id, text, tone, undo }];
    setTimeout(() => this.dismiss(id), TOAST_MS);
  }
  dismiss(id: number): void {
    this.toasts = this.toasts.filter((one) => one.id !== id);
  }
  // Undoes the newest thing that can be; false when there is none.
  undo(): boolean {
    const last = this.toasts.findLast((one) => one.undo);
    if (!last) return false;
    this.dismiss(last.id);
    last.undo?.();
    return true;
  }

  private keep<K extends keyof Kept>(name: K, value: Kept[K]): void {
    this.kept[name] = value;
    try {
      localStorage.setItem(STORE, JSON.stringify(this.kept));
    } catch {
      // then it lasts as long as the page
    }
  }
}

export const ui = new Ui();

export function toast(text: string, undo?: () => void, tone: Toast['tone'] = 'info'): void {
  ui.say(text, undo, tone);
}
