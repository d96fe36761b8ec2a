// The rules against the real program: found, read, turned off and on, by keyboard too.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, Daemon, equal, everyLook, main, ROOT, settled, test, useDaemon } from './harness.mjs';
import { guard, harm, PAYLOADS } from './payloads.mjs';

const VIEWER = { name: 'vic', password: 'one more long password', role: 'viewer' };
const BRUTE = '6d91f053-95dc-4310-a411-210b7bfb5d60';
const hostileId = (i) => `0f0e9c1a-5b0a-4f43-9d2c-6a1f0c9b${String(1000 + i)}`;

// A rule for each hostile text, with it wherever a rule has text.
const folder = mkdtempSync(join(tmpdir(), 'tocsin-rules-'));
PAYLOADS.forEach((text, i) => {
  const quoted = JSON.stringify(text);
  writeFileSync(
    join(folder, `hostile${i}.yml`),
    `title: ${quoted}
id: ${hostileId(i)}
status: test
description: ${quoted}
author: ${quoted}
tags: [attack.t1110, ${quoted}, "attack.javascript:hostile()"]
level: low
logsource:
    category: webserver
detection:
    selection:
        cs-uri-stem|contains: ${quoted}
    condition: selection # ${text.replace(/[^ -~]/g, '')}
tocsin:
    advice: ${quoted}
`,
  );
});
useDaemon(() => Daemon.start({ config: `detect:\n  rules: [${join(ROOT, 'rules')}, ${folder}]\n` }));

const rows = (page) => page.locator('tbody tr');
const titles = (page) => page.locator('tbody tr th').allInnerTexts();
const rules = async (daemon) => (await daemon.api('GET', '/v1/rules')).rules;
const ruleOf = (daemon, id) => daemon.api('GET', `/v1/rules/${id}`);
const status = (page) => page.getByRole('search').getByRole('status');

test('all rules are listed, with their figures', async ({ daemon, open }) => {
  const alerts = await daemon.raise();
  const page = await open('/rules');
  const all = await rules(daemon);
  equal(await rows(page).count(), all.length);
  check(all.length > 20);
  const fired = all.find((rule) => rule.id === alerts[0].rule_id);
  check(fired.alerts > 0 && fired.last_fired);
  const row = page.locator(`[data-rule="${fired.id}"]`);
  equal(await row.locator('td.alerts').innerText(), String(fired.alerts));
  equal(await row.locator('td.open').innerText(), String(fired.open));
  check(/^\d+[smh]$/.test((await row.locator('td.last').innerText()).trim()));
  const course = await row.getByRole('img', { name: /in 30 days/ }).getAttribute('aria-label');
  check(course.startsWith(`${fired.spark.reduce((a, b) => a + b, 0)} alert`), course);
});

test('search, choices and order; the address keeps them', async ({ daemon, open }) => {
  const page = await open('/rules');
  const all = await rules(daemon);
  await page.getByLabel('Search rules').fill('T1110.001 brute');
  const words = ['t1110.001', 'brute'];
  const want = all.filter((rule) => {
    const hay = [rule.title, rule.description, ...rule.tags].join('\n').toLowerCase();
    return words.every((word) => hay.includes(word));
  });
  check(want.length > 0 && want.length < all.length);
  await page.getByText(`${want.length} of ${all.length} rules`).waitFor();
  equal((await titles(page)).sort(), want.map((rule) => rule.title).sort());
  await page.reload();
  await settled(page);
  equal(await rows(page).count(), want.length);

  await page.getByLabel('Search rules').fill('');
  await page.getByLabel('Severity').selectOption('HIGH');
  equal(await rows(page).count(), all.filter((rule) => rule.severity === 'HIGH').length);
  await page.getByLabel('On or off').selectOption('off');
  await page.getByText('No rule matches.').waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  equal(await rows(page).count(), all.length);

  await page.getByRole('button', { name: 'Rule' }).click();
  const up = await titles(page);
  equal(up, [...up].sort((a, b) => a.localeCompare(b, 'en')));
  equal(await page.locator('th[aria-sort]').getAttribute('aria-sort'), 'ascending');
  await page.getByRole('button', { name: 'Rule' }).click();
  equal(await page.locator('th[aria-sort]').getAttribute('aria-sort'), 'descending');
});

test('off asks first and takes effect; undo and on bring it back', async ({ daemon, open }) => {
  const page = await open(`/rules?q=${BRUTE}`);
  const toggle = page.getByRole('switch', { name: 'Brute force of logins from one address', exact: true });
  equal(await toggle.getAttribute('aria-checked'), 'true');
  await toggle.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  equal((await ruleOf(daemon, BRUTE)).enabled, true);

  await toggle.click();
  const dialog = page.getByRole('dialog', { name: 'Turn this rule off?' });
  await dialog.getByLabel('Why').fill('noisy on Sundays');
  await dialog.getByRole('button', { name: 'Turn off' }).click();
  await page.locator('[role=switch][aria-checked=false]').waitFor();
  const rule = await ruleOf(daemon, BRUTE);
  equal([rule.enabled, rule.switched.by, rule.switched.note], [false, 'ana', 'noisy on Sundays']);
  await page.getByText('0 on').or(page.getByText(/, \d+ on/)).first().waitFor();

  const ip = '203.0.113.61';
  await daemon.raise(ip); // others fire
  const { alerts } = await daemon.api('GET', `/v1/alerts?rule_id=${BRUTE}&limit=100`);
  equal(alerts.filter((alert) => alert.group.includes(ip)), []);

  await page.getByRole('button', { name: 'Undo' }).first().click();
  await page.locator('[role=switch][aria-checked=true]').waitFor();
  equal((await ruleOf(daemon, BRUTE)).enabled, true);

  await toggle.click();
  await dialog.getByRole('button', { name: 'Turn off' }).click();
  await page.locator('[role=switch][aria-checked=false]').waitFor();
  await page.goto(`${daemon.base}/rules/${BRUTE}`);
  await page.getByText('Turned off by ana').waitFor();
  await page.getByRole('switch').click(); // on needs no question
  await page.locator('[role=switch][aria-checked=true]').waitFor();
  await page.getByText('Turned on by ana').waitFor();
  await daemon.raise('203.0.113.64');
  const again = async () => {
    const found = await daemon.api('GET', `/v1/alerts?rule_id=${BRUTE}&limit=100`);
    return found.alerts.some((alert) => alert.group.includes('203.0.113.64'));
  };
  await daemon.until(again, 'an alert of the rule that is on again');
});

test('who is no admin sees the switch and why it is not for them', async ({ daemon, open }) => {
  const page = await open(`/rules?q=${BRUTE}`, { as: VIEWER });
  const toggle = page.getByRole('switch');
  equal(await toggle.getAttribute('aria-disabled'), 'true');
  equal(await toggle.getAttribute('title'), 'Only an admin turns rules on and off');
  await toggle.click({ force: true });
  equal(await page.getByRole('dialog').count(), 0);
  equal((await ruleOf(daemon, BRUTE)).enabled, true);
});

test('a rule shows its source as it stands in the file, tags and alerts', async ({ daemon, open }) => {
  const alerts = await daemon.raise('203.0.113.62');
  const id = alerts[0].rule_id;
  const rule = await ruleOf(daemon, id);
  const page = await open('/rules');
  await page.locator(`[data-rule="${id}"]`).getByRole('link').click();
  await page.getByRole('heading', { name: rule.title }).waitFor();
  const shown = await page.locator('pre .line').evaluateAll((lines) =>
    lines.map((line) => [...line.children].slice(1).map((piece) => piece.textContent).join('')),
  );
  equal(shown.join('\n'), rule.source.replace(/\n$/, ''));
  const number = Number(await page.locator('pre .no').first().innerText());
  const file = readFileSync(rule.file, 'utf8').split('\n');
  equal(file.slice(number - 1, number - 1 + shown.length), shown, 'numbers of the lines');

  const technique = rule.tags.find((tag) => /^attack\.t\d/.test(tag));
  const [, main, sub] = /t(\d+)\.?(\d*)/.exec(technique);
  const link = page.getByRole('link', { name: sub ? `T${main}.${sub}` : `T${main}`, exact: true });
  equal(await link.getAttribute('href'), `https://attack.mitre.org/techniques/T${main}/${sub ? `${sub}/` : ''}`);
  equal(await link.getAttribute('rel'), 'noreferrer');

  const recent = page.getByRole('region', { name: 'Recent alerts' });
  await recent.getByRole('link', { name: /203\.0\.113\.62/ }).click();
  await page.waitForURL(`**/alerts/${encodeURIComponent(alerts[0].id)}`);
});

test('a rule that is not there says so', async ({ daemon, open }) => {
  const page = await open('/rules');
  page.expected.push('404');
  await page.goto(`${daemon.base}/rules/no-such-rule`);
  await page.getByText('no rule that is loaded has this id').first().waitFor();
  await page.getByRole('link', { name: 'All rules' }).click();
  await rows(page).first().waitFor();
});

test('hostile rules stay text', async ({ daemon, open }) => {
  const page = await open(null);
  await guard(page);
  await page.goto(`${daemon.base}/rules?status=test`);
  await settled(page);
  equal(await rows(page).count(), PAYLOADS.length);
  equal(await harm(page), []);
  for (const i of PAYLOADS.keys()) {
    await page.goto(`${daemon.base}/rules/${hostileId(i)}`);
    await page.locator('pre .line').first().waitFor();
    const { title } = await ruleOf(daemon, hostileId(i));
    equal(await page.locator('main h2').first().evaluate((h) => h.textContent), title);
    equal(await harm(page), []);
    equal(await page.locator('a[href*="attack.mitre.org"]').count(), 1);
  }
  await page.getByRole('switch').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click();
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await page.locator('[role=switch][aria-checked=true]').waitFor();
  equal(await harm(page), []);
});

test('by keyboard alone: search, walk, open, turn off, back', async ({ daemon, open }) => {
  const page = await open('/overview');
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await rows(page).first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('brute force');
  await page.keyboard.press('Enter'); // to the list
  const list = await titles(page);
  check(list.length > 1);
  for (const key of ['j', 'j', 'k', 'k']) await page.keyboard.press(key);
  equal(await page.locator('tr.cursor th').innerText(), list[0]);
  await page.keyboard.press('o');
  await page.getByRole('heading', { name: list[0], exact: true }).waitFor();
  const toggle = page.getByRole('switch');
  await toggle.focus();
  await page.keyboard.press('Space');
  await page.getByRole('dialog').waitFor();
  await page.getByRole('button', { name: 'Turn off' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('[role=switch][aria-checked=false]').waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('u');
  await page.locator('[role=switch][aria-checked=true]').waitFor();
  await page.goBack();
  await rows(page).first().waitFor();
  equal(await page.getByLabel('Search rules').inputValue(), 'brute force');
});

test('it stands in both themes and widths', async ({ daemon, open }) => {
  const alerts = await daemon.raise('203.0.113.63');
  await everyLook(open, '/rules', (page) => rows(page).first().waitFor());
  await everyLook(open, `/rules/${alerts[0].rule_id}`, (page) => page.locator('pre .line').first().waitFor());
});

check(readdirSync(join(ROOT, 'rules')).length > 0, 'there are rules');
await main();
rmSync(folder, { recursive: true, force: true });
