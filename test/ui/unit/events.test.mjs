// The statements of the Events page and the places of their faults.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const q = await load('lib/eventsql.ts');

test('the condition stands on lines of its own, so a comment ends there', () => {
  const sql = q.listQuery('a = 1 -- x', 10, { time: "2026-01-01T00:00:00Z'", seq: 5.5 });
  assert.match(sql, /WHERE \(\na = 1 -- x\n\) AND \(timestamp, seq\) < \(TIMESTAMPTZ '2026-01-01T00:00:00Z''', 5\)/);
  assert.match(q.listQuery('', 10), /FROM security_events ORDER BY/);
  assert.match(q.tailQuery('', NaN, 10), /WHERE seq > 0 ORDER BY seq LIMIT 10/);
  assert.match(q.rowsQuery([]), /seq IN \(NULL\)/);
});

test('a facet leaves out its own condition only', () => {
  const sql = q.facetsQuery("severity = 'HIGH' AND host = 'a'", [{ field: 'severity' }, { field: 'host' }], 6);
  const [first, second] = sql.split(' UNION ALL ');
  assert.ok(first.includes("host = 'a'") && !first.includes("severity = 'HIGH'"));
  assert.ok(second.includes("severity = 'HIGH'") && !second.includes("host = 'a'"));
});

test('bars are of round lengths', () => {
  assert.equal(q.stepFor(3600e3, 80), 60e3);
  assert.equal(q.stepFor(86400e3, 80), 1800e3);
  assert.equal(q.stepFor(30 * 86400e3, 80), 10800e3 * 2 * 2);
  assert.equal(q.stepFor(10, 80), 1000);
  assert.ok(q.stepFor(20 * 365 * 86400e3, 80) % 86400e3 === 0);
});

const mark = (line, at, words = 'Binder Error: no such column\nCandidates: x\n') =>
  `${words}\nLINE 1: ${line}\n${' '.repeat(8 + at)}^`;

test('the place of a fault is found in what was written', () => {
  const mine = "severity = 'x'\n  AND   client_ipp = 1";
  const sent = q.listQuery(mine, 10);
  const line = sent.replace(/\s+/g, ' ');
  const whole = q.errorSpot(mark(line, line.indexOf('client_ipp')), sent, mine);
  assert.deepEqual(whole, { message: 'no such column\nCandidates: x', at: mine.indexOf('client_ipp') });
  const from = line.indexOf('client_ipp') - 20;
  const cut = q.errorSpot(mark(`...${line.slice(from, from + 50)}...`, 23), sent, mine);
  assert.equal(cut.at, mine.indexOf('client_ipp'));
  assert.equal(q.errorSpot('Out of time', sent, mine).at, null);
  assert.equal(q.errorSpot(mark(line, 3), sent, mine).at, null);
});
