"""Demonstration data: in through the whole program, out of everything people see."""
import sqlite3
import time

import tap
from tocsin import Daemon

CONFIG = "detect:\n  snapshot_every: 1s\nstore:\n  seal_after: 300ms\n  seal_rows: 500\n"
OWN = {"event_type": "auth.token.tampering", "client_ip": "198.18.0.1"}


def state(daemon):
    return daemon.json("GET", "/v1/overview")["demo"]


def load(daemon):
    tap.equal(daemon.json("POST", "/v1/demo", want=202), {"demo": "loading"})
    tap.equal(daemon.request("POST", "/v1/demo")[0], 409)
    daemon.wait(lambda: daemon.json("GET", "/v1/setup")["demo"] == "loaded")


def count(daemon, where="true"):
    return daemon.sql(f"SELECT count(*) FROM security_events WHERE {where}")[0][0]


def erased_everywhere(daemon, own):
    tap.equal(count(daemon), own)
    tap.equal(count(daemon, "source = 'demo'"), 0)
    got = daemon.json("GET", "/v1/overview")
    tap.equal(sum(n or 0 for n in got["events"]), own)
    tap.equal(got["demo"], False)
    tap.equal([a for a in daemon.alerts() if a["demo"]], [])
    tap.equal(daemon.sql("SELECT count(*) FROM alerts WHERE group_key LIKE '%203.0.113%'"), [[0]])


@tap.case
def a_day_that_shows_everything(work):
    daemon = Daemon(work, CONFIG)
    daemon.post([OWN])
    daemon.wait_detected()
    tap.equal(state(daemon), False)
    load(daemon)
    got = daemon.json("GET", "/v1/overview")
    tap.check(got["demo"])
    tap.check(all(got["events"][i] for i in range(5, 280)), "a step without events")
    tap.check(len(got["countries"]) > 20, got["countries"])
    tap.check(len(got["heatmap"]["endpoints"]) > 8)
    tap.check(len(got["vectors"]["series"]) >= 4, got["vectors"]["series"])
    tap.check(len(got["addresses"]) > 5)
    alerts = [a for a in daemon.alerts() if a["demo"]]
    tap.check(len(alerts) >= 25, len(alerts))
    tap.equal({a["severity"] for a in alerts}, {"CRITICAL", "HIGH", "MEDIUM", "LOW"})
    tap.equal(count(daemon, "source = 'demo'") + 1, count(daemon))
    # Nothing of it goes to anybody.
    with sqlite3.connect(f"file:{daemon.data}/state.db?mode=ro", uri=True) as db:
        tap.equal(db.execute("SELECT count(*) FROM outbox").fetchone()[0], 0)
    tap.equal(daemon.stop(), 0)


@tap.case
def erased_and_loaded_again(work):
    tap.timeout(120)
    daemon = Daemon(work, CONFIG)
    daemon.post([OWN] * 10)
    for _ in range(2):
        load(daemon)
        demo = count(daemon, "source = 'demo'")
        tap.check(demo > 3000)
        gone = daemon.json("DELETE", "/v1/demo")
        tap.equal(gone["events"], demo)
        tap.check(gone["alerts"] >= 25, gone)
        erased_everywhere(daemon, 10)
    daemon.wait_detected()
    daemon.kill()
    daemon = Daemon(work, CONFIG)
    daemon.wait_detected()
    erased_everywhere(daemon, 10)
    tap.equal(daemon.stop(), 0)


@tap.case
def erasing_survives_kill(work):
    """Right after the answer, before any figures are saved: it stays erased."""
    daemon = Daemon(work, CONFIG)
    daemon.post([OWN] * 3)
    load(daemon)
    time.sleep(1.5)  # saved with the demonstration in it
    daemon.json("DELETE", "/v1/demo")
    daemon.kill()
    (daemon.data / "detect.state").unlink()
    daemon = Daemon(work, CONFIG)
    daemon.wait_detected()
    erased_everywhere(daemon, 3)
    tap.equal(daemon.stop(), 0)


@tap.case
def nobody_else_is_demo(work):
    daemon = Daemon(work, CONFIG)
    tap.equal(daemon.request("POST", "/v1/events?source=demo", "{}")[0], 400)
    daemon.post([{"source": "demo", **OWN}])
    daemon.wait_detected()
    tap.equal(state(daemon), False)
    daemon.json("DELETE", "/v1/demo")
    tap.equal(count(daemon), 1)
    tap.equal(daemon.stop(), 0)


tap.main()
