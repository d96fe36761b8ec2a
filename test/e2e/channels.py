"""Channels end to end: CEF by syslog to a collector that reads it by itself, what becomes of an alert
at PagerDuty and at webhooks, messages for one person, test alerts, and kinds as the page makes them."""
import http.server
import json
import re
import socket
import ssl
import subprocess
import threading
import time

import tap
from receivers import Webhook, certificate, free_port
from tocsin import Daemon

CONFIG = """
notify:
  timeout: 2s
store:
  seal_after: 1h
"""
HOSTILE = "u|1\\\\ =x\\r\\nCEF:0|Evil|x|1|1|n|9|src=1"


class Collector:
    """A plain collector of syslog: octets counted, over TCP or TLS, or datagrams."""

    def __init__(self, tls=None, udp=False):
        self.records, self.tls, self.udp = [], tls, udp
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        if not udp:
            self.socket.listen(16)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                if self.udp:
                    self.records.append(self.socket.recv(65536).decode())
                else:
                    self.take(self.socket.accept()[0])
            except OSError:
                return

    def take(self, link):
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.tls)
            link = context.wrap_socket(link, server_side=True)
        with link, link.makefile("rb") as f:
            while True:
                length = b""
                while (c := f.read(1)) not in (b" ", b""):
                    length += c
                if not length:
                    return
                self.records.append(f.read(int(length)).decode())

    def close(self):
        self.socket.close()


def read_cef(record):
    """(priority, fields of the head, extension), as the format says."""
    head = re.fullmatch(r"<(\d+)>1 (\S+) (\S+) (\S+) - - - (CEF:0\|.*)", record, re.S)
    tap.check(head, "no RFC 5424 record", record)
    tap.check("\n" not in record and "\r" not in record, record)
    parts = re.split(r"(?<!\\)(?:\\\\)*\|", head[5], maxsplit=7)
    tap.equal(len(parts), 8, record)
    fields = re.split(r"(?:^|(?<= ))([A-Za-z0-9]+)=", parts[7])
    pairs = dict(zip(fields[1::2], (v.rstrip(" ") for v in fields[2::2])))
    plain = {k: re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), v) for k, v in pairs.items()}
    return int(head[1]), parts[:7], plain


def start(work, config="", **more):
    env = {"TOCSIN_RETRY_SCALE": "0.001", "TOCSIN_HTTP_PUBLIC_URL": "https://tocsin.example.com/",
           **more.pop("env", {})}
    return Daemon(work, CONFIG + config, env=env, args=("--no-store",), **more)


def channel(daemon, name, kind, settings, secret=None, severity="INFO", want=201):
    secrets = {"key" if kind == "webhook" else "secret": secret} if secret else {}
    return daemon.json("POST", "/v1/channels", json.dumps({
        "name": name, "type": kind, "enabled": True, "min_severity": severity,
        "settings": {"allow_private": True, **settings}, "secrets": secrets}), want=want)


def raise_alert(daemon, user="ann", address="198.51.100.7"):
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    daemon.post([{"timestamp": when, "event_type": "auth.token.tampering", "user_name": user,
                  "client_ip": address}])
    daemon.wait(lambda: any(address in a["group"] for a in daemon.alerts()))
    return next(a for a in daemon.alerts() if address in a["group"])


def deliveries(daemon, channel_name):
    return daemon.json("GET", f"/v1/deliveries?channel={channel_name}")["deliveries"]


def wait_sent(daemon, channel_name, n):
    daemon.wait(lambda: [d["state"] for d in deliveries(daemon, channel_name)] == ["sent"] * n, 20)


def act(daemon, alert, action, **body):
    return daemon.json("POST", f"/v1/alerts/{alert['id']}/{action}", json.dumps(body))


@tap.case
def cef_arrives_whole_by_tls_tcp_and_udp(work):
    pem = certificate(work)
    collectors = {"tls": Collector(tls=pem), "tcp": Collector(), "udp": Collector(udp=True)}
    daemon = start(work, env={"TOCSIN_NOTIFY_CA_FILE": pem[0]})
    for over, c in collectors.items():
        channel(daemon, over, "cef", {"host": "127.0.0.1", "port": c.port, "over": over})
    raise_alert(daemon, user=HOSTILE.encode().decode("unicode_escape"))
    for over, c in collectors.items():
        wait_sent(daemon, over, 1)
        daemon.wait(lambda: c.records)
        tap.equal(len(c.records), 1, over)
        priority, head, pairs = read_cef(c.records[0])
        tap.equal((priority, head[0], head[1], head[6]), (82, "CEF:0", "Tocsin", "10"))
        tap.equal(pairs["src"], "198.51.100.7")
        tap.check("Evil" not in head and "u|1\\ =x" in pairs["suser"], pairs)
        tap.equal(int(pairs["cnt"]), 1)
    # Our own reader of syslog takes the record as it is.
    (work / "cef.log").write_text(collectors["tcp"].records[0] + "\n")
    done = subprocess.run([tap.TOCSIN, "parse", "--format", "syslog", work / "cef.log"], check=True,
                          stdout=subprocess.PIPE)
    read = json.loads(done.stdout.decode().splitlines()[0])
    tap.check(collectors["tcp"].records[0].split(" - - - ", 1)[1] in json.dumps(read, ensure_ascii=False).replace("\\\\", "\\"),
              read)
    # A collector that nobody vouches for gets nothing.
    other = Collector(tls=certificate(work / "data"))
    sent = daemon.json("POST", "/v1/channels/test", json.dumps({
        "type": "cef", "settings": {"host": "127.0.0.1", "port": other.port, "over": "tls", "allow_private": True}}))
    tap.check(not sent["ok"] and "certificate" in sent["detail"], sent)
    tap.equal(other.records, [])
    tap.equal(daemon.stop(), 0)
    for c in (*collectors.values(), other):
        c.close()


@tap.case
def what_becomes_of_an_alert_is_told_in_its_order(work):
    later = threading.Event()
    pager = Webhook(lambda *_: 202 if later.is_set() else 503)
    hook = Webhook()
    daemon = start(work)
    channel(daemon, "pager", "pagerduty", {"url": pager.url().removesuffix("/hook")}, "0" * 32)
    channel(daemon, "hook", "webhook", {"url": hook.url()})
    alert = raise_alert(daemon)
    daemon.wait(lambda: pager.seen)
    act(daemon, alert, "ack")
    daemon.wait(lambda: len(hook.seen) == 2)
    later.set()  # until now the alert itself was refused: nothing went before it
    tap.equal({json.loads(b)["event_action"] for *_, b in pager.seen}, {"trigger"})
    wait_sent(daemon, "pager", 2)
    undo = act(daemon, alert, "resolve", reason="benign")["undo"]
    wait_sent(daemon, "pager", 3)
    daemon.json("POST", "/v1/alerts/undo", json.dumps({"undo": undo}))
    wait_sent(daemon, "pager", 5)
    bodies = [json.loads(b) for _, _, does, _, b in pager.seen if does == 202]
    tap.equal([b["event_action"] for b in bodies], ["trigger", "acknowledge", "resolve", "trigger", "acknowledge"])
    tap.equal({b["dedup_key"] for b in bodies}, {alert["id"]})
    tap.equal(set(bodies[1]), {"routing_key", "event_action", "dedup_key"})
    wait_sent(daemon, "hook", 5)
    told = [json.loads(b) for *_, b in hook.seen]
    tap.equal([t["type"] for t in told], ["alert.raised", "alert.acknowledged", "alert.resolved", "alert.raised",
                                          "alert.acknowledged"])
    tap.check(told[1]["data"]["by"] and told[1]["data"]["id"] == alert["id"], told[1])
    tap.equal(len({key for _, key, *_ in hook.seen}), 5)
    tap.equal(daemon.stop(), 0)
    pager.close()
    hook.close()


@tap.case
def a_test_alert_says_what_became_of_it(work):
    good, bad = Webhook(), Webhook(lambda *_: 500)
    daemon = start(work)
    channel(daemon, "good", "webhook", {"url": good.url()}, severity="CRITICAL")
    channel(daemon, "bad", "webhook", {"url": bad.url()}, severity="CRITICAL")
    answer = daemon.json("POST", "/api/security-monitoring/test-alert", "{}")
    tap.equal((answer["success"], answer["told"], answer["arrived"]), (False, 2, 1))
    by = {d["channel"]: d for d in answer["deliveries"]}
    tap.equal(by["good"]["state"], "sent")
    tap.check("500" in by["bad"]["last_error"], by["bad"])
    body = json.loads(good.seen[0][4])
    tap.check("TEST ALERT" in body["data"]["title"] and "drill" in body["data"]["tags"], body)
    answer = daemon.json("POST", "/api/security-monitoring/test-alert", json.dumps(
        {"channel": "good", "severity": "LOW"}))
    tap.equal((answer["success"], answer["told"]), (True, 1))
    routed = daemon.json("POST", "/api/security-monitoring/test-alert", json.dumps(
        {"to": "routes", "severity": "LOW"}))
    tap.equal(routed["told"], 0)
    done = subprocess.run([tap.TOCSIN, "test-alert", "--channel", "good"], cwd=work, stdout=subprocess.PIPE, check=False)
    tap.check(done.returncode == 0 and b"\ngood: arrived (" in done.stdout, done)
    stands = daemon.json("GET", "/api/security-monitoring/status")
    tap.equal({c["name"]: c["working"] for c in stands["channels"]}, {"good": True, "bad": False})
    tap.equal(stands["alerts"]["open"], 4)
    tap.equal(daemon.stop(), 0)
    done = subprocess.run([tap.TOCSIN, "send-test", "--all"], cwd=work, stdout=subprocess.PIPE, check=False)
    lines = done.stdout.decode().splitlines()
    tap.check(done.returncode != 0 and len(lines) == 2, lines)
    tap.check(lines[0].startswith("bad: not delivered: 500") and lines[1].startswith("good: arrived"), lines)
    good.close()
    bad.close()


@tap.case
def a_kind_is_not_sent_to_faster_than_its_file_says(work):
    fast, slow = Webhook(lambda *_: 204), Webhook(lambda *_: 204)
    daemon = start(work)
    channel(daemon, "slow", "discord", {}, slow.url())
    channel(daemon, "fast", "webhook", {"url": fast.url()})
    for i in range(3):
        raise_alert(daemon, address=f"198.51.100.{i}")
    wait_sent(daemon, "slow", 3)
    times = [seen[0] for seen in slow.seen]
    tap.check(all(b - a >= 0.95 for a, b in zip(times, times[1:])), times)
    tap.check(max(seen[0] for seen in fast.seen) < times[-1], "another channel waited too")
    tap.equal(daemon.stop(), 0)
    fast.close()
    slow.close()


class Vendor(http.server.BaseHTTPRequestHandler):
    """Says yes as every vendor does, and remembers who came."""
    protocol_version = "HTTP/1.1"
    seen = []

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, body))
        said = b'{"ok":true,"data":{"issueCreate":{"success":true}}}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_PUT = do_POST


def example(setting):
    """What a person would write into a field of the form."""
    if setting["words"]:
        return setting["words"][0]
    return {"mails": ["ops@example.org"], "mail": "ops@example.org", "number": 4, "yes": True,
            }.get(setting["type"], "x1")


@tap.case
def every_kind_is_made_by_its_form_and_tested_before_it_is_saved(work):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    collector = Collector()
    daemon = start(work)
    kinds = daemon.json("GET", "/v1/channel-kinds")["kinds"]
    tap.check(len(kinds) >= 20, len(kinds))
    for kind in kinds:
        settings = {s["name"]: example(s) for s in kind["settings"] if s["required"]}
        settings |= {s["name"]: base for s in kind["settings"] if s["type"] == "url"}
        if kind["name"] == "cef":
            settings |= {"host": "127.0.0.1", "port": collector.port, "over": "tcp"}
        secret = kind["secret"]
        body = {"name": kind["name"], "type": kind["name"], "settings": {**settings, "allow_private": True},
                "secrets": {"secret": base + "/s" if secret["type"] == "url" else "s3cret"} if secret else {}}
        before = len(Vendor.seen) + len(collector.records)
        tried = daemon.json("POST", "/v1/channels/test", json.dumps(body))
        tap.check(tried["ok"], kind["name"], tried)
        daemon.wait(lambda: len(Vendor.seen) + len(collector.records) == before + 1)
        made = daemon.json("POST", "/v1/channels", json.dumps(body), want=201)
        tap.check("s3cret" not in json.dumps(made), made)
        for setting in kind["settings"]:  # what is needed is asked for by its name
            if setting["required"] and not setting["default"]:
                without = {**body, "settings": {k: v for k, v in body["settings"].items() if k != setting["name"]}}
                refused = daemon.json("POST", "/v1/channels/test", json.dumps(without), want=400)
                tap.check(setting["name"] in refused["detail"], refused)
    tap.equal(len(daemon.json("GET", "/v1/channels")["channels"]), len(kinds))
    tap.equal(daemon.stop(), 0)
    server.shutdown()
    server.server_close()
    collector.close()


tap.main()
