// Pictures of every page in both themes into doc/screens: `make screens`.  What they show comes
// through the real program: demo data, and a burst of failed logins on top.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ADMIN, Daemon, launch, NARROW, settled, sleep, takeUp, THEMES, WIDE } from './harness.mjs';
import { outFolder } from './daemon.mjs';

const first = (page, selector) => page.locator(selector).first();

// Name, path, what is done before the picture is taken; `whole`: as high as all there is.
const whole = async (page) => {
  const more = await page.evaluate(() => {
    const main = document.querySelector('main');
    return main.scrollHeight - main.clientHeight;
  });
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width, height: height + more });
  await sleep(800);
};
const BRUTE = '/rules/6d91f053-95dc-4310-a411-210b7bfb5d60';
const SHOTS = [
  ['overview', '/overview', whole],
  ['alerts', '/alerts?range=24h'],
  ['alert', '/alerts', async (page) => {
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
  }],
  ['incidents', '/incidents'],
  ['incident', '/incidents', async (page) => {
    await first(page, 'main tbody a[href^="/incidents/"]').click();
    await page.getByRole('region', { name: 'Timeline' }).waitFor();
    await sleep(500);
  }],
  ['events', '/events'],
  ['rules', '/rules'],
  ['rule', '/rules', async (page) => {
    await first(page, 'main a[href^="/rules/"]').click();
    await sleep(500);
    await whole(page);
  }],
  ['rule-try', `${BRUTE}/try`, async (page) => {
    const editor = page.getByLabel('The rule as YAML');
    await editor.fill((await editor.inputValue()).replace('gte: 10', 'gte: 30'));
    await page.getByRole('button', { name: 'Run backtest' }).click();
    await page.getByRole('region', { name: 'By whom' }).waitFor();
    await whole(page);
    // What follows names files of this machine.
    const { y } = await page.getByRole('region', { name: 'Put it into force' }).boundingBox();
    await page.setViewportSize({ width: page.viewportSize().width, height: Math.floor(y) });
  }],
  ['rule-why', '/rules/8a39e7bc-e48b-41f0-b44f-4ddf20fac03a/why-not?entity=203.0.113.66', async (page) => {
    await page.getByRole('region', { name: 'Answer' }).waitFor();
    await whole(page);
  }],
  ['blocked', '/blocked'],
  ['oncall', '/oncall', whole],
  ['setup', '/setup#source'],
  ['channels', '/settings/channels'],
  ['channel', '/settings/channels', (page) => page.getByRole('button', { name: 'New channel' }).click()],
  ['deliveries', '/settings/deliveries'],
  ['users', '/settings/users'],
  ['sessions', '/settings/sessions'],
  ['tokens', '/settings/tokens'],
  ['preferences', '/settings/preferences'],
  ['keyboard', '/alerts', (page) => page.keyboard.press('?')],
];
const PHONE = ['overview', 'alerts', 'alert', 'incident', 'events', 'channels'];

// Who is on call in the pictures.
const BOOK = join(mkdtempSync(join(tmpdir(), 'tocsin-screens-')), 'oncall.yml');
process.on('exit', () => rmSync(dirname(BOOK), { recursive: true, force: true }));
writeFileSync(
  BOOK,
  `people:
  - {name: ana, zone: Europe/Berlin, contacts: [{channel: team-mail, to: ana@example.com}]}
  - {name: bo, zone: America/New_York, contacts: [{channel: team-mail, to: bo@example.com}]}
rotas:
  - {name: first, title: First line, zone: Europe/Berlin, layers: [{members: [ana, bo], start: 2026-01-05, every: 1w, on: mon, at: "09:00"}]}
  - {name: second, title: Second line, zone: America/New_York, layers: [{members: [bo, ana], start: 2026-01-05, every: 1w, on: mon, at: "09:00"}]}
levels: {L1: [{rota: first}], L2: [{rota: second}], L3: [{rota: second}], L4: [{channel: team-mail}]}
`,
);

async function fill(daemon) {
  await daemon.api('POST', '/v1/demo');
  await daemon.until(
    async () => (await daemon.api('GET', '/v1/setup')).demo === 'loaded',
    'demo data',
    60_000,
  );
  await daemon.raise('203.0.113.66', 60);
  await daemon.api('POST', '/v1/channels', {
    name: 'team-mail',
    type: 'email',
    enabled: true,
    min_severity: 'HIGH',
    settings: {
      host: 'smtp.example.com', port: 587, security: 'starttls', user: 'tocsin',
      from: 'tocsin@example.com', to: ['oncall@example.com'],
    },
  });
  for (const [entity, reason, lasts] of [
    ['198.51.100.77', 'tries passwords of many accounts', '4h'],
    ['203.0.113.0/28', 'a scanner', '24h'],
  ]) {
    await daemon.api('POST', '/v1/blocks', { entity, action: 'BLOCK_IP', for: lasts, reason });
  }
  await daemon.api('POST', '/v1/tokens', { name: 'web-1', scopes: ['ingest'] });
  await daemon.api('POST', '/v1/users', { name: 'bo', role: 'analyst' });
}

async function shoot(context, daemon, [name, path, act], file) {
  const page = await context.newPage();
  await page.goto(daemon.base + path);
  await settled(page);
  await sleep(1200); // charts and the live stream
  await act?.(page);
  await sleep(500);
  await page.screenshot({ path: file });
  await page.close();
  console.log(name, file);
}

const folder = outFolder('doc/screens');
const wanted = process.argv.slice(2);
const daemon = await Daemon.start({ config: `oncall: {file: ${BOOK}}\n` });
const browser = await launch();
try {
  const signed = await browser.newContext();
  const page = await signed.newPage();
  await page.goto(`${daemon.base}/`);
  await page.getByRole('heading').waitFor();
  await takeUp(page, daemon.link, ADMIN);
  await page.waitForURL('**/setup');
  const storageState = await signed.storageState();
  await fill(daemon);
  if (!wanted.length) {
    for (const old of readdirSync(folder)) if (old.endsWith('.png')) rmSync(join(folder, old));
  }
  const shots = SHOTS.filter(([name]) => !wanted.length || wanted.includes(name));
  for (const colorScheme of THEMES) {
    const wide = await browser.newContext({ viewport: WIDE, colorScheme, storageState });
    for (const shot of shots) await shoot(wide, daemon, shot, join(folder, `${shot[0]}-${colorScheme}.png`));
    await wide.close();
    const narrow = await browser.newContext({ viewport: NARROW, colorScheme, storageState });
    for (const shot of shots.filter(([name]) => PHONE.includes(name))) {
      await shoot(narrow, daemon, shot, join(folder, `${shot[0]}-phone-${colorScheme}.png`));
    }
    await narrow.close();
    const nobody = await browser.newContext({ viewport: WIDE, colorScheme });
    if (!wanted.length) await shoot(nobody, daemon, ['login', '/'], join(folder, `login-${colorScheme}.png`));
    await nobody.close();
  }
} finally {
  await browser.close();
  await daemon.close();
}
