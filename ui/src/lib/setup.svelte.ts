// The first run as a list of steps.  Done is what the server says; skipped is kept in this browser.
import { session } from './session.svelte';

export type StepId = 'admin' | 'source' | 'channel' | 'demo';
export interface Step {
  id: StepId;
  title: string;
  done: boolean;
  skipped: boolean;
}

const STORE = 'tocsin.setup';
const TITLES: Record<StepId, string> = {
  admin: 'Make the first administrator',
  source: 'Send the first event',
  channel: 'Be told of alerts',
  demo: 'Look around with demo data',
};

function readSkipped(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(STORE) ?? '[]');
    return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

class Setup {
  private skips = $state(readSkipped());

  steps: Step[] = $derived.by(() => {
    const steps = session.setup?.steps;
    const done: Record<StepId, boolean> = {
      admin: steps?.admin ?? false,
      source: steps?.source ?? false,
      channel: (steps?.channel && steps.test_sent) ?? false,
      demo: (session.setup?.demo ?? 'none') !== 'none',
    };
    return (Object.keys(TITLES) as StepId[]).map((id) => ({
      id,
      title: TITLES[id],
      done: done[id],
      skipped: !done[id] && this.skips.includes(id),
    }));
  });
  next = $derived(this.steps.find((step) => !step.done && !step.skipped));
  done = $derived(this.steps.filter((step) => step.done).length);

  skip(id: StepId, skipped = true): void {
    this.skips = skipped ? [...this.skips, id] : this.skips.filter((one) => one !== id);
    try {
      localStorage.setItem(STORE, JSON.stringify(this.skips));
    } catch {
      // then it lasts as long as the page
    }
  }
}

export const setup = new Setup();
