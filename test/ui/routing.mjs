// Settings, Routing: the routes of the profile with what is missing, and who would be told.
import { axe, Daemon, equal, everyLook, main, overflows, settled, test, useDaemon } from './harness.mjs';

const CONFIG = `profile: paiid
channels:
  - {name: mail, type: email, host: mail.example.com, from: a@example.com, to: [b@example.com]}
`;
useDaemon(() => Daemon.start({ config: CONFIG }));

test('routes are shown as they are loaded, with what is missing', async ({ open }) => {
  await everyLook(open, '/settings/routes', async (page) => {
    await settled(page);
    const tree = page.getByRole('list', { name: 'Routes' });
    await tree.getByText("route 'medium'").waitFor();
    await tree.getByText("channel 'security-alerts' or kind slack, collected for 15 min").waitFor();
    await tree.getByText('kind email, daily at 08:00').first().waitFor();
    await page.getByText("route 'high' names what is not there").waitFor();
    await page.getByText('a channel gets 60 messages in 10 minutes').waitFor();
    const waiting = page.getByRole('listitem').filter({ hasText: 'the weekly report' });
    await waiting.getByText('mail', { exact: true }).waitFor();
    equal(await overflows(page), []);
  });
});

test('an alert that one thinks of is explained', async ({ open }) => {
  const page = await open('/settings/routes');
  await page.getByLabel('Severity').selectOption('MEDIUM');
  await page.getByLabel('User or address').fill('203.0.113.7');
  await page.getByLabel('When').fill('2026-11-21T12:00');
  await page.getByRole('button', { name: 'Explain' }).click();
  const told = page.getByRole('status').filter({ hasText: "by route 'medium'" });
  await told.getByText('the daily digest').waitFor();
  await page.getByLabel('Severity').selectOption('CRITICAL');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.getByText("by route 'critical'").waitFor();
  equal(await axe(page), []);
});

await main();
