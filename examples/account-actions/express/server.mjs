// The receiver in an Express application:
//
//   npm install
//   ACTIONS_KEY=whsec_... PORT=3000 node server.mjs
//
// Without Express (npm install was not run) the same answers come from node:http alone.
import { createServer } from 'node:http';
import { Actions } from './actions.mjs';
import { verify } from './signature.mjs';

const key = process.env.ACTIONS_KEY ?? '';
if (!/^whsec_[A-Za-z0-9+/=]{32,}$/.test(key)) throw new Error('ACTIONS_KEY: whsec_ and base64 of 24 to 64 bytes');
const actions = new Actions();

// `target` is the path and query as they came, `body` the bytes of a POST.
function answer(method, target, headers, body) {
  const query = target.includes('?') ? target.slice(target.indexOf('?') + 1) : '';
  if (!verify(key, headers, method === 'GET' ? query : body)) return [401, { error: 'the signature does not hold' }];
  if (method === 'GET') return [200, actions.state(Object.fromEntries(new URLSearchParams(query)))];
  try {
    return actions.take(headers['webhook-id'], JSON.parse(body));
  } catch {
    return [400, { error: 'no JSON' }];
  }
}

// The rest of the application: whoever is locked is turned away, wherever he is.
function account(name) {
  const locked = ['LOCK_ACCOUNT', 'SUSPEND_USER'].some((action) => actions.holds(action, 'user', name));
  return locked ? [423, { error: 'this account is locked for now' }] : [200, { account: name }];
}

async function withExpress() {
  const { default: express } = await import('express');
  const app = express();
  const raw = express.raw({ type: () => true, limit: '64kb' }); // a signature is over bytes, not over what JSON makes of them
  const reply = (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const [status, what] = answer(request.method, request.originalUrl, request.headers, body);
    response.status(status).json(what);
  };
  app.get('/security/actions', reply);
  app.post('/security/actions', raw, reply);
  app.get('/account/:name', (request, response) => {
    const [status, what] = account(request.params.name);
    response.status(status).json(what);
  });
  if (process.env.ACTIONS_TEST) app.post('/forget', (request, response) => response.json(actions.forget() ?? {}));
  return createServer(app);
}

function plain() {
  return createServer((request, response) => {
    const parts = [];
    let size = 0;
    request.on('data', (part) => {
      size += part.length;
      if (size > 65536) request.destroy();
      else parts.push(part);
    });
    request.on('end', () => {
      const path = request.url.split('?')[0];
      let [status, what] = [404, { error: 'nothing here' }];
      if (path === '/security/actions') [status, what] = answer(request.method, request.url, request.headers, Buffer.concat(parts));
      else if (path.startsWith('/account/')) [status, what] = account(decodeURIComponent(path.slice(9)));
      else if (path === '/forget' && process.env.ACTIONS_TEST) [status, what] = [200, actions.forget() ?? {}];
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(what));
    });
  });
}

const [server, how] = await withExpress().then(
  (made) => [made, 'express'],
  () => [plain(), 'node:http'],
);
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`listening on ${server.address().port} with ${how}`));
