// Channels and deliveries: made, tried, changed on the page; messages that arrive and that do not.
import { freePort } from './daemon.mjs';
import { axe, check, equal, everyLook, main, settled, test } from './harness.mjs';
import { Receiver } from './receiver.mjs';

const VIEWER = { name: 'vic', password: 'one more long password', role: 'viewer' };
const ANALYST = { name: 'ann', password: 'one more long password', role: 'analyst' };
const KEY = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const receiver = await Receiver.start();
const channels = async (daemon) => (await daemon.api('GET', '/v1/channels')).channels;

test('nothing yet says what a channel is for', async ({ open }) => {
  await everyLook(open, '/settings/channels', async (page) => {
    await settled(page);
    await page.getByText('Alerts are sent nowhere yet').waitFor();
  });
});

test('a channel is tried before it is saved, and the reason of a failure is told', async ({ daemon, open }) => {
  const page = await open('/settings/channels');
  await page.getByRole('button', { name: 'New channel' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('The mail server is needed.').waitFor();
  await dialog.getByLabel('Kind').selectOption('webhook');
  await dialog.getByLabel('Name').fill('team-hook');
  await dialog.getByLabel('Alerts from this severity on').selectOption('LOW');
  await dialog.getByLabel('Signing key').fill(KEY);
  await dialog.getByLabel('Address', { exact: true }).fill(receiver.url);
  await dialog.getByRole('button', { name: 'Send a test' }).click();
  await dialog.getByText('Failed', { exact: true }).waitFor(); // a private address, and not allowed
  await dialog.getByLabel('It may lead into our own network').check();
  await dialog.getByLabel('Address', { exact: true }).fill(`http://127.0.0.1:${await freePort()}/`);
  await dialog.getByRole('button', { name: 'Send a test' }).click();
  await dialog.getByText('Failed', { exact: true }).waitFor();
  equal(await axe(page), []);
  equal(receiver.got.length, 0);
  equal(await channels(daemon), []);
  await dialog.getByLabel('Address', { exact: true }).fill(receiver.url);
  await dialog.getByRole('button', { name: 'Send a test' }).click();
  await dialog.getByText('Sent', { exact: true }).waitFor();
  equal(receiver.got.length, 1);
  check(/test/i.test(receiver.got[0].body), receiver.got[0].body);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The channel team-hook was saved').waitFor();
  await page.getByRole('listitem').filter({ hasText: 'team-hook' }).waitFor();
  equal((await channels(daemon)).map((one) => one.name), ['team-hook']);
});

test('a channel of a kind is made by the form of its file', async ({ daemon, open }) => {
  const page = await open('/settings/channels');
  await page.getByRole('button', { name: 'New channel' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Kind').selectOption('cef');
  for (const label of ['Host', 'Port', 'Over', 'Our host name']) await dialog.getByLabel(label, { exact: true }).waitFor();
  equal(await dialog.getByLabel('Over', { exact: true }).inputValue(), 'tls');
  await dialog.getByLabel('Kind').selectOption('slack_api');
  await dialog.getByLabel('Name').fill('team-chat');
  await dialog.getByLabel('Channel', { exact: true }).fill('C0123456789');
  await dialog.getByLabel('Bot token').fill('xoxb-1');
  await dialog.getByLabel('Address of the API').fill(receiver.url);
  await dialog.getByLabel('It may lead into our own network').check();
  receiver.says = '{"ok":false,"error":"not_in_channel"}';
  await dialog.getByRole('button', { name: 'Send a test' }).click();
  await dialog.getByText('Failed', { exact: true }).waitFor();
  await dialog.getByText('not_in_channel').waitFor();
  receiver.says = '{"ok":true}';
  await dialog.getByRole('button', { name: 'Send a test' }).click();
  await dialog.getByText('Sent', { exact: true }).waitFor();
  equal(JSON.parse(receiver.got.at(-1).body).channel, 'C0123456789');
  equal(receiver.got.at(-1).headers.authorization, 'Bearer xoxb-1');
  equal((await channels(daemon)).length, 1);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('listitem').filter({ hasText: 'team-chat' }).waitFor();
  equal((await channels(daemon)).map((one) => one.type), ['slack_api', 'webhook']);
  await daemon.api('DELETE', '/v1/channels/team-chat');
  receiver.says = '';
});

test('a secret never comes back to the page; a change keeps it', async ({ daemon, open }) => {
  const page = await open('/settings/channels');
  check(!(await page.content()).includes(KEY));
  await page.getByRole('button', { name: 'Change team-hook' }).click();
  await page.getByRole('menuitem', { name: 'Change …' }).click();
  const dialog = page.getByRole('dialog');
  equal(await dialog.getByLabel('Signing key').inputValue(), '');
  await dialog.getByText('One is set; leave this empty to keep it.').waitFor();
  await dialog.getByRole('button', { name: 'Send a test' }).click();
  await dialog.getByText('Sent', { exact: true }).waitFor();
  check(receiver.got.at(-1).headers['webhook-signature'], 'the kept key signs the test');
  await dialog.getByLabel('Alerts from this severity on').selectOption('MEDIUM');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('was saved').waitFor();
  const [one] = await channels(daemon);
  equal([one.min_severity, one.secrets.key, one.enabled], ['MEDIUM', 'set', true]);
});

test('a saved channel is tested, turned off and on from the list', async ({ daemon, open }) => {
  const page = await open('/settings/channels');
  await page.getByRole('button', { name: 'Send a test to team-hook' }).click();
  await page.getByText('Sent', { exact: true }).waitFor();
  await page.getByText('last one arrived').waitFor();
  for (const [verb, enabled] of [['Turn off', false], ['Turn on', true]]) {
    await page.getByRole('button', { name: 'Change team-hook' }).click();
    await page.getByRole('menuitem', { name: verb }).click();
    await page.getByText(`team-hook is ${enabled ? 'on' : 'off'}`).waitFor();
    equal((await channels(daemon))[0].enabled, enabled);
  }
});

test('a test alert says what became of it at each channel', async ({ daemon, open }) => {
  const page = await open('/settings/channels');
  await page.getByRole('button', { name: 'Test alert …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Raise it' }).click();
  await page.getByText('Test alert: 1 of 1 messages arrived').waitFor();
  const [alert] = (await daemon.api('GET', '/v1/alerts?limit=1')).alerts;
  equal(alert.rule_id, 'tocsin.test');
  await daemon.api('POST', `/v1/alerts/${alert.id}/resolve`, { reason: 'other' });
});

test('an alert reaches the channel and its delivery is seen', async ({ daemon, open }) => {
  const before = receiver.got.length;
  await daemon.raise('203.0.113.31');
  await daemon.until(() => receiver.got.length > before, 'the message');
  const page = await open('/settings/deliveries');
  await page.getByRole('cell', { name: 'arrived' }).first().waitFor();
});

test('a message given up stands as such and is sent again by hand', async ({ daemon, open }) => {
  receiver.status = 410;
  await daemon.raise('203.0.113.32');
  const dead = () => daemon.api('GET', '/v1/deliveries?state=dead').then((r) => r.deliveries);
  await daemon.until(async () => (await dead()).length > 0, 'a dead letter');
  const page = await open('/settings/channels');
  await page.getByRole('link', { name: /not deliverable/ }).click();
  await page.waitForURL('**/settings/deliveries?state=dead&channel=team-hook');
  await page.getByText('410').first().waitFor();
  equal(await axe(page), []);
  receiver.status = 200;
  const before = receiver.got.length;
  await page.getByRole('button', { name: 'Send all given up again' }).click();
  await page.getByText('will be sent again').waitFor();
  await daemon.until(() => receiver.got.length > before, 'the message');
  await daemon.until(async () => (await dead()).length === 0, 'no dead letter');
  await page.reload();
  await page.getByText('No delivery is like that.').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('cell', { name: 'arrived' }).first().waitFor();
});

test('who may not change channels sees them, and why not', async ({ open }) => {
  const page = await open('/settings/channels', { as: VIEWER });
  await page.getByText('team-hook').waitFor();
  for (const name of [/^New channel/, /^Send a test/]) {
    equal(await page.getByRole('button', { name }).getAttribute('aria-disabled'), 'true');
  }
  equal(await page.getByRole('button', { name: 'Change team-hook' }).count(), 0);
  await page.getByRole('button', { name: /^New channel/ }).click({ force: true });
  equal(await page.getByRole('dialog').count(), 0);
  const other = await open('/settings/channels', { as: ANALYST });
  await other.getByRole('button', { name: 'Send a test to team-hook' }).click();
  await other.getByText('Sent', { exact: true }).waitFor();
});

test('lists that are full look right in both themes and widths', async ({ open }) => {
  await everyLook(open, '/settings/channels', settled);
  await everyLook(open, '/settings/deliveries', settled);
});

test('a channel is deleted', async ({ daemon, open }) => {
  const page = await open('/settings/channels');
  await page.getByRole('button', { name: 'Change team-hook' }).click();
  await page.getByRole('menuitem', { name: 'Delete …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Alerts are sent nowhere yet').waitFor();
  equal(await channels(daemon), []);
});

await main();
await receiver.close();
