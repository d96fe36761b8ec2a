// What the SQL editor colours and offers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const help = await load('components/events/sqlhelp.ts');
const { tokens } = await load('lib/sql.ts');

const schema = {
  defaultTable: 'security_events',
  tables: {
    security_events: [{ label: 'user_name', detail: 'varchar' }, { label: 'order' }],
    alerts: [{ label: 'rule_id' }, { label: 'user_name' }],
  },
};
// The text with | where the cursor stands: what is offered, apart from the words of SQL.
function offered(marked) {
  const at = marked.indexOf('|');
  const found = help.offers(marked.replace('|', ''), at, schema);
  return found && { from: found.from, names: found.options.filter((o) => o.boost === undefined).map((o) => o.label) };
}

test('words, texts, numbers and remarks are coloured; names are not', () => {
  const text = "Select user_name, 'it''s', 1.5 -- why\nFROM \"a\" WHERE true";
  const got = tokens(text).filter((t) => help.colour(t)).map((t) => [t.text, help.colour(t)]);
  assert.deepEqual(got, [
    ['Select', 'cm-word'],
    ["'it''s'", 'cm-string'],
    ['1.5', 'cm-number'],
    ['-- why', 'cm-comment'],
    ['FROM', 'cm-word'],
    ['WHERE', 'cm-word'],
    ['true', 'cm-word'],
  ]);
});

test('columns and tables are offered where they may stand', () => {
  const usual = ['user_name', 'order', 'security_events', 'alerts'];
  const ofAlerts = ['rule_id', 'user_name', 'security_events', 'alerts'];
  for (const [text, want] of [
    ['us|', { from: 0, names: usual }],
    ["severity = 'LOW' AND user_n|", { from: 21, names: usual }],
    ['SELECT ru| FROM alerts', { from: 7, names: ofAlerts }],
    ['SELECT a.ru| FROM alerts AS a', { from: 9, names: ['rule_id', 'user_name'] }],
    ['SELECT a.| FROM alerts a', { from: 9, names: ['rule_id', 'user_name'] }],
    ['SELECT alerts.| FROM security_events', { from: 14, names: ['rule_id', 'user_name'] }],
    ['SELECT b.| FROM alerts a', null],
    ['FROM alerts WHERE |', { from: 18, names: ofAlerts }],
    ["x = 'us|", null],
    ["x = 'us|er'", null],
    ["x = 'user' AND |", { from: 15, names: usual }],
    ['-- us|', null],
    ['/* us| */ x', null],
    ['/* */ us|', { from: 6, names: usual }],
    ['x > 12|', null],
    ['"us|"', null],
  ]) {
    assert.deepEqual(offered(text), want, text);
  }
});

test('a name that is a word of SQL is put in quoted; words of SQL come after names', () => {
  const { options } = help.offers('or', 2, schema);
  assert.equal(options.find((o) => o.label === 'order').apply, '"order"');
  assert.equal(options.find((o) => o.label === 'user_name').apply, 'user_name');
  assert.equal(options.find((o) => o.label === 'ORDER').boost, -1);
  assert.ok(options.some((o) => o.label === 'TIME_BUCKET'));
});

test('names of objects that every object has are no tables', () => {
  assert.equal(help.offers('constructor.', 12, schema), null);
  assert.equal(help.tablesOf('SELECT 1 FROM constructor c', schema).size, 0);
});
