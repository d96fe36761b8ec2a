// Who is using the page.  The cookie is the server's; the page knows name, scopes and CSRF token.
import { ApiError, del, get, post, setHooks } from './api';
import type { Me, Scope, SetupState } from './types';

// loading: not asked yet; in; out: never was; lost: was in, and the server no longer knows us;
// away: the server did not answer when first asked.
type State = 'loading' | 'in' | 'out' | 'lost' | 'away';

class Session {
  me = $state<Me | null>(null);
  state = $state<State>('loading');
  setup = $state<SetupState | null>(null);

  // Other tabs are told when somebody comes or goes.
  private tabs = new BroadcastChannel('tocsin-session');

  constructor() {
    setHooks({
      csrf: () => this.me?.csrf ?? '',
      lost: () => this.lost(),
      renew: () => this.renew(),
    });
    this.tabs.addEventListener('message', () => void this.load());
  }

  // /v1/setup is open and tells more to who is signed in: strangers cause no refusal.
  async load(): Promise<void> {
    const before = this.me;
    if (this.state !== 'away') this.state = 'loading';
    await this.loadSetup();
    if (!this.setup) {
      this.state = before ? 'in' : 'away';
      return;
    }
    try {
      const me = this.setup.steps && (await get<Me>('/v1/session', undefined, { quiet: true }));
      if (me && before && before.name !== me.name) location.reload();
      else if (me) this.enter(me);
      else this.state = before ? 'lost' : 'out'; // what is on the page stays on it
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.state = before ? 'lost' : 'out';
      else this.state = before ? 'in' : 'away';
    }
  }

  private async renew(): Promise<boolean> {
    const old = this.me;
    if (!old) return false;
    const me = await get<Me>('/v1/session', undefined, { quiet: true }).catch(() => null);
    if (!me || me.name !== old.name || me.csrf === old.csrf) return false;
    this.me = me;
    return true;
  }

  // Steps of the first run; fewer members when nobody is signed in.
  async loadSetup(): Promise<void> {
    this.setup = await get<SetupState>('/v1/setup', undefined, { quiet: true }).catch(() => null);
  }

  async login(name: string, password: string): Promise<void> {
    const before = this.me?.name;
    const me = await post<Me>('/v1/session', { name, password }, { quiet: true });
    if (before !== undefined && before !== me.name) {
      location.reload(); // nothing of the other user's page stays
      return;
    }
    this.enter(me);
    this.tabs.postMessage('in');
    await this.loadSetup();
  }

  async accept(invite: string, name: string, password: string): Promise<void> {
    const body = { invite, name, password };
    this.enter(await post<Me>('/v1/invites/accept', body, { quiet: true }));
    await this.loadSetup();
  }

  async logout(): Promise<void> {
    await del('/v1/session', { quiet: true }).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    });
    this.me = null;
    this.state = 'out';
    this.tabs.postMessage('out');
  }

  lost(): void {
    if (this.state === 'in') this.state = 'lost';
  }

  can(scope: Scope): boolean {
    return this.me?.scopes.includes(scope) ?? false;
  }

  private enter(me: Me): void {
    this.me = me;
    this.state = 'in';
  }
}

export const session = new Session();

export function can(scope: Scope): boolean {
  return session.can(scope);
}
