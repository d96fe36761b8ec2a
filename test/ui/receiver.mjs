// A receiver of webhooks on this machine: keeps what it gets, answers as told.
import { createServer } from 'node:http';

export class Receiver {
  static async start(port = 0) {
    const one = new Receiver();
    one.status = 200;
    one.says = '';
    one.got = [];
    one.server = createServer((request, answer) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        one.got.push({ headers: request.headers, body });
        answer.writeHead(one.status);
        answer.end(one.says);
      });
    });
    await new Promise((done) => one.server.listen(port, '127.0.0.1', done));
    one.port = one.server.address().port;
    one.url = `http://127.0.0.1:${one.port}/hook`;
    return one;
  }
  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}
