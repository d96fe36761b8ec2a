// A day of events for tests of the overview.
import { PAYLOADS } from '../payloads.mjs';

export const HOUR = 3600_000;
const HOSTILE = PAYLOADS.slice(0, 12); // those that are sent as events

// A day as it may be: logins, requests to a few endpoints, one address that fails a lot.
export function day() {
  const now = Date.now();
  const events = [];
  for (let i = 0; i < 288; i++) {
    const at = new Date(now - 24 * HOUR + 10_000 + i * 300_000).toISOString();
    const event = (more) => events.push({ timestamp: at, ...more });
    event({ event_type: 'auth.login.success', client_ip: '198.51.100.4', user_email: `u${i % 9}@example.com` });
    if (i % 4 === 0) {
      event({ event_type: 'auth.login.failed', client_ip: '185.220.101.7', user_email: 'root@example.com' });
    }
    event({
      event_type: 'api.request',
      method: 'GET',
      endpoint: ['/api/orders', '/api/quotes', `/api/orders/${i}`][i % 3],
      status_code: i % 12 === 0 ? 500 : 200,
      client_ip: '198.51.100.9',
    });
  }
  HOSTILE.forEach((text, i) => {
    const event = {
      timestamp: new Date(now - i * 60_000).toISOString(),
      event_type: 'auth.login.failed',
      client_ip: `203.0.113.${50 + i}`,
      endpoint: text.startsWith('/') ? text : `/${text}`,
      method: 'POST',
      status_code: 401,
      user_email: text,
      user_name: text,
      user_agent: text,
      event_details: text,
    };
    for (let k = 0; k < 12; k++) events.push(event);
  });
  return events;
}
export const FAILED = 72 + 12 * HOSTILE.length;
