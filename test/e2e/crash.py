"""kill -9 under load, at random and at every named crash point: every acknowledged event is stored
once, every alert is raised once, nobody has to help.  CRASH_KILLS sets how many random kills."""
import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time

import tap
from tocsin import Daemon, scan

CONFIG = """
query:
  max_rows: 10000000
  timeout: 120s
log:
  segment_size: 256KB
  retain_size: 16MB
store:
  seal_rows: 500
  seal_after: 300ms
detect:
  snapshot_every: 1s
sources:
  - type: file
    name: applog
    path: app.log
"""
NOW = int(time.time()) - 86400  # every event time is past: a future one would become the receive time
KILLS = int(os.environ.get("CRASH_KILLS", 12 if os.environ.get("TEST_EACH", "1") == "1" else 4))


def event(i):
    """The i-th event: every address fails ten times or more, so that each must be alerted once."""
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW + i // 40))
    return json.dumps({"timestamp": when, "event_type": "auth.login.failed", "event_id": f"e{i}",
                       "client_ip": f"203.0.{i // 400 % 250}.{i % 20}", "user_name": "root"})


def line(n, i):
    """The n-th line of the file, of the time of the i-th event: in `scan` both are one source."""
    return json.dumps({**json.loads(event(i)), "event_type": "log", "event_id": f"f{n}",
                       "message": f"line {n}"}) + "\n"


class Load(threading.Thread):
    """Posts batches until told to stop; remembers which events were acknowledged."""

    def __init__(self, first):
        super().__init__()
        self.daemon_now, self.next = None, first
        self.acked, self.unsure = set(), set()
        self.ended = False

    def run(self):
        while not self.ended:
            daemon = self.daemon_now
            if daemon is None:
                time.sleep(0.01)
                continue
            time.sleep(0.005)
            ids = range(self.next, self.next + 100)
            self.next += 100
            try:
                status, _ = daemon.request("POST", "/v1/events?items=failed",
                                           "\n".join(map(event, ids)))
            except (OSError, http.client.HTTPException, ValueError, IndexError):
                status = 0
            if status == 200:
                self.acked.update(ids)
            elif status != 429:
                self.unsure.update(ids)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(child) for child in f.read().split()]


def check_all(work, load, file_lines):
    """With a last, quiet daemon: the log, the store and the alerts agree with what was acked."""
    daemon = Daemon(work, CONFIG)
    daemon.wait(lambda: int(daemon.sql(
        "SELECT count(*) FROM security_events WHERE source = 'applog'")[0][0]) >= file_lines)
    daemon.wait_detected()
    rows = daemon.sql("SELECT event_id, count(*) FROM security_events WHERE event_id LIKE 'e%' "
                      "GROUP BY 1", 10000000)
    counts = {int(r[0][1:]): int(r[1]) for r in rows}
    lost = load.acked - counts.keys()
    tap.check(not lost, "lost", sorted(lost)[:10], len(lost))
    strange = counts.keys() - load.acked - load.unsure
    tap.check(not strange, "never sent", sorted(strange)[:10])
    double = [i for i, n in counts.items() if n != 1]
    tap.check(not double, "stored twice", double[:10], len(double))
    tap.equal(int(daemon.sql("SELECT count(*) FROM security_events WHERE source = 'applog'")[0][0]),
              file_lines, "lines of the file")
    seqs = daemon.sql("SELECT count(*), count(DISTINCT seq), max(seq) - min(seq) + 1 "
                      "FROM security_events")[0]
    tap.equal(len(set(map(int, seqs))), 1, seqs)
    raw = work / "all.jsonl"
    rows = daemon.sql("SELECT raw FROM security_events ORDER BY seq", 10000000)
    raw.write_text("".join(r[0] + "\n" for r in rows))
    tap.equal(daemon.stop(), 0)
    with sqlite3.connect(daemon.data / "state.db") as base:
        live = dict(base.execute("SELECT id, count FROM alerts"))
    found = {a["id"]: a["count"] for a in scan(raw)["alerts"]}
    differ = {k: (live.get(k), found.get(k)) for k in live.keys() | found.keys()
              if live.get(k) != found.get(k)}
    tap.check(not differ, len(differ), "of", len(found), "alerts differ (live, scan):",
              list(differ.items())[:5])
    tap.check(len(found) > 1)


@tap.case
def random_kills_of_any_process(work):
    tap.timeout(120 + 5 * KILLS)
    rng = random.Random(int(os.environ.get("TEST_SEED", "1")))
    load, lines = Load(0), 0
    (work / "app.log").write_text("")
    load.start()
    try:
        daemon = None
        for kill in range(KILLS):
            if daemon is None:
                daemon = Daemon(work, CONFIG)
                load.daemon_now = daemon
            for _ in range(rng.randrange(1, 30)):
                with open(work / "app.log", "a") as f:
                    f.write(line(lines, load.next))
                lines += 1
                time.sleep(rng.random() * 0.02)
            victims = children(daemon.process.pid) if kill % 3 == 2 else []
            if victims:
                os.kill(rng.choice(victims), signal.SIGKILL)
                continue
            load.daemon_now = None
            daemon.kill()
            daemon = None
        if daemon is not None:
            load.daemon_now = None
            daemon.kill()
    finally:
        load.ended = True
        load.join()
    check_all(work, load, lines)


def tear_tail(work):
    """As a torn write leaves it: bytes of no record behind the last one."""
    newest = max((work / "data" / "log").glob("*.log"))
    with open(newest, "ab") as f:
        f.write(b"torn" * 9)


def crash_points():
    done = subprocess.run([tap.TOCSIN, "debug", "crash-points"], stdout=subprocess.PIPE, check=True)
    # Those on the way of messages are visited by delivery.py, routes.py and oncall.py, which have
    # channels.
    return [point for point in done.stdout.decode().split()
            if not point.startswith(("bundle.", "incident.", "outbox.", "notify.", "page.", "run."))]


@tap.case
def every_named_point(work):
    """Each point at its first and a later passing; the process that meets it dies there."""
    points = crash_points()
    tap.timeout(60 + 12 * len(points))
    tap.check(len(points) >= 20, points)
    load, lines, reached = Load(0), 0, set()
    (work / "app.log").write_text("")
    load.start()
    try:
        for number, point in enumerate(points):
            at = 1 + number % 3 if point.startswith(("journal.", "ingest.", "alert.")) else 1
            if point in ("journal.quarantine", "journal.segment_drop"):
                at = 1
            if point == "journal.quarantine":
                tear_tail(work)
            daemon = Daemon(work, CONFIG, env={"TOCSIN_CRASH": f"{point}:{at}"}, wait=False)
            try:
                daemon.wait_ready()
            except AssertionError:
                reached.add(point)
                continue
            load.daemon_now = daemon
            end = time.monotonic() + (4 if point.startswith(("store.", "journal.segment")) else 2.5)
            while time.monotonic() < end and daemon.process.poll() is None:
                with open(work / "app.log", "a") as f:
                    f.write(line(lines, load.next))
                lines += 1
                time.sleep(0.02)
            load.daemon_now = None
            if daemon.process.poll() is not None or "ended and is started again" in daemon.said():
                reached.add(point)
            daemon.kill()
    finally:
        load.ended = True
        load.join()
    print(f"# {len(reached)} of {len(points)} points reached; not: "
          f"{sorted(set(points) - reached)}", flush=True)
    check_all(work, load, lines)


tap.main()
