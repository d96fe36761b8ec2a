"""Routes: the tables of the requirement documents as their profiles load them; what is collected goes
out when it is due, once, whatever dies; what is missing is said, and nothing is lost by it."""
import json
import os
import pathlib
import re
import signal
import subprocess
import time

import tap
from receivers import Webhook
from tocsin import Daemon

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW")
PROFILES = {"tradepro": "000_", "wellflow": "002_", "paiid": "003_", "mosaajii": "004_"}
# Every kind that the documents name.
CHANNELS = """
channels:
  - {name: mail, type: email, host: mail.example.com, from: a@example.com, to: [b@example.com]}
  - {name: chat, type: kind, kind: slack, secret: {env: NONE}}
  - {name: pager, type: kind, kind: pagerduty, secret: {env: NONE}}
  - {name: text, type: kind, kind: twilio, settings: {account: AC1, from: "+1", to: "+2"}, secret: {env: NONE}}
  - {name: hook, type: webhook, url: https://example.com/hook}
"""
# People whom the policies that ship need.
BOOK = """
people: [{name: ana, contacts: [{channel: text}]}]
levels: {L1: [{person: ana}], L2: [{person: ana}], L3: [{person: ana}], L4: [{person: ana}]}
"""


def document(profile):
    folder = pathlib.Path(os.environ.get("TOCSIN_REQUIREMENTS") or
                          tap.SOURCE / ".." / "shared" / "requirements")
    found = list(folder.glob(PROFILES[profile] + "*")) if folder.is_dir() else []
    return found[0].read_text() if found else tap.skip(f"no requirement document {PROFILES[profile]}")


def routes(work, profile):
    config = work / "t.yml"
    (work / "book.yml").write_text(BOOK)
    config.write_text(f"profile: {profile}\ndata_dir: {work}/none\noncall: {{file: {work}/book.yml}}\n{CHANNELS}")
    run = subprocess.run([tap.TOCSIN, "routes", "--json", "--config", config], capture_output=True,
                         text=True, timeout=30)
    tap.equal(run.returncode, 0, run.stdout, run.stderr)
    return json.loads(run.stdout)


def loaded(work, profile):
    """{severity: what its route says}, each target without those that a switch may leave out."""
    tree = routes(work, profile)["routes"]
    said = {}
    for route in tree:
        for severity in route["match"].get("severity", SEVERITIES):
            said[severity] = {t["says"] + (" (optional)" if t["optional"] else "") for t in route["to"]}
    return said


def compare(profile, want, got):
    for severity in SEVERITIES:
        print(f"# {profile} {severity}: {'; '.join(sorted(got[severity]))}", flush=True)
        tap.equal(got[severity], want[severity], profile, severity)


@tap.case
def tradepro_routes_as_its_table(work):
    text = document("tradepro")
    table = text[text.index("alert_routing:"):].split("```")[0]
    want, severity = {}, None
    for line in table.splitlines()[1:]:
        head = re.fullmatch(r"\s+(critical|high|medium|low):\s*", line)
        row = re.fullmatch(r"\s+- (\w+): (.*)", line)
        if head:
            severity = head[1].upper()
            want[severity] = set()
        elif row:
            kind, whom = row[1], row[2].split("@")[0].strip("#[] ")
            want[severity].add({
                "pagerduty": f"channel '{whom}' or kind pagerduty", "email": f"channel '{whom}' or kind email",
                "slack": f"channel '{whom}' or kind slack", "sms": "kind sms", "dashboard": "kind dashboard",
                "daily_report": "kind email, daily at 08:00"}[kind])
    tap.equal({k: len(v) for k, v in want.items()}, {"CRITICAL": 4, "HIGH": 2, "MEDIUM": 2, "LOW": 2})
    # Its levels say besides who is paged.
    for part in re.split(r"\n#### ", text[text.index("### Alert Severity Levels"):])[1:5]:
        if re.search(r"\*\*Actions\*\*:.*Page on-call engineer", part.split("\n### ")[0]):
            want[part.split()[0].upper()].add("escalation policy 'critical' (optional)")
    tap.equal([k for k, v in want.items() if len(v) == 5], ["CRITICAL"])
    compare("tradepro", want, loaded(work, "tradepro"))


@tap.case
def wellflow_routes_as_its_function(work):
    text = document("wellflow")
    body = text[text.index("private determineAlertChannels"):]
    body = body[:body.index("return channels")]
    want, rank = {s: set() for s in SEVERITIES}, {s: i for i, s in enumerate(SEVERITIES)}
    reached, rows = set(SEVERITIES), 0
    for line in body.splitlines():
        more = re.search(r"alert\.severity (>=|===) AlertSeverity\.(\w+)", line)
        push = re.search(r"alertChannels\.get\('(\w+)'\)", line)
        if more:
            reached = {s for s in SEVERITIES if s == more[2] or (more[1] == ">=" and rank[s] < rank[more[2]])}
        elif push:
            rows += 1
            for severity in reached:
                want[severity].add("kind " + push[1])
    tap.equal(rows, 4)
    compare("wellflow", want, loaded(work, "wellflow"))


@tap.case
def paiid_routes_as_its_severities(work):
    text, want = document("paiid"), {}
    for part in re.split(r"\n#### ", text[text.index("### Severity Levels"):])[1:5]:
        lines = part[part.index("**Notification Channels:**"):].split("**Auto-Response")[0].splitlines()[1:]
        rows = want[part.split()[0]] = set()
        for line in filter(None, (line.removeprefix("- ").strip() for line in lines)):
            slack = re.fullmatch(r"Slack #([\w-]+)(?: \(batched every (\d+) min\))?", line)
            if slack:
                rows.add(f"channel '{slack[1]}' or kind slack"
                         + (f", collected for {slack[2]} min" if slack[2] else ""))
            else:
                rows.add({"PagerDuty (on-call engineer)": "channel 'on-call-engineer' or kind pagerduty",
                          "Email to security-team@paiid.com": "channel 'security-team' or kind email",
                          "SMS to CTO": "channel 'cto' or kind sms",
                          "Daily email digest": "kind email, daily at 08:00",
                          "Weekly security report": "kind email, Mondays at 08:00"}[line])
            if line == "PagerDuty (on-call engineer)":  # who is a person of the book too
                rows.add("escalation policy 'critical' (optional)")
    tap.equal({k: len(v) for k, v in want.items()}, {"CRITICAL": 5, "HIGH": 2, "MEDIUM": 2, "LOW": 2})
    compare("paiid", want, loaded(work, "paiid"))


@tap.case
def mosaajii_routes_as_its_switches(work):
    text = document("mosaajii")
    part = text[text.index("### Notification Channels"):].split("\n###")[0]
    switches = dict(re.findall(r"- (\w+): (.*)", part))
    tap.equal(switches, {"Email": "Enabled by default", "SMS": "Optional, for critical alerts",
                         "Webhook": "Optional, for external integrations"})
    rest = {"kind email", "kind webhook (optional)"}
    want = {s: rest | ({"kind sms (optional)"} if s == "CRITICAL" else set()) for s in SEVERITIES}
    compare("mosaajii", want, loaded(work, "mosaajii"))


@tap.case
def all_that_the_documents_name_can_be_there(work):
    for profile in ("default", *PROFILES):
        got = routes(work, profile)
        missing = [t["says"] for r in got["routes"] for t in r["to"] if not t["there"]]
        tap.equal(missing, [], profile)
        tap.equal([w for w in got["warnings"] if "no route names" not in w], [], profile)


OWN = """routes: own
route:
    name: rest
    to: [{channel: hook, batch: 1s}]
    routes:
        - {name: pager, match: {severity: high}, to: [{kind: pagerduty}]}
"""


def start(work, own=OWN, config="", **more):
    (work / "own.yml").write_text(own)
    return Daemon(work, f"route: {{policy: {work}/own.yml}}\nstore: {{seal_after: 1h}}\n{config}",
                  env={"TOCSIN_RETRY_SCALE": "0.0001", **more.pop("env", {})}, args=("--no-store",), **more)


def webhook(daemon, name, hook):
    daemon.json("POST", "/v1/channels", json.dumps({
        "name": name, "type": "webhook", "enabled": True, "min_severity": "INFO",
        "settings": {"url": hook.url(), "allow_private": True}, "secrets": {}}), want=201)


def raise_alerts(daemon, n, first=0):
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    daemon.post([{"timestamp": when, "event_type": "auth.token.tampering", "user_name": f"u{i}",
                  "client_ip": f"198.51.100.{i}"} for i in range(first, first + n)])


def bundles(hook):
    """{key: data} of bundles that were taken."""
    taken = hook.taken()
    with hook.lock:
        return {key: json.loads(body)["data"] for _, key, _, _, body in hook.seen
                if key in taken and json.loads(body)["type"] == "alerts.bundle"}


@tap.case
def a_batch_is_one_message(work):
    hook = Webhook()
    daemon = start(work)
    webhook(daemon, "hook", hook)
    raise_alerts(daemon, 5)
    daemon.wait(lambda: sum(b["count"] for b in bundles(hook).values()) == 5)
    data = list(bundles(hook).values())[0]
    tap.check(re.fullmatch(r"[1-5] alerts? in 1 second", data["title"]), data["title"])
    tap.equal(data["severity"], "CRITICAL")
    tap.check("client_ip=198.51.100." in data["summary"], data["summary"])
    one = daemon.json("GET", "/v1/alerts/" + daemon.alerts()[0]["id"])
    tap.equal(([d["event"] for d in one["deliveries"]], one["waiting"]), (["bundle"], []))
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def what_was_resolved_and_is_back_says_so(work):
    hook = Webhook()
    daemon = start(work, "routes: own\nroute: {to: [{channel: hook}]}\n")
    webhook(daemon, "hook", hook)
    raise_alerts(daemon, 1)
    daemon.wait(lambda: len(hook.taken()) == 1)
    alert = daemon.alerts()[0]["id"]
    daemon.json("POST", f"/v1/alerts/{alert}/resolve", json.dumps({"reason": "benign"}))
    raise_alerts(daemon, 1)
    daemon.wait(lambda: f"{alert}-hook-again1" in hook.taken())
    with hook.lock:
        said = [json.loads(body)["data"]["summary"] for _, key, _, _, body in hook.seen
                if key in (f"{alert}-hook", f"{alert}-hook-again1")]
    tap.equal([text.startswith("It was resolved and is back. ") for text in said], [False, True], said)
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def kill_9_while_alerts_are_collected_and_sent(work):
    """Each alert is in exactly one bundle, each bundle has one key."""
    points = ("bundle.item", "bundle.close", "bundle.closed")
    tap.timeout(90)
    hook, first = Webhook(), 0
    daemon = start(work)
    webhook(daemon, "hook", hook)
    tap.equal(daemon.stop(), 0)
    for point in points:
        mark = work / point
        daemon = start(work, env={"TOCSIN_CRASH": f"{point}:1", "TOCSIN_CRASH_ONCE": mark}, wait=False)
        try:
            daemon.wait_ready()
            raise_alerts(daemon, 3, first)
        except (AssertionError, OSError):
            pass  # it died before it answered
        first += 3
        end = time.monotonic() + 8
        while time.monotonic() < end and not mark.exists():
            time.sleep(0.02)
        tap.check(mark.exists(), point, "was not reached", daemon.said())
        daemon.kill()
    daemon = start(work)
    daemon.wait_detected()
    n = len(daemon.alerts())
    tap.check(n >= 6, n)
    daemon.wait(lambda: sum(b["count"] for b in bundles(hook).values()) >= n)
    time.sleep(1.2)  # nothing more comes
    tap.equal(sum(b["count"] for b in bundles(hook).values()), n)
    tap.equal(daemon.json("GET", "/v1/routes")["waiting"], [])
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def what_is_missing_is_said_and_nothing_is_lost(work):
    hook = Webhook()
    own = "routes: own\nroute: {name: rest, to: [{kind: pagerduty}, {policy: nobody}]}\n"
    daemon = start(work, own)
    webhook(daemon, "hook", hook)
    raise_alerts(daemon, 1)
    daemon.wait(lambda: len(hook.taken()) == 1)
    tap.check("names what is not there" in daemon.said(), daemon.said())
    got = daemon.json("GET", "/v1/routes")["policy"]
    tap.check("escalation policy 'nobody'. Its alerts go to every channel" in got["warnings"][0], got)
    told = daemon.json("GET", "/v1/routes/explain?severity=low&entity=eva")
    tap.check(told["fell_back"] and told["targets"][0]["stands_in"], told)
    tap.equal(told["targets"][0]["channel"], "hook")
    run = subprocess.run([tap.TOCSIN, "check-config", work / "tocsin.yml"], capture_output=True, text=True,
                         timeout=60)
    tap.equal(run.returncode, 0, run.stderr)
    tap.check("warning: route 'rest' names what is not there" in run.stderr, run.stderr)
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def routes_are_read_again_and_bad_ones_are_not_taken_up(work):
    daemon = start(work)
    (work / "own.yml").write_text("routes: own\nroute:\n    to: [{chanel: hook}]\n")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(lambda: "own.yml:3:11: chanel: a target has channel" in daemon.said())
    tap.equal(daemon.json("GET", "/v1/routes")["policy"]["routes"][1]["name"], "route 'pager'")
    (work / "own.yml").write_text("routes: own\nroute:\n    name: new\n    to: [{kind: all}]\n")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(lambda: daemon.json("GET", "/v1/routes")["policy"]["routes"][0]["name"] == "route 'new'")
    (work / "own.yml").write_text("routes: own\nroute:\n    to: [{chanel: hook}]\n")
    run = subprocess.run([tap.TOCSIN, "check-config", work / "tocsin.yml"], capture_output=True, text=True,
                         timeout=60)
    tap.equal(run.returncode, 2, run.stdout)
    tap.check("own.yml:3:11: chanel" in run.stdout + run.stderr, run.stdout, run.stderr)
    tap.equal(daemon.stop(), 0)


@tap.case
def people_ask_who_would_be_told(work):
    (work / "own.yml").write_text("routes: own\nzone: \"+01:00\"\nroute:\n    to: [{kind: dashboard}]\n    routes:\n"
                                  "        - {name: night, match: {time: night}, to: [{channel: text}]}\n"
                                  "        - {name: who, match: {entity: 10.0.0.0/8, tags: attack.t1110},"
                                  " to: [{kind: email, digest: daily, at: \"07:30\"}]}\n")
    config = work / "t.yml"
    config.write_text(f"route: {{policy: {work}/own.yml}}\ndata_dir: {work}/none\n{CHANNELS}")

    def ask(*options):
        return subprocess.run([tap.TOCSIN, "routes", "explain", "--config", config, *options], text=True,
                              capture_output=True, timeout=30, check=True).stdout

    noon = ("--at", "2026-11-21T12:00:00Z")
    tap.equal(ask(*noon), "Nobody is told; the page shows it.\n")
    tap.equal(ask("--at", "2026-11-21T21:00:00Z", "--severity", "low"),
              "A new alert of severity LOW is told to\n"
              "  text (twilio)  now, 2026-11-21T21:00:00Z  by route 'night'\n")
    tap.equal(ask(*noon, "--entity", "10.1.2.3", "--tag", "x,attack.t1110.001"),
              "A new alert of severity HIGH is told to\n"
              "  mail (email)  daily, 2026-11-22T06:30:00Z  by route 'who'\n")
    run = subprocess.run([tap.TOCSIN, "routes", "explain", "--severity", "huge", "--config", config],
                         capture_output=True, text=True, timeout=30)
    tap.equal(run.returncode, 2)
    tap.check("no such severity" in run.stderr, run.stderr)


tap.main()
