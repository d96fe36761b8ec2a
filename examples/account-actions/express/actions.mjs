// What holds in the application: accounts that are locked, sessions that are revoked and so on, each
// until its time is over.  A real application keeps this in its database; the rules stay the same.

const KNOWN = new Set([
  'LOCK_ACCOUNT',
  'SUSPEND_USER',
  'REVOKE_SESSIONS',
  'REVOKE_API_KEY',
  'RATE_LIMIT_USER',
  'REQUIRE_CAPTCHA',
  'BLOCK_ALL_TRAFFIC',
]);
const LONGEST = 31 * 24 * 3600 * 1000; // nothing is taken for longer, whoever asks

export class Actions {
  #held = new Map(); // "ACTION kind entity" -> { id, until }
  #heard = new Map(); // webhook-id -> when: what was heard before changes nothing

  #now() {
    return Date.now();
  }

  // An action that is over is over, whether or not anybody says so.
  #sweep() {
    const now = this.#now();
    for (const [key, held] of this.#held) if (held.until <= now) this.#held.delete(key);
    for (const [id, at] of this.#heard) if (at + LONGEST < now) this.#heard.delete(id);
  }

  static key({ action, kind, entity }) {
    return `${action} ${kind} ${entity}`;
  }

  /** Returns an HTTP status and a body. */
  take(webhookId, message) {
    this.#sweep();
    const { type, id, action, kind, entity, until } = message;
    const end = Date.parse(until);
    if (!KNOWN.has(action) || typeof entity !== 'string' || typeof id !== 'string' || !Number.isFinite(end))
      return [422, { error: 'no such action' }];
    const key = Actions.key(message);
    if (!this.#heard.has(webhookId)) {
      const held = this.#held.get(key);
      if (type === 'action.begin') {
        if (end > this.#now()) this.#held.set(key, { id, until: Math.min(end, this.#now() + LONGEST) });
      } else if (type === 'action.end') {
        // The end of one that another has taken the place of opens nothing.
        if (held?.id === id) this.#held.delete(key);
      } else {
        return [422, { error: 'no such type' }];
      }
      this.#heard.set(webhookId, this.#now());
    }
    return [200, this.state({ action, kind, entity })];
  }

  state(about) {
    this.#sweep();
    const held = this.#held.get(Actions.key(about));
    return held ? { state: 'on', id: held.id, until: new Date(held.until).toISOString() } : { state: 'off' };
  }

  // What the application asks where it matters: at log-in, at each request.
  holds(action, kind, entity) {
    return this.state({ action, kind, entity }).state === 'on';
  }

  forget() {
    this.#held.clear();
  }
}
