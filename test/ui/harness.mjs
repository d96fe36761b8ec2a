// Tests of the page in a real browser against the real program, reported as TAP.
//
//   import { test, main, signIn, ... } from './harness.mjs';
//   test('says hello', async ({ daemon, open }) => { const page = await open('/'); ... });
//   await main();
//
// Each file has one daemon and one browser; each test gets `open(path, options)`: a page in a
// context of its own that is signed in as the admin, unless {as: null}.  After each test the
// pages must have been free of policy violations, errors on the console and dialogs.
//   node test/ui/FILE.mjs WORD     only tests with WORD in their name
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Daemon, ROOT, sleep } from './daemon.mjs';

const require = createRequire(join(ROOT, 'ui', 'package.json'));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export { Daemon, ROOT, sleep };
export const ADMIN = { name: 'ana', password: 'a quiet bell at night' };
export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 390, height: 800 };
export const THEMES = ['light', 'dark'];
const DEADLINE = Number(process.env.TEST_TIMEOUT ?? 90) * 1000;
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const tests = [];
let starting = () => Daemon.start();

export function test(name, run) {
  tests.push({ name, run });
}
// How the daemon of this file is started: useDaemon(() => Daemon.start({config: ...})).
export function useDaemon(start) {
  starting = start;
}

export function check(truth, ...words) {
  if (!truth) throw new Error(words.join(' ') || 'is false');
}
export function equal(got, want, ...words) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)];
  check(a === b, ...words, `\n  got  ${a}\n  want ${b}`);
}

export function launch() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell';
  return chromium.launch({ executablePath, args: FLAGS });
}

// What went wrong on a page, in words; refusals that a test provokes are listed in `page.expected`.
function watch(page, faults) {
  page.expected = [];
  const fault = (kind, text) => {
    if (!page.expected.some((known) => text.includes(known))) faults.push(`${kind}: ${text.slice(0, 300)}`);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') fault('console', `${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => fault('error', String(error)));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
}

// Accessibility: what axe finds, as lines.  Runs as a debugger does, past the page's policy.
export async function axe(page, extra = []) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Runtime.evaluate', { expression: AXE });
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice', ...extra];
  const { result } = await cdp.send('Runtime.evaluate', {
    expression: `axe.run(document, {runOnly: ${JSON.stringify(tags)}}).then((r) => JSON.stringify(
      r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 160)).join(' | '))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await cdp.detach();
  return JSON.parse(result.value);
}

// Nothing sticks out sideways: neither the window nor the main part can be scrolled that way.
export function overflows(page) {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main')]
      .filter((box) => box.scrollWidth > box.clientWidth + 1)
      .map((box) => `${box.tagName} ${box.scrollWidth} > ${box.clientWidth}`),
  );
}

// axe and overflow of a path in both themes and widths.  look(page) brings it to the state to see.
export async function everyLook(open, path, look = async () => {}) {
  for (const viewport of [WIDE, NARROW]) {
    const page = await open(path, { viewport, colorScheme: THEMES[0], reducedMotion: 'reduce' });
    await look(page);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const where = `${path} ${viewport.width} ${colorScheme}`;
      equal(await axe(page), [], 'axe', where);
      equal(await overflows(page), [], 'sideways', where);
    }
    await page.context().close();
  }
}

// A page of the application has come up and its data is there.
export async function settled(page) {
  await page.locator('main').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('[role=status] .vh')?.textContent.startsWith('Loading'));
}

export async function signIn(page, { name, password } = ADMIN) {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

// Takes up an invitation by the page itself.
export async function takeUp(page, link, { name, password }) {
  await page.goto(link);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password again').fill(password);
  await page.getByRole('button', { name: /Begin|Join/ }).click();
}

// Makes a user over the API and gives the storage state of a browser signed in as it.
async function stateOf(browser, daemon, who) {
  const context = await browser.newContext();
  const page = await context.newPage();
  if (who.name === ADMIN.name && daemon.link) {
    await takeUp(page, daemon.link, who);
    daemon.link = null;
  } else {
    const { url } = await daemon.api('POST', '/v1/users', { name: who.name, role: who.role });
    await takeUp(page, daemon.base + url, who);
  }
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

async function runOne(one, kit) {
  const { browser, daemon, states } = kit;
  const faults = [];
  const contexts = [];
  // as: {name, password, role} of a user that is made when it is new; null: nobody.
  const open = async (path, { as = ADMIN, ...options } = {}) => {
    if (as && !states.has(as.name)) states.set(as.name, await stateOf(browser, daemon, as));
    const context = await browser.newContext({
      viewport: WIDE,
      ...(as ? { storageState: states.get(as.name) } : {}),
      ...options,
    });
    contexts.push(context);
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    watch(page, faults);
    if (path !== null) {
      await page.goto(daemon.base + path);
      await settled(page);
    }
    return page;
  };
  let timer;
  try {
    const late = new Promise((_, fail) => {
      timer = setTimeout(() => fail(new Error(`not done after ${DEADLINE / 1000} s`)), DEADLINE);
    });
    await Promise.race([one.run({ ...kit, open, watch: (page) => watch(page, faults) }), late]);
    equal(faults, [], 'pages must be free of faults');
  } catch (error) {
    if (process.env.UI_SHOT) {
      const pages = contexts.flatMap((context) => context.pages());
      for (const [i, page] of pages.entries()) {
        await page.screenshot({ path: `${process.env.UI_SHOT}-${i}.png` }).catch(() => {});
      }
    }
    throw faults.length ? new Error(`${error.message}\n${faults.join('\n')}`) : error;
  } finally {
    clearTimeout(timer);
    for (const context of contexts) await context.close().catch(() => {});
  }
}

export async function main() {
  const word = process.argv[2] ?? '';
  const chosen = tests.filter(({ name }) => name.includes(word));
  console.log(`1..${chosen.length}`);
  const browser = await launch();
  const daemon = await starting();
  const kit = { browser, daemon, states: new Map() };
  let failed = 0;
  for (const [i, one] of chosen.entries()) {
    try {
      await runOne(one, kit);
      console.log(`ok ${i + 1} - ${one.name}`);
    } catch (error) {
      failed++;
      console.log(`not ok ${i + 1} - ${one.name}`);
      console.log(String(error.stack ?? error).replace(/^/gm, '# '));
    }
  }
  await browser.close();
  await daemon.close();
  process.exitCode = failed ? 1 : 0;
}
