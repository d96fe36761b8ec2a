"""Rules on and off, what they have found; the catalogue of fields against the real views."""
import json
import time
import urllib.parse

import tap
from tocsin import Daemon, login

RULES = """title: Failed login
id: 11111111-0000-4000-8000-000000000001
status: test
level: low
description: One failed login.
tags: [attack.t1110]
logsource: {category: authentication}
detection: {s: {event_type: auth.login.failed}, condition: s}
tocsin: {suppress: 1s, advice: Look who it was.}
--- # a second one in the same file
title: Many failed logins
id: 11111111-0000-4000-8000-000000000002
name: many
level: high
correlation:
  type: event_count
  generate: true
  rules: 11111111-0000-4000-8000-000000000001
  group-by: [client_ip]
  timespan: 5m
  condition: {gte: 5}
"""
ONE, TWO = "11111111-0000-4000-8000-000000000001", "11111111-0000-4000-8000-000000000002"


def start(work):
    (work / "rules.yml").write_text(RULES)
    return Daemon(work, "detect:\n  rules: [rules.yml]\n")


def fail(daemon, ip, n, at):
    """n failed logins, a second apart."""
    daemon.post([login(ip, "root", False, at + i) for i in range(n)])
    daemon.wait_detected()


def rules(daemon):
    return {rule["id"]: rule for rule in daemon.json("GET", "/v1/rules")["rules"]}


def switch(daemon, rule, action, note=None, want=200):
    body = json.dumps({"note": note}) if note is not None else None
    return daemon.json("POST", f"/v1/rules/{rule}/{action}", body, want)


@tap.case
def a_rule_is_listed_with_what_it_found(work):
    daemon = start(work)
    now = int(time.time()) - 100
    fail(daemon, "203.0.113.5", 3, now)
    one, two = rules(daemon)[ONE], rules(daemon)[TWO]
    tap.equal([one[k] for k in ("title", "status", "level", "severity", "type", "tags", "enabled")],
              ["Failed login", "test", "low", "LOW", "detection", ["attack.t1110"], True])
    tap.equal((one["file"].endswith("rules.yml"), one["line"], one["switched"]), (True, 1, None))
    tap.equal((one["alerts"], one["open"], len(one["spark"]), sum(one["spark"])), (3, 3, 30, 3))
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now + 2))
    tap.check(one["last_fired"].startswith(stamp), one, stamp)
    tap.equal((two["type"], two["alerts"], two["last_fired"]), ("correlation", 0, None))
    whole = daemon.json("GET", f"/v1/rules/{ONE}")
    tap.equal(whole["source"], RULES.split("---")[0].strip())
    tap.equal(whole["advice"], "Look who it was.")
    source = daemon.json("GET", f"/v1/rules/{TWO}")["source"]
    tap.check(source.startswith("title: Many") and source.endswith("{gte: 5}"), source)
    (work / "rules.yml").unlink()
    tap.equal(daemon.json("GET", f"/v1/rules/{ONE}")["source"], None)
    tap.equal(daemon.stop(), 0)


@tap.case
def a_rule_that_is_off_raises_nothing_until_it_is_on(work):
    daemon = start(work)
    now = int(time.time()) - 1000
    off = switch(daemon, ONE, "disable", "noise <b>")
    tap.equal((off["enabled"], off["switched"]["note"]), (False, "noise <b>"))
    tap.equal(off["switched"]["by"], "token-file")
    fail(daemon, "203.0.113.5", 3, now)
    tap.equal(daemon.alerts(), [])
    status, text = daemon.request("GET", "/metrics")
    tap.check(b"\ntocsin_findings_dropped_total 3\n" in text, text)
    # It goes on feeding the correlation, which is on.
    fail(daemon, "203.0.113.5", 2, now + 3)
    tap.equal([a["rule_id"] for a in daemon.alerts()], [TWO])
    # Neither a restart nor a replay of the log brings back what was dropped.
    tap.equal(daemon.stop(), 0)
    (work / "data" / "detect.state").unlink()
    daemon = start(work)
    tap.equal(rules(daemon)[ONE]["enabled"], False)
    fail(daemon, "203.0.113.6", 1, now + 100)
    tap.equal([a["rule_id"] for a in daemon.alerts()], [TWO])
    tap.equal(switch(daemon, ONE, "enable")["enabled"], True)
    fail(daemon, "203.0.113.7", 1, now + 200)
    tap.equal(sorted(a["rule_id"] for a in daemon.alerts()), [ONE, TWO])
    tap.equal(rules(daemon)[ONE]["open"], 1)
    tap.equal(daemon.stop(), 0)


@tap.case
def what_makes_no_sense_is_refused(work):
    daemon = start(work)
    for method, path, body, want in (
            ("GET", "/v1/rules/none", None, 404), ("POST", "/v1/rules/none/disable", None, 404),
            ("POST", f"/v1/rules/{ONE}/delete", None, 404), ("PUT", f"/v1/rules/{ONE}", None, 405),
            ("GET", "/v1/rules?x=1", None, 400), ("GET", f"/v1/rules/{ONE}?x=1", None, 400),
            ("GET", "/v1/fields?x=1", None, 400),
            ("POST", f"/v1/rules/{ONE}/disable", '{"nota":""}', 400),
            ("POST", f"/v1/rules/{ONE}/disable", '{"note":7}', 400),
            ("POST", f"/v1/rules/{ONE}/disable", "[]", 400),
            ("POST", f"/v1/rules/{ONE}/disable", json.dumps({"note": "x" * 1001}), 422)):
        status, text = daemon.request(method, path, body)
        tap.equal(status, want, method, path, text)
    for path in ("/v1/rules", f"/v1/rules/{ONE}", "/v1/fields"):
        tap.equal(daemon.request("GET", path, token=False)[0], 401)
    (daemon.data / "token").write_text("reader-reader-reader read\n")
    tap.equal(daemon.stop(), 0)
    daemon = start(work)
    head = {"Authorization": "Bearer reader-reader-reader"}
    tap.equal(daemon.request("GET", "/v1/rules", None, head, token=False)[0], 200)
    tap.equal(daemon.request("POST", f"/v1/rules/{ONE}/disable", None, head, token=False)[0], 403)
    tap.equal(daemon.stop(), 0)


@tap.case
def the_listed_views_have_the_listed_columns(work):
    daemon = Daemon(work)
    known = daemon.json("GET", "/v1/fields")
    names = [view["name"] for view in known["views"]]
    tap.equal(len(known["fields"]), len({field["name"] for field in known["fields"]}))
    for view in known["views"]:
        query = urllib.parse.quote(f"SELECT * FROM {view['name']} LIMIT 0")
        real = daemon.json("GET", f"/v1/query?sql={query}")["columns"]
        tap.equal(sorted(column["name"] for column in real), sorted(view["columns"]), view["name"])
    every = {column["name"]: column["type"] for column in
             daemon.json("GET", "/v1/query?sql=" + urllib.parse.quote(
                 "SELECT * FROM security_events LIMIT 0"))["columns"]}
    for field in known["fields"]:
        tap.equal(every[field["column"]].replace(" WITH TIME ZONE", "TZ"), field["sql"])
    shown = daemon.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal")
    tap.check({row[0] for row in shown} <= set(names) | {"records"}, shown)
    tap.equal(daemon.stop(), 0)


tap.main()
