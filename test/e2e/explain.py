"""`tocsin rules list` and `explain`: what rules ask, and what kept one from firing."""
import json
import subprocess
import time

import tap
from tocsin import Daemon, login

RULES = """title: Refused
name: refused
id: 51111111-0000-4000-8000-000000000001
logsource: {category: authentication}
detection: {s: {event_type: auth.login.failed}, condition: s}
---
title: Many refused
name: many
id: 51111111-0000-4000-8000-000000000002
level: high
correlation:
  type: event_count
  rules: [refused]
  group-by: [client_ip]
  timespan: 1m
  condition: {gte: 5}
---
title: Admin page from outside
id: 51111111-0000-4000-8000-000000000003
logsource: {category: webserver}
detection:
  admin: {endpoint|startswith: /admin}
  inside: {client_ip|cidr: 10.0.0.0/8}
  condition: admin and not inside
"""
NOW = 1760000000
AT = "2025-10-09T08:54:30Z"  # NOW + 70


def rules(work, *args, want=0):
    (work / "rules.yml").write_text(RULES)
    done = subprocess.run([tap.TOCSIN, "rules", *map(str, args)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, cwd=work, text=True, timeout=60)
    tap.equal(done.returncode, want, done.stderr)
    return done.stdout if want != 2 else done.stderr


def why_not(work, rule, entity, events, at=AT):
    file = work / "events.jsonl"
    file.write_text("".join(json.dumps(e) + "\n" for e in events))
    return json.loads(rules(work, "explain", "--why-not", "--json", "--rules", "rules.yml",
                            "--entity", entity, "--at", at, rule, file))


def request(ip, path):
    return {"event_type": "http.request", "client_ip": ip, "method": "GET", "endpoint": path,
            "url": path, "timestamp": "2025-10-09T08:53:20Z"}


@tap.case
def rules_are_listed_and_described(work):
    (work / "rules.yml").write_text(RULES)
    shown = [json.loads(line) for line in
             rules(work, "list", "--json", "--rules", "rules.yml").splitlines()]
    tap.equal([(r["title"], r["severity"], r["type"]) for r in shown],
              [("Many refused", "HIGH", "correlation"),
               ("Admin page from outside", "MEDIUM", "detection")])
    tap.equal(len(rules(work, "list", "--all", "--rules", "rules.yml").splitlines()), 3)
    told = json.loads(rules(work, "explain", "--json", "--rules", "rules.yml", "many"))
    tap.equal((told["asks"], told["counts"], told["line"]),
              ("event_count, by client_ip, within 1m, at least 5",
               ["51111111-0000-4000-8000-000000000001"], 7))
    text = rules(work, "explain", "--rules", "rules.yml", "Many refused")
    for words in ("rules.yml:7", "at least 5", "Refused", "timespan: 1m"):
        tap.check(words in text, text)


@tap.case
def why_a_correlation_did_not_fire(work):
    four = [login("192.0.2.1", "ana", False, NOW + i) for i in (0, 20, 40, 58)]
    got = why_not(work, "many", "192.0.2.1", four + [login("192.0.2.1", "ana", False, NOW + 62)])
    tap.equal((got["fired"], got["events"], got["inputs"][0]["matched"]), ([], 5, 5))
    tap.equal(len(got["keys"]), 1)
    tap.equal(got["keys"][0]["progress"], 0.8)
    tap.check("4 events in the 1m" in got["keys"][0]["text"], got)
    got = why_not(work, "many", "192.0.2.1", four + [login("192.0.2.1", "ana", False, NOW + 59)])
    tap.equal((len(got["fired"]), got["verdict"]), (1, "It fired."))
    got = why_not(work, "many", "192.0.2.9", four)
    tap.equal((got["events"], got["keys"]), (0, []))
    tap.check("No event" in got["verdict"], got)


@tap.case
def why_a_detection_did_not_match(work):
    got = why_not(work, "Admin page from outside", "10.0.0.5", [request("10.0.0.5", "/admin/users")])
    tap.equal([{s["name"]: s["holds"] for s in r["selections"]} for r in got["records"]],
              [{"admin": True, "inside": True}])
    tap.check("none is of the kind" in got["verdict"], got)


@tap.case
def by_the_api(work):
    (work / "rules.yml").write_text(RULES)
    daemon = Daemon(work, "detect:\n  rules: [rules.yml]\n")
    at = int(time.time()) - 30
    daemon.post([login("192.0.2.1", "ana", False, at + i) for i in range(3)])
    daemon.wait_detected()
    path = "/v1/rules/51111111-0000-4000-8000-000000000002/why-not?entity=192.0.2.1"
    got = daemon.json("GET", path)
    tap.equal((got["events"], got["keys"][0]["progress"]), (3, 0.6))
    tap.equal(daemon.request("GET", "/v1/rules/nobody/why-not?entity=x")[0], 404)
    tap.equal(daemon.request("GET", path.split("?")[0])[0], 422)
    tap.equal(daemon.request("GET", path + "&at=never")[0], 422)
    tap.equal(daemon.stop(), 0)


@tap.case
def what_cannot_be_done_is_said(work):
    for args in (["explain"], ["explain", "--rules", "rules.yml", "nobody"],
                 ["explain", "--why-not", "--rules", "rules.yml", "many"],
                 ["explain", "--why-not", "--entity", "x", "--at", "never", "--rules", "rules.yml",
                  "many"], ["list", "x"]):
        rules(work, *args, want=2)


tap.main()
