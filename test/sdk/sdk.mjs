// What the vendors' own SDKs send, beside what our channel files make of an alert.
//
//   npm install @slack/webhook@7 @slack/web-api@7 @pagerduty/pdjs@2 @sendgrid/mail@8 twilio@5 \
//     @smithy/signature-v4@5 @aws-crypto/sha256-js@5 @aws-sdk/client-cloudwatch@3
//                                                         in some folder
//   SDK_MODULES=FOLDER TOCSIN_BUILD=BUILD node test/sdk/sdk.mjs
//
// Not a part of `make test`: it needs packages of the registry.  What is absent is skipped.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const need = createRequire(join(process.env.SDK_MODULES ?? ROOT, 'x.js'));
const got = [];
const server = createServer((request, answer) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    got.push({ method: request.method, path: request.url, headers: request.headers, body: Buffer.concat(parts).toString() });
    const slack = request.url.endsWith('chat.postMessage');
    answer.writeHead(request.url.includes('mail/send') || request.url.includes('enqueue') ? 202 : 200, {
      'Content-Type': 'application/json',
    });
    answer.end(slack ? '{"ok":true}' : '{"status":"success","sid":"SM1"}');
  });
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const base = `http://127.0.0.1:${server.address().port}`;

// The request of a channel file as test/unit/notify/kinds has it.
function ours(kind) {
  const lines = readFileSync(join(ROOT, `test/unit/notify/kinds/${kind}.txt`), 'utf8').split('\n');
  const [method, url] = lines[2].split(' ');
  const end = lines.indexOf('', 3);
  const headers = Object.fromEntries(
    lines.slice(3, end).filter((l) => l.includes(': ')).map((l) => [l.split(': ')[0].toLowerCase(), l.slice(l.indexOf(': ') + 2)]),
  );
  return { method, path: url.replace(/^https:\/\/[^/]*/, ''), headers, body: lines.slice(end + 1).join('\n').trim(), secret: lines[1] };
}
const form = (text) => Object.fromEntries(new URLSearchParams(text));
function same(what, a, b) {
  if (!isDeepStrictEqual(a, b)) throw new Error(`${what}\n  ours ${JSON.stringify(a)}\n  sdk  ${JSON.stringify(b)}`);
}
const kindOfContent = (type) => (type ?? '').split(';')[0];

const cases = {
  'slack: incoming webhook': async () => {
    const { IncomingWebhook } = need('@slack/webhook');
    const mine = ours('slack');
    await new IncomingWebhook(base + mine.path).send(JSON.parse(mine.body));
    // The SDK sends its own `timeout` along.
    return ['slack', (text) => ({ ...JSON.parse(text), timeout: undefined })];
  },
  'slack: chat.postMessage': async () => {
    const { WebClient } = need('@slack/web-api');
    const mine = ours('slack_api');
    await new WebClient(mine.secret, { slackApiUrl: `${base}/api/` }).chat.postMessage(JSON.parse(mine.body));
    // The SDK writes a form whose members are JSON; the API takes both.
    return ['slack_api', (text) => (text.startsWith('{') ? JSON.parse(text) : plain(form(text))), { content: false }];
  },
  'pagerduty: event': async () => {
    const { event } = need('@pagerduty/pdjs');
    const mine = ours('pagerduty');
    await event({ data: JSON.parse(mine.body), server: base.replace('http://', '') , protocol: 'http' }).catch(() => {});
    if (got.length === 0) throw Object.assign(new Error('this SDK calls https only'), { code: 'MODULE_NOT_FOUND' });
    return ['pagerduty', JSON.parse];
  },
  'sendgrid: mail': async () => {
    const sendgrid = need('@sendgrid/mail');
    const mine = ours('sendgrid');
    const { personalizations, from, subject, content, tracking_settings: t } = JSON.parse(mine.body);
    sendgrid.setApiKey(mine.secret);
    sendgrid.client.setDefaultRequest('baseUrl', `${base}/`);
    await sendgrid.send({
      personalizations,
      from,
      subject,
      content,
      trackingSettings: {
        clickTracking: { enable: t.click_tracking.enable, enableText: t.click_tracking.enable_text },
        openTracking: { enable: t.open_tracking.enable },
      },
    });
    return ['sendgrid', JSON.parse];
  },
  'twilio: message': async () => {
    const twilio = need('twilio');
    const mine = form(ours('twilio').body);
    const client = twilio('AC1', 'token', {
      httpClient: {
        request: async (o) => {
          const body = new URLSearchParams(o.data).toString();
          await fetch(base + new URL(o.uri).pathname, { method: o.method, body, headers: { ...o.headers, Authorization: 'Basic x' } });
          return { statusCode: 201, body: { sid: 'SM1' } };
        },
      },
    });
    await client.messages.create({ to: mine.To, from: mine.From, body: mine.Body });
    return ['twilio', form];
  },
  'cloudwatch: metric data': async () => {
    const { CloudWatchClient, PutMetricDataCommand } = need('@aws-sdk/client-cloudwatch');
    const mine = ours('cloudwatch_metrics');
    const { Namespace, MetricData } = JSON.parse(mine.body);
    const client = new CloudWatchClient({
      region: 'eu-central-1',
      endpoint: base,
      credentials: { accessKeyId: 'AKID', secretAccessKey: 'SECRET' },
      maxAttempts: 1,
    });
    const dated = MetricData.map((m) => ({ ...m, Timestamp: new Date(m.Timestamp * 1000) }));
    await client.send(new PutMetricDataCommand({ Namespace, MetricData: dated })).catch(() => {});
    same('target', mine.headers['x-amz-target'], got.at(-1).headers['x-amz-target']);
    return ['cloudwatch_metrics', JSON.parse];
  },
};
const plain = (map) =>
  Object.fromEntries(
    Object.entries(map).map(([k, v]) => [k, /^[[{]/.test(v) && k === 'attachments' ? JSON.parse(v) : v === 'false' ? false : v]),
  );

// AWS: the program itself sends; the signature is made again by the SDK's signer.
for (const [kind, service] of [['ses', 'ses'], ['sns', 'sns'], ['cloudwatch', 'logs'], ['cloudwatch_metrics', 'monitoring']]) {
  cases[`${kind}: signature`] = async () => {
    const { SignatureV4 } = need('@smithy/signature-v4');
    const { Sha256 } = need('@aws-crypto/sha256-js');
    const seen = await sendTest(kind);
    const [, scope, names, signature] = /Credential=AKID\/(\S+?),? ?SignedHeaders=(\S+?),? ?Signature=(\w+)/.exec(seen.headers.authorization);
    const at = seen.headers['x-amz-date'];
    const signer = new SignatureV4({
      credentials: { accessKeyId: 'AKID', secretAccessKey: 'SECRET' }, region: 'eu-central-1', service, sha256: Sha256, applyChecksum: false,
    });
    const headers = Object.fromEntries(names.split(';').map((n) => [n, seen.headers[n]]));
    const signed = await signer.sign(
      { method: seen.method, hostname: '127.0.0.1', path: seen.path, query: {}, headers, body: seen.body },
      { signingDate: new Date(at.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z')), signableHeaders: new Set(names.split(';')) },
    );
    same('signature', signature, /Signature=(\w+)/.exec(signed.headers.authorization)[1]);
    same('scope', scope, `${at.slice(0, 8)}/eu-central-1/${service}/aws4_request`);
    return null;
  };
}

async function sendTest(kind) {
  const build = process.env.TOCSIN_BUILD;
  if (!build) throw Object.assign(new Error('TOCSIN_BUILD is not set'), { code: 'MODULE_NOT_FOUND' });
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-sdk-'));
  const extra = { sns: 'topic: "arn:aws:sns:eu-central-1:1:t"', ses: 'from: a@example.org, to: [b@example.org]', cloudwatch: 'group: g, stream: s', cloudwatch_metrics: 'namespace: N' };
  writeFileSync(
    join(dir, 't.yml'),
    `data_dir: ${dir}/data\nchannels:\n- {type: kind, kind: ${kind}, name: it, secret: {env: AWS_TEST}, settings: {region: eu-central-1, key_id: AKID, url: "${base}", allow_private: true, ${extra[kind]}}}\n`,
  );
  const env = { ...process.env, AWS_TEST: 'SECRET' };
  const daemon = spawn(join(build, 'tocsin'), ['serve', '--config', join(dir, 't.yml'), '--listen', '127.0.0.1:0'], { env, stdio: 'ignore' });
  try {
    for (let i = 0; i < 100; i++) {
      const child = spawn(join(build, 'tocsin'), ['send-test', '--config', join(dir, 't.yml'), 'it'], { env, stdio: 'ignore' });
      await new Promise((done) => child.on('exit', done));
      if (got.length) return got.at(-1);
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error('nothing arrived');
  } finally {
    daemon.kill();
    await new Promise((done) => daemon.on('exit', done));
    rmSync(dir, { recursive: true });
  }
}

let n = 0;
let failed = 0;
for (const [name, run] of Object.entries(cases)) {
  got.length = 0;
  n++;
  try {
    const result = await run();
    if (result) {
      const [kind, read, { content = true } = {}] = result;
      const [mine, theirs] = [ours(kind), got.at(-1)];
      same('method', mine.method, theirs.method);
      same('path', mine.path, theirs.path);
      same('body', read(mine.body), read(theirs.body));
      if (content) same('content', kindOfContent(mine.headers['content-type']), kindOfContent(theirs.headers['content-type']));
      if (mine.headers.authorization) same('authorization', mine.headers.authorization, theirs.headers.authorization);
    }
    console.log(`ok ${n} ${name}`);
  } catch (error) {
    const absent = error.code === 'MODULE_NOT_FOUND';
    failed += !absent;
    console.log(absent ? `ok ${n} ${name} # SKIP ${error.message.split('\n')[0]}` : `not ok ${n} ${name}\n# ${error.stack}`);
  }
}
console.log(`1..${n}`);
server.close();
server.closeAllConnections();
process.exit(failed ? 1 : 0);
