// npm's bouncer of CrowdSec against our decisions API: asking for each address, and following the stream.
//
//   npm install @crowdsec/nodejs-bouncer@0.2.0            in some folder
//   SDK_MODULES=FOLDER TOCSIN_BUILD=BUILD node test/sdk/bouncer.mjs
//
// Not a part of `make test`: it needs a package of the registry.  Without it the cases are skipped.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const modules = process.env.SDK_MODULES ?? ROOT;
const place = join(modules, 'node_modules/@crowdsec/nodejs-bouncer/dist/index.js');
const library = await import(pathToFileURL(place)).catch(() => null);

function same(got, want, what) {
  if (!isDeepStrictEqual(got, want)) throw new Error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

async function serve() {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-bouncer-'));
  writeFileSync(join(dir, 't.yml'), 'http:\n  listen: 127.0.0.1:0\n');
  const child = spawn(join(process.env.TOCSIN_BUILD ?? join(ROOT, 'build'), 'tocsin'), ['serve', '--config', join(dir, 't.yml')], { cwd: dir });
  const base = await new Promise((found, gone) => {
    let said = '';
    child.stdout.on('data', (part) => {
      said += part;
      const line = /Listening on (http:\S+)/.exec(said);
      if (line) found(line[1]);
    });
    child.on('exit', () => gone(new Error('the daemon does not start')));
  });
  const token = readFileSync(join(dir, 'data/token'), 'utf8').trim().split(/\s/).pop();
  const ask = async (method, path, body) => {
    const answer = await fetch(base + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const end = async () => {
    child.removeAllListeners('exit');
    const gone = new Promise((done) => child.on('exit', done));
    child.kill();
    await gone;
    rmSync(dir, { recursive: true });
  };
  return { base, token, ask, end };
}

const [EVIL, NEAR, ODD, GOOD] = ['203.0.113.7', '198.51.100.77', '203.0.113.9', '203.0.113.8'];
const settings = (at, more) => ({ url: at.base, bouncerApiToken: at.token, cleanIpCacheDuration: 0, badIpCacheDuration: 0, ...more });

const cases = {
  'the connection and the key': async (at) => {
    const good = new library.CrowdSecBouncer(settings(at));
    same((await good.lapiClient.checkConnectionHealth()).status, 'OK', 'with the key');
    const bad = new library.CrowdSecBouncer(settings({ ...at, token: 'wrong-wrong-wrong' }));
    same((await bad.lapiClient.checkConnectionHealth()).error, 'INVALID_API_TOKEN', 'with another');
  },
  // All bouncers of a process share one cache: the stream comes first, while it is empty.
  'the stream is followed': async (at) => {
    const bouncer = new library.CrowdSecBouncer(settings(at, { streamMode: true }));
    const ask = async (ip) => (await bouncer.getIpRemediation(ip)).remediation;
    await at.ask('POST', '/v1/blocks', { entity: '198.51.100.0/24', for: '1h' });
    await at.ask('POST', '/v1/blocks', { entity: ODD, for: '1h', action: 'REQUIRE_CAPTCHA' });
    await bouncer.refreshDecisions();
    same(await Promise.all([NEAR, ODD, GOOD].map(ask)), ['ban', 'captcha', 'bypass'], 'from the start');
    const block = await at.ask('POST', '/v1/blocks', { entity: GOOD, for: '1h' });
    await bouncer.refreshDecisions();
    same(await ask(GOOD), 'ban', 'what is new');
    await at.ask('POST', `/v1/blocks/${block.id}/undo`, {});
    await bouncer.refreshDecisions();
    same(await ask(GOOD), 'bypass', 'what is gone');
  },
  'each address is asked for': async (at) => {
    const ask = async (ip) => (await new library.CrowdSecBouncer(settings(at)).getIpRemediation(ip)).remediation;
    same(await ask(EVIL), 'bypass', 'before');
    const block = await at.ask('POST', '/v1/blocks', { entity: EVIL, for: '1h' });
    same(await Promise.all([EVIL, NEAR, ODD, GOOD].map(ask)), ['ban', 'ban', 'captcha', 'bypass'], 'while they hold');
    await at.ask('POST', `/v1/blocks/${block.id}/undo`, {});
    same(await ask(EVIL), 'bypass', 'undone');
  },
};

const names = Object.keys(cases);
console.log(`1..${names.length}`);
if (library === null) {
  names.forEach((name, i) => console.log(`ok ${i + 1} ${name} # SKIP no @crowdsec/nodejs-bouncer: SDK_MODULES`));
} else {
  const at = await serve();
  let failed = 0;
  for (const [i, name] of names.entries()) {
    try {
      await cases[name](at);
      console.log(`ok ${i + 1} ${name}`);
    } catch (error) {
      failed++;
      console.log(`not ok ${i + 1} ${name}\n# ${error.stack}`);
    }
  }
  await at.end();
  process.exit(failed ? 1 : 0);
}
