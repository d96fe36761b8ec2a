// The figures of the overview, asked anew each 30 s while the page is seen and not paused.
import { live } from '../../lib/live.svelte';
import { resource, type Resource } from '../../lib/resource.svelte';
import { absRange } from '../../lib/time';
import type { Overview } from '../../lib/types';
import { ui } from '../../lib/ui.svelte';

const EVERY_MS = 30_000;

// Call while a component is made.
export function overview(): Resource<Overview> {
  let now = $state(Date.now());

  $effect(() => {
    const due = (): void => {
      if (!document.hidden && !live.paused && Date.now() - now >= EVERY_MS - 500) now = Date.now();
    };
    const timer = setInterval(due, EVERY_MS);
    document.addEventListener('visibilitychange', due);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', due);
    };
  });
  return resource<Overview>(() => {
    const { from, to } = absRange(ui.range, now);
    return ['/v1/overview', { from, to }];
  });
}
