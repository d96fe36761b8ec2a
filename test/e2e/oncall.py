"""Who is on call is told by the contact that works, then the next person; acknowledging stops it;
a crash at any step loses nothing and tells nobody twice; PagerDuty is believed only when it signs."""
import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import subprocess
import time
import urllib.parse

import tap
from receivers import MailSink, Webhook, free_port
from tocsin import Daemon

CRASHES = ("page.call", "page.step", "page.done")
SECRET = "a-secret-of-ours"


def book(work, steps, sms="{channel: sms}"):
    path = os.path.join(work, "oncall.yml")
    with open(path, "w") as f:
        f.write(f"""
people:
    - name: ana
      user: ana.a
      zone: Europe/Berlin
      contacts: [{sms}, {{channel: mail, to: ana@example.org}}]
    - {{name: lea, contacts: [{{channel: mail, to: lea@example.org}}]}}
rotas:
    - {{name: first, layers: [{{members: [ana]}}]}}
    - {{name: empty, layers: [{{members: [ana], start: 2100-01-01}}]}}
levels: {{L1: [{{rota: first}}], L2: [{{person: lea}}]}}
respond: {{critical: {{within: 1s, policy: own}}}}
policies: [{{name: own, steps: [{steps}]}}]
""")
    return path


def start(work, path, config="", **more):
    env = {"TOCSIN_RETRY_SCALE": "0.001", "TOCSIN_HTTP_PUBLIC_URL": "https://tocsin.example.com/",
           "TOCSIN_ROUTE_POLICY": "none", "PD": SECRET, **more.pop("env", {})}
    return Daemon(work, f"oncall: {{file: {path}{config}}}\nnotify: {{timeout: 500ms}}\n",
                  env=env, args=("--no-store",), **more)


def channel(daemon, name, **more):
    daemon.json("POST", "/v1/channels", json.dumps({
        "name": name, "enabled": True, "min_severity": "CRITICAL", **more}), want=201)


def webhook(daemon, name, url):
    channel(daemon, name, type="webhook", settings={"url": url, "allow_private": True}, secrets={})


def email(daemon, name, port):
    channel(daemon, name, type="email", secrets={}, settings={
        "host": "127.0.0.1", "port": port, "security": "none", "user": "",
        "from": "tocsin@example.com", "to": ["ops@example.com"]})


def utc(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + seconds))


def raise_alert(daemon, i=0):
    """The id of a new one of severity CRITICAL."""
    before = {a["id"] for a in daemon.alerts()}
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    daemon.post([{"timestamp": when, "event_type": "auth.token.tampering", "user_name": f"u{i}",
                  "client_ip": f"198.51.100.{i}"}])
    daemon.wait(lambda: {a["id"] for a in daemon.alerts()} - before)
    return ({a["id"] for a in daemon.alerts()} - before).pop()


def pages(daemon, alert):
    return daemon.json("GET", f"/v1/pages?alert={alert}")["pages"]


def calls(daemon, alert):
    return [c for p in reversed(pages(daemon, alert)) for c in p["calls"]]


def told(daemon, alert, person):
    return [c for c in calls(daemon, alert) if c["person"] == person and c["result"] == "told"]


def mails_to(sink, address):
    return [m for m in sink.mails() if address in json.dumps(m.get("to") or m.get("rcpt") or m)]


def follow(daemon, code):
    """Opens a short link as a browser does; returns the alert and the token it leads to."""
    link = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=20)
    link.request("GET", f"/a/{code}")
    answer = link.getresponse()
    answer.read()
    tap.equal(answer.status, 303)
    return re.fullmatch(r"\.\./alerts/([0-9a-f]{32})\?ack=(.+)", answer.headers["Location"]).groups()


@tap.case
def nobody_answers_until_a_link_is_clicked(work):
    """ana's first contact fails for good, so her mail is told; then lea, whose link ends it."""
    sink = MailSink()
    path = book(work, "{level: L1}, {after: 2s, level: L2}, {after: 5m, level: L3}")
    daemon = start(work, path)
    webhook(daemon, "sms", f"http://127.0.0.1:{free_port()}/")
    email(daemon, "mail", sink.port)
    alert = raise_alert(daemon)
    daemon.wait(lambda: told(daemon, alert, "lea"), 30)
    got = calls(daemon, alert)
    tap.equal([(c["person"], c["channel"], c["result"]) for c in got],
              [("ana", "sms", "failed"), ("ana", "mail", "told"), ("lea", "mail", "told")])
    tap.equal([c["level"] for c in got], [1, 1, 2])
    tap.check(got[1]["note"] == "sms failed" and got[0]["note"], got)
    daemon.wait(lambda: mails_to(sink, "lea@example.org"))
    tap.check(mails_to(sink, "ana@example.org"), sink.mails())
    daemon.wait(lambda: told(daemon, alert, "lea")[0]["delivery"] == "sent")
    tap.check(told(daemon, alert, "lea")[0]["answer"].startswith("250"), calls(daemon, alert))
    text = json.dumps(mails_to(sink, "lea@example.org"))
    code = re.search(r"https://tocsin\.example\.com/a/([0-9A-Za-z]{11})", text).group(1)
    id_, token = follow(daemon, code)
    tap.equal(id_, alert)
    tap.equal(pages(daemon, alert)[0]["state"], "running")  # looking is not acknowledging
    status, _ = daemon.request("POST", f"/v1/alerts/{alert}/ack-link", json.dumps({"token": token}),
                               {"Content-Type": "application/json"}, token=False)[:2]
    tap.equal(status, 200)
    detail = daemon.json("GET", f"/v1/alerts/{alert}")
    tap.equal((detail["status"], detail["owner"]), ("acknowledged", "lea"))
    tap.check(detail["late"] and detail["response"]["breached"], detail)
    daemon.wait(lambda: pages(daemon, alert)[0]["state"] == "ended")
    page = detail["pages"][0]
    tap.equal((page["by"], page["note"]), ("lea", "by the link in a message of mail"))
    people = {p["name"]: p["week"] for p in daemon.json("GET", "/v1/oncall")["people"]}
    tap.equal(people, {"ana": 1, "lea": 1})
    metrics = daemon.request("GET", "/metrics")[1].decode()
    tap.check('tocsin_alerts_late_total{severity="CRITICAL"} 1' in metrics, metrics[-2000:])
    tap.equal(daemon.stop(), 0)
    sink.close()


@tap.case
def with_nobody_on_call_everybody_is_told(work):
    hook = Webhook()
    path = book(work, "{tell: [{rota: empty}]}", '{channel: sms, to: "+4915112345678"}')
    daemon = start(work, path)
    webhook(daemon, "ops", hook.url())
    alert = raise_alert(daemon)
    daemon.wait(lambda: any(c["channel"] == "ops" for c in calls(daemon, alert)))
    got = calls(daemon, alert)
    tap.equal([(c["result"], c["note"]) for c in got],
              [("nobody", "nobody is on call in the rota empty"),
               ("told", "everybody: there is nobody on call")])
    tap.check("everybody: there is nobody on call" in daemon.said(), "it was not said loudly")
    # Somebody stands in from now on, and is told of the next one: one SMS, with a short link.
    channel(daemon, "sms", type="twilio", secrets={"secret": "x"}, settings={
        "account": "AC1", "from": "+15005550006", "to": "+15005550009", "allow_private": True,
        "url": f"http://127.0.0.1:{hook.port}"})
    body = {"rota": "empty", "person": "ana", "why": "ill", "from": utc(-60), "to": utc(3600)}
    daemon.json("POST", "/v1/oncall/overrides", json.dumps(body | {"rota": "no"}), want=422)
    daemon.json("POST", "/v1/oncall/overrides", json.dumps(body | {"to": utc(-1)}), want=422)
    [made] = daemon.json("POST", "/v1/oncall/overrides", json.dumps(body), want=201)["overrides"]
    tap.equal((made["by"], made["why"]), ("token-file", "ill"))
    other = raise_alert(daemon, 1)
    daemon.wait(lambda: told(daemon, other, "ana"))
    tap.equal([c["result"] for c in calls(daemon, other)], ["told"])
    daemon.wait(lambda: calls(daemon, other)[0]["delivery"] == "sent")
    with hook.lock:
        forms = [urllib.parse.parse_qs(b.decode()) for *_, b in hook.seen if b.startswith(b"To=")]
    tap.equal(forms[-1]["To"], ["+4915112345678"])
    [text] = forms[-1]["Body"]
    tap.check(len(text) <= 160 and re.search(r" https://tocsin\.example\.com/a/\w{11}$", text), text)
    rotas = {r["name"]: r for r in daemon.json("GET", "/v1/oncall")["rotas"]}
    tap.equal(rotas["empty"]["now"]["person"], "ana")
    # A test goes to her number and says what it is; her other channel is not there.
    daemon.json("POST", "/v1/oncall/test", json.dumps({"person": "nobody"}), want=422)
    tested = daemon.json("POST", "/v1/oncall/test", json.dumps({"person": "ana"}))
    tap.equal([(c["channel"], c["ok"]) for c in tested["contacts"]], [("sms", True), ("mail", False)])
    run = subprocess.run([tap.TOCSIN, "oncall", "test", "ana"], cwd=work, capture_output=True, text=True)
    tap.equal(run.returncode, 1, run.stdout, run.stderr)
    tap.check(re.search(r"ana by sms: arrived: .*\n", run.stdout), run.stdout)
    tap.check("ana by mail: not sent: there is no channel of that name that is on\n" in run.stdout, run.stdout)
    with hook.lock:
        tests = [urllib.parse.parse_qs(b.decode()) for *_, b in hook.seen if b.startswith(b"To=")][-2:]
    tap.equal([t["To"] for t in tests], [["+4915112345678"]] * 2)
    tap.check(all("test" in t["Body"][0].lower() for t in tests), tests)
    daemon.json("DELETE", f"/v1/oncall/overrides/{made['id']}")
    daemon.json("DELETE", f"/v1/oncall/overrides/{made['id']}", want=404)
    shifts = {r["name"]: r["shifts"] for r in daemon.json("GET", "/v1/oncall/schedule")["rotas"]}
    tap.equal([s["person"] for s in shifts["empty"]], [None])
    tap.equal([s["person"] for s in shifts["first"]], ["ana"])
    # A file that is not understood changes nothing, and is said with its place.
    with open(path, "a") as f:
        f.write("people: [{name: x}]\n")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(lambda: "who is on call was not taken up" in daemon.said())
    tap.check(re.search(r"oncall\.yml:\d+:\d+", daemon.said()), daemon.said())
    tap.equal(len(daemon.json("GET", "/v1/oncall")["people"]), 2)
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def a_route_with_a_policy_pages_at_once(work):
    """The routes that ship for paiid: L1 is called the moment a CRITICAL alert is known, not when it is late."""
    hook = Webhook()
    path = os.path.join(work, "book.yml")
    with open(path, "w") as f:
        f.write("people: [{name: ana, contacts: [{channel: sms}]}, {name: lea, contacts: [{channel: sms}]}]\n"
                "levels: {L1: [{person: ana}], L2: [{person: lea}], L3: [{person: lea}], L4: [{person: lea}]}\n")
    daemon = start(work, path, env={"TOCSIN_ROUTE_POLICY": "paiid", "TOCSIN_ONCALL_ESCALATION": "paiid"})
    webhook(daemon, "sms", hook.url())
    alert = raise_alert(daemon)
    daemon.wait(lambda: told(daemon, alert, "ana"), 10)
    detail = daemon.json("GET", f"/v1/alerts/{alert}")
    tap.equal([(p["policy"], p["state"], p["level"]) for p in detail["pages"]], [("critical", "running", 1)])
    tap.equal((bool(detail["late"]), len(detail["pages"][0]["calls"])), (False, 1))
    daemon.wait(lambda: calls(daemon, alert)[0]["delivery"] == "sent")
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def a_silence_stops_a_page_until_it_ends(work):
    hook = Webhook()
    daemon = start(work, book(work, "{level: L1}, {after: 3s, level: L2}, {after: 1h, level: L2}"))
    webhook(daemon, "sms", hook.url())
    webhook(daemon, "mail", hook.url())
    alert = raise_alert(daemon)
    daemon.wait(lambda: told(daemon, alert, "ana") and calls(daemon, alert)[0]["delivery"] == "sent")
    rule = daemon.json("GET", f"/v1/alerts/{alert}")["rule_id"]
    made = daemon.json("POST", "/v1/silences", json.dumps({
        "match": {"rule_id": rule}, "reason": "our own scanner", "owner": "ann", "for": "1h"}), want=201)
    [page] = pages(daemon, alert)
    tap.equal((page["state"], page["by"], page["why"]), ("silenced", "ann", "silenced"))
    tap.equal(page["note"], f"silence {made['id']} of ann (our own scanner)")
    time.sleep(4)
    tap.equal([c["person"] for c in calls(daemon, alert)], ["ana"])
    daemon.json("DELETE", f"/v1/silences/{made['id']}")
    daemon.wait(lambda: told(daemon, alert, "lea"), 15)
    tap.equal(pages(daemon, alert)[0]["state"], "running")
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def a_storm_of_pages_is_few_messages(work):
    """Two messages, then one for all that was held; each alert has its receipt and goes on to lea."""
    hook, sink = Webhook(), MailSink()
    path = book(work, "{level: L1}, {after: 1s, level: L2}, {after: 1h, level: L2}")
    daemon = start(work, path, ", storm_limit: 2, storm_window: 4s")
    webhook(daemon, "sms", hook.url())
    email(daemon, "mail", sink.port)
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    daemon.post([{"timestamp": when, "event_type": "auth.token.tampering", "user_name": f"u{i}",
                  "client_ip": f"198.51.100.{i}"} for i in range(12)])
    daemon.wait(lambda: len(daemon.alerts()) == 12)
    alerts = [a["id"] for a in daemon.alerts()]
    daemon.wait(lambda: all(any(c["person"] == "lea" for c in calls(daemon, a)) for a in alerts), 20)
    to_ana = [c for a in alerts for c in calls(daemon, a) if c["person"] == "ana"]
    tap.equal(len(to_ana), 12)
    held = [c for c in to_ana if c["result"] == "summary"]
    tap.check(8 <= len(held) <= 10 and {c["note"] for c in held} == {"held in summary"}, to_ana)
    daemon.wait(lambda: all(c["delivery"] == "sent" for a in alerts for c in calls(daemon, a)), 20)

    def summaries():
        with hook.lock:
            got = [json.loads(body) for *_, body in hook.seen if b'"alerts.bundle"' in body]
        return {b["data"]["title"]: b["data"] for b in got}
    daemon.wait(lambda: sum(b["count"] for b in summaries().values()) == len(held))
    tap.check(re.fullmatch(r"\d+ more alerts? calls? for you: \d+ .+", next(iter(summaries()))), summaries())
    tap.check(len(hook.taken()) <= 12 - len(held) + 12 + 2, hook.taken())
    tap.equal(daemon.stop(), 0)
    hook.close()
    sink.close()


@tap.case
def the_command(work):
    path = book(work, "{level: L1}, {level: L3}")
    (work / "tocsin.yml").write_text(f"oncall: {{file: {path}}}\n")

    def run(*args):
        done = subprocess.run([tap.TOCSIN, "oncall", *args], cwd=work, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    status, text = run("now")
    tap.check(status == 0 and "first: ana (" in text and "empty: nobody" in text, text)
    status, text = run("schedule")
    tap.check(status == 0 and text.count("ana") == 1, text)
    status, text = run("check", path)
    tap.check(status == 1 and "L3 names nobody" in text, text)
    with open(path, "a") as f:
        f.write("people: [{name: x}]\n")
    status, text = run("check", path)
    tap.check(status == 2 and re.search(r"oncall\.yml:\d+:\d+: ", text), text)
    status, text = run("what")
    tap.equal(status, 2)


@tap.case
def a_crash_at_any_step_tells_everybody_once(work):
    hook = Webhook()
    path = book(work, "{level: L1}, {after: 1s, tell: [{channel: ops}]}, {after: 1h, level: L2}")
    daemon = start(work, path)
    webhook(daemon, "sms", hook.url())
    webhook(daemon, "ops", hook.url())
    daemon.stop()
    keys = set()
    for i, point in enumerate(CRASHES):
        daemon = start(work, path, env={"TOCSIN_CRASH": f"{point}:{1 + i % 2}"}, wait=False)
        daemon.wait_ready()
        try:
            raise_alert(daemon, i)
        except (OSError, http.client.HTTPException):
            pass  # it died of a page of before
        daemon.wait(lambda d=daemon: d.process.poll() is not None, 20)
        tap.equal(daemon.process.returncode, -9, point)
    daemon = start(work, path)
    alerts = [a["id"] for a in daemon.alerts()]
    tap.check(alerts, "no alert at all")
    for alert in alerts:
        daemon.wait(lambda a=alert: len(calls(daemon, a)) == 2, 20)
        tap.equal([(c["person"], c["channel"]) for c in calls(daemon, alert)],
                  [("ana", "sms"), ("", "ops")])
        tap.equal(len(pages(daemon, alert)), 1)
        daemon.wait(lambda a=alert: all(c["delivery"] == "sent" for c in calls(daemon, a)))
    with hook.lock:
        for _, key, does, _, _ in hook.seen:
            keys.add(key)
    tap.equal(len([k for k in keys if "-p" in k]), 2 * len(alerts))
    tap.equal(daemon.stop(), 0)
    hook.close()


def sign(body, secret=SECRET):
    return "v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def tell(daemon, what, key, header=None):
    body = json.dumps({"event": {"id": "1", "event_type": f"incident.{what}",
                                 "agent": {"summary": "Ana A."},
                                 "data": {"type": "incident", "incident_key": key}}}).encode()
    return daemon.request("POST", "/v1/inbound/pagerduty/pd", body,
                          {"X-PagerDuty-Signature": header or f"v1=00, {sign(body)}",
                           "Content-Type": "application/json"}, token=False)[0]


@tap.case
def pagerduty_answers(work):
    daemon = start(work, book(work, "{level: L2}"), ", pagerduty_secret: {env: PD}")
    channel(daemon, "pd", type="pagerduty", settings={"url": f"http://127.0.0.1:{free_port()}"},
            secrets={"secret": "x" * 32})
    alert = raise_alert(daemon)
    tap.equal(tell(daemon, "acknowledged", alert, "v1=" + "0" * 64), 401)
    tap.equal(tell(daemon, "acknowledged", alert, "v0=1"), 401)
    tap.check("tocsin_inbound_refused_total 2" in daemon.request("GET", "/metrics")[1].decode())
    tap.equal(daemon.json("GET", f"/v1/alerts/{alert}")["status"], "open")
    tap.equal(tell(daemon, "acknowledged", "an incident of somebody else, by hand"), 204)
    tap.equal(tell(daemon, "acknowledged", alert), 204)
    detail = daemon.json("GET", f"/v1/alerts/{alert}")
    tap.equal((detail["status"], detail["note"]), ("acknowledged", "in PagerDuty by Ana A."))
    tap.equal(tell(daemon, "acknowledged", alert), 204)
    tap.equal(tell(daemon, "resolved", alert), 204)
    tap.equal(tell(daemon, "resolved", alert), 204)
    detail = daemon.json("GET", f"/v1/alerts/{alert}")
    tap.equal((detail["status"], detail["reason"]), ("resolved", "other"))
    tap.equal(daemon.stop(), 0)


tap.main()
