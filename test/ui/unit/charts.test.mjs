// What charts are made of: scales, ticks, stacks, rings, groups and their summaries.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, random } from './load.mjs';

process.env.TZ = 'Europe/Berlin'; // its clock went back within the times used below

const scale = await load('components/charts/scale.ts');
const shapes = await load('components/charts/shapes.ts');
const words = await load('components/charts/words.ts');
const group = await load('components/charts/group.ts');
const { countryName } = await load('components/charts/country.ts');

test('ticks of counts are whole, begin at 0 and reach the highest', () => {
  for (const max of [0, 1, 2, 3, 7, 10, 11, 99, 100, 101, 410, 6984, 123456789]) {
    const ticks = scale.countTicks(max);
    assert.equal(ticks[0], 0);
    assert.ok(ticks.at(-1) >= max, `${max}: ${ticks}`);
    assert.ok(ticks.length >= 2 && ticks.length <= 7, `${max}: ${ticks}`);
    assert.ok(ticks.every(Number.isInteger), `${max}: ${ticks}`);
  }
  assert.deepEqual(scale.countTicks(410), [0, 100, 200, 300, 400, 500]);
});

test('ticks of time stand at round hours and days', () => {
  const noon = Date.UTC(2026, 10, 21, 12) / 1000;
  const day = scale.timeTicks(noon - 86400, noon, 10, true);
  assert.deepEqual(
    day.map((t) => t.text),
    ['12:00', '15:00', '18:00', '21:00', 'Nov 21', '03:00', '06:00', '09:00', '12:00'],
  );
  assert.deepEqual(day.filter((t) => t.day).map((t) => t.t), [noon - 43200]);
  const next = random(11);
  for (let i = 0; i < 500; i++) {
    const from = noon - next(40 * 86400);
    const to = from + 60 + next(31 * 86400);
    const most = 1 + next(20);
    for (const utc of [true, false]) {
      const ticks = scale.timeTicks(from, to, most, utc);
      assert.ok(ticks.length <= most + 2, `${ticks.length} > ${most}`);
      for (const [k, tick] of ticks.entries()) {
        assert.ok(tick.t >= from && tick.t <= to);
        assert.ok(k === 0 || tick.t > ticks[k - 1].t);
      }
    }
  }
});

test('heat: gaps and zero are no heat, the highest is the strongest', () => {
  const values = [null, 0, 1, 1, 2, 5, 9, 40, 80, 1000];
  const bounds = scale.heatBounds(values);
  assert.equal(scale.heatStep(null, bounds), 0);
  assert.equal(scale.heatStep(0, bounds), 0);
  assert.equal(scale.heatStep(1, bounds), 1);
  assert.equal(scale.heatStep(1000, bounds), 5);
  assert.deepEqual(scale.heatBounds([0, null]), []);
  assert.equal(scale.heatStep(3, scale.heatBounds([3, 3, 3])), 5);
  let before = 0;
  for (const v of values.slice(2)) {
    const step = scale.heatStep(v, bounds);
    assert.ok(step >= before);
    before = step;
  }
});

test('a long name keeps its ends', () => {
  assert.equal(scale.fit('/login', 100), '/login');
  const cut = scale.fit('/api/v2/customers/statements/monthly', 100);
  assert.ok([...cut].length <= 14 && cut.startsWith('/api') && cut.endsWith('thly') && cut.includes('…'));
  assert.ok(!/\p{Surrogate}/u.test(scale.fit('😀'.repeat(40), 60)));
});

test('runs leave gaps out', () => {
  assert.deepEqual(shapes.runs([null, 1, 2, null, 0, null]), [[1, 2], [4, 4]]);
  assert.deepEqual(shapes.runs([]), []);
  assert.equal(shapes.line([null, null], 10, 10, 1), '');
  assert.equal(shapes.line([1, null, 1], 10, 10, 1).match(/M/g).length, 2);
});

test('a stack adds up, and a gap of all is a gap', () => {
  const bands = shapes.stack([
    [1, null, null, 0],
    [2, 3, null, 4],
  ]);
  assert.deepEqual(bands[0].high, [1, 0, null, 0]);
  assert.deepEqual(bands[1].low, bands[0].high);
  assert.deepEqual(bands[1].high, [3, 3, null, 4]);
  const path = shapes.stepArea(bands[1], [0, 10, 20, 30, 40], (v) => 100 - v);
  assert.equal(path, 'M0,99V97H10V97H20V100H10V99H0ZM30,100V96H40V100H30Z');
});

test('a ring has a part for each value but zero, and never a broken path', () => {
  assert.deepEqual(shapes.ring([0, 0], 70, 46), ['', '']);
  const whole = shapes.ring([0, 5], 70, 46);
  assert.equal(whole[0], '');
  assert.ok(whole[1].split('M').length === 3);
  const next = random(5);
  for (let i = 0; i < 300; i++) {
    const values = Array.from({ length: 1 + next(6) }, () => next(4) * next(100000));
    const paths = shapes.ring(values, 70, 46);
    for (const [k, d] of paths.entries()) {
      assert.equal(d !== '', values[k] > 0);
      assert.ok(!/NaN|Infinity|undefined/.test(d), d);
    }
  }
});

test('labels are spread: in order, apart, inside', () => {
  assert.deepEqual(shapes.spread([50, 50, 50], 10, 0, 100), [50, 60, 70]);
  assert.deepEqual(shapes.spread([98, 99], 10, 0, 100), [90, 100]);
});

test('groups begin at whole multiples and lose nothing', () => {
  const t = Array.from({ length: 10 }, (_, i) => 600 + i * 300); // 600 is no multiple of 900
  const by = group.grouping(t, 300, 4);
  assert.deepEqual(by, { k: 3, skip: 2 });
  assert.deepEqual(group.begins(t, 300, by), [0, 900, 1800, 2700]);
  assert.deepEqual(group.sums([1, 1, 1, 1, null, null, null, 2, null, 3], by), [1, 3, null, 5]);
  assert.deepEqual(group.means([1, 1, 1, 1, null, null, null, 2, null, 4], by), [1, 1, null, 3]);
  const next = random(9);
  for (let i = 0; i < 200; i++) {
    const n = next(9000);
    const start = next(100000) * 300;
    const times = Array.from({ length: n }, (_, k) => start + k * 300);
    const values = times.map(() => (next(5) ? next(10) : null));
    const one = group.grouping(times, 300, 400);
    const made = group.sums(values, one);
    assert.equal(made.length, group.begins(times, 300, one).length);
    assert.ok(made.length <= 401);
    assert.equal(scale.sumOf(made), scale.sumOf(values));
  }
});

test('summaries say what the chart shows, in one sentence', () => {
  const t = [0, 300, 600];
  const said = words.overTime('Logins', t, [
    { name: 'successful', values: [1, 5, null] },
    { name: 'failed', values: [0, 0, null] },
  ], true);
  assert.equal(said, 'Logins: 6 successful, at most 5 at 00:05Z; no failed; 1 step not measured.');
  assert.match(words.overTime('Logins', t, [{ name: 'failed', values: [null, null, null] }], true), /failed not measured/);
  assert.equal(
    words.ofParts('Alerts', [{ name: 'High', n: 7 }, { name: 'Low', n: 5 }, { name: 'Info', n: 0 }]),
    'Alerts: 12, of which 7 High and 5 Low.',
  );
  assert.equal(words.ofParts('Alerts', []), 'Alerts: none.');
  assert.equal(words.ofRanking('Map', [], 'logins'), 'Map: none.');
  assert.match(
    words.ofRanking('Map', [4, 3, 2, 1].map((n) => ({ name: `c${n}`, n })), 'logins'),
    /^Map: most logins from c4 with 4, c3 with 3, c2 with 2, and 1 other\.$/,
  );
});

test('names of countries', () => {
  assert.equal(countryName('NL'), 'Netherlands');
  assert.equal(countryName('XK'), 'Kosovo');
  for (const odd of ['', 'Q9', '<b>', 'nl', '__proto__']) assert.equal(typeof countryName(odd), 'string');
});
