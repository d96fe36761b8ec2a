"""Messages about alerts, from the outbox to receivers that fail in every way: nothing is lost, one
key for each alert and channel, nobody holds up anybody else.  Waiting times are scaled down."""
import datetime
import email.utils
import json
import os
import random
import re
import signal
import subprocess
import threading
import time

import tap
from receivers import MailSink, Webhook, certificate, free_port, verifier
from tocsin import Daemon

EACH = int(os.environ.get("TEST_EACH", "1"))  # more with sanitizers: fewer of everything

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
CONFIG = """
notify:
  timeout: 500ms
store:
  seal_after: 1h
"""


def start(work, scale=0.001, config="", **more):
    env = {"TOCSIN_RETRY_SCALE": str(scale),
           "TOCSIN_HTTP_PUBLIC_URL": "https://tocsin.example.com/", **more.pop("env", {})}
    return Daemon(work, CONFIG + config, env=env, args=("--no-store",), **more)


def webhook(daemon, name, url, secret=SECRET, **settings):
    daemon.json("POST", "/v1/channels", json.dumps({
        "name": name, "type": "webhook", "enabled": True, "min_severity": "INFO",
        "settings": {"url": url, "allow_private": True, **settings},
        "secrets": {"key": secret} if secret else {}}), want=201)


def email_date(when):
    return email.utils.formatdate(when, usegmt=True)


def mail_channel(daemon, name, port, secrets=None, **settings):
    daemon.json("POST", "/v1/channels", json.dumps({
        "name": name, "type": "email", "enabled": True, "min_severity": "INFO",
        "settings": {"host": "127.0.0.1", "port": port, "security": "none", "user": "",
                     "from": "tocsin@example.com", "to": ["ops@example.com"], **settings},
        "secrets": secrets or {}}), want=201)


def address(i):
    return f"198.51.{100 + i // 250}.{i % 250}"


def raise_alerts(daemon, n, first=0):
    """n alerts, each by one event; returns when all events are acknowledged."""
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    events = [{"timestamp": when, "event_type": "auth.token.tampering", "user_name": f"u{i}",
               "client_ip": address(i)} for i in range(first, first + n)]
    for at in range(0, n, 500):
        daemon.post(events[at:at + 500])


def deliveries(daemon, query=""):
    rows, cursor = [], ""
    while True:
        page = daemon.json("GET", f"/v1/deliveries?limit=1000{query}{cursor}")
        rows += page["deliveries"]
        if not page["next"]:
            return rows
        cursor = f"&cursor={page['next']}"


def settled(daemon, n, state="sent", query=""):
    """Are there n deliveries and all of them in that state?"""
    counts = {}
    for row in deliveries(daemon, query):
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    return counts == {state: n}


def wait_settled(daemon, seconds):
    """Until there is a delivery for each alert and all are sent; says what is not."""
    try:
        daemon.wait(lambda: settled(daemon, len(daemon.alerts())), seconds)
    except AssertionError:
        late = [row for row in deliveries(daemon) if row["state"] != "sent"]
        raise AssertionError(f"{len(daemon.alerts())} alerts, {len(deliveries(daemon))} deliveries,"
                             f" not sent: {late[:5]}; {daemon.said()[-1500:]}") from None


def seconds(text):
    """Of an RFC 3339 time; fractions are of 3, 6 or 9 digits, or none."""
    whole, _, rest = text.rstrip("Z").partition(".")
    return datetime.datetime.fromisoformat(whole + "+00:00").timestamp() + float("0." + (rest or "0"))


def latency(row):
    return seconds(row["sent"]) - seconds(row["created"])


def drained(daemon, channel):
    """Has everything for it been delivered?  Cheaper than settled()."""
    rows = daemon.json("GET", "/v1/channels")["channels"]
    return next((r["pending"], r["dead"]) == (0, 0) for r in rows if r["name"] == channel)


def keys(daemon, channel):
    found = {f"{alert['id']}-{channel}" for alert in daemon.alerts()}
    tap.equal({row["key"] for row in deliveries(daemon, f"&channel={channel}")}, found)
    return found


def rss_kb(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def notify_pid(daemon):
    with open(f"/proc/{daemon.process.pid}/task/{daemon.process.pid}/children") as f:
        for pid in f.read().split():
            with open(f"/proc/{pid}/cmdline") as c:
                if "\0notify" in c.read():
                    return int(pid)
    raise AssertionError("there is no notify process")


@tap.case
def a_webhook_is_signed_as_its_library_wants_it(work):
    verify = verifier()
    hook = Webhook()
    daemon = start(work)
    webhook(daemon, "one", hook.url())
    webhook(daemon, "both", hook.url(), secret=f"{OTHER} {SECRET}")
    webhook(daemon, "plain", hook.url(), secret=None)
    raise_alerts(daemon, 3)
    daemon.wait(lambda: settled(daemon, 9))
    tap.equal(hook.taken(), keys(daemon, "one") | keys(daemon, "both") | keys(daemon, "plain"))
    signed = [(h, b.decode()) for _, key, _, h, b in hook.seen if not key.endswith("-plain")]
    tap.equal(verify([(SECRET, h, b) for h, b in signed]), ["good"] * 6)
    tap.check(all(v.startswith("bad") for v in verify(
        [(SECRET, h, b.replace("alert", "elert", 1)) for h, b in signed])))
    tap.equal(sum(v == "good" for v in verify([(OTHER, h, b) for h, b in signed])), 3)
    tap.check(all("webhook-signature" not in h for _, key, _, h, _ in hook.seen
                  if key.endswith("-plain")))
    body = json.loads(signed[0][1])
    tap.equal(body["type"], "alert.raised")
    tap.equal(body["data"]["severity"], "CRITICAL")
    tap.equal(body["data"]["url"],
              f"https://tocsin.example.com/alerts/{body['data']['id']}")
    tap.check(SECRET[6:] not in daemon.said(), "the key is in the log")
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def receivers_that_fail_in_every_way(work):
    tap.timeout(90)
    n, began = 40, time.monotonic()
    hung = threading.Event()

    def half(attempt, key):
        return 500 if attempt <= 4 and (hash((key, attempt)) & 1) else 204

    def hangs(attempt, _key):
        return 204 if hung.is_set() else "hang"

    def resets(attempt, key):
        return "reset" if attempt <= 4 and (hash((key, attempt)) & 1) else 204

    def limits(attempt, key):
        """In seconds, or as the date of two to three seconds from now."""
        date = email_date(time.time() + 3)
        return (429, {"Retry-After": "2" if hash(key) & 1 else date}) if attempt == 1 else 204

    hooks = {"half": Webhook(half), "hangs": Webhook(hangs), "resets": Webhook(resets),
             "limits": Webhook(limits), "good": Webhook(), "gone": Webhook(lambda *_: 410)}
    daemon = start(work)
    for name, hook in hooks.items():
        webhook(daemon, name, hook.url())
    nowhere = free_port()
    webhook(daemon, "absent", f"http://127.0.0.1:{nowhere}/")
    raise_alerts(daemon, n)
    posted = time.monotonic()
    daemon.wait(lambda: settled(daemon, n, query="&channel=good"))
    took = max(t for t, *_ in hooks["good"].seen) - posted
    tap.check(took < 5, "a good receiver had to wait", took, "s")
    daemon.wait(lambda: settled(daemon, n, "dead", "&channel=gone"), 30)
    tap.check(not hooks["hangs"].taken())
    hung.set()
    for name in ("half", "hangs", "resets", "limits"):
        daemon.wait(lambda: settled(daemon, n, query=f"&channel={name}"), 60)
        tap.equal(hooks[name].taken(), keys(daemon, name), name)
    tap.check(len(hooks["half"].seen) > n and len(hooks["resets"].seen) > n)
    asked, ways = {}, set()
    for when, key, does, _, _ in hooks["limits"].seen:
        if does != 204:
            asked[key] = when
            ways.add(len(does[1]["Retry-After"]) > 3)
        else:
            tap.check(when - asked[key] >= 1.9, "Retry-After was not honoured", when - asked[key])
    tap.equal(ways, {False, True}, "seconds and dates")
    late = sorted(latency(row) for row in deliveries(daemon, "&channel=good"))
    most = 2 if EACH == 1 else 6  # sanitizers take their time
    tap.check(late[int(0.95 * n)] < most, "beside a hanging receiver", late)
    for name, hook in hooks.items():  # taken once: nobody is sent what he has taken
        done = [key for _, key, does, _, _ in hook.seen if does == 204]
        tap.equal(len(done), len(set(done)), name)
    # Dead letters are kept with the reason, and go out when somebody says so.
    row = deliveries(daemon, "&channel=gone")[0]
    tap.check("410" in row["last_error"] and row["attempts"] == 1, row)
    hooks["gone"].behave = lambda *_: 200
    tap.equal(daemon.json("POST", "/v1/deliveries/resend", '{"channel":"gone"}')["resent"], n)
    daemon.wait(lambda: settled(daemon, n, query="&channel=gone"))
    tap.equal(hooks["gone"].taken(), keys(daemon, "gone"))
    waiting = deliveries(daemon, "&channel=absent")
    tap.equal(len(waiting), n)
    tap.check(all(row["state"] in ("pending", "sending", "dead") for row in waiting))
    print(f"# good: last of {n} after {took:.2f} s beside a hanging receiver, half after {late[n // 2]:.3f} s, "
          f"95 % after {late[int(0.95 * n)]:.3f} s; all in {time.monotonic() - began:.1f} s", flush=True)
    tap.equal(daemon.stop(), 0)
    for hook in hooks.values():
        hook.close()


@tap.case
def a_receiver_that_fails_half_the_time_for_ever(work):
    """Each attempt fails by a coin: of a thousand messages one at most is given up, and none is lost."""
    coin, n = random.Random(17), 400 // EACH
    hook = Webhook(lambda *_: coin.choice((500, 503, "reset", "drop", 204, 204, 204, 204)))
    daemon = start(work, scale=0.00001)
    webhook(daemon, "half", hook.url())
    raise_alerts(daemon, n)
    daemon.wait(lambda: len(deliveries(daemon)) == n, 30)
    daemon.wait(lambda: not [r for r in deliveries(daemon) if r["state"] in ("pending", "sending")], 60)
    rows = deliveries(daemon)
    sent = sum(row["state"] == "sent" for row in rows)
    tap.equal(len(rows), n)
    tap.check(sent >= 0.99 * n, sent, "of", n)
    tap.check(all(row["attempts"] == 10 and row["last_error"] for row in rows if row["state"] == "dead"))
    hook.behave = lambda *_: 204
    daemon.json("POST", "/v1/deliveries/resend", "{}")
    daemon.wait(lambda: settled(daemon, n))
    tap.equal(hook.taken(), keys(daemon, "half"))
    print(f"# {sent} of {n} within the retry window, {len(hook.seen)} attempts", flush=True)
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def mail_is_down_for_long_with_many_alerts(work):
    """At a hundredth of the waiting times: ten minutes are six seconds.  DELIVERY_ALERTS=10000: an hour."""
    n = int(os.environ.get("DELIVERY_ALERTS", 1000 // EACH))
    down, scale = (36, 0.01) if n > 1000 else (6, 0.01)
    tap.timeout(120 + down + n // 8)
    port, hook = free_port(), Webhook()
    daemon = start(work, scale)  # with incidents, routes and pages as they are shipped
    mail_channel(daemon, "mail", port)
    webhook(daemon, "hook", hook.url())
    began = time.monotonic()
    raise_alerts(daemon, n)
    daemon.wait(lambda: len(hook.seen) >= n and drained(daemon, "hook"), 30 + n // 20)
    beside = time.monotonic() - began
    before = rss_kb(notify_pid(daemon)), rss_kb(daemon.process.pid)
    time.sleep(max(0, began + down - time.monotonic()))
    rows = deliveries(daemon, "&channel=mail")
    tap.equal(len(rows), n)
    tap.check(not any(row["state"] == "sent" for row in rows))
    after = rss_kb(notify_pid(daemon)), rss_kb(daemon.process.pid)
    if EACH == 1:  # sanitizers keep what was freed
        tap.check(after[0] < before[0] + 8192 and after[1] < before[1] + 16384, before, after)
    sink = MailSink("--dir", work / "mails", port=port)
    back = time.monotonic()
    daemon.wait(lambda: drained(daemon, "mail"), 60 + n // 15)
    took = time.monotonic() - back
    rows = deliveries(daemon, "&channel=mail")
    tap.equal({row["state"] for row in rows}, {"sent"})
    mails = [path.read_bytes() for path in (work / "mails").iterdir()]
    tap.equal(len(mails), n)
    tap.equal(len({re.search(rb"^Message-ID: (\S+)", mail, re.M)[1] for mail in mails}), n)
    got = {re.search(rb"^X-Tocsin-Key: (\S+)", mail, re.M)[1].decode() for mail in mails}
    tap.equal(got, {row["key"] for row in rows})
    tap.equal(len(got), n)
    attempts = max(row["attempts"] for row in rows)
    tap.check(attempts < 10, "attempts", attempts)
    print(f"# webhook beside it: {n} in {beside:.1f} s; down for {down / scale / 60:.0f} min scaled; {n} mails {took:.1f} s "
          f"after the server was back; at most {attempts} attempts; RSS of notify {after[0]} kB", flush=True)
    tap.equal(daemon.stop(), 0)
    sink.close()
    hook.close()


@tap.case
def the_most_urgent_goes_first(work):
    hook = Webhook()
    daemon = start(work)
    port = free_port()
    webhook(daemon, "down", f"http://127.0.0.1:{port}/", secret=None)
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    for i in range(12):  # HIGH: many failed logins from one address
        daemon.post([{"timestamp": when, "event_type": "auth.login.failed", "user_name": "root",
                      "client_ip": f"203.0.113.{i}"}] * 12)
    daemon.wait(lambda: len(deliveries(daemon)) >= 12)
    raise_alerts(daemon, 12)
    daemon.wait(lambda: len({a["severity"] for a in daemon.alerts()}) > 1)
    tap.equal(daemon.stop(), 0)
    hook.server.server_close()
    rank = {"CRITICAL": 0, "HIGH": 1, "MEDIUM": 2, "LOW": 3, "INFO": 4}
    relay = Webhook()
    daemon = start(work)
    daemon.json("PUT", "/v1/channels/down", json.dumps({
        "name": "down", "type": "webhook", "enabled": True, "min_severity": "INFO",
        "settings": {"url": relay.url(), "allow_private": True}, "secrets": {}}))
    total = len(daemon.alerts())
    daemon.wait(lambda: settled(daemon, total), 30)
    order = [rank[json.loads(body)["data"]["severity"]] for *_, body in relay.seen]
    first = [r for r in order[:12]]
    tap.check(sum(r == 0 for r in first) >= 8, "order", order)
    tap.equal(daemon.stop(), 0)
    relay.close()


def crash_points():
    done = subprocess.run([tap.TOCSIN, "debug", "crash-points"], stdout=subprocess.PIPE, check=True)
    return [p for p in done.stdout.decode().split() if p.startswith(("alert.", "outbox.", "notify."))]


@tap.case
def kill_9_at_every_named_point(work):
    """Of the daemon and of the notify process; what was sent before, or not, goes on from there."""
    # One message may meet many of the kills, and waits longer after each.
    soon = 0.0001
    points = [p for p in crash_points() if p not in ("alert.act", "alert.acted", "alert.erase")]
    tap.timeout(60 + 10 * len(points))
    hook, reached, first, acked = Webhook(), set(), 0, set()
    daemon = start(work, scale=soon)
    webhook(daemon, "hook", hook.url())
    tap.equal(daemon.stop(), 0)
    later = [(p, 3) for p in points if p.startswith(("outbox.", "notify."))]
    for point, at in [(p, 1) for p in points] + later:
        mark = work / f"{point}.{at}"
        daemon = start(work, scale=soon, env={"TOCSIN_CRASH": f"{point}:{at}", "TOCSIN_CRASH_ONCE": mark},
                       wait=False)
        try:
            daemon.wait_ready()
            raise_alerts(daemon, 4, first)
            acked.update(range(first, first + 4))
        except (AssertionError, OSError):
            pass  # it died before it was ready, or before it answered
        first += 4
        end = time.monotonic() + 5
        while time.monotonic() < end and not mark.exists():
            time.sleep(0.02)
        if mark.exists():
            reached.add((point, at))
        daemon.kill()
    tap.equal(reached, {(p, 1) for p in points} | set(later), "reached")
    daemon = start(work, scale=soon)
    daemon.wait_detected()
    wait_settled(daemon, 60)
    lost = {f"client_ip={address(i)}" for i in acked} - {a["group"] for a in daemon.alerts()}
    tap.check(not lost, "no alert for", lost)
    tap.check(len(acked) > 2 * len(points), "acknowledged", len(acked))
    tap.equal(hook.taken(), keys(daemon, "hook"))
    twice = len(hook.seen) - len(hook.taken())
    tap.check(twice <= 4 * len(reached), "sent twice", twice)
    print(f"# {len(reached)} kills at {len(points)} points, {len(hook.taken())} alerts, {twice} of "
          "them sent again", flush=True)
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def kill_9_of_the_notify_process_again_and_again(work):
    hook = Webhook()
    daemon = start(work)
    webhook(daemon, "hook", hook.url())
    for round_ in range(8):
        raise_alerts(daemon, 10, 10 * round_)
        time.sleep(0.05 * (round_ % 4))
        try:
            os.kill(notify_pid(daemon), signal.SIGKILL)
        except (AssertionError, ProcessLookupError):
            pass  # between two starts
    daemon.wait(lambda: settled(daemon, 80), 40)
    tap.equal(hook.taken(), keys(daemon, "hook"))
    tap.check("the notify process ended and is started again" in
              (work / "daemon.log").read_text())
    tap.equal(daemon.request("GET", "/readyz", token=False)[0], 200)
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def a_notify_process_that_stands_still_is_replaced(work):
    hook = Webhook()
    daemon = Daemon(work, CONFIG.replace("500ms", "100ms"), args=("--no-store",))
    webhook(daemon, "hook", hook.url())
    still = notify_pid(daemon)
    os.kill(still, signal.SIGSTOP)
    raise_alerts(daemon, 3)
    began = time.monotonic()
    daemon.wait(lambda: len(hook.taken()) == 3, 40)
    tap.check(10 < time.monotonic() - began, "it was given no time")
    tap.check(notify_pid(daemon) != still)
    tap.equal(hook.taken(), keys(daemon, "hook"))
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def the_daemon_ends_quickly_beside_a_hanging_receiver(work):
    hook = Webhook(lambda *_: "hang")
    daemon = start(work, config="", wait=True)
    webhook(daemon, "hook", hook.url())
    raise_alerts(daemon, 20)
    daemon.wait(lambda: hook.seen)
    began = time.monotonic()
    tap.equal(daemon.stop(), 0)
    tap.check(time.monotonic() - began < 12, "took", time.monotonic() - began)
    hook.behave = lambda *_: 204
    daemon = start(work)
    daemon.wait(lambda: settled(daemon, 20), 30)
    tap.equal(hook.taken(), keys(daemon, "hook"))
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def addresses_that_are_never_called(work):
    """A receiver that sends on elsewhere, and one on this machine without leave to be there."""
    secret = Webhook()
    hook = Webhook(lambda *_: (302, {"Location": secret.url()}))
    daemon = start(work)
    webhook(daemon, "moved", hook.url())
    webhook(daemon, "local", secret.url(), allow_private=False)
    webhook(daemon, "hex", f"http://0x7f000001:{secret.port}/", allow_private=False)
    webhook(daemon, "mapped", f"http://[::ffff:127.0.0.1]:{secret.port}/", allow_private=False)
    webhook(daemon, "cloud", "http://169.254.169.254/latest/meta-data/")
    raise_alerts(daemon, 1)
    for name in ("local", "hex", "mapped", "cloud"):
        daemon.wait(lambda: settled(daemon, 1, "dead", f"&channel={name}"))
    daemon.wait(lambda: hook.seen)
    why = {row["channel"]: row["last_error"] for row in deliveries(daemon)}
    tap.check("private address" in why["hex"] and "never go" in why["cloud"], why)
    daemon.wait(lambda: "redirects" in deliveries(daemon, "&channel=moved")[0]["last_error"])
    tap.equal(secret.seen, [])
    tap.equal(daemon.stop(), 0)
    for one in (secret, hook):
        one.close()


tap.main()
