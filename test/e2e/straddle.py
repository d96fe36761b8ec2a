"""kill -9 behind each event of each correlation type's case: the same alerts, each once.

The cases are those of test/unit/detect/test_straddle.c; here all of them run beside each other in
one daemon, each as a host of its own.  A second daemon gets the same events and is killed after
every round of them, at once or when it has caught up."""
import json
import pathlib
import re
import threading
import time

import tap
from tocsin import Daemon

CASES = pathlib.Path(tap.SOURCE) / "test" / "case" / "straddle"
BASE = 1772359200  # what the cases count from, 2026-03-01T10:00:00Z
AHEAD = 40  # s: so that the clock, which the daemon notes in its log, is not ahead of the events


def types():
    text = (pathlib.Path(tap.SOURCE) / "src" / "detect" / "ctypes.def").read_text()
    return re.findall(r"^X\((\w+)\)", text, re.M)


def events(path, shift):
    if not path.exists():
        return []
    got = [json.loads(line) for line in path.read_text().splitlines()]
    for event in got:
        when = time.strptime(event["timestamp"], "%Y-%m-%dT%H:%M:%SZ")
        at = time.gmtime(int(time.mktime(when)) - time.timezone + shift)
        event["timestamp"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", at)
    return got


def write_rules(work, start):
    """The cases' rules; the hours of off_hours are put where the case is not."""
    free = (time.gmtime(start).tm_hour + 2) % 23
    (work / "rules").mkdir()
    for name in types():
        text = (CASES / name / "rules.yml").read_text()
        text = text.replace('"11:00-18:00"', f'"{free:02}:00-{free + 1:02}:00"')
        (work / "rules" / f"{name}.yml").write_text(text)


def start_daemon(work):
    return Daemon(work, "profile: none\ndetect:\n  rules: [rules]\n  snapshot_every: 1s\n")


def raised(daemon):
    return sorted((a["id"], a["title"], a["group"], a["count"]) for a in daemon.alerts())


def straight(work, rounds, got):
    daemon = start_daemon(work)
    for one in rounds:
        daemon.post(one)
    daemon.wait_detected()
    got["straight"] = raised(daemon)
    daemon.stop()


def killed(work, rounds, got):
    for i, one in enumerate(rounds):
        daemon = start_daemon(work)
        daemon.post(one)
        if i % 2 == 0:
            daemon.wait_detected()
        daemon.kill()
    daemon = start_daemon(work)
    daemon.wait_detected()
    got["killed"] = raised(daemon)
    daemon.stop()


@tap.case
def every_type_survives_kill_9_behind_each_event(work):
    names = types()
    tap.equal([n for n in names if not (CASES / n / "input.jsonl").exists()], [], "without a case")
    start = int(time.time()) + AHEAD
    inputs = [events(CASES / n / "input.jsonl", start - BASE) for n in names]
    rounds = [sum((events(CASES / n / "prelude.jsonl", start - BASE) for n in names), [])]
    for i in range(max(map(len, inputs))):
        rounds.append([e[i] for e in inputs if i < len(e)])
    got, threads = {}, []
    for run in (straight, killed):
        folder = work / run.__name__
        folder.mkdir()
        write_rules(folder, start)
        threads.append(threading.Thread(target=run, args=(folder, rounds, got)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    titles = {title for _, title, _, _ in got["straight"]}
    tap.equal(sorted(set(names) - titles), [], "types that found nothing")
    tap.equal(got["killed"], got["straight"])


tap.main()
