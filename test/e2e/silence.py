"""Rules that wait for what stays away: time passes in the log while nothing else comes in."""
import time

import tap
from tocsin import Daemon

RULES = """title: Sample
name: sample
logsource: {category: host}
detection: {s: {host|exists: true}, condition: s}
---
title: Silent host
level: high
correlation:
  type: absence
  rules: [sample]
  group-by: [host]
  timespan: 1s
"""


def start(work, tick):
    (work / "rules.yml").write_text(RULES)
    return Daemon(work, f"detect:\n  rules: [rules.yml]\n  lateness: 0\n  tick: {tick}\n")


def sample(daemon, host, ago):
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - ago))
    daemon.post([{"timestamp": stamp, "host": host, "event_type": "host.sample",
                  "logsource": {"category": "host"}}])
    daemon.wait_detected()


def notes(daemon):
    """Records in the log that are no events."""
    return daemon.ledger()["log"]["last_seq"] - sum(
        s["logged"] for s in daemon.ledger()["sources"])


@tap.case
def a_silent_host_is_told_once(work):
    daemon = start(work, "100ms")
    sample(daemon, "db1", 400)  # longer ago than a source may be idle
    daemon.wait(lambda: daemon.alerts())
    alerts = daemon.alerts()
    tap.equal([a["group"] for a in alerts], ["host=db1"])
    tap.check("nothing since" in alerts[0]["summary"], alerts[0]["summary"])
    noted = notes(daemon)
    time.sleep(0.5)
    tap.equal(notes(daemon), noted, "time is noted though nothing waits")
    daemon.kill()
    daemon = start(work, "100ms")
    sample(daemon, "db2", 301)  # time goes on: for the other one, and only it is told
    daemon.wait(lambda: len(daemon.alerts()) > 1)
    tap.check(notes(daemon) >= noted + 3, noted, notes(daemon))
    time.sleep(0.5)
    daemon.wait_detected()
    tap.equal(sorted(a["group"] for a in daemon.alerts()), ["host=db1", "host=db2"])
    tap.check(alerts[0]["id"] in [a["id"] for a in daemon.alerts()])
    daemon.stop()


@tap.case
def nobody_is_silent_while_nobody_listens(work):
    daemon = start(work, "1h")
    sample(daemon, "db1", 400)
    tap.equal(daemon.alerts(), [])
    daemon.stop()
    daemon = start(work, "100ms")
    began = time.monotonic()
    daemon.wait(lambda: daemon.alerts())
    tap.check(time.monotonic() - began > 0.5, "listened for", time.monotonic() - began, "s only")
    summary = daemon.alerts()[0]["summary"]
    tap.check("in which it was listened to" in summary, summary)
    tap.equal(len(daemon.alerts()), 1)
    daemon.stop()


@tap.case
def time_that_passes_is_no_event(work):
    daemon = start(work, "100ms")
    sample(daemon, "db1", 400)
    daemon.wait(lambda: daemon.alerts())
    tap.check(notes(daemon) >= 1, daemon.ledger())
    tap.equal(daemon.sql("SELECT host FROM security_events"), [["db1"]])
    tap.equal([s["source"] for s in daemon.ledger()["sources"] if s["received"]], ["http"])
    tap.equal(sum(n or 0 for n in daemon.json("GET", "/v1/overview")["events"]), 1)
    tap.check(daemon.ledger()["balanced"], daemon.ledger())
    daemon.stop()


tap.main()
