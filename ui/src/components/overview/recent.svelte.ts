// How many events a minute came in of late, from a counter that is told now and then.
const WINDOW_MS = 60_000;
const LEAST_MS = 8_000; // of a shorter while nothing is said

export class Recent {
  rate = $state<number | null>(null);
  private seen: { at: number; received: number }[] = [];

  add(at: number, received: number): void {
    const last = this.seen.at(-1);
    if (last && (received < last.received || at - last.at > WINDOW_MS)) this.seen = []; // begun anew
    this.seen.push({ at, received });
    while (this.seen.length > 2 && at - this.seen[1]!.at >= WINDOW_MS) this.seen.shift();
    const first = this.seen[0]!;
    const gone = at - first.at;
    this.rate = gone < LEAST_MS ? null : ((received - first.received) * 60_000) / gone;
  }
}
