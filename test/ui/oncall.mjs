// On-call against the real program: who is now, overrides, policies, pages with receipts, and the
// alert that tells who was told.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, Daemon, equal, everyLook, main, settled, sleep, test, useDaemon } from './harness.mjs';
import { guard, harm, PAYLOADS } from './payloads.mjs';

const VIEWER = { name: 'vic', password: 'one more long password', role: 'viewer' };
const folder = mkdtempSync(join(tmpdir(), 'tocsin-oncall-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const FILE = join(folder, 'oncall.yml');
writeFileSync(
  FILE,
  `people:
  - name: ana
    zone: Europe/Berlin
    contacts: [{channel: sms, to: "+15005550006"}, {channel: absent, to: ana@example.org}]
  - {name: ben, zone: America/New_York, contacts: [{channel: hook}]}
rotas:
  - {name: first, title: First line, zone: Europe/Berlin, layers: [{members: [ana, ben], every: 1d, at: "09:00"}]}
  - {name: empty, layers: [{members: [ben], start: 2100-01-01}]}
levels: {L1: [{rota: first}, {rota: empty}], L2: [{person: ben}]}
respond: {critical: {within: 1s, policy: critical}}
`,
);
useDaemon(() => Daemon.start({ config: `oncall: {file: ${FILE}}\nroute: {policy: none}\n` }));

const nav = (page, name) => page.getByRole('navigation', { name: 'On-call' }).getByRole('link', { name });
async function paged(daemon) {
  const { alerts } = await daemon.api('GET', '/v1/alerts');
  if (alerts.length > 0) return alerts[0].id;
  await daemon.api('POST', '/v1/channels', {
    name: 'hook',
    type: 'webhook',
    enabled: true,
    min_severity: 'CRITICAL',
    settings: { url: 'http://127.0.0.1:9/x', allow_private: true },
    secrets: {},
  });
  await daemon.post([
    { timestamp: new Date().toISOString(), event_type: 'auth.token.tampering', user_name: 'u1', client_ip: '198.51.100.7' },
  ]);
  for (let i = 0; i < 100; i++) {
    const { pages } = await daemon.api('GET', '/v1/pages');
    if (pages[0]?.calls.some((one) => one.attempts > 0)) return pages[0].alert_id;
    await sleep(100);
  }
  throw new Error('nobody was paged');
}

test('who is on call now, in their time too', async ({ open }) => {
  const page = await open('/oncall');
  await settled(page);
  const first = page.getByRole('region', { name: 'First line' });
  const text = await first.innerText();
  check(/ana|ben/.test(text) && /it is \d\d:\d\d there/.test(text) && /then (ana|ben)/.test(text), text);
  check((await page.getByRole('region', { name: 'empty' }).innerText()).includes('Nobody'));
  const people = page.getByRole('region', { name: 'People' });
  check((await people.innerText()).includes('+15005550006'));
  await nav(page, 'Policies').click();
  const critical = await page.getByRole('region', { name: 'critical', exact: true }).innerText();
  check(/L1\s+at once\s+rota first/.test(critical) && /after 5 min\s+ben/.test(critical), critical);
  await nav(page, 'Schedule').click();
  await page.getByRole('region', { name: 'Two weeks' }).getByRole('row').nth(14).waitFor();
});

test('somebody stands in, and not any more', async ({ open, daemon }) => {
  const page = await open('/oncall');
  await settled(page);
  await page.getByRole('button', { name: 'Add' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Who').selectOption('ben');
  await dialog.getByLabel('In the rota').selectOption('empty');
  await dialog.getByLabel('To').fill('2020-01-01T00:00');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.getByText('The end is after the beginning.').waitFor();
  await dialog.getByLabel('To').fill(new Date(Date.now() + 2 * 86400e3).toISOString().slice(0, 16));
  await dialog.getByLabel('Why').fill(PAYLOADS[0]);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const list = page.getByRole('region', { name: 'Overrides' });
  check((await list.innerText()).includes(PAYLOADS[0].slice(0, 20)));
  await page.getByRole('region', { name: 'empty' }).getByText('ben').first().waitFor();
  equal(await harm(page), [], 'harm');
  await list.getByRole('button', { name: /Remove/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await list.getByText('removed by').waitFor();
  const { overrides } = await daemon.api('GET', '/v1/oncall/overrides');
  equal(overrides.filter((one) => !one.removed).length, 0);
});

test('who was told and what came back', async ({ open, daemon }) => {
  const id = await paged(daemon);
  const page = await open('/oncall/pages');
  await settled(page);
  const runs = page.getByRole('region', { name: 'Pages' });
  await runs.getByText('critical').waitFor();
  const text = await runs.innerText();
  check(text.includes('the channel is off') || text.includes('by hook'), text);
  check(text.includes('nobody is on call in the rota empty'), text);
  await runs.getByRole('link', { name: /alert/ }).click();
  const told = page.getByRole('region', { name: 'Who was told' });
  await told.getByText('nobody is on call in the rota empty').waitFor();
  await page.getByText('too late').waitFor();
  check(page.url().includes(id));
});

test('a viewer looks and changes nothing', async ({ open }) => {
  const page = await open('/oncall', { as: VIEWER });
  await settled(page);
  check(!(await page.getByRole('region', { name: 'People' }).innerText()).includes('+1500'));
  check(await page.getByRole('button', { name: /Add/ }).getAttribute('aria-disabled'));
});

test('every look', async ({ open, daemon }) => {
  await paged(daemon);
  for (const path of ['/oncall', '/oncall/policies', '/oncall/pages'])
    await everyLook(open, path, settled);
});

await main();
