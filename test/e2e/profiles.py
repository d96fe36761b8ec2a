"""Profiles: which is used, and what is said of one that does not fit."""
import subprocess

import tap
from tocsin import Daemon, login

RULES = """title: Base
id: 11111111-0000-4000-8000-000000000001
name: base
logsource: {category: authentication}
detection: {s: {event_type: auth.login.failed}, condition: s}
---
title: Count
id: 11111111-0000-4000-8000-000000000002
name: count
correlation:
  type: event_count
  rules: [base]
  group-by: [client_ip]
  timespan: 5m
  condition: {gte: 3}
"""


def lay(work):
    (work / "rules").mkdir()
    (work / "profiles").mkdir()
    (work / "rules" / "own.yml").write_text(RULES)
    (work / "profiles" / "default.yml").write_text("profile: default\ntune: {count: {condition: {gte: 5}}}\n")
    (work / "profiles" / "strict.yml").write_text("profile: strict\ntune: {count: {condition: {gte: 2}}}\n")
    lines = "".join(f'{{"event_type":"auth.login.failed","client_ip":"203.0.113.{i // 10}","user_name":"u",'
                    f'"timestamp":"2026-03-01T10:00:{i:02}Z"}}\n' for i in (10, 11, 20, 21, 22, 30, 31, 32, 33, 34))
    (work / "log.jsonl").write_text(lines)


def scan(work, *options):
    run = subprocess.run([tap.TOCSIN, "scan", "--json", "--rules", work / "rules", *options, work / "log.jsonl"],
                         capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout, run.stderr


@tap.case
def the_profile_decides(work):
    lay(work)
    own = work / "own.yml"
    own.write_text("profile: own\noff: [count]\n")
    for options, want in (((), 1), (("--profile", "none"), 2), (("--profile", "strict"), 3),
                          (("--profile", str(own)), 0)):
        code, out, err = scan(work, *options)
        tap.equal(out.count('"Count"'), want, options, out, err)


@tap.case
def what_does_not_fit_is_said(work):
    lay(work)
    code, out, err = scan(work, "--profile", "nonesuch")
    tap.check("no profile 'nonesuch'" in err, err)
    tap.check(code not in (0, 1), code)
    own = work / "own.yml"
    own.write_text("profile: own\noff: [cuont]\n")
    code, out, err = scan(work, "--profile", str(own))
    tap.check("own.yml:2:7: profile: no rule has the name or id 'cuont'" in err, err)


@tap.case
def the_daemon_reads_it_from_the_configuration(work):
    lay(work)
    daemon = Daemon(work, "profile: strict\ndetect:\n  rules: [rules]\n")
    daemon.post([login("203.0.113.7", "root", False, 1772359200 + i) for i in range(2)])
    daemon.wait_detected()
    tap.equal([a["rule_id"] for a in daemon.alerts()], ["11111111-0000-4000-8000-000000000002"])
    tap.equal(daemon.stop(), 0)


tap.main()
