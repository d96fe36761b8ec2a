// The filter line of alerts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, random } from './load.mjs';

const f = await load('lib/alertfilter.ts');

test('words of the line', () => {
  const got = f.parseFilter('sev:high,crit status:ack rule:"a \\"b" owner:me brute force x:1');
  assert.deepEqual(got, {
    ...f.emptyFilter(),
    severity: ['CRITICAL', 'HIGH'],
    status: ['acknowledged'],
    rule: 'a "b',
    owner: 'me',
    text: 'brute force x:1',
  });
  assert.equal(f.formatFilter(got), 'sev:critical,high status:acknowledged rule:"a \\"b" owner:me brute force x:1');
  assert.equal(f.parseFilter('sev:purple').text, 'sev:purple');
  assert.deepEqual(f.parseFilter('status:any').status, []);
  assert.equal(f.parseFilter('from:yesterday').text, 'from:yesterday');
  assert.equal(f.parseFilter('group:client_ip=192.0.2.7').group, 'client_ip=192.0.2.7');
});

test('a filter survives the line and the address', () => {
  const next = random(3);
  const some = (list) => list.filter(() => next(3) === 0);
  const words = ['', 'a', 'a b', '"', "it's", '\\', 'x:y', '<b>', 'ü 😀', '%', 'a\\"'];
  for (let i = 0; i < 3000; i++) {
    const one = {
      ...f.emptyFilter(),
      severity: some(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO']),
      status: some(f.STATUSES),
      rule: words[next(words.length)],
      owner: words[next(words.length)],
      group: words[next(words.length)],
      quiet: ['', 'yes', 'no'][next(3)],
      silence: ['', '12'][next(2)],
      from: next(2) ? '2026-01-01T00:00:00Z' : '',
      text: ['', 'words', 'two words'][next(3)],
    };
    assert.deepEqual(f.parseFilter(f.formatFilter(one)), one);
    assert.deepEqual(f.fromQuery(new URLSearchParams(f.toQuery(one).toString())), one);
  }
});

test('the address says nothing of what is usual', () => {
  assert.equal(f.toQuery(f.defaultFilter()).toString(), '');
  assert.equal(f.toQuery(f.emptyFilter()).get('status'), 'any');
  assert.deepEqual(f.fromQuery(new URLSearchParams('status=bogus')).status, ['open']);
});

test('alerts that arrive are held against it', () => {
  const alert = {
    severity: 'HIGH', status: 'open', rule_id: 'r', owner: 'ana', group: 'client_ip=1.2.3.4',
    title: 'Brute Force', summary: '', id: 'abc', quiet: 'silence:12', last: '2026-01-02T00:00:00Z',
  };
  for (const [line, want] of [
    ['', true], ['brute', true], ['sev:low', false], ['sev:high status:open', true],
    ['owner:me', true], ['owner:bob', false], ['from:2026-01-03T00:00:00Z', false], ['1.2.3', true],
    ['rule:r', true], ['rule:q', false], ['quiet:yes', true], ['quiet:no', false],
    ['silence:12', true], ['silence:1', false], ['silence:x', false],
  ]) {
    assert.equal(f.matches(f.parseFilter(line), alert, 'ana'), want, line);
  }
  assert.equal(f.params(f.parseFilter('owner:me sev:high'), 'ana').owner, 'ana');
});
