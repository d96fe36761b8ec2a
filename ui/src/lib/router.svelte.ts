// Where we are: /PAGE/PARAM/REST?QUERY.  Moving on makes a step of history, filters replace it.

function segments(path: string): string[] {
  return path
    .split('/')
    .filter(Boolean)
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}

class Route {
  path = $state(location.pathname);
  search = $state(location.search);
  hash = $state(location.hash);

  private parts = $derived(segments(this.path));
  page = $derived(this.parts[0] ?? 'overview');
  param = $derived(this.parts[1] ?? '');
  rest = $derived(this.parts.slice(2));
  query = $derived(new URLSearchParams(this.search));

  constructor() {
    addEventListener('popstate', () => this.sync());
    addEventListener('hashchange', () => this.sync());
  }

  sync(): void {
    this.path = location.pathname;
    this.search = location.search;
    this.hash = location.hash;
  }
}

export const route = new Route();

// Only ever to a path of our own origin: anything else is taken as our front page.
export function samePath(target: string): string {
  try {
    const goal = new URL(target, location.origin);
    if (goal.origin === location.origin) return goal.pathname + goal.search + goal.hash;
  } catch {
    // not an address
  }
  return '/';
}

export function go(target: string, replace = false): void {
  const path = samePath(target);
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  route.sync();
}

// Sets or, with null, removes parameters of the query; the rest of the address stays.
export function setQuery(changes: Record<string, string | null>, replace = true): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  go(location.pathname + (text ? `?${text}` : ''), replace);
}

// For <a onclick={follow}>: plain clicks stay in the page, all others are the browser's.
export function follow(event: MouseEvent): void {
  const anchor = (event.currentTarget as Element).closest('a');
  if (!anchor || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(anchor.href);
}
