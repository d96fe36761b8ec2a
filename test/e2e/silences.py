"""Silences in the whole: what is hidden reaches nobody and is kept, what is new is told."""
import json
import subprocess
import time

import tap
from receivers import Webhook
from tocsin import Daemon

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def ask(daemon, method, path, body=None, want=200):
    return daemon.json(method, path, None if body is None else json.dumps(body), want=want)


def start(work):
    return Daemon(work, "store:\n  seal_after: 1h\n", env={"TOCSIN_RETRY_SCALE": "0.001"},
                  args=("--no-store",))


def listen(daemon):
    hook = Webhook()
    ask(daemon, "POST", "/v1/channels", {
        "name": "desk", "type": "webhook", "enabled": True, "min_severity": "INFO",
        "settings": {"url": hook.url(), "allow_private": True}, "secrets": {"key": SECRET}}, 201)
    return hook


def happen(daemon, address, country):
    """One event that makes an alert of its own; the alert."""
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    daemon.post([{"timestamp": when, "event_type": "auth.token.tampering", "user_name": "ann",
                  "client_ip": address, "geolocation": {"country": country}}])
    daemon.wait_detected()
    found = [a for a in daemon.alerts() if address in a["group"]]
    tap.equal(len(found), 1, found)
    return ask(daemon, "GET", "/v1/alerts/" + found[0]["id"])


def texts(hook):
    return [body.decode() for _, _, _, _, body in hook.seen]


@tap.case
def hidden_and_broken(work):
    """The receiver hears of the first one, of none that is hidden, and of all once one is new."""
    daemon = start(work)
    hook = listen(daemon)
    first = happen(daemon, "198.51.100.1", "DE")
    tap.equal(first["affected"]["countries"], ["DE"])
    daemon.wait(lambda: len(hook.seen) == 1)
    wish = {"match": {"rule_id": first["rule_id"]}, "breaks_on": ["country"], "for": "1h",
            "reason": "known scanner"}
    seen = ask(daemon, "POST", "/v1/silences/preview", wish)
    tap.equal((seen["alerts"], seen["true_positives"]), (1, 0), seen)
    made = ask(daemon, "POST", "/v1/silences", wish, 201)
    path = f"/v1/silences/{made['id']}"

    hidden = [happen(daemon, f"198.51.100.{i}", "DE") for i in (2, 3)]
    # Killed and started again, it still hides, and counts no alert twice.
    daemon.kill()
    daemon = start(work)
    daemon.wait_detected()
    hidden.append(happen(daemon, "198.51.100.4", "DE"))
    for one in hidden:
        now = ask(daemon, "GET", "/v1/alerts/" + one["id"])
        tap.equal((now["quiet"], now["deliveries"]), (f"silence:{made['id']}", []))
    now = ask(daemon, "GET", path)
    tap.equal((now["state"], now["hidden"]["alerts"], now["hidden"]["events"]), ("active", 3, 3))
    ids = {one["id"] for one in hidden}
    for query in ("quiet=yes", f"silence={made['id']}"):
        page = ask(daemon, "GET", "/v1/alerts?" + query)
        tap.equal({a["id"] for a in page["alerts"]}, ids, query)
    tap.equal(ask(daemon, "GET", "/v1/alerts?quiet=no")["total"], 1)
    tap.equal(len(hook.seen), 1)

    new = happen(daemon, "198.51.100.5", "RU")
    daemon.wait(lambda: len(hook.taken()) == 5)  # that one, and those that waited: all are urgent
    tap.check(any(new["id"] in t and "new country RU" in t for t in texts(hook)), texts(hook))
    now = ask(daemon, "GET", path)
    tap.equal((now["state"], now["broken"]["why"]), ("broken", "new country RU"), now)
    tap.equal(now["hidden"]["alerts"], 3)
    tap.equal(ask(daemon, "GET", "/v1/alerts?quiet=yes")["total"], 0)
    tap.equal(ask(daemon, "GET", f"/v1/alerts?silence={made['id']}")["total"], 3)
    time.sleep(1.2)
    tap.equal(len(hook.seen), 5, "told twice")
    tap.equal(daemon.stop(), 0)
    hook.close()


@tap.case
def true_positives_hold_it_up(work):
    daemon = start(work)
    first = happen(daemon, "198.51.100.1", "DE")
    ask(daemon, "POST", f"/v1/alerts/{first['id']}/resolve", {"reason": "true_positive"})
    wish = {"alert_id": first["id"], "for": "1h", "reason": "it is us"}
    refused = ask(daemon, "POST", "/v1/silences", wish, 409)
    tap.check("true positive" in refused["detail"], refused)
    made = ask(daemon, "POST", "/v1/silences", {**wish, "note": "a drill"}, 201)
    tap.equal(made["match"], {"rule_id": first["rule_id"], "group": first["group"]})
    ended = ask(daemon, "DELETE", f"/v1/silences/{made['id']}")
    tap.equal([h["action"] for h in ended["history"]], ["create", "end"])
    tap.equal(ended["state"], "ended")
    tap.equal(daemon.stop(), 0)


@tap.case
def by_command(work):
    """Made while a daemon runs, it holds there; the rest without one."""
    daemon = start(work)
    first = happen(daemon, "198.51.100.1", "DE")

    def tocsin(*args):
        done = subprocess.run([tap.BUILD / "tocsin", "silences", *args, "--data", daemon.data],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    wish = ("--rule", first["rule_id"], "--for", "2h", "--breaks-on", "country,network")
    status, said = tocsin("preview", *wish)
    tap.check(status == 0 and "hidden 1 alerts" in said and first["id"][:8] in said, said)
    status, said = tocsin("add", *wish)
    tap.check(status == 2 and "reason" in said, said)
    status, said = tocsin("add", *wish, "--reason", "a drill", "--owner", "ann")
    tap.equal(status, 0, said)
    hidden = happen(daemon, "198.51.100.2", "DE")
    tap.equal(hidden["quiet"], "silence:1")
    tap.equal(daemon.stop(), 0)
    status, said = tocsin("show", "1")
    tap.check("owner    ann" in said and "1 alerts, 1 events" in said and hidden["id"][:8] in said,
              said)
    listed = subprocess.run(
        [tap.TOCSIN, "alerts", "--quiet", "yes", "--json", "--data", daemon.data],
        capture_output=True, text=True, check=True).stdout
    tap.equal([json.loads(line)["id"] for line in listed.splitlines()], [hidden["id"]])
    tap.equal(tocsin("extend", "1", "--for", "3h")[0], 0)
    tap.equal(tocsin("end", "1")[0], 0)
    tap.equal(tocsin("end", "1")[0], 2)
    status, said = tocsin("--json")
    tap.equal((json.loads(said)["state"], json.loads(said)["hidden"]["alerts"]), ("ended", 1))
    status, said = tocsin("add", "--weekly", "sun,wed 22:30-04:00 +01:00", "--severity", "MEDIUM",
                          "--for", "60d", "--reason", "updates")
    tap.check(status == 0 and "Window 2" in said, said)


tap.main()
