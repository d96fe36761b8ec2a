// Standard Webhooks: is this from whoever has the key, unchanged, and of now?
import { createHmac, timingSafeEqual } from 'node:crypto';

const WINDOW = 5 * 60; // seconds that clocks may differ; later it is a replay

/** `content`: the body as it came, of a GET the query behind the "?". */
export function verify(secret, headers, content) {
  const id = headers['webhook-id'];
  const at = headers['webhook-timestamp'];
  const given = headers['webhook-signature'];
  if (!id || !at || !given || !/^\d+$/.test(at) || Math.abs(Date.now() / 1000 - Number(at)) > WINDOW) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const want = createHmac('sha256', key).update(`${id}.${at}.`).update(content).digest();
  return given.split(' ').some((one) => {
    const got = Buffer.from(one.replace(/^v1,/, ''), 'base64');
    return one.startsWith('v1,') && got.length === want.length && timingSafeEqual(got, want);
  });
}
