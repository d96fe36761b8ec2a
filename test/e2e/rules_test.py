"""`tocsin rules test`: cases that hold, cases that do not, and changes that no case notices."""
import json
import os
import pathlib
import subprocess

import tap

RULES = """title: Refused
id: 21111111-0000-4000-8000-000000000001
name: refused
logsource: {category: authentication}
detection:
  failed: {event_type: auth.login.failed}
  test: {user_name: test}
  condition: failed and not test
---
title: Many refused
id: 21111111-0000-4000-8000-000000000002
name: many
correlation:
  type: event_count
  rules: [refused]
  group-by: [client_ip]
  timespan: 60s
  condition: {gte: 3}
"""


def failed(at, ip="192.0.2.1", user="root", kind="auth.login.failed"):
    return {"event_type": kind, "client_ip": ip, "user_name": user,
            "timestamp": f"2026-03-01T10:{at // 60:02d}:{at % 60:02d}Z"}


def case(work, name, events, alerts):
    folder = work / "cases" / name
    folder.mkdir(parents=True)
    (folder / "input.jsonl").write_text("".join(json.dumps(e) + "\n" for e in events))
    (folder / "expect.jsonl").write_text("".join(
        json.dumps({"title": "Many refused", "group": f"client_ip={ip}"}) + "\n" for ip in alerts))


def run(work, *args, rules=None, want=0):
    (work / "rules.yml").write_text(rules or RULES)
    done = subprocess.run([tap.TOCSIN, "rules", "test", "--rules", work / "rules.yml",
                           work / "cases", *args], stdout=subprocess.PIPE, text=True, timeout=60)
    tap.equal(done.returncode, want, done.stdout)
    return done.stdout


def three(work):
    case(work, "three", [failed(i) for i in (0, 20, 40)], ["192.0.2.1"])


@tap.case
def a_case_that_fails_says_how(work):
    three(work)
    case(work, "wrong", [failed(i) for i in (0, 20)], ["192.0.2.1"])
    said = run(work, want=1)
    for words in ("FAILED wrong", "wanted Many refused  client_ip=192.0.2.1", "got    nothing",
                  "2 cases, 1 failed"):
        tap.check(words in said, said)
    tap.equal(json.loads(run(work, "--json", want=1))["failed"], 1)


@tap.case
def what_no_case_notices_is_named(work):
    three(work)
    said = run(work, "--mutate", want=1)
    noticed = ["condition gte 3 -> 4", "timespan 60s halved", "group-by without client_ip", "condition: failed and  test"]
    missed = ["condition gte 3 -> 2", "timespan 60s doubled",
              "condition: failed or not test"]
    for words in noticed:
        tap.check(words not in said, words, said)
    for words in missed:
        tap.check(words in said, words, said)
    report = json.loads(run(work, "--mutate", "--json", want=1))
    tap.equal(report["mutants"], 7)
    tap.equal({one["title"] for one in report["missed"]}, {"Refused", "Many refused"})


@tap.case
def good_cases_notice_every_mutant(work):
    three(work)
    case(work, "two", [failed(i) for i in (0, 20)], [])
    case(work, "slow", [failed(i) for i in (0, 31, 62)], [])
    case(work, "two_each", [failed(i, ip) for i, ip in
                            enumerate(["192.0.2.1", "192.0.2.2"] * 2)], [])
    case(work, "not_failed", [failed(i, kind="auth.login.success") for i in range(4)], [])
    case(work, "test_user", [failed(i, user="test") for i in range(4)], [])
    tap.check("7 mutants, 0 of which" in run(work, "--mutate"))


CARRIES = """title: Refused
id: 21111111-0000-4000-8000-000000000001
name: refused
logsource: {category: authentication}
detection: {s: {event_type: auth.login.failed, user_name: [a, b]}, condition: s}
---
title: Many refused
id: 21111111-0000-4000-8000-000000000002
name: many
correlation:
  type: event_count
  rules: [refused]
  group-by: [client_ip]
  timespan: 60s
  condition: {gte: 3}
tocsin:
  tests:
    - name: three
      events: [{event_type: auth.login.failed, user_name: a, client_ip: 192.0.2.1, %s}]
    - name: two
      fires: false
      events: [{event_type: auth.login.failed, user_name: b, client_ip: 192.0.2.1, repeat: 2}]
"""


def carried(work, rules, *args, command="test", want=0):
    (work / "rules.yml").write_text(rules)
    paths = ["--rules", work / "rules.yml"] if command == "test" else [work / "rules.yml"]
    done = subprocess.run([tap.TOCSIN, "rules", command, *args, *paths], stdout=subprocess.PIPE,
                          text=True, timeout=60)
    tap.equal(done.returncode, want, done.stdout)
    return done.stdout


@tap.case
def tests_that_rules_carry_are_run(work):
    tap.check("2 cases, 0 failed" in carried(work, CARRIES % "repeat: 3, every: 20s"))
    said = carried(work, CARRIES % "repeat: 3, every: 30s", want=1)
    tap.check("FAILED Many refused: three" in said, said)
    said = carried(work, CARRIES % "repeat: 3, every: 20s", "--mutate", want=1)
    for words in ("without b", "without user_name", "timespan 60s doubled"):
        tap.check(words in said, words, said)
    for words in ("without a", "gte 3 -> 2", "gte 3 -> 4", "timespan 60s halved"):
        tap.check(words not in said, words, said)


@tap.case
def a_bad_test_is_an_error_with_its_place(work):
    said = carried(work, CARRIES % "repeat: none", command="lint", want=1)
    tap.check("rules.yml:19:" in said and "tests: repeat is a number" in said, said)


ESCALATES = """title: Refused
id: 21111111-0000-4000-8000-000000000001
name: refused
logsource: {category: authentication}
detection: {s: {event_type: auth.login.failed}, condition: s}
---
title: Many refused
id: 21111111-0000-4000-8000-000000000002
name: many
level: low
correlation:
  type: event_count
  rules: [refused]
  group-by: [client_ip]
  timespan: 60s
  condition: {gte: 1}
  escalate: {field: user_name, gte: 2, level: high}
---
title: Few successes
id: 21111111-0000-4000-8000-000000000003
name: few
correlation:
  type: ratio
  rules: [refused, many]
  group-by: [client_ip]
  timespan: 60s
  part: many
  minimum: 10
  full: true
  condition: {lte: 5%}
---
title: Any
id: 21111111-0000-4000-8000-000000000004
name: any
correlation:
  type: event_count
  rules: [refused]
  group-by: [client_ip]
  timespan: 60s
  condition: {gte: 1}
tocsin:
  tests: [{name: one, events: [{event_type: auth.login.failed, client_ip: 192.0.2.1}]}]
"""


@tap.case
def the_own_keys_of_types_are_changed(work):
    said = carried(work, ESCALATES, "--mutate", want=1)
    for words in ("escalate gte 2 -> 3", "escalate to no level", "part many -> refused",
                  "rules without refused", "minimum 10 -> 9", "minimum 10 -> 11",
                  "full true -> false", "condition lte 5% -> 6%"):
        tap.check(words in said, words, said)
    any_one = [line for line in said.splitlines() if ": Any: " in line]
    tap.check(not any("timespan" in line for line in any_one), *any_one)


@tap.case
def cases_of_the_shipped_rules_notice_every_mutant(work):
    if os.environ.get("TEST_EACH", "1") != "1":
        tap.skip("built with sanitizers: too slow")
    done = subprocess.run([tap.TOCSIN, "rules", "test", "--mutate", "--json", "--rules",
                           tap.SOURCE / "rules", tap.SOURCE / "test/case/detect"],
                          stdout=subprocess.PIPE, text=True, timeout=300)
    report = json.loads(done.stdout)
    tap.equal((report["failed"], report["errors"]), (0, 0))
    tap.check(report["mutants"] > 600, report["mutants"])
    tap.equal(report["missed"], [])


@tap.case
def what_cannot_be_done_gives_status_2(work):
    (work / "cases").mkdir()
    run(work, want=2)
    done = subprocess.run([tap.TOCSIN, "rules", "test", "--rules", work / "rules.yml"],
                          stderr=subprocess.PIPE)
    tap.equal(done.returncode, 2)


tap.main()
