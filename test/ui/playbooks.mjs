// Playbooks in the incident room against the real program: steps of people and of the program, their forms, roll-back.
import { axe, check, Daemon, equal, main, NARROW, overflows, test, useDaemon } from './harness.mjs';

useDaemon(() => Daemon.start());

const EVIL = '203.0.113.7';
const VIEWER = { name: 'vic', password: 'one more long password', role: 'viewer' };
const login = (user, good, ago) => ({
  timestamp: new Date(Date.now() - ago * 1000).toISOString(),
  event_type: good ? 'auth.login.success' : 'auth.login.failed',
  client_ip: EVIL,
  user_name: user,
});
const button = (at, name) => at.getByRole('button', { name });
const step = (page, title) => page.locator('details.run > ol > li', { hasText: title });

test('a playbook from its first form to its roll-back', async ({ daemon, open }) => {
  await daemon.post([...Array.from({ length: 25 }, (_, i) => login(`user${i}`, false, 60 - i)), login('user3', true, 20)], 'app');
  const page = await open('/incidents/1');
  await page.getByRole('heading', { name: /INC-1/ }).waitFor();
  const triage = step(page, 'Acknowledge and assess');
  await triage.getByText('to do').waitFor();
  await step(page, 'Back to normal').getByText('waits').waitFor();
  // The form is needed; r does the next step.
  await page.keyboard.press('r');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What is it').selectOption('attack');
  await button(dialog, 'Done').click();
  await triage.getByText('by ana').waitFor();
  const block = step(page, 'Block the addresses');
  await block.getByText('ready to run').waitFor();
  const failures = step(page, 'Who was tried, from where');
  await failures.locator('summary').click();
  await failures.getByRole('cell', { name: 'user3', exact: true }).first().waitFor();
  equal(await axe(page), []);
  await button(block, 'Run: Block').click();
  await block.getByText(`${EVIL}: done`).waitFor();
  check(!(await block.getByText('dry run').isVisible()), 'a person said so');
  // Skipping says why.
  await button(step(page, 'Ask for a captcha'), 'Skip: Ask').click();
  await dialog.getByLabel('Why is it skipped?').fill('it is one machine');
  await button(dialog, 'Skip').click();
  await step(page, 'Ask for a captcha').getByText('it is one machine').waitFor();
  await step(page, 'Lock the accounts').getByText('needs approval').waitFor();
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT, fullPage: true });
  // Another one in the middle; then the first is rolled back.
  await button(page, 'Begin a playbook').click();
  await page.getByRole('menuitem', { name: 'Insider threat' }).click();
  await step(page, 'Assess with few people').waitFor();
  const first = page.locator('details.run', { hasText: 'Brute force attack' });
  await button(first, 'Roll back …').click();
  await button(dialog, 'Roll back').click();
  await block.getByText('roll-back: undone').waitFor();
  const { blocks } = await daemon.api('GET', '/v1/blocks?action=BLOCK_IP');
  equal(blocks.map((one) => one.state), ['undone']);
});

test('narrow, and for who may only look', async ({ open }) => {
  const page = await open('/incidents/1', { viewport: NARROW });
  await step(page, 'Assess with few people').waitFor();
  equal(await overflows(page), []);
  const looking = await open('/incidents/1', { as: VIEWER });
  await step(looking, 'Assess with few people').waitFor();
  equal(await looking.getByRole('button', { name: 'Begin a playbook' }).count(), 0);
  equal(await looking.getByRole('button', { name: 'Done: Assess with few people' }).getAttribute('aria-disabled'), 'true');
});

await main();
