"""The same receiver with Python's standard library alone: ACTIONS_KEY=whsec_... PORT=3000 python3 plain.py"""
import http.server
import json
import os
import urllib.parse

from actions import Actions, verify

KEY = os.environ["ACTIONS_KEY"]
actions = Actions()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, what):
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path.startswith("/account/"):
            name = urllib.parse.unquote(path.removeprefix("/account/"))
            locked = any(actions.holds(action, "user", name) for action in ("LOCK_ACCOUNT", "SUSPEND_USER"))
            self.reply(423 if locked else 200, {"account": name})
        elif path != "/security/actions":
            self.reply(404, {"error": "nothing here"})
        elif not verify(KEY, self.headers, query.encode()):
            self.reply(401, {"error": "the signature does not hold"})
        else:
            asked = dict(urllib.parse.parse_qsl(query))
            self.reply(200, actions.state(asked.get("action"), asked.get("kind"), asked.get("entity")))

    def do_POST(self):
        size = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(min(size, 65536))
        if self.path == "/forget" and os.environ.get("ACTIONS_TEST"):
            actions.forget()
            self.reply(200, {})
        elif self.path != "/security/actions":
            self.reply(404, {"error": "nothing here"})
        elif not verify(KEY, self.headers, body):
            self.reply(401, {"error": "the signature does not hold"})
        else:
            self.reply(*actions.take(self.headers["webhook-id"], body))

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Handler)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
