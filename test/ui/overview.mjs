// The overview against the real program: its figures are those that were sent, it leads to what is
// behind them, it renews itself, and it is readable by keyboard, by screen reader and when broken.
import { day, FAILED, HOUR } from './data/day.mjs';
import { check, equal, everyLook, main, settled, sleep, test } from './harness.mjs';
import { guard, harm, PAYLOADS } from './payloads.mjs';

const panel = (page, title) => page.getByRole('region', { name: title, exact: true });
const overview = (daemon) => daemon.api('GET', '/v1/overview');
const number = (text) => Number(text.replace(/[^\d.]/g, ''));

async function filled(daemon) {
  if (daemon.filled) return;
  daemon.filled = true;
  await daemon.post(day());
  await daemon.until(async () => (await overview(daemon)).kpi.failed_logins >= FAILED, 'the figures');
  await daemon.until(async () => (await overview(daemon)).kpi.open_alerts > 0, 'alerts');
}

// With other figures than the daemon's.
async function withFigures(page, change) {
  await page.route('**/v1/overview?*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: change(await answer.json()) });
  });
}

test('before the first event it says how to send one', async ({ daemon, open }) => {
  const page = await open(null);
  let nothing = true;
  await withFigures(page, (o) =>
    nothing ? { ...o, complete_from: null, events: o.events.map(() => null) } : o,
  );
  await page.goto(`${daemon.base}/overview`);
  await page.getByRole('heading', { name: 'Nothing has been received yet' }).waitFor();
  check((await page.locator('pre').textContent()).includes(`${daemon.base}/v1/events`));
  await page.getByRole('button', { name: 'Copy command' }).waitFor();
  nothing = false;
  await daemon.post([{ event_type: 'auth.login.failed', client_ip: '203.0.113.1' }]);
  await panel(page, 'Logins').waitFor();
});

test('the figures are those of the events that were sent', async ({ daemon, open }) => {
  await filled(daemon);
  const page = await open('/overview');
  const want = await overview(daemon);
  const failed = page.getByRole('link', { name: /^Failed logins: / });
  equal(number((await failed.textContent()) ?? ''), want.kpi.failed_logins);
  check(want.kpi.failed_logins >= FAILED);

  const logins = panel(page, 'Logins');
  await logins.getByRole('button', { name: /Show as table/ }).click();
  const sums = await logins.locator('tbody tr').evaluateAll((rows) =>
    rows.reduce((sum, row) => {
      const cell = (i) => Number(row.children[i].textContent.replace(/\D/g, '')) || 0;
      return [sum[0] + cell(1), sum[1] + cell(2)];
    }, [0, 0]),
  );
  const total = (series) => series.reduce((sum, n) => sum + (n ?? 0), 0);
  equal(sums, [total(want.auth_success), total(want.auth_failure)]);
  await logins.getByRole('button', { name: /Show as chart/ }).click();

  const heat = panel(page, 'Requests by endpoint');
  await heat.getByRole('img', { name: /\/api\/orders/ }).waitFor();
  const risk = panel(page, 'Addresses of highest risk');
  equal(await risk.locator('tbody tr').count(), want.addresses.length);
  for (const { ip } of want.addresses) await risk.getByRole('link', { name: ip, exact: true }).waitFor();

  const donut = panel(page, 'Alerts by severity');
  for (const word of ['Critical', 'High', 'Medium', 'Low', 'Info']) {
    const row = donut.getByRole('row', { name: new RegExp(word) });
    const { open: n, total: all } = want.severity[word.toUpperCase()];
    equal(await row.locator('td').allTextContents(), [all, n].map((v) => v.toLocaleString('en')), word);
  }
  const ledger = panel(page, 'Ledger and health');
  await ledger.getByText('Balanced: nothing was lost').waitFor();
});

test('countries are on the map and in the list, with the credit', async ({ daemon, open }) => {
  await filled(daemon);
  const page = await open(null);
  const geoip = { source: 'DB-IP', credit_url: 'https://db-ip.com', built: '2026-06-01T00:00:00Z' };
  await withFigures(page, (o) => ({
    ...o,
    geoip,
    countries: [{ country: 'NL', failed: 40 }, { country: 'MT', failed: 9 }, { country: 'XX', failed: 2 }],
  }));
  await page.goto(`${daemon.base}/overview`);
  await settled(page);
  const world = panel(page, 'Failed logins by country');
  const credit = world.getByRole('link', { name: 'IP Geolocation by DB-IP' });
  equal(await credit.getAttribute('href'), 'https://db-ip.com');
  const fill = (code) => world.locator(`[data-code=${code}]`).first().getAttribute('fill');
  equal([await fill('NL'), await fill('FR')], ['var(--h5)', 'var(--h0)']);
  equal(await world.locator('circle[data-code=MT]').count(), 1, 'a small territory is a dot');
  await world.getByRole('img', { name: /most failed logins from Netherlands with 40, Malta with 9/ }).waitFor();
  await world.getByRole('link', { name: 'Malta' }).click();
  const where = new URL(page.url()).searchParams.get('where');
  equal(where, "event_type = 'auth.login.failed' and geolocation_country = 'MT'");
});

test('every chart: a summary, a cursor for the keyboard, a table', async ({ daemon, open }) => {
  await filled(daemon);
  const page = await open('/overview');
  const charts = ['Events per minute', 'Logins', 'Requests by endpoint', 'Attack vectors'];
  for (const title of charts) {
    const place = panel(page, title);
    const label = await place.locator('figure').getByRole('img').first().getAttribute('aria-label');
    check(label.startsWith(`${title}: `) && label.endsWith('.'), title, label);
    const cursor = place.getByRole('slider');
    await cursor.focus();
    await cursor.press('ArrowLeft');
    const last = await cursor.getAttribute('aria-valuetext');
    await cursor.press('Home');
    const first = await cursor.getAttribute('aria-valuetext');
    check(/\d\d:\d\d|\w{3} \d/.test(last) && first !== last, title, first, last);
    check((await place.textContent()).includes(first), title, 'says what the cursor is on');
    await cursor.press('Escape');
    await place.getByRole('button', { name: /Show as table/ }).click();
    check((await place.locator('tbody tr').count()) > 0, title, 'has rows');
    await place.getByRole('button', { name: /Show as chart/ }).click();
  }
});

test('what one clicks leads to the events or alerts behind it', async ({ daemon, open }) => {
  await filled(daemon);
  const page = await open('/overview');
  const back = async () => {
    await page.goto(`${daemon.base}/overview`);
    await settled(page);
  };
  const query = () => new URL(page.url()).searchParams;
  const span = () => Date.parse(query().get('to')) - Date.parse(query().get('from'));

  const cursor = panel(page, 'Logins').getByRole('slider');
  await cursor.focus();
  await cursor.press('End');
  await cursor.press('Enter');
  await page.waitForURL(/\/events\?/);
  equal(span(), 300_000);
  check(query().get('where').includes('auth.login.failed'));

  await back();
  const heat = panel(page, 'Requests by endpoint').getByRole('slider');
  await heat.focus();
  await heat.press('Home');
  await heat.press('Enter');
  await page.waitForURL(/\/events\?/);
  check(query().get('where').startsWith('endpoint '), query().get('where'));
  equal(span(), HOUR);

  await back();
  await panel(page, 'Addresses of highest risk').getByRole('link').first().click();
  await page.waitForURL(/\/events\?/);
  check(query().get('where').startsWith("client_ip = '"));

  await back();
  await panel(page, 'Alerts by severity').getByRole('link', { name: 'High' }).click();
  await page.waitForURL(/\/alerts\?sev=high&status=any&from=/);

  await back();
  await page.getByRole('link', { name: /^Open alerts: / }).click();
  await page.waitForURL(/\/alerts/);
});

// How many events the address of the Events page stands for.
async function behind(daemon, address) {
  const query = new URL(address).searchParams;
  const time = (name) => `TIMESTAMPTZ '${query.get(name)}'`;
  const where = `(${query.get('where')}) AND timestamp >= ${time('from')} AND timestamp < ${time('to')}`;
  const sql = `SELECT count(*)::INTEGER AS n FROM security_events WHERE ${where}`;
  return (await daemon.api('POST', '/v1/query', { sql })).rows[0][0];
}

test('behind a cell or an address are just the events it counts', async ({ daemon, open }) => {
  await filled(daemon);
  const page = await open('/overview');
  page.expected.push('/v1/query'); // all query workers may be busy
  const want = await overview(daemon);
  const { t, endpoints } = want.heatmap;
  const shaped = endpoints.findIndex((e) => e.endpoint === '/api/orders/{id}');
  const odd = endpoints.findIndex((e) => e.endpoint.includes("'"));
  check(shaped >= 0 && odd >= 0, 'an endpoint with ids, and one with a quote');
  for (const line of [shaped, odd]) {
    const column = endpoints[line].n.findLastIndex((n) => n > 0);
    await page.goto(`${daemon.base}/overview`);
    await settled(page);
    const cursor = panel(page, 'Requests by endpoint').getByRole('slider');
    await cursor.focus();
    for (let n = 0; n < endpoints.length; n++) await cursor.press('ArrowUp');
    await cursor.press('Home');
    for (let n = 0; n < line; n++) await cursor.press('ArrowDown');
    for (let n = 0; n < column; n++) await cursor.press('ArrowRight');
    const said = await cursor.getAttribute('aria-valuetext');
    check(said.startsWith(`${endpoints[line].endpoint}, `), said);
    await cursor.press('Enter');
    await page.waitForURL(/\/events\?/);
    equal(Date.parse(new URL(page.url()).searchParams.get('from')) / 1000, t[column]);
    const shown = endpoints[line].n[column];
    const seen = async () => (await behind(daemon, page.url()).catch(() => -1)) === shown;
    await daemon.until(seen, said);
  }
  const { ip, events } = want.addresses[0];
  await page.goto(`${daemon.base}/overview`);
  await settled(page);
  const link = panel(page, 'Addresses of highest risk').getByRole('link', { name: ip, exact: true });
  const address = new URL(await link.getAttribute('href'), daemon.base).href;
  check((await behind(daemon, address)) >= events, 'risk counts from the first risky event of an hour on');
});

test('a drag over a chart zooms: the address has the times', async ({ daemon, open }) => {
  await filled(daemon);
  const page = await open('/overview');
  const box = await page.locator('.u-over').first().boundingBox();
  await page.mouse.move(box.x + box.width * 0.4, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/\/overview\?from=.*&to=/);
  const query = new URL(page.url()).searchParams;
  const hours = (Date.parse(query.get('to')) - Date.parse(query.get('from'))) / HOUR;
  check(hours > 6 && hours < 8.5, `${hours} hours`);
});

test('it renews itself: new failed logins and alerts appear without a touch', async ({ daemon, open }) => {
  await filled(daemon);
  const page = await open('/overview');
  const figure = async (name) =>
    number(await page.getByRole('link', { name: new RegExp(`^${name}: `) }).textContent());
  const before = { failed: await figure('Failed logins'), open: await figure('Open alerts') };
  await daemon.raise('203.0.113.200', 40);
  const began = Date.now();
  await daemon.until(async () => (await figure('Open alerts')) > before.open, 'an open alert');
  await daemon.until(async () => (await figure('Failed logins')) >= before.failed + 40, 'failed logins');
  check(Date.now() - began < 12_000, `took ${Date.now() - began} ms`);
});

test('loading, failed, stale and broken states', async ({ daemon, open }) => {
  await filled(daemon);
  const page = await open(null);
  page.expected.push('503', 'could not be drawn', 'Failed to load resource');
  let how = 'slow';
  await page.route('**/v1/overview?*', async (route) => {
    if (how === 'slow') await sleep(900);
    if (how === 'fail') {
      const body = { status: 503, title: 'Service Unavailable', detail: 'The rollup sleeps', instance: '/r/77' };
      return route.fulfill({ status: 503, contentType: 'application/problem+json', json: body });
    }
    const answer = await route.fetch();
    const json = await answer.json();
    return route.fulfill({ response: answer, json: how === 'broken' ? { ...json, ledger: null } : json });
  });
  await page.goto(`${daemon.base}/overview`);
  await panel(page, 'Logins').getByText('Loading').waitFor();
  await page.getByRole('link', { name: /^Failed logins: / }).waitFor();

  how = 'fail';
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.getByRole('button', { name: /^Range of time/ }).click();
  await page.getByRole('menuitemradio', { name: 'Last 7 days' }).click();
  await panel(page, 'Logins').getByText('The rollup sleeps').waitFor();
  await page.getByRole('link', { name: /^Failed logins: / }).waitFor(); // the old figures stay

  await page.reload();
  await page.getByText('The rollup sleeps').waitFor();
  await page.getByText('/r/77').waitFor();
  equal(await page.getByRole('button', { name: 'Retry' }).count(), 1);
  how = 'broken';
  await page.getByRole('button', { name: 'Retry' }).click();
  await panel(page, 'Ledger and health').getByText('could not be drawn').waitFor();
  await panel(page, 'Logins').getByRole('img').waitFor(); // the others are whole
  how = 'well';
  await panel(page, 'Ledger and health').getByRole('button', { name: 'Retry' }).click();
  await panel(page, 'Ledger and health').getByText('Balanced').waitFor();
});

test('hostile text stays text', async ({ daemon, open }) => {
  await filled(daemon);
  const page = await open(null);
  await guard(page);
  await withFigures(page, (o) => {
    const tactics = [...PAYLOADS.slice(0, 6)];
    return {
      ...o,
      countries: PAYLOADS.map((country, i) => ({ country, failed: 9 + i })),
      addresses: PAYLOADS.map((ip) => ({ ip, country: ip, risk: 5, events: 1, failed: 1 })),
      vectors: { ...o.vectors, series: tactics.map((name) => ({ name, n: o.vectors.t.map(() => 1) })) },
      geoip: { source: PAYLOADS[7], credit_url: 'javascript:hostile()', built: PAYLOADS[8] },
      heatmap: {
        ...o.heatmap,
        endpoints: PAYLOADS.map((endpoint) => ({
          endpoint,
          n: o.heatmap.t.map(() => 3),
          errors: o.heatmap.t.map(() => 1),
        })),
      },
    };
  });
  await page.goto(`${daemon.base}/overview`);
  await settled(page);
  await panel(page, 'Failed logins by country').getByRole('img').waitFor();
  for (const cursor of await page.getByRole('slider').all()) {
    await cursor.focus();
    for (const key of ['End', 'ArrowUp', 'ArrowDown', 'Home']) await cursor.press(key);
  }
  for (const picture of await page.locator('main [role=img]').all()) await picture.hover({ force: true });
  equal(await harm(page), []);
  equal(await page.locator('a[href^="javascript"]').count(), 0);
  for (let n = 5; n > 0; n--) await page.getByRole('button', { name: /Show as table/ }).first().click();
  const words = await page.locator('main').evaluate((main) => main.textContent);
  for (const text of PAYLOADS) check(words.includes(text.replaceAll('\r\n', '\n')), 'shown as it is:', text);
  equal(await harm(page), []);
  const quote = PAYLOADS.find((text) => text.includes("'"));
  await panel(page, 'Addresses of highest risk').getByRole('link', { name: quote, exact: true }).first().click();
  await page.waitForURL(/\/events\?/);
  equal(new URL(page.url()).searchParams.get('where'), `client_ip = '${quote.replaceAll("'", "''")}'`);
  equal(await harm(page), []);
});

test('the canvas follows the theme and the clock', async ({ daemon, open }) => {
  await filled(daemon);
  const page = await open('/overview', { colorScheme: 'dark', timezoneId: 'Asia/Tokyo' });
  const canvas = panel(page, 'Logins').locator('canvas');
  await canvas.waitFor();
  await sleep(200);
  const drawn = () => canvas.evaluate((c) => c.toDataURL());
  const dark = await drawn();
  await page.keyboard.press('t');
  await daemon.until(async () => (await drawn()) !== dark, 'other colours');
  const cursor = panel(page, 'Logins').getByRole('slider');
  await cursor.focus();
  await cursor.press('End');
  const local = await cursor.getAttribute('aria-valuetext');
  await page.getByRole('button', { name: /^Time zone/ }).click();
  await cursor.focus();
  await cursor.press('End');
  const utc = await cursor.getAttribute('aria-valuetext');
  check(/\d\d:\d\dZ/.test(utc) && !/\dZ/.test(local), local, utc);
});

test('it stands in both themes and widths', async ({ daemon, open }) => {
  await filled(daemon);
  await everyLook(open, '/overview', async (page) => {
    await panel(page, 'Failed logins by country').getByRole('img').waitFor();
    await panel(page, 'Logins').getByRole('img').waitFor();
  });
  await everyLook(open, '/overview', async (page) => {
    await panel(page, 'Failed logins by country').getByRole('img').waitFor();
    await panel(page, 'Logins').getByRole('img').waitFor();
    for (let n = 5; n > 0; n--) await page.getByRole('button', { name: /Show as table/ }).first().click();
  });
});

test('the first view is small: charts that are heavy come later', async ({ daemon, open }) => {
  await filled(daemon);
  const page = await open(null);
  const sizes = new Map();
  page.on('response', (response) => {
    if (!response.url().includes('/assets/')) return;
    const length = Number(response.headers()['content-length'] ?? 0);
    sizes.set(response.url().split('/').pop(), length);
  });
  await page.goto(`${daemon.base}/rules`);
  await settled(page);
  check(![...sizes.keys()].some((name) => /^(TimeSeries|WorldMap)/.test(name)), 'only where they are shown');
  sizes.clear();
  await page.goto(`${daemon.base}/overview`);
  await panel(page, 'Logins').getByRole('img').waitFor();
  const heavy = [...sizes].filter(([name]) => /^(TimeSeries|WorldMap)/.test(name));
  check(heavy.length >= 2, 'they are chunks of their own');
});

await main();
