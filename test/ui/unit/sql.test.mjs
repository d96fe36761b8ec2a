// Quoting, taking apart and changing of SQL conditions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, random } from './load.mjs';

const sql = await load('lib/sql.ts');
const edit = await load('lib/sqledit.ts');

test('names are quoted when they must be', () => {
  for (const [name, want] of [
    ['client_ip', 'client_ip'],
    ['select', '"select"'],
    ['geolocation.country', '"geolocation.country"'],
    ['A', '"A"'],
    ['a"; DROP', '"a""; DROP"'],
    ['', '""'],
    ['\0x', '"x"'],
  ]) {
    assert.equal(sql.ident(name), want);
  }
});

test('values are quoted', () => {
  for (const [value, want] of [
    ['plain', "'plain'"],
    ["it's", "'it''s'"],
    ["' OR 1=1 --", "''' OR 1=1 --'"],
    ['back\\slash', "'back\\slash'"],
    ['a\0b', "('a' || chr(0) || 'b')"],
    ['\ud800', "'\ufffd'"],
    ['😀', "'😀'"],
    [42, '42'],
    [-1.5, '-1.5'],
    [Infinity, 'NULL'],
    [true, 'TRUE'],
    [null, 'NULL'],
  ]) {
    assert.equal(sql.literal(value), want);
  }
});

test('a condition built of anything is one simple condition, read back as it was', () => {
  const next = random(7);
  const alphabet = ["'", '"', '\\', '-', '-', ';', '(', ')', '/', '*', ' ', '\n', 'a', 'Z', '0', '%', '$', '😀', '=', ',', 'é'];
  const word = () => Array.from({ length: next(12) }, () => alphabet[next(alphabet.length)]).join('');
  for (let i = 0; i < 5000; i++) {
    const values = Array.from({ length: 1 + next(3) }, word);
    const field = next(2) ? sql.extraField(word() + 'k') : word() + 'k';
    const op = ['=', '<>', 'in', 'not in', 'like', 'not like', '<', '>='][next(8)];
    const kept = op.endsWith('in') ? values : values.slice(0, 1);
    const text = edit.condText(field, op, kept);
    assert.equal(sql.fault(text), null, text);
    const read = sql.conds(text);
    assert.equal(read.length, 1, text);
    assert.deepEqual([read[0].field, read[0].op, read[0].values], [field, op, kept], text);
  }
});

test('the tokens of a text are the text', () => {
  const next = random(11);
  const alphabet = ["'", '"', 'e', '$', '$', '/*', '*/', '--', '\n', ' ', 'x', '1', '.', '(', ')', '\\', '<', '>', '='];
  for (let i = 0; i < 5000; i++) {
    const text = Array.from({ length: next(20) }, () => alphabet[next(alphabet.length)]).join('');
    assert.equal(sql.tokens(text).map((t) => t.text).join(''), text);
    sql.conds(text); // ends, whatever it is
  }
});

test('what cannot stand in brackets is said, with its place', () => {
  for (const [text, at] of [
    ["user_name = 'x", 12],
    ['(a = 1', 0],
    ['a = 1)', 5],
    ['a = 1) OR (1 = 1', 5],
    ['a = 1; SELECT 2', 5],
    ['a = "b', 4],
    ['a = 1 /* b', 6],
    ['a IN [1)', 7],
  ]) {
    assert.equal(sql.fault(text)?.at, at, text);
  }
  for (const text of ["a = ';)('", 'a = 1 -- )', '"a;b" = 1', '', "a = $$;'($$", "e'\\'' = a"]) {
    assert.equal(sql.fault(text), null, text);
  }
});

const parts = (where) => sql.conds(where).map((c) => [c.field, c.op, c.values]);

test('conditions are told apart', () => {
  assert.deepEqual(parts("severity IN ('HIGH', 'LOW') AND status_code >= 500 AND NOT is_blocked"), [
    ['severity', 'in', ['HIGH', 'LOW']],
    ['status_code', '>=', [500]],
    ['', 'raw', []],
  ]);
  assert.deepEqual(parts("user_name is not null and risk_score between 1 and 5 and host like 'a%'"), [
    ['user_name', 'not null', []],
    ['', 'raw', []],
    ['host', 'like', ['a%']],
  ]);
  assert.deepEqual(parts("a = 1 OR b = 2 AND c = 3"), [['', 'raw', []]]);
  assert.deepEqual(parts("(a = 1 OR b = 2) AND c = -3"), [['', 'raw', []], ['c', '=', [-3]]]);
  assert.deepEqual(parts('case when a and b then 1 else 2 end = 1 and x is distinct from true'), [
    ['', 'raw', []],
    ['x', '<>', [true]],
  ]);
  assert.deepEqual(parts("lower(a) = 'x'"), [['', 'raw', []]]);
  assert.deepEqual(parts('  '), []);
});

test('values are filtered in and out', () => {
  let w = '';
  w = edit.filterIn(w, 'severity', 'HIGH');
  assert.equal(w, "severity = 'HIGH'");
  assert.equal(edit.wanted(w, 'severity', 'HIGH'), 'in');
  w = edit.filterIn(w, 'severity', 'LOW');
  assert.equal(w, "severity IN ('HIGH', 'LOW')");
  w = edit.filterOut(w, 'user_name', "o'hara");
  assert.equal(w, "severity IN ('HIGH', 'LOW') AND user_name IS DISTINCT FROM 'o''hara'");
  assert.equal(edit.wanted(w, 'user_name', "o'hara"), 'out');
  w = edit.filterOut(w, 'severity', 'LOW');
  assert.equal(w, "severity = 'HIGH' AND user_name IS DISTINCT FROM 'o''hara'");
  assert.equal(edit.without(w, 'severity'), "user_name IS DISTINCT FROM 'o''hara'");
  w = edit.filterIn(w, 'user_name', "o'hara");
  assert.equal(w, "severity = 'HIGH' AND user_name = 'o''hara'");
  w = edit.release(edit.release(w, 'user_name', "o'hara"), 'severity', 'HIGH');
  assert.equal(w, '');
});

test('an OR gets its brackets, once', () => {
  let w = edit.filterIn('a = 1 OR b = 2', 'c', 3);
  assert.equal(w, '(a = 1 OR b = 2) AND c = 3');
  w = edit.filterOut(w, 'd', null);
  assert.equal(w, '(a = 1 OR b = 2) AND c = 3 AND d IS NOT NULL');
  assert.equal(edit.remove(w, 0), 'c = 3 AND d IS NOT NULL');
  assert.equal(edit.turn('a = 1 OR b = 2', 0), 'NOT (a = 1 OR b = 2\n)');
  assert.equal(edit.turn(edit.turn('lower(a) = b', 0), 0).trim(), 'lower(a) = b');
  assert.equal(edit.turn("a = 1 AND b IN ('x', 'y')", 1), "a = 1 AND b NOT IN ('x', 'y')");
  assert.equal(edit.replace('a = 1 AND b = 2', 1, 'b > 3 OR c'), 'a = 1 AND (b > 3 OR c)');
});
