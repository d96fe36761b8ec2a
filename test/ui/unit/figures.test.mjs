// The figures at the head of the overview.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const f = await load('components/overview/figures.ts');

const data = (n, more = {}) => {
  const t = Array.from({ length: n }, (_, i) => 7200 * 1000 + i * 300);
  const one = t.map(() => 1);
  return { t, step: 300, events: one, auth_success: one, auth_failure: one, ...more };
};

test('the last step counts for the time that has gone by', () => {
  assert.deepEqual(f.perMinute([0, 300, 600], [50, null, 50], 300, 720), [10, null, 25]);
  assert.deepEqual(f.perMinute([600], [7], 300, 601), [7]); // never for less than a minute
});

test('rates are short', () => {
  assert.deepEqual([null, 0, 0.04, 0.44, 9.96, 1197.2].map(f.fmtRate), ['–', '0', '0', '0.4', '10', '1,197']);
});

test('the last hour, and what is much in it', () => {
  assert.equal(f.lastHour(data(24), data(24).auth_failure), 12);
  assert.equal(f.lastHour(data(6), data(6).auth_failure), null);
  assert.equal(f.lastHour(data(12), Array(12).fill(null)), null);
  const words = [null, 0, 20, 21, 50, 51].map((n) => f.failedTone(n).word);
  assert.deepEqual(words, ['', 'usual', 'usual', 'raised', 'raised', 'high']);
});

test('wide ranges are drawn in longer steps', () => {
  const day = f.drawn(data(289), 0, 400);
  assert.deepEqual([day.step, day.t.length], [300, 289]);
  const month = data(8640);
  const drawn = f.drawn(month, (month.t.at(-1) + 300) * 1000, 400);
  assert.deepEqual([drawn.step, drawn.t.length, drawn.failure.length], [7200, 360, 360]);
  assert.equal(drawn.failure[5], 24);
  assert.ok(Math.abs(drawn.rates[5] - 0.2) < 1e-9);
});

test('open alerts: the stream goes before', () => {
  const given = data(1, { kpi: { open_alerts: 7, critical: 2 } });
  assert.deepEqual(f.openAlerts(given, null), { all: 7, critical: 2 });
  assert.deepEqual(f.openAlerts(given, { open: { CRITICAL: 1, LOW: 3 } }), { all: 4, critical: 1 });
});

test('how far rules are behind', () => {
  assert.deepEqual([null, 0, 5000, 5001, 100001].map(f.lagTone), ['plain', 'ok', 'ok', 'warn', 'bad']);
});
