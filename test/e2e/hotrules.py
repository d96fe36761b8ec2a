"""Rules changed while the daemon runs: nothing lost, nothing twice, broken sets refused."""
import json
import os
import signal
import threading
import time

import tap
from tocsin import Daemon, login

BASE = """title: Refused
id: 31111111-0000-4000-8000-000000000001
name: refused
logsource: {{category: authentication}}
detection: {{s: {{event_type: auth.login.failed}}, condition: s}}
---
title: Kept
id: 31111111-0000-4000-8000-000000000002
correlation:
  type: event_count
  rules: [refused]
  group-by: [client_ip]
  timespan: 1h
  condition: {{gte: 10}}
---
title: Changed
id: 31111111-0000-4000-8000-000000000003
correlation:
  type: event_count
  rules: [refused]
  group-by: [user_name]
  timespan: 1h
  condition: {{gte: {n}}}
"""
CONFIG = "detect:\n  rules: [rules.yml]\n  snapshot_every: 1s\n"


def start(work, n=100):
    (work / "rules.yml").write_text(BASE.format(n=n))
    return Daemon(work, CONFIG)


def reload(daemon, want="done"):
    daemon.json("POST", "/v1/rules/reload", want=202)
    daemon.wait(lambda: daemon.json("GET", "/v1/rules/reload")["state"] not in ("running",))
    got = daemon.json("GET", "/v1/rules/reload")
    tap.equal(got["state"], want, got)
    return got


def fail(daemon, ip, user, n, at):
    daemon.post([login(ip, user, False, at + i) for i in range(n)])
    daemon.wait_detected()


def titles(daemon):
    return sorted((a["title"], a["count"]) for a in daemon.alerts())


@tap.case
def what_rules_remember_goes_over(work):
    daemon = start(work)
    now = int(time.time()) - 600
    fail(daemon, "203.0.113.5", "ana", 9, now)
    (work / "rules.yml").write_text(BASE.format(n=12))
    tap.equal(reload(daemon)["rules"], 3)
    tap.equal(titles(daemon), [])
    fail(daemon, "203.0.113.5", "ana", 1, now + 20)      # the tenth: Kept had seen nine
    tap.equal(titles(daemon), [("Kept", 10)])
    fail(daemon, "203.0.113.6", "ana", 2, now + 30)      # the twelfth: Changed was told of ten
    tap.equal(titles(daemon), [("Changed", 12), ("Kept", 10)])
    daemon.kill()
    daemon = Daemon(work, CONFIG)
    daemon.wait_detected()
    tap.equal(titles(daemon), [("Changed", 12), ("Kept", 10)])
    tap.equal(daemon.stop(), 0)


@tap.case
def a_broken_set_is_refused_as_a_whole(work):
    daemon = start(work, n=5)
    now = int(time.time()) - 600
    (work / "rules.yml").write_text(BASE.format(n=3) + "---\ntitle: Broken\ndetection: {s: 1\n")
    got = reload(daemon, "failed")
    tap.check("broken" in got["text"], got)
    tap.equal([(os.path.basename(p["file"]), p["line"] > 20) for p in got["problems"]],
              [("rules.yml", True)])
    fail(daemon, "203.0.113.5", "ana", 4, now)
    tap.equal(titles(daemon), [])
    (work / "rules.yml").unlink()
    reload(daemon, "failed")
    fail(daemon, "203.0.113.5", "ana", 1, now + 10)
    tap.equal(titles(daemon), [("Changed", 5)])
    # SIGHUP does the same.
    (work / "rules.yml").write_text(BASE.format(n=7).replace("title: Kept", "title: Renamed"))
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(lambda: any(r["title"] == "Renamed"
                            for r in daemon.json("GET", "/v1/rules")["rules"]))
    tap.equal(daemon.stop(), 0)


@tap.case
def while_events_stream_in(work):
    """Sets come and go under load: each address gets its one alert with every event counted."""
    tap.timeout(120)
    daemon = start(work)
    now, stop, n = int(time.time()) - 3000, threading.Event(), [0]

    def send():
        while not stop.is_set():
            i = n[0]
            daemon.post([login(f"198.51.100.{i % 50}", f"u{i}", False, now + i // 10)])
            n[0] += 1

    thread = threading.Thread(target=send)
    thread.start()
    for k in range(6):
        (work / "rules.yml").write_text(BASE.format(n=50 + k))
        reload(daemon)
    daemon.wait(lambda: n[0] >= 600)
    stop.set()
    thread.join()
    daemon.wait_detected()
    alerts = [a for a in daemon.alerts() if a["title"] == "Kept"]
    tap.equal(len(alerts), 50)
    tap.equal(sum(a["count"] for a in alerts), n[0])
    tap.equal(daemon.stop(), 0)


@tap.case
def only_admins_and_one_at_a_time(work):
    daemon = start(work)
    tap.equal(daemon.json("GET", "/v1/rules/reload")["state"], "never")
    tap.equal(daemon.request("POST", "/v1/rules/reload", token=False)[0], 401)
    answers = [daemon.request("POST", "/v1/rules/reload")[0] for _ in range(5)]
    tap.equal(answers[0], 202)
    tap.check(set(answers) <= {202, 409}, answers)
    tap.check(json.loads(daemon.request("GET", "/v1/rules/reload")[1])["began"])
    tap.equal(daemon.stop(), 0)


tap.main()
