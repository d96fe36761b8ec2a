"""Responses outside of the kernel: an application that locks accounts, evidence, tickets, those who are watched."""
import concurrent.futures
import hashlib
import http.client
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import time

import tap
import tocsin

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXAMPLES = tap.SOURCE / "examples" / "account-actions"
SOON = {"TOCSIN_RETRY_SCALE": "0.02"}
EVIL = "203.0.113.7"
POLICY = """policy: test
rows:
    - threat: BRUTE_FORCE
      wish: [BLOCK_IP]
      do:
          - {action: LOCK_ACCOUNT, for: 1h}
          - {action: CAPTURE_EVIDENCE}
          - {action: ENABLE_ENHANCED_MONITORING, for: 1h}
          - {action: CREATE_TICKET}
          - {action: CREATE_INCIDENT}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def ask(port, path, method="GET"):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    link.request(method, path)
    answer = link.getresponse()
    text = answer.read()
    link.close()
    return answer.status, text


class Receiver:
    """One of the reference receivers, as somebody would run it."""

    def __init__(self, work, words, folder):
        self.port, self.words, self.folder = free_port(), words, EXAMPLES / folder
        self.log = open(work / "receiver.log", "ab")
        self.process = None

    def start(self):
        env = {**os.environ, "ACTIONS_KEY": KEY, "ACTIONS_TEST": "1", "PORT": str(self.port)}
        words = [w.replace("PORT", str(self.port)) for w in self.words]
        self.process = subprocess.Popen(words, cwd=self.folder, env=env, stdout=self.log, stderr=self.log)
        for _ in range(200):
            try:
                ask(self.port, "/account/nobody")
                return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the receiver does not start")

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def locked(self, name):
        return ask(self.port, "/account/" + name)[0] == 423


def config(work, port, more=""):
    (work / "key").write_text(KEY)
    (work / "key").chmod(0o600)
    (work / "policy.yml").write_text(POLICY)
    return (f"respond:\n  armed: true\n  policy: {work}/policy.yml\n  app_url: http://127.0.0.1:{port}/security/actions\n"
            f"  app_secret: {{file: {work}/key}}\n  app_check: 200ms\n" + more)


def brute_force(daemon, user="eve"):
    daemon.post([tocsin.login(EVIL, user, False, time.time() - 20 + i / 10) for i in range(40)])


def responses(daemon, action):
    found = daemon.json("GET", f"/v1/blocks?limit=1000&action={action}")["blocks"]
    return [daemon.json("GET", f"/v1/blocks/{b['id']}") for b in found]


def carried(daemon, action):
    found = responses(daemon, action)
    return found[0].get("carried", {}).get("state") if found else None


def whole_way(work, receiver):
    receiver.start()
    try:
        daemon = tocsin.Daemon(work, config(work, receiver.port), env=SOON)
        brute_force(daemon)
        daemon.wait(lambda: receiver.locked("eve"))
        tap.check(not receiver.locked("ann"), "nobody else is")
        daemon.wait(lambda: carried(daemon, "LOCK_ACCOUNT") == "held" and responses(daemon, "LOCK_ACCOUNT")[0]["result"] == "the application holds it")
        # The application forgets it: it is told again, once.
        ask(receiver.port, "/forget", "POST")
        daemon.wait(lambda: receiver.locked("eve"))
        # It forgets again: that is shown, and again after a restart.
        ask(receiver.port, "/forget", "POST")
        daemon.wait(lambda: carried(daemon, "LOCK_ACCOUNT") == "drift")
        tap.check(not receiver.locked("eve"), "it is not told for ever")
        daemon.stop()
        daemon = tocsin.Daemon(work, config(work, receiver.port), env=SOON)
        daemon.wait(lambda: carried(daemon, "LOCK_ACCOUNT") == "drift")
        daemon.wait(lambda: "does not hold it" in responses(daemon, "LOCK_ACCOUNT")[0]["result"])
        one = responses(daemon, "LOCK_ACCOUNT")[0]
        tap.equal(one["state"], "active")
        tap.check("drift" in one["result"] and any("told again" in line["result"] for line in one["audit"]), one)
        # A person locks another one, and undoes it.
        made = daemon.json("POST", "/v1/blocks", json.dumps({"entity": "o'neil & co", "action": "LOCK_ACCOUNT", "for": "1h"}), 201)
        daemon.wait(lambda: receiver.locked("o%27neil%20%26%20co"))
        daemon.json("POST", f"/v1/blocks/{made['id']}/undo", "{}")
        daemon.wait(lambda: not receiver.locked("o%27neil%20%26%20co"))
        daemon.wait(lambda: daemon.json("GET", f"/v1/blocks/{made['id']}")["carried"]["state"] == "over")
        # A short one ends in the application though the daemon is dead.
        daemon.json("POST", "/v1/blocks", json.dumps({"entity": "short", "action": "SUSPEND_USER", "for": "2s"}), 201)
        daemon.wait(lambda: receiver.locked("short"))
        daemon.kill()
        end = time.monotonic() + 5
        while receiver.locked("short") and time.monotonic() < end:
            time.sleep(0.1)
        tap.check(not receiver.locked("short"), "its time is over")
    finally:
        receiver.stop()


def express(work):
    """The folder of the example with Express beside it; SDK_MODULES names where `npm install express@4` was run."""
    modules = pathlib.Path(os.environ.get("SDK_MODULES", "/nowhere")) / "node_modules"
    if not (modules / "express").exists():
        return None
    shutil.copytree(EXAMPLES / "express", work / "app", ignore=shutil.ignore_patterns("node_modules"))
    (work / "app" / "node_modules").symlink_to(modules.resolve())
    return work / "app"


@tap.case
def the_reference_receivers(work):
    python = ["/usr/bin/python3", "-B"]
    ways = {"python": (python + ["plain.py"], "fastapi")}
    if shutil.which("node"):
        ways["node"] = (["node", "server.mjs"], "express")
        if folder := express(work):
            ways["express"] = (["node", "server.mjs"], folder)
    if subprocess.run(python + ["-c", "import fastapi, uvicorn"], capture_output=True).returncode == 0:
        ways["fastapi"] = (python + ["-m", "uvicorn", "app:app", "--port", "PORT"], "fastapi")
    print("#", *ways)

    def one(name):
        (work / name).mkdir()
        whole_way(work / name, Receiver(work / name, *ways[name]))
    with concurrent.futures.ThreadPoolExecutor(len(ways)) as pool:
        list(pool.map(one, ways))
    if "express" in ways:
        tap.check("with express" in (work / "express" / "receiver.log").read_text(), "by express")


class Counting(http.server.BaseHTTPRequestHandler):
    """Counts who is told what by which id, and fails as it is asked to."""

    def reply(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        app = self.server
        with app.lock:
            app.seen.append((self.command, self.headers["webhook-id"], json.loads(body) if body else None))
            if app.refuse and body:
                self.send_response(422)
                self.end_headers()
                return
            if app.fail:
                app.fail -= 1
                self.send_response(503)
                self.end_headers()
                return
            if body:
                said = json.loads(body)
                app.held = said["type"] == "action.begin"
            answer = json.dumps({"state": "on" if app.held else "off"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = reply

    def log_message(self, *words):
        pass


def counting():
    app = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    app.seen, app.fail, app.refuse, app.held, app.lock = [], 0, False, False, threading.Lock()
    threading.Thread(target=app.serve_forever, daemon=True).start()
    return app


def killed_at(work, point):
    place = work / point.replace(".", "-")
    place.mkdir()
    app = counting()
    app.fail = 1
    settings = config(place, app.server_port)
    daemon = tocsin.Daemon(place, settings, env={**SOON, "TOCSIN_CRASH": f"{point}:1", "TOCSIN_CRASH_ONCE": str(place / "died")})
    status, text = daemon.request("POST", "/v1/blocks", json.dumps({"entity": "eve", "action": "LOCK_ACCOUNT", "for": "1h"}))
    tap.equal(status, 201, text)
    daemon.process.wait(timeout=20)
    daemon = tocsin.Daemon(place, settings, env=SOON)
    daemon.wait(lambda: carried(daemon, "LOCK_ACCOUNT") == "held")
    daemon.wait(lambda: "names no end" in responses(daemon, "LOCK_ACCOUNT")[0]["result"])
    told = {key for method, key, body in app.seen if method == "POST"}
    tap.equal(len(told), 1, point, "one key, however often it was told", told)
    daemon.stop()
    app.shutdown()


@tap.case
def nothing_is_lost_wherever_it_is_killed(work):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda point: killed_at(work, point), ("carry.due", "carry.told", "carry.stored")))


@tap.case
def who_may_not_is_turned_away(work):
    receiver = Receiver(work, ["/usr/bin/python3", "-B", "plain.py"], "fastapi").start()
    try:
        tap.equal(ask(receiver.port, "/security/actions?action=LOCK_ACCOUNT&kind=user&entity=eve")[0], 401)
        tap.equal(ask(receiver.port, "/security/actions", "POST")[0], 401)
        settings = config(work, receiver.port)
        (work / "key").write_text(KEY[:-4] + "AAAA")  # another key than the application's
        daemon = tocsin.Daemon(work, settings, env=SOON)
        daemon.json("POST", "/v1/blocks", json.dumps({"entity": "eve", "action": "LOCK_ACCOUNT", "for": "1h"}), 201)
        daemon.wait(lambda: "401" in responses(daemon, "LOCK_ACCOUNT")[0]["result"])
        tap.check(not receiver.locked("eve"), "it is not locked")
        daemon.stop()
    finally:
        receiver.stop()


@tap.case
def what_anybody_can_send_waits_for_a_person(work):
    app, port = counting(), free_port()
    # A source that can be forged, and a proxy that must not be blocked whatever is said of it.
    settings = config(work, app.server_port)
    (work / "policy.yml").write_text(POLICY.replace("      do:\n", "      do:\n          - {action: BLOCK_IP, for: 1h}\n"))
    daemon = tocsin.Daemon(work, settings + f"sources:\n  - {{type: syslog_udp, listen: '127.0.0.1:{port}'}}\n",
                           env={**SOON, "TOCSIN_HTTP_TRUSTED_PROXIES": "198.51.100.0/24"})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for i in range(40):
            when = time.strftime("%b %e %H:%M:%S", time.gmtime())
            out.sendto(f"<38>{when} h sshd[{i}]: Failed password for eve from {EVIL} port {i + 1000} ssh2".encode(), ("127.0.0.1", port))
    daemon.wait(lambda: responses(daemon, "LOCK_ACCOUNT"))
    for action in ("LOCK_ACCOUNT", "BLOCK_IP"):
        one = responses(daemon, action)[0]
        tap.equal(one["state"], "proposed", one)
        tap.check("others can write" in one["result"], one)
    tap.equal(app.seen, [])
    daemon.json("POST", f"/v1/blocks/{responses(daemon, 'LOCK_ACCOUNT')[0]['id']}/approve", "{}")
    daemon.wait(lambda: app.held)
    # What comes by a source that is trusted is acted upon; not against the proxy in front.
    daemon.post([tocsin.login("198.51.100.9", "bob", False, time.time() - 20 + i / 10) for i in range(40)])
    daemon.wait(lambda: len(responses(daemon, "BLOCK_IP")) == 2)
    one = responses(daemon, "BLOCK_IP")[0]
    tap.check(one["state"] == "failed" and "a proxy of http.trusted_proxies" in one["result"], one)
    daemon.stop()


@tap.case
def an_application_that_refuses(work):
    app = counting()
    app.refuse = True
    daemon = tocsin.Daemon(work, config(work, app.server_port), env=SOON)
    for entity, action in ((EVIL, "REQUIRE_CAPTCHA"), ("eve", "LOCK_ACCOUNT"), ("*", "BLOCK_ALL_TRAFFIC")):
        daemon.json("POST", "/v1/blocks", json.dumps({"entity": entity, "action": action, "for": "1h"}), 201)
    daemon.wait(lambda: len(app.seen) == 3)
    daemon.wait(lambda: "422" in responses(daemon, "REQUIRE_CAPTCHA")[0]["result"])
    # Bouncers ask for a captcha all the same; what only the application can do has failed, and is not tried for ever.
    tap.equal([responses(daemon, a)[0]["state"] for a in ("REQUIRE_CAPTCHA", "LOCK_ACCOUNT", "BLOCK_ALL_TRAFFIC")],
              ["active", "failed", "failed"])
    tap.equal(sorted((b["kind"], b["entity"], b["action"]) for _, _, b in app.seen),
              [("address", EVIL, "REQUIRE_CAPTCHA"), ("all", "*", "BLOCK_ALL_TRAFFIC"), ("user", "eve", "LOCK_ACCOUNT")])
    tap.equal([d["type"] for d in daemon.json("GET", "/v1/decisions")], ["captcha"])
    time.sleep(0.6)
    tap.equal(len(app.seen), 3, app.seen)
    daemon.stop()


@tap.case
def evidence_watch_and_ticket(work):
    app = counting()
    daemon = tocsin.Daemon(work, config(work, app.server_port), env=SOON)
    brute_force(daemon)
    daemon.wait(lambda: responses(daemon, "CAPTURE_EVIDENCE") and "sha256" in responses(daemon, "CAPTURE_EVIDENCE")[0]["result"])
    said = responses(daemon, "CAPTURE_EVIDENCE")[0]["result"]
    name = said.split(":")[0].removeprefix("evidence/")
    status, text = daemon.request("GET", "/v1/evidence/" + name)
    tap.equal((status, hashlib.sha256(text).hexdigest()), (200, said.split("sha256 ")[1]))
    lines = [json.loads(line) for line in text.splitlines()]
    tap.equal(({e["client_ip"] for e in lines}, len(lines)), ({EVIL}, 40))
    tap.equal([f["name"] for f in daemon.json("GET", "/v1/evidence")["files"]], [name])
    tap.equal(daemon.request("GET", "/v1/evidence/..%2Ftoken")[0], 404)
    # There is no channel that makes tickets: that is said, and the rest is done.
    tap.equal([b["state"] for b in responses(daemon, "CREATE_TICKET")], ["failed"])
    daemon.wait(lambda: [b["state"] for b in responses(daemon, "CREATE_INCIDENT")] == ["expired"])
    tap.check("INC-" in responses(daemon, "CREATE_INCIDENT")[0]["result"], responses(daemon, "CREATE_INCIDENT"))
    # All that comes from now on of address and user is marked.
    tap.equal({b["entity"] for b in responses(daemon, "ENABLE_ENHANCED_MONITORING")}, {EVIL, "eve"})
    daemon.wait(lambda: carried(daemon, "ENABLE_ENHANCED_MONITORING") == "held")
    daemon.post([tocsin.login("198.51.100.3", "eve", True, time.time()), tocsin.login(EVIL, "bob", True, time.time()),
                 tocsin.login("198.51.100.3", "ann", True, time.time())])
    rows = daemon.sql("SELECT user_name FROM security_events WHERE extra LIKE '%watched%' ORDER BY seq")
    tap.equal([r[0] for r in rows], ["eve", "bob"])
    for one in responses(daemon, "ENABLE_ENHANCED_MONITORING"):
        daemon.json("POST", f"/v1/blocks/{one['id']}/undo", "{}")
    daemon.wait(lambda: all("sha256" in b["result"] for b in responses(daemon, "ENABLE_ENHANCED_MONITORING")))
    kept = (work / "data" / "evidence").glob("watched-*.ndjson")
    tap.equal(sorted(json.loads(line)["user_name"] for f in kept for line in f.read_text().splitlines()), ["bob", "eve"])
    daemon.stop()


@tap.case
def a_ticket(work):
    made = []

    class Github(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            made.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))["title"]))
            answer = b'{"number":7,"html_url":"https://github.example/7"}'
            self.send_response(201)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Github)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (work / "token").write_text("t")
    (work / "token").chmod(0o600)
    # The channel hears of nothing by itself: the alert is not urgent enough.
    channel = (f"channels:\n  - {{name: issues, type: kind, kind: github, min_severity: CRITICAL, secret: {{file: {work}/token}},\n"
               f"     settings: {{repository: o/r, url: 'http://127.0.0.1:{server.server_port}', allow_private: true}}}}\n")
    daemon = tocsin.Daemon(work, config(work, free_port(), channel), env=SOON)
    brute_force(daemon)
    daemon.wait(lambda: made)
    one = responses(daemon, "CREATE_TICKET")
    tap.equal([(b["state"], b["result"]) for b in one], [("expired", "ordered by issues")])
    brute_force(daemon)
    time.sleep(1)
    tap.equal(len(made), 1, "one alert, one ticket", made)
    daemon.stop()


tap.main()
