// What the frame of the page is made of: the stream's reader, addresses, times, numbers, agents.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, random } from './load.mjs';

process.env.TZ = 'America/New_York';

const { SseParser } = await load('lib/sse.ts');
const { url, ApiError, reason } = await load('lib/api.ts');
const { device } = await load('lib/agent.ts');
const num = await load('lib/num.ts');
const channels = await load('lib/channels.ts');
const { passwordProblem } = await load('lib/password.ts');

const STREAM = [
  ': hello\n\n',
  'id: 7\nevent: alert\ndata: {"id":"a"}\n\n',
  'event: stats\r\ndata:1\r\ndata: 2\r\n\r\n',
  'data\n\n',
  'id: a\0b\n\n',
  'event: reset\ndata: null\nid: 9\nretry: 5\nunknown: x\n\n',
  'event: never\n\n',
  'data: ünïcode 😀: with: colons\r\r',
  'data: not ended',
].join('');
const MESSAGES = [
  ['alert', '{"id":"a"}'],
  ['stats', '1\n2'],
  ['message', ''],
  ['reset', 'null'],
  ['message', 'ünïcode 😀: with: colons'],
];

function read(parts) {
  const got = [];
  const parser = new SseParser(({ event, data }) => got.push([event, data]));
  for (const part of parts) parser.feed(part);
  return { got, lastId: parser.lastId };
}

test('a stream gives the same messages however it is cut', () => {
  const next = random(7);
  assert.deepEqual(read([STREAM]), { got: MESSAGES, lastId: '9' });
  assert.deepEqual(read([...STREAM]).got, MESSAGES);
  for (let round = 0; round < 2000; round++) {
    const parts = [];
    for (let at = 0; at < STREAM.length; ) {
      const n = 1 + next(next(2) ? 3 : 60);
      parts.push(STREAM.slice(at, at + n));
      at += n;
    }
    assert.deepEqual(read(parts), { got: MESSAGES, lastId: '9' });
  }
});

test('a new connection forgets the half message of the old one, not its id', () => {
  const got = [];
  const parser = new SseParser((message) => got.push(message.data));
  parser.feed('id: 3\ndata: a\n\ndata: half');
  parser.reset();
  parser.feed('data: b\n\n');
  assert.deepEqual(got, ['a', 'b']);
  assert.equal(parser.lastId, '3');
});

test('addresses leave out what is empty and escape the rest', () => {
  assert.equal(url('/v1/alerts'), '/v1/alerts');
  const params = { status: ['open', 'resolved'], q: '', from: null, to: undefined, n: 0, demo: false };
  assert.equal(url('/v1/alerts', params), '/v1/alerts?status=open%2Cresolved&n=0&demo=false');
  assert.equal(url('/v1/x', { q: 'a&b=c #?' }), '/v1/x?q=a%26b%3Dc+%23%3F');
});

test('refusals in one sentence', () => {
  const one = (status, problem) => reason(new ApiError(status, { status, ...problem }));
  assert.equal(one(409, { detail: 'the last admin stays' }), 'the last admin stays');
  assert.equal(one(500, { title: 'Broken' }), 'Broken');
  assert.equal(one(500, {}), 'HTTP status 500');
  assert.equal(one(403, { detail: 'needs admin' }), 'You may not do this: needs admin');
  assert.equal(reason('x'), 'x');
});

test('devices out of user agents', () => {
  const agents = {
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0': 'Firefox on Linux',
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0': 'Edge on Windows',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1': 'Safari on iOS',
    'Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36': 'Chrome on Android',
    'curl/8.5.0': 'curl',
    '': 'unknown',
    '<b>x</b>': '<b>x</b>',
  };
  for (const [agent, want] of Object.entries(agents)) assert.equal(device(agent), want);
});

test('numbers', () => {
  assert.equal(num.fmtNum(1234567), '1,234,567');
  assert.equal(num.fmtNum(null), '–');
  assert.equal(num.fmtShort(12345), '12.3K');
  assert.equal(num.plural(1, 'alert'), '1 alert');
  assert.equal(num.plural(2000, 'alert'), '2,000 alerts');
});

test('a channel survives its form; a secret goes only when it was typed', () => {
  const saved = {
    name: 'm', type: 'email', enabled: false, min_severity: 'LOW', origin: 'page', last: null,
    settings: { host: 'h', port: 25, security: 'none', user: '', from: 'a@b', to: ['c@d', 'e@f'] },
    secrets: { password: 'set' }, pending: 0, dead: 0,
  };
  const form = channels.formOf(saved);
  const body = channels.bodyOf(form);
  assert.deepEqual(body.settings, saved.settings);
  assert.deepEqual([body.name, body.enabled, body.min_severity, body.secrets], ['m', false, 'LOW', undefined]);
  assert.deepEqual(channels.bodyOf({ ...form, secret: 's' }).secrets, { password: 's' });
  const fresh = channels.formOf(null);
  assert.equal(channels.bodyOf({ ...fresh, security: 'tls' }).settings.port, 465);
  assert.deepEqual(Object.keys(channels.problemsOf(fresh)), ['name', 'host', 'from', 'to']);
  const hook = { ...fresh, type: 'webhook', name: 'h', url: 'javascript:alert(1)' };
  assert.deepEqual(Object.keys(channels.problemsOf(hook)), ['url']);
  assert.deepEqual(channels.problemsOf({ ...hook, url: 'https://example.com/x' }), {});
});

test('passwords are counted in characters', () => {
  assert.notEqual(passwordProblem('short', 'short'), '');
  assert.notEqual(passwordProblem('😀'.repeat(11), '😀'.repeat(11)), '');
  assert.equal(passwordProblem('😀'.repeat(12), '😀'.repeat(12)), '');
  assert.notEqual(passwordProblem('long enough, this', 'long enough, that'), '');
});
