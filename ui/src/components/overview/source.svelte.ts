// The figures of the overview, asked anew each 30 s while the page is seen and not paused; sooner
// after an alert, and as soon as the very first event is there.
import { live } from '../../lib/live.svelte';
import { resource, type Resource } from '../../lib/resource.svelte';
import { absRange } from '../../lib/time';
import { session } from '../../lib/session.svelte';
import type { Overview } from '../../lib/types';
import { ui } from '../../lib/ui.svelte';

const EVERY_MS = 30_000;
const ALERT_MS = 5_000;
const FIRST_MS = 2_000;
// Wide ranges begin with a whole one of the steps they are drawn in.
const ALIGN_MS: Record<string, number> = { '7d': 1_800_000, '30d': 7_200_000 };

// Call while a component is made.
export function overview(): Resource<Overview> {
  let now = $state(Date.now());
  let received = -1;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const renew = (): void => {
    clearTimeout(waiting);
    waiting = undefined;
    if (!document.hidden && !live.paused) now = Date.now();
  };
  // Not before `ms` have gone since the last time.
  const within = (ms: number): void => {
    waiting ??= setTimeout(renew, Math.max(0, now + ms - Date.now()));
  };
  const of = resource<Overview>(() => {
    const { from, to } = absRange(ui.range, now);
    const whole = ALIGN_MS[String(ui.range)] ?? 1;
    const begin = new Date(Math.floor(Date.parse(from) / whole) * whole).toISOString();
    return ['/v1/overview', { from: begin, to }];
  });

  $effect(() => {
    const due = (): void => {
      if (Date.now() - now >= EVERY_MS - 500) renew();
    };
    const timer = setInterval(due, EVERY_MS);
    const offs = [
      live.on('alert', () => within(ALERT_MS)),
      live.on('reset', () => within(FIRST_MS)),
      live.on('stats', (stats) => {
        const first = of.data?.complete_from === null || session.setup?.steps?.source === false;
        if (!first || stats.received === received) return;
        received = stats.received;
        void session.loadSetup();
        within(FIRST_MS);
      }),
    ];
    document.addEventListener('visibilitychange', due);
    return () => {
      clearInterval(timer);
      clearTimeout(waiting);
      for (const off of offs) off();
      document.removeEventListener('visibilitychange', due);
    };
  });
  return of;
}
