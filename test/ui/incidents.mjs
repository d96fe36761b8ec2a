// Incidents against the real program: opened by an attack, led to their end in the room, by hand from alerts.
import { axe, check, Daemon, equal, everyLook, main, NARROW, overflows, settled, test, useDaemon } from './harness.mjs';
import { guard, harm, PAYLOADS } from './payloads.mjs';

useDaemon(() => Daemon.start());

const EVIL = '203.0.113.7';
const VIEWER = { name: 'vic', password: 'one more long password', role: 'viewer' };
const login = (ip, user, ago) => ({
  timestamp: new Date(Date.now() - ago * 1000).toISOString(),
  event_type: 'auth.login.failed',
  client_ip: ip,
  user_name: user,
});
let sources = 0;
const attack = (daemon, ip, n = 25) =>
  daemon.post(
    Array.from({ length: n }, (_, i) => login(ip, `user${i}`, 60 - i)),
    `app-${++sources}`,
  );
const incidents = async (daemon) => (await daemon.api('GET', '/v1/incidents')).incidents;
const button = (at, name) => at.getByRole('button', { name });

test('an attack opens one; it is led through its gates and closed', async ({ daemon, open }) => {
  const page = await open('/incidents');
  await page.getByText('No incident is open.').waitFor();
  await attack(daemon, EVIL);
  const line = page.locator('tbody tr', { hasText: 'INC-1' });
  await line.waitFor(); // by itself, from the stream
  await page.keyboard.press('j');
  await page.keyboard.press('o');
  await page.getByRole('heading', { name: /INC-1/ }).waitFor();
  await page.getByText('gate: 2 open steps').waitFor();
  await page.getByText('CRITICAL alert: Brute force of logins').waitFor();
  await page.keyboard.press('s');
  await page.getByText('owner ana').waitFor();
  await page.getByRole('checkbox', { name: /Call those/ }).check();
  await page.getByText('gate: open').waitFor();
  await page.keyboard.press('>');
  await button(page.getByRole('dialog'), 'Advance').click();
  await page.getByRole('heading', { name: 'Checklist: Identify' }).waitFor();
  await page.keyboard.press('>');
  const dialog = page.getByRole('dialog');
  page.expected.push('409');
  await button(dialog, 'Advance').click();
  await dialog.getByRole('alert').getByText('a reason overrides').waitFor();
  await dialog.getByLabel('Why').fill('it spreads');
  await button(dialog, 'Advance').click();
  await page.getByRole('heading', { name: 'Checklist: Contain' }).waitFor();
  await page.getByLabel('Note', { exact: true }).fill('called the provider');
  await button(page, 'Note').click();
  await page.locator('li.note', { hasText: 'called the provider' }).waitFor();
  await page.getByLabel('Root cause').fill('no second factor');
  await page.getByLabel('What helped').fill('the alert came at once');
  await button(page, 'Save').click();
  await page.getByText('nothing changed').waitFor({ state: 'attached' });
  const [one] = await incidents(daemon);
  equal([one.phase, one.owner, one.cause], ['containment', 'ana', 'no second factor']);
  const other = await daemon.api('POST', `/v1/incidents/${one.id}/note`, { text: 'from elsewhere' });
  check(other.rev > one.rev, 'a note is a change');
  await page.locator('li.note', { hasText: 'from elsewhere' }).waitFor();
  await button(page, 'Close …').click();
  await dialog.getByLabel('Why').fill('the drill is over');
  await button(dialog, 'Do it').click();
  await button(page, 'Open again …').waitFor();
  await page.goto(page.url().replace(/INC-1.*/, 'metrics'));
  await page.getByRole('row', { name: /Critical/ }).getByText('1', { exact: true }).waitFor();
});

test('alerts go into an incident by hand, and say so', async ({ daemon, open }) => {
  await attack(daemon, '198.51.100.9', 12);
  const page = await open('/alerts');
  await page.getByText('198.51.100.9').first().waitFor();
  const made = await daemon.api('POST', '/v1/incidents', { title: 'Odd logins' });
  const before = (await incidents(daemon)).length;
  const free = (await daemon.api('GET', '/v1/alerts')).alerts.find((one) => !one.incident);
  if (free) {
    await page.goto(page.url().replace(/alerts.*/, `alerts/${free.id}`));
    await button(page, 'To incident…').click();
    await page.getByRole('dialog').getByLabel('Which').selectOption(made.id);
    await button(page.getByRole('dialog'), 'Add').click();
    await page.getByRole('heading', { name: new RegExp(made.id) }).waitFor();
  }
  equal((await incidents(daemon)).length, before);
  await page.goto(page.url().replace(/incidents.*|alerts.*/, 'alerts'));
  await page.locator('.inc', { hasText: /INC-\d+/ }).first().waitFor();
});

test('hostile words stay words; who may look may not change; every look is good', async ({ daemon, open }) => {
  for (const text of PAYLOADS.slice(0, 6)) await daemon.api('POST', '/v1/incidents', { title: text, owner: text.slice(0, 60) });
  const made = await daemon.api('POST', '/v1/incidents', { title: PAYLOADS[0], type: 'ddos', drill: true });
  for (const text of PAYLOADS.slice(0, 6)) await daemon.api('POST', `/v1/incidents/${made.id}/note`, { text });
  const page = await open(null);
  await guard(page);
  for (const path of ['/incidents', `/incidents/${made.id}`]) {
    await page.goto(daemon.base + path);
    await settled(page);
    equal(await harm(page), []);
  }
  const viewer = await open(`/incidents/${made.id}`, { as: VIEWER });
  await viewer.getByText('DRILL').waitFor();
  equal(await button(viewer, /^Close …/).getAttribute('aria-disabled'), 'true');
  await everyLook(open, `/incidents/${made.id}`, (one) => one.locator('li.note').first().waitFor());
  const narrow = await open('/incidents', { viewport: NARROW });
  for (const [path, sign] of [['', 'Clock'], ['/metrics', 'Trend by week']]) {
    await narrow.goto(daemon.base + '/incidents' + path);
    await narrow.getByText(sign).first().waitFor();
    equal(await axe(narrow), [], path);
    equal(await overflows(narrow), [], path);
  }
});

await main();
