"""The overview and the stream of the running daemon: figures equal the records, whatever died."""
import json
import os
import random
import socket
import time

import tap
from tocsin import Daemon

CONFIG = "detect:\n  snapshot_every: 1s\nstore:\n  seal_after: 300ms\n"
NOW = int(time.time()) // 300 * 300
POINTS = ["rollup.write", "rollup.written", "snapshot.write", "snapshot.written"]


def events(seed, n):
    """Events of the last ten hours: logins and requests of a few addresses and paths."""
    dice = random.Random(str(seed))
    made = []
    for _ in range(n):
        when = NOW - dice.randrange(36000)
        event = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when)),
                 "client_ip": f"203.0.113.{dice.randrange(9)}",
                 "geolocation": {"country": dice.choice(["NL", "BR", "KE"])}}
        if dice.randrange(2):
            event["event_type"] = dice.choice(["auth.login.failed", "auth.login.success"])
            event["user_name"] = f"u{dice.randrange(40)}"
        else:
            event.update(event_type="http.request", endpoint=f"/p{dice.choice('abcde')}",
                         method="GET", status_code=dice.choice([200, 404]))
        made.append(event)
    return made


def overview(daemon):
    return daemon.json("GET", "/v1/overview")


def steps(daemon, where):
    """{second of the step: number} of the records that are stored."""
    rows = daemon.sql("SELECT epoch(time_bucket(INTERVAL 5 minutes, timestamp))::BIGINT AS t,"
                      f" count(*) FROM security_events WHERE {where} GROUP BY 1")
    return {t: n for t, n in rows}


def check_figures(daemon):
    daemon.wait_detected()
    got = overview(daemon)
    for name, where in [("events", "true"), ("auth_failure", "event_type = 'auth.login.failed'"),
                        ("auth_success", "event_type = 'auth.login.success'")]:
        mine = {t: n for t, n in zip(got["t"], got[name]) if n}
        tap.equal(mine, {t: n for t, n in steps(daemon, where).items() if n}, name)
    rows = daemon.sql("SELECT geolocation.country, count(*) FROM security_events"
                      " WHERE event_type = 'auth.login.failed' GROUP BY 1")
    tap.equal({c["country"]: c["failed"] for c in got["countries"]}, dict(rows))
    rows = daemon.sql("SELECT endpoint, count(*), count(*) FILTER (status_code >= 400)"
                      " FROM security_events WHERE endpoint IS NOT NULL GROUP BY 1")
    tap.equal({e["endpoint"]: (sum(n or 0 for n in e["n"]), sum(n or 0 for n in e["errors"]))
               for e in got["heatmap"]["endpoints"]}, {e: (n, bad) for e, n, bad in rows})


@tap.case
def figures_equal_the_records_after_any_death(work):
    tap.timeout(200)
    for number, point in enumerate([None, *POINTS]):
        env = {"TOCSIN_CRASH": f"{point}:2"} if point else {}
        daemon = Daemon(work, CONFIG, env=env)
        try:
            for part in range(4):
                daemon.post(events((number, part), 300))
                time.sleep(0.6)
            if point:
                daemon.process.wait(timeout=20)
            else:
                daemon.kill()
        except (OSError, AssertionError, ValueError, IndexError):
            daemon.process.wait(timeout=20)
    daemon = Daemon(work, CONFIG)
    check_figures(daemon)
    tap.equal(daemon.stop(), 0)
    daemon = Daemon(work, CONFIG)  # after a good end, too
    daemon.post(events("more", 100))
    check_figures(daemon)
    tap.equal(daemon.stop(), 0)


@tap.case
def lost_or_broken_figures_are_counted_again(work):
    daemon = Daemon(work, CONFIG)
    daemon.post(events(1, 500))
    daemon.wait_detected()
    tap.equal(daemon.stop(), 0)
    state = daemon.data / "rollup.state"
    good = state.read_bytes()
    for bad in [None, b"", b"rubbish", good[:-1], good[:100] + b"\0" + good[101:]]:
        state.unlink()
        if bad is not None:
            state.write_bytes(bad)
        daemon = Daemon(work, CONFIG)
        check_figures(daemon)
        tap.equal(daemon.stop(), 0)


class Listener:
    """A reader of /v1/stream."""

    def __init__(self, daemon, last=None):
        self.socket = socket.create_connection(("127.0.0.1", daemon.port), timeout=20)
        head = f"GET /v1/stream HTTP/1.0\r\nHost: t\r\nAuthorization: Bearer {daemon.token()}\r\n"
        if last is not None:
            head += f"Last-Event-ID: {last}\r\n"
        self.socket.sendall((head + "\r\n").encode())
        self.text, self.last = "", None
        while "\r\n\r\n" not in self.text:
            self.read()
        tap.check(self.text.startswith("HTTP/1.1 200 "), self.text)
        self.text = self.text.split("\r\n\r\n", 1)[1]

    def read(self):
        got = self.socket.recv(65536)
        tap.check(got, "the stream ended:", self.text[-500:])
        self.text += got.decode()

    def next(self, *kinds):
        """Name and data of the next event of one of these kinds."""
        while True:
            while "\n\n" not in self.text:
                self.read()
            block, self.text = self.text.split("\n\n", 1)
            lines = dict(line.split(": ", 1) for line in block.split("\n") if line[0] != ":")
            self.last = lines.get("id", self.last)
            if lines.get("event") in kinds:
                return lines["event"], json.loads(lines["data"])


@tap.case
def alerts_are_told_at_once(work):
    daemon = Daemon(work, CONFIG)
    listener = Listener(daemon)
    _, hello = listener.next("hello")
    tap.equal(hello["rev"], 0)
    begin = time.monotonic()
    daemon.post([{"event_type": "auth.token.tampering", "client_ip": "203.0.113.9"}])
    _, alert = listener.next("alert")
    took = time.monotonic() - begin
    tap.check(took < 1, "it took", took)
    tap.equal(alert["id"], daemon.alerts()[0]["id"])
    _, stats = listener.next("stats")
    tap.equal(stats["received"], 1)
    tap.equal(stats["open"]["CRITICAL"], 1)
    begin = time.monotonic()
    daemon.json("POST", f"/v1/alerts/{alert['id']}/ack", "{}")
    _, changed = listener.next("alert")
    tap.check(time.monotonic() - begin < 3)
    tap.equal(changed["status"], "acknowledged")
    tap.equal(daemon.stop(), 0)


@tap.case
def a_stream_goes_on_after_a_restart(work):
    daemon = Daemon(work, CONFIG)
    listener = Listener(daemon)
    daemon.post([{"event_type": "auth.token.tampering", "client_ip": "203.0.113.9"}])
    listener.next("alert")
    seen = listener.last
    daemon.post([{"event_type": "auth.token.tampering", "client_ip": "203.0.113.10"}])
    daemon.wait_detected()
    daemon.kill()
    daemon = Daemon(work, CONFIG)
    listener = Listener(daemon, seen)
    _, alert = listener.next("alert", "reset")
    tap.equal(alert["group"], "client_ip=203.0.113.10")
    tap.equal(daemon.stop(), 0)


@tap.case
def stopping_waits_for_no_listener(work):
    daemon = Daemon(work, CONFIG)
    listeners = [Listener(daemon) for _ in range(5)]
    begin = time.monotonic()
    tap.equal(daemon.stop(), 0)
    tap.check(time.monotonic() - begin < 5, "it took", time.monotonic() - begin, len(listeners))


if os.environ.get("TOCSIN_GEOIP") and not os.path.exists(os.environ["TOCSIN_GEOIP"]):
    print("# no GeoIP data: places are those the events name")
tap.main()
