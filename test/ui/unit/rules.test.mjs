// Rules: colours of their YAML, their tags, their list; where figures of the overview lead.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { load, random } from './load.mjs';

const { yamlLines } = await load('components/rules/yaml.ts');
const { readTag } = await load('components/rules/attack.ts');
const list = await load('components/rules/list.ts');

const joined = (lines) => lines.map((pieces) => pieces.map((p) => p.text).join('')).join('\n');
const kinds = (text) => yamlLines(text)[0].filter((p) => p.text.trim()).map((p) => `${p.kind}:${p.text.trim()}`);

test('kinds of pieces', () => {
  assert.deepEqual(kinds('title: Ten or more # why'), ['key:title', 'sign::', 'text:Ten', 'text:or', 'text:more', 'comment:# why']);
  assert.deepEqual(kinds('    gte: 10'), ['key:gte', 'sign::', 'value:10']);
  assert.deepEqual(kinds("    - 'nmap scripting'"), ['sign:-', "string:'nmap scripting'"]);
  assert.deepEqual(kinds('tags: [attack.t1110, x]'), ['key:tags', 'sign::', 'sign:[', 'text:attack.t1110', 'sign:,', 'text:x', 'sign:]']);
  assert.deepEqual(kinds('# all of it'), ['comment:# all of it']);
  assert.deepEqual(kinds('---'), ['sign:---']);
  const block = yamlLines('a: |\n  not: a key # nor this\n\nb: 1');
  assert.deepEqual(block[1].map((p) => p.kind), ['string']);
  assert.equal(block[3][0].kind, 'key');
});

test('pieces are the whole text again: our rules, and noise', () => {
  const folder = new URL('../../../rules/', import.meta.url);
  for (const name of fs.readdirSync(folder)) {
    if (!name.endsWith('.yml')) continue;
    const text = fs.readFileSync(new URL(name, folder), 'utf8');
    assert.equal(joined(yamlLines(text)), text, name);
  }
  const next = random(21);
  const alphabet = ' \t\n:-#\'"[]{},|>ab1\\<é😀';
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: next(60) }, () => [...alphabet][next([...alphabet].length)]).join('');
    assert.equal(joined(yamlLines(text)), text);
  }
});

test('tags of ATT&CK lead to their description, others nowhere', () => {
  assert.equal(readTag('attack.t1110.001').href, 'https://attack.mitre.org/techniques/T1110/001/');
  assert.equal(readTag('attack.t1595').href, 'https://attack.mitre.org/techniques/T1595/');
  assert.equal(readTag('attack.credential_access').href, 'https://attack.mitre.org/tactics/TA0006/');
  assert.equal(readTag('cve.2021-44228').text, 'CVE-2021-44228');
  for (const odd of ['', 'attack.', 'attack.t11', 'attack.constructor', 'attack.t1110/../x', 'javascript:alert(1)', '"><b>']) {
    assert.equal(readTag(odd).href, null, odd);
  }
});

const rule = (id, more) => ({
  id, title: id, description: '', severity: 'HIGH', status: 'stable', level: 'high', tags: [], type: 'detection',
  file: 'a.yml', line: 1, enabled: true, alerts: 0, open: 0, last_fired: null, spark: [], ...more,
});

test('the list: words, choices, orders', () => {
  const rules = [
    rule('b', { severity: 'LOW', alerts: 5, last_fired: '2026-11-20T00:00:00Z', tags: ['attack.t1110'] }),
    rule('a', { severity: 'CRITICAL', enabled: false, status: 'experimental' }),
    rule('c', { alerts: 9, last_fired: '2026-11-21T00:00:00Z', description: 'Brute force' }),
  ];
  const ids = (some) => some.map((one) => one.id).join('');
  const none = { text: '', severity: '', status: '', on: '' };
  assert.equal(ids(list.filterRules(rules, none)), 'bac');
  assert.equal(ids(list.filterRules(rules, { ...none, text: 'FORCE brute' })), 'c');
  assert.equal(ids(list.filterRules(rules, { ...none, text: 't1110' })), 'b');
  assert.equal(ids(list.filterRules(rules, { ...none, severity: 'LOW' })), 'b');
  assert.equal(ids(list.filterRules(rules, { ...none, on: 'off' })), 'a');
  assert.deepEqual(list.statuses(rules), ['experimental', 'stable']);
  assert.equal(ids(list.sortRules(rules, 'severity')), 'acb');
  assert.equal(ids(list.sortRules(rules, 'severity', true)), 'bca');
  assert.equal(ids(list.sortRules(rules, 'alerts')), 'cba');
  assert.equal(ids(list.sortRules(rules, 'last')), 'cba');
  assert.equal(ids(list.sortRules(rules, 'title')), 'abc');
});

const trial = await load('components/rules/trial.ts');
const [day, week] = trial.SPANS;
const END = Date.parse('2026-11-21T10:00:00Z') / 1000;
const tried = (more) => ({
  rules: [], records: 9, parse_failed: 0, first: '2026-11-10T00:00:00Z', last: '2026-11-21T09:00:00Z', seconds: 1,
  would: 0, now: 0, alerts: [], gone: [], days: [], entities: [], ...more,
});

test('where a fault is, and where that is in the text', () => {
  assert.deepEqual(trial.placeOf('22:5: no such key: x'), { line: 22, column: 5, text: 'no such key: x' });
  for (const text of ['there is no such rule', '22: x', 'a 1:2: x', '']) assert.equal(trial.placeOf(text), null);
  const text = 'a: 1\nbb: 2\n';
  assert.equal(trial.offsetOf(text, 2, 3), 7);
  assert.equal(trial.offsetOf(text, 2, 99), 10);
  assert.equal(trial.offsetOf(text, 99, 1), text.length);
  assert.equal(trial.offsetOf('', 0, 0), 0);
});

test('every day of the span that has events stored', () => {
  const of = tried({ would: 2, now: 1, days: [{ day: '2026-11-19', would: 2, now: 1 }] });
  const days = trial.daysOf(of, week, END);
  assert.equal(days.t.length, 8);
  assert.deepEqual(days.would, [0, 0, 0, 0, 0, 2, 0, 0]);
  assert.deepEqual(days.now, [0, 0, 0, 0, 0, 1, 0, 0]);
  assert.equal(trial.daysOf(tried({ first: '2026-11-20T23:00:00Z' }), week, END).t.length, 2);
  // An alert that began before the span is not lost; nothing stored is one empty day.
  assert.equal(trial.daysOf(tried({ days: [{ day: '2026-11-18', would: 1, now: null }], now: null }), day, END).would[0], 1);
  assert.deepEqual(trial.daysOf(tried({ records: 0 }), week, END).would, [0]);
});

test('what changes, in a sentence', () => {
  const one = { new: true };
  assert.match(trial.verdict(tried({ would: 1, now: null, alerts: [one] }), day), /^It would have raised 1 alert in the last 24 hours/);
  assert.match(trial.verdict(tried({ would: 3, now: 3, alerts: [{}, {}, {}] }), week), /^The same 3 alerts in the last 7 days/);
  assert.match(trial.verdict(tried({ would: 1, now: 1, alerts: [one], gone: [{}] }), week), /1 new, 1 gone/);
  assert.match(trial.verdict(tried(), week), /^No alert/);
  assert.equal(trial.noise(tried({ would: 24 }), day), null);
  assert.equal(trial.noise(tried({ would: 48 }), day), 2);
  assert.equal(trial.noise(tried({ would: 9, first: '2026-11-21T08:00:00Z' }), week), 9);
});
