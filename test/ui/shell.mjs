// The frame of the page: coming in, staying in, settings, keyboard, what happens when the daemon goes.
import {
  ADMIN, axe, check, equal, everyLook, main, overflows, settled, signIn, sleep, takeUp, test,
} from './harness.mjs';

const BO = { name: 'bo', password: 'a second long password', role: 'viewer' };
const nav = (page) => page.getByRole('navigation', { name: 'Pages' });

test('nobody can sign in before the first admin is made', async ({ open }) => {
  const page = await open('/', { as: null });
  await page.getByRole('heading', { name: 'Nobody can sign in yet' }).waitFor();
  equal(await page.getByLabel('Password').count(), 0);
});

test('the one-time link makes the first admin and works once', async ({ daemon, open, browser, states }) => {
  check(daemon.link, 'the first start prints a link');
  const link = daemon.link;
  const page = await open(null, { as: null });
  await page.goto(link);
  await page.getByRole('heading', { name: 'Make the first administrator' }).waitFor();
  equal(await axe(page), []);
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByText('A name is needed.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill(ADMIN.name);
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByText('At least 12 characters.').waitFor();
  await takeUp(page, link, ADMIN);
  await page.waitForURL('**/setup');
  await page.getByRole('heading', { name: 'Send the first event' }).waitFor();
  states.set(ADMIN.name, await page.context().storageState());
  daemon.link = null;

  const other = await (await browser.newContext()).newPage();
  await takeUp(other, link, { ...ADMIN, name: 'eve' });
  await other.getByText('This link was used already').waitFor();
  await other.context().close();
});

test('first run: a token on the spot, the first event becomes a tick, steps can be skipped', async ({ daemon, open }) => {
  const page = await open('/setup');
  await page.getByText('Waiting for the first event').waitFor();
  await page.getByRole('button', { name: 'Make a token and put it in' }).click();
  const text = page.getByLabel('To copy');
  await page.waitForFunction(() => /toc_\w+/.test(document.querySelector('pre').textContent));
  const command = await text.textContent();
  check(command.includes(daemon.base), command);
  const token = command.match(/Bearer (\S+)'/)[1];
  for (const tab of ['A log file', 'Syslog', 'Fluent Bit', 'Vector']) {
    await page.getByRole('tab', { name: tab }).click();
    check(/\S/.test(await text.textContent()), tab);
  }
  // What the command does, with the token of the command.
  const answer = await fetch(`${daemon.base}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: '{"event_type":"auth.login.failed","client_ip":"203.0.113.9","user_email":"you@example.com"}',
  });
  equal(answer.status, 200);
  await page.getByText('The first event has arrived.').waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('Until there is a channel').waitFor();
  await page.getByRole('button', { name: 'Skip' }).click();
  await page.getByText('A made-up day').waitFor();
  equal(await overflows(page), []);
});

test('sign in keeps the target of a deep link; a wrong password is told', async ({ daemon, open }) => {
  const page = await open('/settings/sessions?x=1', { as: null });
  page.expected.push('401');
  await signIn(page, { ...ADMIN, password: 'not the password' });
  await page.getByText('Name or password is wrong.').waitFor();
  equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');
  await signIn(page);
  await page.getByText('this session').first().waitFor();
  equal(page.url(), `${daemon.base}/settings/sessions?x=1`);
});

test('sign out ends the session in every tab', async ({ open, daemon }) => {
  const page = await open('/settings/preferences', { as: null });
  await signIn(page);
  await nav(page).waitFor();
  const second = await page.context().newPage();
  await second.goto(`${daemon.base}/settings/sessions`);
  await second.getByText('this session').first().waitFor();
  const cookies = await page.context().cookies();
  equal(cookies.map(({ name, httpOnly, sameSite, secure }) => ({ name, httpOnly, sameSite, secure })), [
    { name: '__Host-tocsin', httpOnly: true, sameSite: 'Strict', secure: true },
  ]);
  await page.getByRole('button', { name: /: menu$/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await second.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  const old = await fetch(`${daemon.base}/v1/session`, {
    headers: { cookie: `__Host-tocsin=${cookies[0].value}` },
  });
  equal(old.status, 401);
});

test('a session that ends under an open page is taken up again in place', async ({ open, daemon }) => {
  const page = await open('/settings/users', { as: null });
  page.expected.push('401');
  await signIn(page);
  await page.getByRole('button', { name: 'Invite' }).click();
  const invite = page.getByRole('dialog', { name: 'Invite somebody' });
  await invite.getByLabel('Name').fill('typed-before');
  const { session } = await page.evaluate(() => fetch('/v1/session').then((r) => r.json()));
  await daemon.api('DELETE', `/v1/sessions/${session}`);
  await invite.getByRole('button', { name: 'Make the link' }).click();
  const again = page.getByRole('dialog', { name: 'Your session has ended' });
  await again.waitFor();
  equal(await axe(page), []);
  await again.getByLabel('Password').fill(ADMIN.password);
  await again.getByRole('button', { name: 'Sign in' }).click();
  await again.waitFor({ state: 'detached' });
  equal(await invite.getByLabel('Name').inputValue(), 'typed-before');
  await invite.getByRole('button', { name: 'Make the link' }).click();
  await page.getByRole('dialog', { name: 'Link for typed-before' }).waitFor();
});

test('a role sees what it may, and is told of the rest', async ({ open }) => {
  const page = await open('/settings/users', { as: BO });
  page.expected.push('403');
  await page.getByText('not for your role').waitFor();
  equal(await page.getByRole('link', { name: 'Users', exact: true }).count(), 0);
  equal(await page.getByRole('link', { name: 'API tokens' }).count(), 0);
  await page.goto(page.url().replace('/settings/users', '/setup'));
  await page.getByText('not for your role').waitFor();
});

test('invite, change, disable and delete a user', async ({ open, browser, daemon }) => {
  const page = await open('/settings/users');
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('cyr');
  await dialog.getByLabel('Role').selectOption('responder');
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog.locator('pre').textContent();
  check(link.startsWith(`${daemon.base}/welcome#`), link);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('row', { name: /cyr responder invited/ }).waitFor();

  const theirs = await (await browser.newContext()).newPage();
  await takeUp(theirs, link, { name: 'cyr', password: 'one more long password' });
  await nav(theirs).waitFor();

  const change = async (what) => {
    await page.getByRole('button', { name: 'Change cyr' }).click();
    await page.getByRole('menu').getByText(what, { exact: true }).click();
  };
  await change('Role: viewer');
  await page.getByRole('row', { name: /cyr viewer active/ }).waitFor();
  await change('Disable');
  await page.getByRole('row', { name: /cyr viewer disabled/ }).waitFor();
  await theirs.reload();
  await theirs.getByRole('heading', { name: 'Sign in' }).waitFor();
  await theirs.context().close();
  await change('Delete …');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('cyr was deleted').waitFor();
  await page.getByRole('row', { name: /^cyr/ }).waitFor({ state: 'detached' });
});

test('a token is shown once, works, and can be revoked', async ({ open, daemon }) => {
  const page = await open('/settings/tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByLabel('Name', { exact: true }).fill('test token');
  await page.getByRole('checkbox', { name: /^read/ }).check();
  await page.getByRole('button', { name: 'Make the token' }).click();
  const token = await page.getByRole('dialog').locator('pre').textContent();
  const ask = () =>
    fetch(`${daemon.base}/v1/ledger`, { headers: { authorization: `Bearer ${token}` } });
  equal((await ask()).status, 200);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('row', { name: /test token/ }).waitFor();
  check(!(await page.content()).includes(token), 'the token is still on the page');
  await page.getByRole('button', { name: 'Revoke the token test token' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('was revoked').waitFor();
  equal((await ask()).status, 401);
});

test('another session is revoked by the page', async ({ open, browser, daemon }) => {
  const other = await (await browser.newContext({ userAgent: 'curl/8.0 elsewhere' })).newPage();
  await other.goto(`${daemon.base}/settings/sessions`);
  await signIn(other);
  await other.getByText('this session').first().waitFor();
  const page = await open('/settings/sessions');
  const row = page.getByRole('row', { name: /curl/ }).first();
  await row.getByRole('button').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('The session was revoked').waitFor();
  await other.reload();
  await other.getByRole('heading', { name: 'Sign in' }).waitFor();
  await other.context().close();
});

test('theme, times and density are kept', async ({ open }) => {
  const page = await open('/settings/preferences');
  await page.getByLabel('Dark', { exact: true }).check();
  await page.getByLabel('UTC, with a Z').check();
  await page.getByLabel('Compact').check();
  await page.reload();
  await settled(page);
  equal(await page.evaluate(() => ({ ...document.documentElement.dataset })), {
    theme: 'dark',
    density: 'compact',
  });
  check(await page.getByLabel('UTC, with a Z').isChecked());
  equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(14, 17, 22)');
});

test('keyboard alone: sign in, pages, sheet, command menu; single keys can be off', async ({ open }) => {
  const page = await open('/settings/preferences', { as: null });
  await page.keyboard.type(ADMIN.name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(ADMIN.password);
  await page.keyboard.press('Enter');
  await nav(page).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await page.keyboard.press('Escape');
  equal(await page.getByRole('dialog').count(), 0);
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.waitForURL('**/alerts**');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('settings tokens');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('settings: api');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/settings/tokens');
  await page.keyboard.press('.');
  await page.getByText('Live updates are paused').waitFor();
  await page.keyboard.press('.');
  equal(await page.getByText('Live updates are paused').count(), 0);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('preferences');
  await page.keyboard.press('Enter');
  await page.getByLabel('Single keys act').focus();
  await page.keyboard.press('Space');
  await page.getByRole('heading', { name: 'Preferences' }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await sleep(200);
  check(page.url().endsWith('/settings/preferences'), page.url());
});

test('a restart of the daemon is seen, and the page goes on by itself', async ({ open, daemon }) => {
  const page = await open('/settings/sessions');
  page.expected.push('ERR_CONNECTION_REFUSED', 'ERR_INCOMPLETE_CHUNKED', 'ERR_EMPTY_RESPONSE', 'ERR_CONNECTION_RESET', '503');
  await page.getByText('Live', { exact: true }).waitFor();
  await daemon.stop();
  await page.getByText('No connection to Tocsin').waitFor();
  await page.getByRole('button', { name: 'Offline' }).waitFor();
  await daemon.run();
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
  equal(await page.getByText('No connection to Tocsin').count(), 0);
  await page.reload();
  await page.getByText('this session').first().waitFor();
});

test('a daemon that hangs is told from one that is gone', async ({ open, daemon }) => {
  const page = await open('/settings/preferences');
  await page.getByText('Live', { exact: true }).waitFor();
  daemon.child.kill('SIGSTOP');
  try {
    await page.getByRole('button', { name: /^\d+ s old/ }).waitFor({ timeout: 30_000 });
  } finally {
    daemon.child.kill('SIGCONT');
  }
  await page.getByText('Live', { exact: true }).waitFor();
});

test('demo data is loaded, marked on every page and erased', async ({ open, daemon }) => {
  const page = await open('/setup#demo');
  await page.getByRole('button', { name: 'Load demo data' }).click();
  await page.getByText('Demo data is loaded.').waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Alerts' }).click();
  await page.getByRole('complementary', { name: 'Demo data' }).getByText('DEMO', { exact: true }).waitFor();
  check((await daemon.api('GET', '/v1/alerts?demo=true&limit=1')).total > 0);
  await page.getByRole('link', { name: 'Erase it' }).click();
  await page.getByRole('button', { name: 'Erase it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
  await page.getByText(/^Erased: [\d,]+ events, \d+ alerts/).waitFor();
  equal(await page.getByRole('complementary', { name: 'Demo data' }).count(), 0);
  equal((await daemon.api('GET', '/v1/alerts?demo=true&limit=1')).total, 0);
});

test('nine tabs are live at once, over one stream', async ({ open, daemon }) => {
  const first = await open('/settings/preferences');
  const tabs = [first];
  for (let i = 1; i < 9; i++) {
    const tab = await first.context().newPage();
    await tab.goto(`${daemon.base}/settings/preferences`);
    tabs.push(tab);
  }
  for (const tab of tabs) await tab.getByText('Live', { exact: true }).waitFor();
  const before = await first.title();
  await daemon.raise('203.0.113.77');
  for (const tab of tabs) {
    await tab.waitForFunction((old) => document.title !== old && /^\(\d+\)/.test(document.title), before);
  }
});

test('pages of nobody look right in both themes and widths', async ({ open }) => {
  const away = (path, options) => open(path, { as: null, ...options });
  await everyLook(away, '/alerts');
  await everyLook(away, '/welcome#0123456789abcdef');
  await everyLook(away, '/welcome');
});

for (const section of ['channels', 'deliveries', 'users', 'sessions', 'tokens', 'demo', 'preferences']) {
  test(`settings ${section} looks right in both themes and widths`, async ({ open }) => {
    await everyLook(open, `/settings/${section}`, settled);
  });
}

test('setup, menus and dialogs look right in both themes and widths', async ({ open }) => {
  await everyLook(open, '/setup#source', settled);
  await everyLook(open, '/setup#channel', settled);
  await everyLook(open, '/nothing-here', settled);
  await everyLook(open, '/settings/channels', async (page) => {
    await page.getByRole('button', { name: 'New channel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  });
  await everyLook(open, '/settings/preferences', async (page) => {
    await page.getByRole('button', { name: /: menu$/ }).click();
  });
  await everyLook(open, '/settings/preferences', (page) => page.keyboard.press('?'));
  await everyLook(open, '/settings/preferences', (page) => page.keyboard.press('Control+k'));
});

await main();
