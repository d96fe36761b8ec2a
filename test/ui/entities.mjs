// What an alert says of places, confidence, what to do and whom it concerns; verdicts of a rule.
import { axe, check, Daemon, equal, everyLook, main, overflows, test, useDaemon } from './harness.mjs';
import { guard, harm, PAYLOADS } from './payloads.mjs';

useDaemon(() => Daemon.start());

const login = (minute, user, ip, country, city, latitude, longitude, asn, more = {}) => ({
  timestamp: new Date(Date.now() - (90 - minute) * 60_000).toISOString(),
  event_type: 'auth.login.success',
  user_name: user,
  user_role: 'trader',
  client_ip: ip,
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  asn,
  geolocation: { country, city, latitude, longitude, accuracy_km: 20 },
  ...more,
});
const travel = (user, city = 'Tokyo') => [
  login(0, user, '91.1.2.3', 'DE', 'Berlin', 52.52, 13.4, 3320),
  login(60, user, '126.1.2.3', 'JP', city, 35.68, 139.69, 17676),
];
const drawer = (page) => page.getByRole('complementary', { name: 'Alert' });
const panel = (page, name) =>
  drawer(page).locator('section', { has: page.getByRole('heading', { name, exact: true }) });

// Each from a source of its own: times of one source do not go back.
let sources = 0;
async function travelled(daemon, user, city) {
  await daemon.post(travel(user, city), `app-${++sources}`);
  return daemon.until(async () => {
    const list = await daemon.api('GET', '/v1/alerts?limit=100');
    return list.alerts.find((a) => a.title === 'Impossible travel' && a.summary.includes(user.slice(0, 8)));
  }, `travel of ${user}`);
}

test('an alert tells its terms, what to do and whom it concerns', async ({ daemon, open }) => {
  const alert = await travelled(daemon, 'ann');
  equal([alert.action, alert.confidence > 60], ['LOCK_ACCOUNT', true]);
  const page = await open(`/alerts/${alert.id}`);
  await panel(page, 'What to do').getByText('Lock the account').waitFor();
  await panel(page, 'Why it fired').getByText(`${alert.confidence}%`).waitFor();
  const detail = panel(page, 'In detail');
  for (const text of ['Berlin', 'Tokyo', '800 km/h', '8,917 km'])
    await detail.getByText(text, { exact: true }).first().waitFor();
  await detail.getByText('faster than the limit').waitFor();
  const whom = panel(page, 'Whom it concerns');
  await whom.getByText('91.1.2.3', { exact: true }).waitFor();
  await whom.getByText('ann', { exact: true }).click();
  await whom.getByText('trader').waitFor();
  await whom.getByText('DE (1), JP (1)').or(whom.getByText('JP (1), DE (1)')).waitFor();
  await whom.getByRole('link', { name: 'Impossible travel' }).first().waitFor();
  equal(await axe(page), []);
  equal(await overflows(page), []);
});

test('it is legible on every screen', async ({ daemon, open }) => {
  const alert = await travelled(daemon, 'bea');
  await everyLook(open, `/alerts/${alert.id}`, async (page) => {
    await panel(page, 'Whom it concerns').getByText('bea', { exact: true }).click();
    await panel(page, 'Whom it concerns').getByText('trader').waitFor();
  });
});

test('hostile names stay text', async ({ daemon, open }) => {
  for (const payload of [PAYLOADS[0], PAYLOADS[3], PAYLOADS[7]]) {
    const user = `h${PAYLOADS.indexOf(payload)}xxxxxx ${payload}`;
    const alert = await travelled(daemon, user, payload);
    const page = await open(null);
    await guard(page);
    await page.goto(`${daemon.base}/alerts/${alert.id}`);
    await panel(page, 'Whom it concerns').locator('summary').first().click();
    await panel(page, 'Whom it concerns').getByText('trader').waitFor();
    equal(await harm(page), []);
    equal(await overflows(page), []);
  }
});

test('verdicts make a precision and a hint', async ({ daemon, open }) => {
  for (let i = 0; i < 6; i++) {
    const { id } = await travelled(daemon, `user-${i}-of-six`);
    if (i < 5) await daemon.api('POST', `/v1/alerts/${id}/false-positive`, { note: 'VPN of ours' });
    else await daemon.api('POST', `/v1/alerts/${id}/resolve`, { reason: 'true_positive' });
  }
  const { rules } = await daemon.api('GET', '/v1/rules');
  const rule = rules.find((one) => one.title === 'Impossible travel');
  equal([rule.verdicts.true_positive, rule.verdicts.false_positive], [1, 5]);
  check(rule.verdicts.hint.startsWith('5 of 6 verdicts are false or benign'), rule.verdicts.hint);
  const list = await open('/rules?q=impossible+travel');
  await list.getByRole('cell', { name: '17%' }).waitFor();
  const page = await open(`/rules/${rule.id}`);
  await page.getByText('17% precise: 1 true, 5 false, 0 benign').waitFor();
  await page.getByText('5 of 6 verdicts are false or benign').waitFor();
  await page.getByText('Lock the account').waitFor();
  equal(await axe(page), []);
});

await main();
