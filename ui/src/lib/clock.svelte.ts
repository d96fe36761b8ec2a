// The time now, a tick each 5 s while the page is seen: what says "3m" stays true.
class Clock {
  now = $state(Date.now());

  constructor() {
    setInterval(() => {
      if (!document.hidden) this.now = Date.now();
    }, 5000);
    document.addEventListener('visibilitychange', () => (this.now = Date.now()));
  }
}
export const clock = new Clock();
