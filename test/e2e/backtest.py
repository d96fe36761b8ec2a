"""`tocsin backtest` and POST /v1/backtest: what a rule would have raised, beside the rule as it stands."""
import json
import subprocess
import time

import tap
from tocsin import Daemon, login

RULE = """title: Many refused
id: 41111111-0000-4000-8000-000000000002
level: high
correlation:
  type: event_count
  rules: [refused]
  group-by: [client_ip]
  timespan: 1m
  condition: {{gte: {n}}}
"""
BASE = """title: Refused
name: refused
id: 41111111-0000-4000-8000-000000000001
logsource: {category: authentication}
detection: {s: {event_type: auth.login.failed}, condition: s}
---
"""
CONFIG = "detect:\n  rules: [rules.yml]\n"
NOW = 1760000000


def backtest(*args, want=0, cwd=None):
    done = subprocess.run([tap.TOCSIN, "backtest", *map(str, args)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, cwd=cwd, text=True, timeout=60)
    tap.equal(done.returncode, want, done.stderr)
    return done.stdout if want == 0 else done.stderr


def setup(work, now=5, candidate=3):
    (work / "rules.yml").write_text(BASE + RULE.format(n=now))
    (work / "candidate.yml").write_text(RULE.format(n=candidate))


def events(ip, n, at):
    return [login(ip, f"u{i}", False, at + i) for i in range(n)]


def write(path, *groups):
    path.write_text("".join(json.dumps(e) + "\n" for group in groups for e in group))
    return path


def over_file(work, *args):
    return json.loads(backtest("--json", "--rules", work / "rules.yml", *args, cwd=work))


@tap.case
def a_candidate_beside_the_rule_as_it_stands(work):
    setup(work)
    file = write(work / "day.jsonl", events("192.0.2.1", 4, NOW), events("192.0.2.2", 6, NOW + 60),
                 events("192.0.2.2", 6, NOW + 2 * 86400))
    got = over_file(work, "candidate.yml", file)
    tap.equal((got["would"], got["now"], got["records"]), (3, 2, 16))
    tap.equal([(a["group"], a["new"]) for a in got["alerts"]],
              [("client_ip=192.0.2.1", True), ("client_ip=192.0.2.2", False),
               ("client_ip=192.0.2.2", False)])
    tap.equal(got["gone"], [])
    tap.equal([(d["day"], d["would"], d["now"]) for d in got["days"]],
              [("2025-10-09", 2, 1), ("2025-10-11", 1, 1)])
    tap.equal([(e["group"], e["would"], e["now"]) for e in got["entities"]],
              [("client_ip=192.0.2.2", 2, 2), ("client_ip=192.0.2.1", 1, 0)])
    # The other way round, and as text.
    setup(work, now=3, candidate=5)
    tap.equal([a["group"] for a in over_file(work, "candidate.yml", file)["gone"]],
              ["client_ip=192.0.2.1"])
    text = backtest("--rules", work / "rules.yml", "candidate.yml", file, cwd=work)
    for words in ("2 alerts; as the rules stand now: 3", "no longer raised", "client_ip=192.0.2.1"):
        tap.check(words in text, text)
    # Only since then; a rule in force by its title.
    got = over_file(work, "--since", "2025-10-10T00:00:00Z", "Many refused", file)
    tap.equal((got["would"], got["now"]), (1, None))


@tap.case
def over_stored_events_the_log_has_dropped(work):
    setup(work)
    small = (CONFIG + "  snapshot_every: 1s\nlog: {segment_size: 64KB, retain_size: 64KB}\n"
                      "store: {seal_after: 300ms, seal_rows: 200}\n")
    daemon = Daemon(work, small)
    start = int(time.time()) - 3000
    for i in range(40):
        daemon.post([dict(e, padding="x" * 900)
                     for e in events(f"198.51.100.{i}", 3 + 3 * (i % 2), start + 60 * i)])
    sent = [180]

    def dropped():
        daemon.post([{"event_type": "log", "message": "y" * 1000}] * 100)
        sent[0] += 100
        time.sleep(0.2)
        return daemon.ledger()["log"]["first_seq"] > 180

    daemon.wait(dropped)
    tap.equal(daemon.stop(), 0)
    got = json.loads(backtest("--json", "--config", "tocsin.yml", "candidate.yml", cwd=work))
    tap.equal((got["records"], got["would"], got["now"]), (sent[0], 40, 20))
    got = json.loads(backtest("--json", "--config", "tocsin.yml", "--since", "20m", "candidate.yml",
                              cwd=work))
    tap.check(0 < got["would"] < 40 and got["now"] < got["would"], got)


@tap.case
def by_the_api(work):
    setup(work)
    daemon = Daemon(work, CONFIG)
    at = int(time.time()) - 100
    daemon.post(events("192.0.2.1", 4, at) + events("192.0.2.2", 6, at))
    daemon.wait_detected()
    asked = {"rule": RULE.format(n=3), "since": "1h"}
    got = daemon.json("POST", "/v1/backtest", json.dumps(asked))
    tap.equal((got["would"], got["now"], got["records"]), (2, 1, 10))
    got = daemon.json("POST", "/v1/backtest", json.dumps({"rule_id": got["rules"][0]["id"]}))
    tap.equal((got["would"], got["now"]), (1, None))
    for body, word in (({"rule": "title: x\n"}, "1:1: a rule needs"), ({"rule_id": "nobody"}, "nobody"), ({}, "rule"),
                       ({"rule": RULE.format(n=3), "since": "yesterday"}, "since")):
        status, text = daemon.request("POST", "/v1/backtest", json.dumps(body))
        tap.equal(status, 422, text)
        tap.check(word in json.loads(text)["detail"], text)
    tap.equal(len(daemon.alerts()), 1)      # nothing was raised by asking
    tap.equal(daemon.stop(), 0)


@tap.case
def what_cannot_be_done_is_said_with_its_place(work):
    setup(work)
    file = write(work / "day.jsonl", events("192.0.2.1", 4, NOW))
    (work / "broken.yml").write_text(RULE.format(n="many"))
    said = backtest("--rules", work / "rules.yml", "broken.yml", file, want=2, cwd=work)
    tap.check("broken.yml:9:" in said, said)
    for args in (["nobody", file], ["candidate.yml", work / "absent.log"], [],
                 ["--since", "soon", "candidate.yml", file]):
        backtest("--rules", work / "rules.yml", *args, want=2, cwd=work)


tap.main()
