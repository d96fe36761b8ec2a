// Blocked addresses and automatic responses against the real program.
import { check, Daemon, equal, everyLook, main, settled, test, useDaemon } from './harness.mjs';
import { guard, harm, PAYLOADS } from './payloads.mjs';

useDaemon(() => Daemon.start());

const VIEWER = { name: 'vic', password: 'one more long password', role: 'viewer' };
const EVIL = '203.0.113.7';
const OFFICE = '198.51.100.20';
const STAFF = ['ann', 'bob', 'cleo', 'dan', 'eve', 'flo'];

const login = (ip, user, good, ago) => ({
  timestamp: new Date(Date.now() - ago * 1000).toISOString(),
  event_type: good ? 'auth.login.success' : 'auth.login.failed',
  client_ip: ip,
  user_name: user,
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
});
// Each from a source of its own: times of one source do not go back.
let sources = 0;
const send = (daemon, events) => daemon.post(events, `app-${++sources}`);
const attack = (daemon, ip) =>
  send(daemon, Array.from({ length: 40 }, (_, i) => login(ip, `${ip}-${i}`, false, 60 - i)));
const blocks = async (daemon, entity) =>
  (await daemon.api('GET', `/v1/blocks?entity=${entity}&limit=100`)).blocks;
const answered = (daemon, ip) => daemon.until(async () => (await blocks(daemon, ip)).length > 0, `a response to ${ip}`);
const row = (page, text) => page.locator('tbody tr', { hasText: text });
const button = (at, name) => at.getByRole('button', { name, exact: true });

test('by hand: blocked, refused, made longer, undone and allowed', async ({ daemon, open }) => {
  const page = await open('/blocked');
  await page.getByText('Nothing and nobody is blocked.').waitFor();
  page.expected.push('409', '422');
  await page.keyboard.press('b');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address or network').fill('127.0.0.1');
  await button(dialog, 'Block').click();
  await dialog.getByRole('alert').getByText('your own address').waitFor();
  await dialog.getByLabel('Address or network').fill('10.0.0.0/8');
  await button(dialog, 'Block').click();
  await dialog.getByRole('alert').getByText('/24').waitFor();
  await dialog.getByLabel('Address or network').fill(EVIL);
  await dialog.getByLabel('Why').fill('a scanner');
  await button(dialog, 'Block').click();
  await row(page, EVIL).getByText('3 h 59 min').or(row(page, EVIL).getByText('4 h', { exact: true })).waitFor();
  check((await row(page, EVIL).innerText()).includes('ana'), 'by whom');
  await row(page, EVIL).getByRole('button', { name: `Extend ${EVIL}` }).click();
  await page.getByRole('menuitem', { name: 'Extend to 24h from now' }).click();
  await row(page, EVIL).getByText('23 h 59 min').or(row(page, EVIL).getByText('1 d', { exact: true })).waitFor();
  await row(page, EVIL).getByRole('button', { name: 'What became of it' }).click();
  await page.locator('li', { hasText: 'made longer' }).waitFor();
  await row(page, EVIL).first().focus();
  await page.keyboard.press('u');
  await dialog.getByLabel('Why').fill('a customer');
  await button(dialog, 'Undo').click();
  await page.getByText('Nothing and nobody is blocked.').waitFor();
  equal((await blocks(daemon, EVIL)).map((one) => [one.state, one.result]), [['undone', 'a customer']]);
  await page.getByRole('link', { name: 'Allow list' }).click();
  await row(page, EVIL).getByText('a customer').waitFor();
  await row(page, EVIL).getByRole('button', { name: `Take ${EVIL} off the list` }).click();
  await row(page, EVIL).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Ended' }).click();
  await row(page, EVIL).getByText('undone', { exact: true }).waitFor();
});

test('a dry run waits, is approved, and stands beside its alert', async ({ daemon, open }) => {
  await attack(daemon, EVIL);
  await answered(daemon, EVIL);
  const page = await open('/blocked/waiting');
  await button(row(page, EVIL), 'Approve').click();
  await row(page, EVIL).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Active', exact: true }).click();
  await row(page, EVIL).getByText('Brute force of logins').waitFor();
  await row(page, EVIL).getByRole('link', { name: 'alert' }).click();
  const done = page.locator('section', { has: page.getByRole('heading', { name: 'What was done about it' }) });
  await done.getByText('Block the address').first().waitFor();
  await button(done, 'Block address …').click();
  equal(await page.getByLabel('Address or network').inputValue(), EVIL);
});

test('a preview says whom it would hit; arming, a spent budget, reset, disarming', async ({ daemon, open }) => {
  await send(daemon, STAFF.map((who) => login(OFFICE, who, true, 9000)));
  await attack(daemon, OFFICE);
  await answered(daemon, OFFICE);
  await send(daemon, STAFF.slice(0, 4).map((who) => login(OFFICE, who, true, -1)));
  const page = await open('/blocked/responses');
  await page.getByText('not armed: each is a dry run').waitFor();
  await button(page, 'Arm …').click();
  await page.getByRole('dialog').getByText('First look whom it would hit').waitFor();
  await page.keyboard.press('Escape');
  await button(page, 'Preview').click();
  await page.getByText('1 of them used by 4 people who logged in normally').first().waitFor();
  await page.getByRole('cell', { name: '4 normally ann, bob, cleo, dan' }).waitFor();
  await page.getByRole('cell', { name: 'shared by many' }).waitFor();
  await page.getByText('Rules that spent their budget').waitFor(); // in the dry run already
  await button(page, 'Arm …').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Type the name of the policy: default').fill('no');
  await button(dialog, 'Arm').click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Type the name of the policy: default').fill('default');
  await button(dialog, 'Arm').click();
  await page.locator('dd', { hasText: 'armed' }).getByText('by ana').waitFor();
  const trips = page.locator('section', { has: page.getByRole('heading', { name: 'Rules that spent their budget' }) });
  await button(trips, 'Reset …').click();
  await dialog.getByLabel('Why').fill('the office is allowed now');
  await button(dialog, 'Reset').click();
  await trips.waitFor({ state: 'detached' });
  await row(page, 'the office is allowed now').waitFor();
  await button(page, 'Disarm').click();
  await button(dialog, 'Disarm').click();
  await page.getByText('not armed: each is a dry run').waitFor();
});

test('who may not is not let', async ({ daemon, open }) => {
  await daemon.api('POST', '/v1/blocks', { entity: '203.0.113.90', for: '2h' });
  const page = await open('/blocked', { as: VIEWER });
  const off = async (name) => equal(await page.getByRole('button', { name }).first().getAttribute('aria-disabled'), 'true', name);
  await off(/^Block .*needs/);
  await off(/^Undo .*needs/);
  await page.goto(page.url() + '/responses');
  await settled(page);
  await off(/^Arm …/);
  await off(/^Preview/);
});

test('hostile words stay words, and it is legible on every screen', async ({ daemon, open }) => {
  for (const [i, text] of PAYLOADS.slice(0, 6).entries())
    await daemon.api('POST', '/v1/blocks', { entity: `203.0.113.${100 + i}`, for: '2h', reason: text });
  const page = await open(null);
  await guard(page);
  await page.goto(daemon.base + '/blocked');
  await settled(page);
  equal(await harm(page), []);
  await everyLook(open, '/blocked', (one) => row(one, '203.0.113.100').waitFor());
  await everyLook(open, '/blocked/responses', async (one) => {
    await one.getByText('Earlier previews').click();
    await one.getByRole('button', { name: 'Show' }).first().click();
    await one.getByText('used by').first().waitFor();
  });
});

await main();
