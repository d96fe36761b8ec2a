// The palette: contrast of what is read and of what is seen, in both themes.  A canvas and an SVG
// hide their colours from axe; this does not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const css = readFileSync(new URL('../../../ui/src/css/tokens.css', import.meta.url), 'utf8');
const tokens = new Map();
for (const [, name, light, dark] of css.matchAll(/--([\w-]+): light-dark\(#(\w+), #(\w+)\)/g)) {
  tokens.set(name, { light, dark });
}

function luminance(hex) {
  const [r, g, b] = [0, 2, 4]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
function least(names, grounds, want) {
  for (const theme of ['light', 'dark']) {
    for (const name of names) {
      for (const ground of grounds) {
        const found = contrast(tokens.get(name)[theme], tokens.get(ground)[theme]);
        assert.ok(found >= want, `${name} on ${ground}, ${theme}: ${found.toFixed(2)} < ${want}`);
      }
    }
  }
}

const GROUNDS = ['bg0', 'bg1', 'bg2'];
const SEVERITIES = ['sev-critical', 'sev-high', 'sev-medium', 'sev-low', 'sev-info'];
const SERIES = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];

test('the measure itself', () => {
  assert.equal(contrast('ffffff', '000000').toFixed(1), '21.0');
  assert.equal(contrast('777777', 'ffffff').toFixed(2), '4.48');
});
test('text is read on every ground', () => {
  assert.ok(tokens.size >= 30);
  least(['fg', 'fg2', 'fg3', 'accent', 'ok', 'warn', 'bad'], GROUNDS, 4.5);
  least(['on-accent'], ['accent'], 4.5);
});
test('edges of controls, glyphs of severities and lines of charts are seen', () => {
  least(['ctl'], GROUNDS, 3);
  least(SEVERITIES, GROUNDS, 3);
  least(SERIES, ['bg0', 'bg1'], 3);
});
test('steps of heat go one way', () => {
  for (const theme of ['light', 'dark']) {
    const steps = [0, 1, 2, 3, 4, 5].map((i) => luminance(tokens.get(`h${i}`)[theme]));
    const sorted = [...steps].sort((a, b) => (theme === 'dark' ? a - b : b - a));
    assert.deepEqual(steps, sorted);
  }
});
