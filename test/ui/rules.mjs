// The rules against the real program: found, read, turned off and on, by keyboard too.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, Daemon, equal, everyLook, main, ROOT, settled, sleep, test, useDaemon } from './harness.mjs';
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
// A rule that tests change in its file.
const TRIED = '0f0e9c1a-5b0a-4f43-9d2c-6a1f0c9b9001';
const live = (n, title = 'Doors tried') => `# Kept by hand.
title: Door shut
id: 0f0e9c1a-5b0a-4f43-9d2c-6a1f0c9b9000
name: door_shut
status: experimental
logsource:
    category: authentication
detection:
    selection:
        event_type: auth.login.failed
        endpoint: /side-door
    condition: selection
---
title: ${title}
id: ${TRIED}
status: experimental
level: low
correlation:
    type: event_count
    rules: [door_shut]
    group-by: [client_ip]
    timespan: 10m
    condition:
        gte: ${n}
`;
const FILE = join(folder, 'live.yml');
writeFileSync(FILE, live(5));
const refused = (ip, n) =>
  Array.from({ length: n }, (_, i) => ({
    timestamp: new Date(Date.now() - (n - i) * 200).toISOString(),
    event_type: 'auth.login.failed',
    client_ip: ip,
    user_name: 'u0',
    endpoint: '/side-door',
  }));
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
  const out = all.filter((rule) => rule.off_by_profile && rule.severity === 'HIGH');
  check(out.length > 3 && out.every((rule) => !rule.raises));
  equal(await rows(page).count(), out.length);
  equal(await rows(page).getByText('Off by profile').count(), out.length);
  await page.getByLabel('Search rules').fill('no rule is called so');
  await page.getByText('No rule matches.').waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  equal(await rows(page).count(), all.length);

  await page.getByRole('button', { name: 'Rule', exact: true }).click();
  const up = await titles(page);
  equal(up, [...up].sort((a, b) => a.localeCompare(b, 'en')));
  equal(await page.locator('th[aria-sort]').getAttribute('aria-sort'), 'ascending');
  await page.getByRole('button', { name: 'Rule', exact: true }).click();
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
  const raised = daemon.raise(ip); // nothing comes of it, until another rule fires behind it
  await sleep(300);
  await daemon.post(refused(ip, 6));
  await raised;
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
  // In addresses too, and in what is wrong with a file.
  writeFileSync(join(folder, 'broken.yml'), `title: ${JSON.stringify(PAYLOADS[0])}\nlevel: ${JSON.stringify(PAYLOADS[1])}\n`);
  await daemon.api('POST', '/v1/rules/reload');
  for (const text of PAYLOADS.slice(0, 6)) {
    const word = encodeURIComponent(text.slice(0, 200));
    page.expected.push('422');
    await page.goto(`${daemon.base}/rules?whom=${word}`);
    await page.getByText('Choose the rule').waitFor();
    await page.goto(`${daemon.base}/rules/${BRUTE}/why-not?entity=${word}&at=${word}`);
    await page.getByRole('alert').first().waitFor();
    equal(await harm(page), []);
  }
  await page.goto(`${daemon.base}/rules`);
  await page.getByText('Not taken').waitFor();
  equal(await harm(page), []);
  rmSync(join(folder, 'broken.yml'));
  await page.getByRole('button', { name: 'Read rules anew' }).click();
  await page.getByText('in force since').waitFor();
});

test('a change is tried on what happened, beside the rule as it stands', async ({ daemon, open }) => {
  await daemon.post([...refused('203.0.113.71', 4), ...refused('203.0.113.72', 7)]);
  const mine = async () => (await daemon.api('GET', `/v1/alerts?rule_id=${TRIED}&limit=100`)).alerts;
  await daemon.until(async () => (await mine()).some((one) => one.group.includes('203.0.113.72')), 'its alert');
  const before = (await mine()).length;
  const page = await open(`/rules/${TRIED}`);
  await page.getByRole('link', { name: 'Try a change' }).click();
  const editor = page.getByLabel('The rule as YAML');
  const run = page.getByRole('button', { name: 'Run backtest' });
  const region = (name) => page.getByRole('region', { name });
  const text = await editor.inputValue();
  equal(`${text}\n`, live(5).split('---\n')[1]);
  await page.getByText(`lines 14 to 24 of ${FILE}`).waitFor();

  // Three are enough: one more; what is there by then is asked of the API as well.
  await editor.fill(text.replace('gte: 5', 'gte: 3'));
  await page.keyboard.press('Control+Enter');
  await region('What it would have raised').waitFor();
  const want = await daemon.api('POST', '/v1/backtest', { rule: text.replace('gte: 5', 'gte: 3'), since: '7d' });
  const added = want.alerts.filter((one) => one.new);
  check(added.some((one) => one.group.includes('203.0.113.71')) && want.would > want.now);
  await page.getByText(`${want.would} alerts in the last 7 days instead of ${want.now} alert`).waitFor();
  await region(`New: ${added.length} alert`).getByText('203.0.113.71').waitFor();
  await region('By whom').getByRole('row', { name: 'client_ip=203.0.113.71 1 0 +1' }).waitFor();
  await page.getByRole('button', { name: /^Show as table/ }).click();
  const day = want.days.at(-1);
  await page.getByRole('row', { name: `${day.day} ${day.would} ${day.now}` }).waitFor();

  // Another span, none at all; the text stays while one looks elsewhere.
  await editor.fill(text.replace('gte: 5', 'gte: 500'));
  await page.getByText('What follows is about the text as it was').waitFor();
  await page.getByLabel('Over the last').selectOption('24h');
  await run.click();
  await page.getByText(`0 alerts in the last 24 hours instead of ${want.now} alert`).waitFor();
  await region(`Gone: ${want.now} alert`).getByText('203.0.113.72').waitFor();
  await page.getByRole('link', { name: 'About' }).click();
  await page.getByRole('link', { name: 'Try a change' }).click();
  equal(await editor.inputValue(), text.replace('gte: 5', 'gte: 500'));

  // A fault stands at its line, numbered as in the file.
  await editor.fill(text.replace('timespan', 'timspan'));
  page.expected.push('422');
  await run.click();
  await page.getByText(/^Line 22, column 5: /).waitFor();
  check(readFileSync(FILE, 'utf8').split('\n')[21].includes('timespan'));
  equal(await page.locator('.no.bad').innerText(), '▸ 22');
  const caret = await editor.evaluate((area) => area.value.slice(area.selectionStart, area.selectionStart + 7));
  equal(caret, 'timspan');
  await editor.fill(text);
  equal(await page.locator('.no.bad').count(), 0);
  equal((await mine()).length, before, 'trying raises nothing');
});

test('who waits, who is refused and who may not try are told', async ({ daemon, open }) => {
  const page = await open(`/rules/${TRIED}/try`);
  const run = page.getByRole('button', { name: 'Run backtest' });
  const answers = [429, 503];
  page.expected.push('429', '503');
  await page.route('**/v1/backtest', (route) => {
    const status = answers.shift();
    if (!status) return route.continue();
    const body = JSON.stringify({ status, detail: status === 503 ? 'it took longer than a minute' : 'busy' });
    return route.fulfill({ status, headers: { 'retry-after': '1' }, contentType: 'application/problem+json', body });
  });
  await run.click();
  await page.getByText('this one goes next').waitFor();
  await page.getByRole('alert').getByText('Choose fewer days').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('region', { name: 'What it would have raised' }).waitFor();
  equal(await page.getByRole('alert').count(), 0);

  const other = await open(`/rules/${TRIED}/try`, { as: VIEWER });
  const asked = [];
  other.on('request', (one) => one.method() === 'POST' && asked.push(one.url()));
  await other.getByRole('button', { name: /Run backtest/ }).click({ force: true });
  await other.getByRole('button', { name: /Read rules anew/ }).click({ force: true });
  check((await other.getByRole('button', { name: /Run backtest/ }).getAttribute('title')).includes('analyst'));
  equal(asked, []);
});

test('why a rule did not fire: from an alert, for a key on its way, for single events', async ({ daemon, open }) => {
  await daemon.post([...refused('203.0.113.73', 3), ...refused('203.0.113.74', 8)]);
  const alert = await daemon.until(async () => {
    const { alerts } = await daemon.api('GET', `/v1/alerts?rule_id=${TRIED}&limit=100`);
    return alerts.find((one) => one.group.includes('203.0.113.74'));
  }, 'its alert');
  const page = await open(`/alerts/${alert.id}`);
  await page.getByRole('button', { name: 'client_ip 203.0.113.74' }).click();
  await page.getByRole('menuitem', { name: 'Why did another rule not fire?' }).click();
  await page.getByText('Choose the rule that you expected to fire for 203.0.113.74').waitFor();
  await page.locator(`[data-rule="${TRIED}"]`).getByRole('link').click();
  const answer = page.getByRole('region', { name: 'Answer' });
  await answer.getByText('It fired.').waitFor();
  equal(new URL(page.url()).searchParams.get('entity'), '203.0.113.74');

  await page.getByLabel('For whom').fill('203.0.113.73');
  await page.getByLabel('At', { exact: true }).fill('');
  await page.keyboard.press('Enter');
  await answer.getByText('not what it asks for at one time').waitFor();
  const got = page.getByRole('region', { name: 'How far it got' });
  equal(await got.getByRole('progressbar').getAttribute('value'), '60');
  await got.getByText('it asks for at least 5').waitFor();
  await page.getByRole('region', { name: 'What it counts' }).getByRole('row', { name: /^Door shut 3 / }).waitFor();

  const single = (await rules(daemon)).find((rule) => rule.title === 'SQL injection reported by the application');
  await page.goto(`${daemon.base}/rules/${single.id}/why-not?entity=203.0.113.73`);
  await answer.getByText('none is of the kind').waitFor();
  const parts = page.getByRole('region', { name: 'Events and parts of the rule' });
  equal(await parts.locator('tbody tr').count(), 3);
  check(/does not/.test(await parts.locator('tbody tr').first().innerText()));
  await parts.getByRole('link').first().click();
  await page.waitForURL('**/events?*');

  await page.goto(`${daemon.base}/rules/${single.id}/why-not`);
  await page.getByRole('button', { name: 'Find out' }).click();
  await page.getByText('Say whom').waitFor();
  await page.getByLabel('For whom').fill('nobody@example.com');
  await page.keyboard.press('Enter');
  await answer.getByText('Look at the spelling first').waitFor();
});

test('rules are read anew; a broken set is refused with its places', async ({ daemon, open }) => {
  const page = await open('/rules');
  const n = await rows(page).count();
  const again = page.getByRole('button', { name: 'Read rules anew' });
  writeFileSync(FILE, live('many', 'Doors renamed'));
  await again.click();
  const failed = page.getByRole('alert');
  await failed.getByText('Not taken').waitFor();
  await failed.getByText(`${FILE}:24:`).waitFor();
  equal(await rows(page).count(), n);
  writeFileSync(FILE, live(6, 'Doors renamed'));
  await again.click();
  await page.locator('.toast', { hasText: `${n} rules in force` }).waitFor();
  await page.getByRole('link', { name: 'Doors renamed' }).waitFor();
  equal(await failed.count(), 0);
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
  await everyLook(open, `/rules/${TRIED}/why-not?entity=203.0.113.72`, (page) =>
    page.getByRole('region', { name: 'How far it got' }).waitFor());
  await everyLook(open, `/rules/${TRIED}/try`, async (page) => {
    await page.getByLabel('The rule as YAML').fill(live(2).split('---\n')[1]);
    await page.getByRole('button', { name: 'Run backtest' }).click();
    await page.getByRole('region', { name: 'By whom' }).waitFor();
    page.expected.push('422');
    await page.getByLabel('The rule as YAML').fill(live('many').split('---\n')[1]);
    await page.getByRole('button', { name: 'Run backtest' }).click();
    await page.getByText(/^Line 24, column/).waitFor();
  });
});

check(readdirSync(join(ROOT, 'rules')).length > 0, 'there are rules');
await main();
rmSync(folder, { recursive: true, force: true });
