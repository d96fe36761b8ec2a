// The Events page: asking, narrowing, following, taking along; hostile text; states.
import { readFileSync } from 'node:fs';
import {
  axe, check, equal, everyLook, main, overflows, sleep, test,
} from './harness.mjs';
import { guard, harm, PAYLOADS } from './payloads.mjs';

const grid = (page) => page.getByRole('treegrid', { name: 'Events' });
const rows = (page) => grid(page).locator('[role=row][id]');
const editor = (page) => page.getByRole('textbox', { name: 'Condition of events, SQL' });
const found = (page) => page.locator('.tools [role=status]');
const param = (page, name) => new URL(page.url()).searchParams.get(name);
const MINUTE = 60_000;

// n events, a minute between them, the newest a minute ago.
function made(n, change = () => ({})) {
  const now = Date.now();
  return Array.from({ length: n }, (_, i) => ({
    timestamp: new Date(now - (i + 1) * MINUTE).toISOString(),
    event_type: i % 4 ? 'http.request' : 'auth.login.failed',
    client_ip: `203.0.113.${i % 10}`,
    user_name: `user${i % 5}`,
    method: 'GET',
    endpoint: i % 2 ? '/orders' : '/login',
    status_code: i % 4 ? 200 : 401,
    ...change(i),
  }));
}
// A test that looks at 350 events.
function filled(name, run) {
  test(name, async (kit) => {
    if (!kit.daemon.filled) await kit.daemon.post(made(350));
    kit.daemon.filled = true;
    await run(kit);
  });
}
async function ready(page) {
  await rows(page).first().waitFor();
}
async function loadEditor(page) {
  await page.locator('.cm-content').waitFor();
}
async function ask(page, text) {
  await loadEditor(page);
  await editor(page).click();
  await page.keyboard.press('Control+a');
  if (text) await page.keyboard.insertText(text);
  else await page.keyboard.press('Delete');
  await page.keyboard.press('Control+Enter');
}

test('no events yet: it says how to send one', async ({ open }) => {
  const page = await open('/events');
  const none = page.getByRole('heading', { name: /No events (yet|match)/ });
  await none.or(rows(page).first()).waitFor(); // our own sign-in is an event
  equal(await axe(page), []);
  equal(await overflows(page), []);
});

filled('a condition: typed with completion, run by Enter, kept in the address, taken back', async ({ open }) => {
  const page = await open('/events');
  await ready(page);
  await loadEditor(page);
  await page.keyboard.press('/');
  await page.keyboard.type("event_type = 'auth.login.failed' AND user_n", { delay: 5 });
  const option = page.getByRole('option', { name: /user_name/ });
  await option.waitFor();
  equal(await axe(page), []);
  await page.keyboard.press('Enter');
  await page.keyboard.type(" = 'user0'");
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(() => location.search.includes('where='));
  equal(param(page, 'where'), "event_type = 'auth.login.failed' AND user_name = 'user0'");
  await found(page).getByText(/^18 events/).waitFor();
  await page.getByRole('button', { name: 'Take out user_name = user0' }).click();
  await found(page).getByText(/^8\d events/).waitFor();
  equal(param(page, 'where'), "event_type = 'auth.login.failed'");
  await page.goBack();
  await found(page).getByText(/^18 events/).waitFor();
});

filled('chips: a condition is added, changed and turned round', async ({ open }) => {
  const page = await open('/events');
  await ready(page);
  await page.getByRole('button', { name: 'Condition', exact: true }).last().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Field').fill('status_code');
  await dialog.getByLabel('Comparison').selectOption('>=');
  await dialog.getByLabel('Value').fill('400');
  equal(await axe(page), []);
  await page.keyboard.press('Enter');
  await found(page).getByText(/^88 events/).waitFor();
  equal(param(page, 'where'), 'status_code >= 400');
  await page.getByRole('button', { name: 'Condition status_code ≥ 400' }).click();
  await page.getByRole('menuitem', { name: 'Turn round' }).click();
  await found(page).getByText(/^262 events/).waitFor();
  equal(param(page, 'where'), 'status_code < 400');
});

filled('faults: found before sending, told with their place by the server', async ({ open }) => {
  const page = await open('/events');
  page.expected.push('400');
  await ready(page);
  await ask(page, "user_name = 'ana");
  await page.getByText('This quote is never closed.').waitFor();
  await page.getByText('At character 13').waitFor();
  await ask(page, "severity = 'LOW' AND client_ipp = 'x'");
  await page.getByText('"client_ipp" not found').waitFor();
  await page.getByText('At character 22').waitFor();
  equal(await page.locator('.cm-fault').textContent(), 'client_ipp');
  equal(await axe(page), []);
  await ask(page, "severity = 'LOW'); SELECT (1");
  await page.getByText('closes nothing').waitFor();
  await ask(page, '');
  await found(page).getByText(/events/).waitFor();
});

filled('bars: a span is dragged or chosen by keys, and becomes the range', async ({ open }) => {
  const page = await open('/events');
  await ready(page);
  const plot = page.getByRole('slider', { name: /Events over time/ });
  await plot.waitFor();
  const box = await plot.boundingBox();
  const bars = await plot.getAttribute('aria-valuemax');
  await page.mouse.move(box.x + box.width - 60, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 4, box.y + 40, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction(() => location.search.includes('from='));
  for (const name of ['from', 'to']) check(/^\d{4}-.*Z$/.test(param(page, name)), page.url());
  const first = Date.parse(param(page, 'to')) - Date.parse(param(page, 'from'));
  check(first < 5 * 3_600_000, `${first} ms`);
  await page.waitForFunction(
    (old) => document.querySelector('main [role=slider]').getAttribute('aria-valuemax') !== old,
    bars,
  );
  await plot.focus();
  await page.keyboard.press('End');
  for (let i = 0; i < 10; i++) await page.keyboard.press('Shift+ArrowLeft');
  check((await plot.getAttribute('aria-valuetext')).startsWith('11 bars'), await plot.getAttribute('aria-valuetext'));
  await page.keyboard.press('Enter');
  await page.waitForFunction((old) => {
    const query = new URLSearchParams(location.search);
    return Date.parse(query.get('to')) - Date.parse(query.get('from')) < old;
  }, first);
  await page.getByRole('button', { name: 'Show as table' }).click();
  await page.getByRole('region', { name: 'Events over time as a table' }).waitFor();
  equal(await axe(page), []);
});

filled('values of fields: a click asks for one, another adds to it, the minus leaves it out', async ({ open }) => {
  const page = await open('/events');
  await ready(page);
  const facet = page.getByRole('region', { name: 'Address' });
  await facet.getByRole('button', { name: /^203\.0\.113\.1\b/ }).click();
  await found(page).getByText(/^35 events/).waitFor();
  await facet.getByRole('button', { name: /^203\.0\.113\.2\b/ }).click();
  await found(page).getByText(/^70 events/).waitFor();
  equal(param(page, 'where'), "client_ip IN ('203.0.113.1', '203.0.113.2')");
  equal(await facet.getByRole('button', { pressed: true }).count(), 2);
  await page.getByRole('region', { name: 'User' }).getByRole('button', { name: 'Without User user1' }).click();
  await found(page).getByText(/^35 events/).waitFor();
});

filled('rows: keys, the whole record, JSON, a value filters', async ({ open }) => {
  const page = await open("/events?where=user_name+%3D+'user3'");
  await ready(page);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await grid(page).getByText('received_at', { exact: true }).waitFor();
  equal(await axe(page), []);
  await page.keyboard.press('Shift+J');
  const json = await grid(page).getByLabel('Record as JSON').textContent();
  equal(JSON.parse(json).user_name, 'user3');
  await page.keyboard.press('Escape');
  await rows(page).first().getByRole('button', { name: /203\.0\.113/ }).click();
  await page.getByRole('menuitem', { name: 'Without this value' }).click();
  await page.waitForFunction(() => location.search.includes('DISTINCT'));
  check(/^user_name = 'user3' AND client_ip IS DISTINCT FROM '203/.test(param(page, 'where')), page.url());
});

filled('more rows come as one scrolls, each once', async ({ open }) => {
  const page = await open("/events?where=endpoint+IS+NOT+NULL");
  await ready(page);
  equal(await rows(page).count(), 100);
  await page.waitForFunction(() => {
    const box = document.querySelector('[role=treegrid] .scroll');
    box.scrollTop = box.scrollHeight;
    return document.querySelectorAll('[role=treegrid] [role=row][id]').length >= 350;
  });
  const ids = await rows(page).evaluateAll((all) => all.map((one) => one.id));
  equal(new Set(ids).size, ids.length);
  equal(ids.length, 350);
});

filled('live tail: new rows come, scrolling pauses loudly, resuming shows what waited', async ({ daemon, open }) => {
  const page = await open('/events?where=endpoint+IS+NOT+NULL');
  await ready(page);
  await page.getByRole('button', { name: 'Live tail' }).click();
  await page.getByText('new events appear here each second').waitFor();
  await sleep(1200);
  await daemon.post([{ event_type: 'http.request', client_ip: '198.51.100.1', endpoint: '/tail-1', method: 'GET' }]);
  await rows(page).first().getByRole('button', { name: '/tail-1' }).waitFor();
  await page.locator('[role=treegrid] .scroll').evaluate((box) => (box.scrollTop = 300));
  await page.getByText('Paused — 0 new.').waitFor();
  const top = await page.locator('[role=treegrid] .scroll').evaluate((box) => box.scrollTop);
  await daemon.post(made(7, (i) => ({ endpoint: `/tail-2-${i}` })));
  await page.getByText('Paused — 7 new.').waitFor();
  equal(await page.locator('[role=treegrid] .scroll').evaluate((box) => box.scrollTop), top, 'it stands still');
  equal(await axe(page), []);
  await grid(page).focus();
  await page.keyboard.press('Space');
  await rows(page).first().getByRole('button', { name: /tail-2/ }).waitFor();
  equal(await page.locator('[role=treegrid] .scroll').evaluate((box) => box.scrollTop), 0);
  await page.getByRole('button', { name: 'Stop tail' }).click();
  await page.getByText('new events appear here each second').waitFor({ state: 'detached' });
});

filled('a statement of one’s own, and files of what it answers', async ({ open }) => {
  const page = await open("/events?where=user_name+%3D+'user3'");
  await ready(page);
  await page.getByRole('button', { name: 'SQL', exact: true }).click();
  const table = page.getByRole('region', { name: 'Answer of the statement' });
  await table.waitFor();
  check(param(page, 'sql').startsWith('SELECT * FROM security_events'), page.url());
  const box = page.getByRole('textbox', { name: 'SQL statement' });
  await box.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText("SELECT user_name, count(*) AS n FROM security_events WHERE user_name LIKE 'user%' GROUP BY ALL ORDER BY 1");
  await page.keyboard.press('Control+Enter');
  await table.getByRole('columnheader', { name: 'n', exact: true }).waitFor();
  equal(await axe(page), []);
  for (const [format, want] of [['CSV', /^user_name,n\r?\nuser0,7\d/], ['JSON', /"user0",7\d/], ['PARQUET', /^PAR1/]]) {
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: format, exact: true }).click();
    const file = await coming;
    check(file.suggestedFilename().endsWith(`.${format.toLowerCase()}`), file.suggestedFilename());
    const text = readFileSync(await file.path(), 'latin1');
    check(want.test(text), format, text.slice(0, 60));
  }
  page.expected.push('403');
  await box.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText("DROP TABLE alerts");
  await page.keyboard.press('Control+Enter');
  await page.getByText('only a single SELECT').waitFor();
});

filled('without the editor a plain box does the same', async ({ open }) => {
  const page = await open(null);
  page.expected.push('net::ERR_FAILED', 'dynamically imported');
  await page.route('**/assets/editor-*.js', (route) => route.abort());
  await page.goto((await open('/settings')).url().replace('/settings', '/events'));
  await ready(page);
  const box = page.locator('textarea[aria-label="Condition of events, SQL"]');
  await box.fill("user_name = 'user3'");
  await box.press('Enter');
  await found(page).getByText(/^7\d events/).waitFor();
  equal(await axe(page), []);
});

filled('states: nothing matches, errors, counts that are missing', async ({ open }) => {
  const page = await open("/events?where=user_name+%3D+'nobody at all'");
  page.expected.push('net::ERR_FAILED', '503');
  await page.getByRole('heading', { name: 'No events match' }).waitFor();
  equal(await axe(page), []);
  await page.getByRole('button', { name: 'Clear the condition' }).click();
  await ready(page);
  await page.route('**/v1/query', (route) => route.abort());
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('Tocsin does not answer.').first().waitFor();
  await page.getByText('what the question before answered').waitFor();
  await page.unroute('**/v1/query');
  await page.getByRole('main').getByRole('button', { name: 'Retry' }).click();
  await found(page).getByText(/answered in/).waitFor();
  // A server that is busy at first is asked again.
  let refused = 0;
  await page.route('**/v1/query', (route) =>
    refused++ < 3
      ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"status":503,"detail":"all query workers are busy"}' })
      : route.continue(),
  );
  await ask(page, "user_name = 'user4'");
  await found(page).getByText(/^7\d events/).waitFor();
  check(refused > 3, String(refused));
});

filled('local time and UTC; a link is frozen to absolute times', async ({ open }) => {
  const page = await open("/events?where=user_name+%3D+'user3'", { timezoneId: 'Asia/Tokyo', permissions: ['clipboard-read', 'clipboard-write'] });
  await ready(page);
  const time = () => rows(page).first().locator('time').textContent();
  const local = await time();
  await page.getByRole('button', { name: 'Time zone: local' }).click();
  const utc = await time();
  check(utc.trim().endsWith('Z'), utc);
  equal(new Date(`${local.trim().replace(' ', 'T')}+09:00`).getTime(), new Date(utc.trim().replace(' ', 'T')).getTime());
  await page.getByRole('button', { name: 'Copy link' }).click();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  check(link.searchParams.get('from').endsWith('Z') && link.searchParams.get('to').endsWith('Z'), link.href);
  equal(link.searchParams.get('where'), "user_name = 'user3'");
});

filled('hostile text in every field stays text', async ({ daemon, open }) => {
  const fields = [
    'user_name', 'user_email', 'user_id', 'user_agent', 'endpoint', 'url', 'query', 'method', 'referer', 'http_host',
    'failure_reason', 'request_id', 'session_id', 'attack_type', 'error_message', 'status', 'message', 'host', 'app',
    'command_line', 'file_path', 'environment',
  ];
  await daemon.post(
    PAYLOADS.map((text) => ({
      event_type: 'data.export',
      client_ip: '192.0.2.9',
      [`key ${text}`]: text,
      ...Object.fromEntries(fields.map((field) => [field, text])),
    })),
  );
  const page = await open(null);
  await guard(page);
  await page.goto(`${daemon.base}/events?where=${encodeURIComponent("client_ip = '192.0.2.9'")}`);
  await ready(page);
  await loadEditor(page);
  equal(await rows(page).count(), PAYLOADS.length);
  equal(await harm(page), []);
  await page.getByRole('region', { name: 'User' }).waitFor();
  await grid(page).focus();
  for (let i = 0; i < PAYLOADS.length; i++) {
    await page.keyboard.press('Enter');
    await grid(page).getByText('received_at', { exact: true }).waitFor();
    equal(await harm(page), []);
    if (i % 10 === 0) {
      await page.keyboard.press('Shift+J');
      await grid(page).getByLabel('Record as JSON').waitFor();
      equal(await harm(page), []);
      await page.keyboard.press('Shift+J');
    }
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
  }
  // A click on a value asks for exactly that value, whatever is in it.
  for (const i of [0, 9, 43, 55, 56, 57, 58, 59]) {
    const where = `user_name = '${PAYLOADS[i].replaceAll("'", "''")}'`;
    await page.goto(`${daemon.base}/events?where=${encodeURIComponent("client_ip = '192.0.2.9'")}`);
    await ready(page);
    const value = page.locator('[data-field=user_name]').nth(PAYLOADS.length - 1 - i);
    const text = await value.evaluate((e) => e.title);
    await value.click();
    await page.getByRole('menuitem', { name: 'Only this value' }).click();
    await found(page).getByText(/^1 events/).waitFor();
    equal(await harm(page), []);
    check(PAYLOADS.includes(text), text, where);
  }
  // As a statement's answer, and as an error of the server.
  page.expected.push('400');
  const sql = `SELECT ${fields.join(', ')}, extra FROM security_events WHERE client_ip = '192.0.2.9'`;
  await page.goto(`${daemon.base}/events?sql=${encodeURIComponent(sql)}`);
  await page.getByRole('region', { name: 'Answer of the statement' }).waitFor();
  equal(await harm(page), []);
  for (const text of PAYLOADS.slice(0, 10)) {
    const wrong = `SELECT "${text.replaceAll('"', '""')}" FROM security_events`;
    await page.goto(`${daemon.base}/events?sql=${encodeURIComponent(wrong)}`);
    await page.getByRole('main').getByRole('alert').waitFor();
    equal(await harm(page), []);
  }
});

filled('looks: narrow and wide, both themes', async ({ open }) => {
  await everyLook(open, '/events', async (page) => {
    await ready(page);
    await loadEditor(page);
    await grid(page).focus();
    await page.keyboard.press('Enter');
    await grid(page).getByText('received_at', { exact: true }).waitFor();
  });
});

filled('the policy holds while one hovers over everything and edits', async ({ open }) => {
  const page = await open('/events');
  await ready(page);
  await loadEditor(page);
  // Only what is seen; of the rows a few stand for all.
  const all = await page.locator('main button, main summary, main [role=slider]').all();
  const some = await rows(page).locator('button').all();
  for (const one of [...all.slice(0, 60), ...some.slice(0, 20)]) {
    await one.hover({ timeout: 300 }).catch(() => {});
  }
  await editor(page).click();
  await page.keyboard.type("sev = 'x' and (user_", { delay: 10 });
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('user_name');
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('a =\n1'); // over two lines
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
});

await main();
