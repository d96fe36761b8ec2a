// A running `tocsin serve` for tests of the page: data, configuration and port of its own.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const BUILD = process.env.TOCSIN_BUILD ?? join(ROOT, 'build');
export const TOCSIN = join(BUILD, 'tocsin');
const READY_MS = 20_000;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// A port nobody listens on now; kept over restarts, so that an open page finds the daemon again.
export function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

export class Daemon {
  // config: more lines for the configuration file, below `http:` when they are indented.
  static async start({ config = '', env = {} } = {}) {
    const one = new Daemon();
    one.dir = mkdtempSync(join(tmpdir(), 'tocsin-ui-'));
    one.port = await freePort();
    one.base = `http://127.0.0.1:${one.port}`;
    one.env = env;
    one.link = null; // the one-time link of the very first start
    writeFileSync(
      join(one.dir, 'tocsin.yml'),
      `data_dir: data\nhttp:\n  listen: 127.0.0.1:${one.port}\n${config}`,
    );
    await one.run();
    return one;
  }

  async run() {
    const args = ['serve', '--config', join(this.dir, 'tocsin.yml')];
    const child = spawn(TOCSIN, args, {
      cwd: this.dir,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.ended = new Promise((done) => child.on('exit', (code, signal) => done(code ?? signal)));
    child.stderr.on('data', (text) => appendFileSync(join(this.dir, 'log'), text));
    await new Promise((done, fail) => {
      let said = '';
      const late = setTimeout(() => fail(new Error(`not ready: ${this.log()}`)), READY_MS);
      child.stdout.on('data', (text) => {
        said += text;
        this.link = said.match(/http\S+\/welcome#\S+/)?.[0] ?? this.link;
        if (said.includes('Listening on ')) {
          clearTimeout(late);
          done();
        }
      });
      child.on('error', fail);
      child.on('exit', (code) => {
        clearTimeout(late);
        fail(new Error(`the daemon ended with ${code}: ${this.log()}`));
      });
    });
  }

  log() {
    try {
      return readFileSync(join(this.dir, 'log'), 'utf8').slice(-3000);
    } catch {
      return '';
    }
  }

  async stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    return this.ended;
  }
  async restart(pause = 0) {
    await this.stop();
    await sleep(pause);
    await this.run();
  }
  async close() {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  // `tocsin WORDS... --data DIR`: what it printed.
  cli(...words) {
    const done = spawnSync(TOCSIN, [...words, '--data', join(this.dir, 'data')], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`tocsin ${words.join(' ')}: ${done.stderr}`);
    return done.stdout;
  }

  token() {
    return readFileSync(join(this.dir, 'data', 'token'), 'utf8').trim().split(/\s+/).pop();
  }

  // A request with the token of the data folder; the parsed answer.
  async api(method, path, body) {
    const answer = await fetch(this.base + path, {
      method,
      headers: { authorization: `Bearer ${this.token()}` },
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  // Sends events as NDJSON.
  post(events, source = 'test') {
    const lines = events.map((event) => JSON.stringify(event)).join('\n');
    return this.api('POST', `/v1/events?source=${source}`, lines);
  }

  // Calls what() until it gives something true.
  async until(what, words = 'something', ms = 15_000) {
    const end = Date.now() + ms;
    for (;;) {
      const found = await what();
      if (found) return found;
      if (Date.now() > end) throw new Error(`waited in vain for ${words}`);
      await sleep(50);
    }
  }

  // Sends enough failed logins for alerts, and waits for the first.
  async raise(ip = '203.0.113.7', n = 40) {
    const now = Date.now();
    await this.post(
      Array.from({ length: n }, (_, i) => ({
        timestamp: new Date(now - (n - i) * 200).toISOString(),
        event_type: 'auth.login.failed',
        client_ip: ip,
        user_email: `user${i % 5}@example.com`,
        endpoint: '/api/login',
        method: 'POST',
        status_code: 401,
      })),
    );
    const mine = async () => {
      const { alerts } = await this.api('GET', '/v1/alerts?limit=100');
      const found = alerts.filter((alert) => alert.group.includes(ip));
      return found.length ? found : null;
    };
    return this.until(mine, `an alert about ${ip}`);
  }
}

export function outFolder(name) {
  const folder = join(ROOT, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
