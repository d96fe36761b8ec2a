// Silences on the page: made from an alert by the keyboard, what they hide, ended; states and looks.
import { axe, check, Daemon, equal, everyLook, main, overflows, test, useDaemon } from './harness.mjs';

const VIEWER = { name: 'vic', password: 'only here to look on', role: 'viewer' };

useDaemon(() => Daemon.start());

const dialog = (page) => page.getByRole('dialog');
const alerts = (daemon, query = '') => daemon.api('GET', `/v1/alerts?${query}`);

async function tampered(daemon, address, user) {
  const before = (await alerts(daemon)).total;
  await daemon.post([{ event_type: 'auth.token.tampering', client_ip: address, user_name: user }]);
  await daemon.until(async () => (await alerts(daemon)).total > before, 'an alert');
}

test('nothing is silenced yet', async ({ open }) => {
  await everyLook(open, '/silences', (page) => page.getByText('Nothing is silenced').waitFor());
});

test('from an alert, by the keyboard; the next one is hidden', async ({ daemon, open }) => {
  await tampered(daemon, '198.51.100.1', 'ann');
  const page = await open('/alerts');
  await page.locator('[role=row][id]').first().waitFor();
  await page.keyboard.press('m');
  await dialog(page).getByText('1 alert', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await dialog(page).getByRole('alert').getByText('Say why').waitFor();
  await page.keyboard.type('our own scanner');
  for (const name of ['Entity', 'user', 'network']) {
    await dialog(page).getByRole('checkbox', { name, exact: true }).uncheck();
  }
  equal(await axe(page), []);
  await dialog(page).getByLabel('Reason').press('Enter');
  await page.locator('.toast', { hasText: 'Silence 1 was made' }).waitFor();
  await tampered(daemon, '198.51.100.2', 'bob');
  await page.getByRole('button', { name: /1 new/ }).waitFor();
  await page.keyboard.press('n');
  await page.locator('[role=row][id]').filter({ hasText: 'silenced' }).waitFor();
  equal((await alerts(daemon, 'quiet=yes')).total, 1);

  await page.keyboard.press('*');
  await page.getByRole('toolbar').getByRole('button', { name: 'Silence…' }).click();
  await dialog(page).getByRole('button', { name: 'Silence what 2 alerts share' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Silences', exact: true }).click();
  await page.getByRole('cell', { name: '1 alert' }).waitFor();
  await page.getByRole('link', { name: 'Active' }).click();
  await page.getByText('Newest it hid').waitFor();
  equal(await overflows(page), []);
  await page.getByRole('link', { name: '1 alert' }).first().click();
  await page.waitForURL('**/alerts?silence=1&status=any');
  await page.getByText('1 alert', { exact: true }).waitFor();
});

test('true positives want words; it is extended and ended', async ({ daemon, open }) => {
  const [first] = (await alerts(daemon, 'quiet=no')).alerts;
  await daemon.api('POST', `/v1/alerts/${first.id}/resolve`, { reason: 'true_positive' });
  const page = await open(`/alerts/${first.id}?status=any`);
  await page.getByRole('button', { name: 'Silence…' }).click();
  await dialog(page).getByText('true positives:').waitFor();
  await dialog(page).getByLabel('Reason').fill('a drill');
  await dialog(page).getByLabel('Reason').press('Enter');
  await dialog(page).getByRole('alert').getByText('narrow it').waitFor();
  await page.keyboard.press('Escape');

  await page.goto(`${daemon.base}/silences`);
  await page.getByRole('button', { name: 'Extend… silence 1' }).click();
  await page.getByRole('combobox', { name: 'Extend silence 1' }).selectOption('7d');
  await page.locator('.toast', { hasText: 'goes on' }).waitFor();
  const { end } = await daemon.api('GET', '/v1/silences/1');
  check(Date.parse(end) - Date.now() > 6.9 * 86400e3, end);
  await page.getByRole('button', { name: 'End now, silence 1' }).click();
  await dialog(page).getByRole('button', { name: 'End now' }).click();
  await page.getByText('Nothing is silenced').waitFor();
  equal((await daemon.api('GET', '/v1/silences/1')).state, 'ended');
  await daemon.until(async () => (await alerts(daemon, 'quiet=yes')).total === 0, 'it is told');
});

test('a window every week; one that broke is renewed', async ({ daemon, open }) => {
  const page = await open('/silences');
  await page.getByRole('button', { name: 'New window' }).click();
  await dialog(page).getByLabel('Tag', { exact: true }).last().fill('attack.t1110');
  await dialog(page).getByLabel('Reason').fill('updates');
  await dialog(page).getByRole('button', { name: 'Make the window' }).click();
  await page.getByText(/Sun 02:00–04:00/).waitFor();
  const [known] = (await alerts(daemon)).alerts;
  await daemon.api('POST', '/v1/silences', {
    match: { rule_id: known.rule_id }, for: '1h', reason: 'scanner', note: 'a test' });
  await tampered(daemon, '203.0.113.9', 'eve');
  await page.getByText('broke: new user eve').waitFor();
  equal(await axe(page), []);
  await page.getByRole('button', { name: /Renew, silence/ }).click();
  await page.locator('.toast', { hasText: 'holds again' }).waitFor();
  await everyLook(open, '/silences/1', (one) => one.getByText('History').waitFor());
});

test('who may only look cannot silence', async ({ open }) => {
  const page = await open('/silences', { as: VIEWER });
  const button = page.getByRole('button', { name: 'New silence' });
  await button.waitFor();
  equal(await button.getAttribute('aria-disabled'), 'true');
});

main();
