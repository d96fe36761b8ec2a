"""From an attack to an incident: opened once, joined by what belongs to it, led to its end by people."""
import json
import os
import pathlib
import shutil
import subprocess
import time

import tap
import tocsin

EVIL, HOME = "175.45.176.10", "85.214.132.117"
SOURCE = pathlib.Path(os.environ["TOCSIN_SOURCE"])
POINTS = ["incident.before", "incident.join", "incident.inside", "incident.committed"]


def usual(user):
    """Somebody logs in from home now and then."""
    return [tocsin.login(HOME, user, True, time.time() - 2000 + i * 100) for i in range(8)]


def guess(address, user=None, users=25):
    """Many names, one address; then the guess for `user` fits."""
    now = time.time() - 40
    events = [tocsin.login(address, f"user{i}", False, now + i / 2) for i in range(users)]
    return events + ([tocsin.login(address, user, True, now + users / 2)] if user else [])


def incidents(daemon, query=""):
    return daemon.json("GET", "/v1/incidents" + query)["incidents"]


def room(daemon, name):
    return daemon.json("GET", f"/v1/incidents/{name}")


def act(daemon, name, action, want=200, **body):
    return daemon.json("POST", f"/v1/incidents/{name}/{action}", json.dumps(body), want)


def story(daemon, name, query=""):
    return daemon.json("GET", f"/v1/incidents/{name}/timeline{query}")["timeline"]


def cli(work, *args):
    done = subprocess.run([tap.TOCSIN, "incidents", *args, "--data", work / "data"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def check_one(daemon):
    """All three alerts of the attack are in one incident, once each."""
    daemon.wait(lambda: len(daemon.alerts()) >= 3 and all(a["incident"] for a in daemon.alerts()))
    one, = incidents(daemon)
    seen = room(daemon, one["id"])
    tap.equal({a["id"] for a in seen["alerts"]}, {a["id"] for a in daemon.alerts()})
    tap.equal((seen["type"], seen["severity"], seen["origin"]), ("unauthorized-access", "CRITICAL", "rule"))
    tap.check({EVIL} <= {a["name"] for a in seen["addresses"]} and "user3" in {u["name"] for u in seen["users"]}, seen)
    alerts = [e for e in story(daemon, one["id"], "?noise=true") if e["kind"] == "alert"]
    tap.equal(len({e["ref"] for e in alerts}), len(alerts), "each joined once")
    tap.equal(len([e for e in story(daemon, one["id"]) if e["kind"] == "opened"]), 1)
    return seen


@tap.case
def a_kill_at_every_point_opens_one(work):
    """Guessed passwords, then a login with one of them: one incident, whenever it dies."""
    tap.timeout(90)
    daemon = tocsin.Daemon(work)
    daemon.post(usual("user3"))
    daemon.wait_detected()
    tap.equal(daemon.stop(), 0)
    for number, point in enumerate(POINTS):
        daemon = tocsin.Daemon(work, env={"TOCSIN_CRASH": f"{point}:1"}, wait=False)
        if number == 0:
            daemon.wait_ready()
            daemon.post(guess(EVIL, "user3"))
        end = time.monotonic() + 10
        while daemon.process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        tap.check(daemon.process.poll() is not None, "reached", point)
        daemon.kill()
    daemon = tocsin.Daemon(work)
    seen = check_one(daemon)
    kept = seen["evidence"]
    tap.check(kept and all(e["whole"] and json.loads(e["record"])["event_type"].startswith("auth.") for e in kept), kept)
    # More of the same joins; another address opens another one.
    daemon.post(guess("203.0.113.77"))
    daemon.wait(lambda: len(incidents(daemon)) == 2)
    before = len(room(daemon, seen["id"])["alerts"])
    tap.equal(len(check_two(daemon)), before + 1)
    daemon.stop()


def check_two(daemon):
    """Both made one: the alerts of both, each once."""
    new, old = (i["id"] for i in incidents(daemon))
    merged = act(daemon, new, "merge", into=old)
    tap.equal((merged["id"], room(daemon, new)["status"]), (old, "merged"))
    tap.check(any(e["incident"] == new for e in story(daemon, old)), "its timeline comes along")
    act(daemon, new, "note", 200, text="still readable")
    act(daemon, new, "advance", 409)
    return merged["alerts"]


@tap.case
def correlation_gathers_what_belongs_to_it(work):
    """Probing, an injection, guessed passwords of one address: one threat, and one incident of all of it."""
    daemon = tocsin.Daemon(work)
    now = time.time()
    probes = [{"timestamp": now - 60 + i, "event_type": "http.request", "client_ip": EVIL, "method": "GET",
               "path": f"/{name}", "status_code": 404} for i, name in enumerate(
                   [".env", ".git/config", "wp-login.php", "phpmyadmin/", "backup.sql", ".aws/credentials"] * 4)]
    inject = [{"timestamp": now - 30, "event_type": "http.request", "client_ip": EVIL, "method": "GET",
               "path": "/search?q=1%27%20UNION%20SELECT%20password%20FROM%20users--", "status_code": 200}]
    daemon.post(probes + inject)
    daemon.post(guess(EVIL))
    titles = lambda: {a["title"] for a in daemon.alerts()}
    daemon.wait(lambda: "Several kinds of attack from one address" in titles())
    daemon.wait(lambda: all(a["incident"] for a in daemon.alerts()))
    tap.equal({a["incident"] for a in daemon.alerts()}, {"INC-1"}, titles())
    tap.check(len(daemon.alerts()) >= 4, titles())
    # A botnet does not open an incident for each of its addresses.
    for i in range(14):
        daemon.post(guess(f"203.0.113.{i + 1}", users=22))
    daemon.wait(lambda: sum(a["title"].startswith("Brute") for a in daemon.alerts()) == 15)
    daemon.wait(lambda: all(a["incident"] for a in daemon.alerts()))
    tap.check(len(incidents(daemon)) <= 11, len(incidents(daemon)))
    daemon.stop()


@tap.case
def people_lead_it_to_its_end(work):
    daemon = tocsin.Daemon(work)
    made = daemon.json("POST", "/v1/incidents", json.dumps({"title": "Odd <b>logins</b>", "type": "ddos"}), 201)
    name = made["id"]
    tap.equal((made["phase"], made["status"], made["gate"]["open"] > 0), ("preparation", "open", True))
    status, answer = daemon.request("POST", f"/v1/incidents/{name}/advance", "{}")[:2]
    tap.equal(status, 409)
    now = act(daemon, name, "set", owner="ana", severity="HIGH")
    act(daemon, name, "note", 409, text="late", rev=made["rev"])
    now = act(daemon, name, "note", text="in time", rev=now["rev"])
    for step in now["steps"]:
        if not step["field"]:
            act(daemon, name, "check", phase=step["phase"], item=step["item"], state="done")
    act(daemon, name, "form", scope="one site", summary="it rained", helped="luck", hindered="none")
    act(daemon, name, "set", cause="a botnet")
    act(daemon, name, "todo", text="buy capacity", owner="ben", due="2027-01-31")
    for phase in ("identification", "containment", "eradication", "recovery", "lessons-learned"):
        tap.equal(act(daemon, name, "advance")["phase"], phase)
    done = act(daemon, name, "close")
    tap.equal((done["status"], bool(done["contained"]), bool(done["responded"])), ("closed", True, True))
    _, text = daemon.request("GET", f"/v1/incidents/{name}/report?format=html")[:2]
    page = text if isinstance(text, str) else text.decode()
    tap.check("&lt;b&gt;logins" in page and "<b>" not in page and "a botnet" in page and "buy capacity" in page, page[:300])
    figures = daemon.json("GET", "/v1/incidents/metrics?days=7")
    tap.equal((figures["all"]["incidents"], figures["by_type"]["ddos"]["resolve"]["n"]), (1, 1))
    daemon.json("POST", "/v1/incidents", json.dumps({"title": "practice", "drill": True}), 201)
    tap.equal(daemon.json("GET", "/v1/incidents/metrics")["drills"], 1)
    # The same from the command line, beside the daemon and without it.
    tap.equal(cli(work, "reopen", name, "--reason", "it is back")[0], 0)
    tap.equal(room(daemon, name)["status"], "open")
    tap.equal(daemon.stop(), 0)
    tap.check("it is back" in cli(work, "show", name)[1], "show")
    tap.equal(cli(work, "advance", name)[0], 2)
    code, said = cli(work, "close", name, "--reason", "over")
    tap.equal((code, said), (0, f"{name}: close\n"))
    tap.check("## Timeline" in cli(work, "report", name)[1] and name in cli(work, "list")[1], "report and list")
    code, said = cli(work, "open", "Found by hand", "--type", "data-breach", "--owner", "ana")
    tap.equal((code, said), (0, "INC-3: open\n"))


@tap.case
def a_missed_target_is_told(work):
    """It stands in the timeline, and goes out by a channel, once."""
    own = work / "own"
    shutil.copytree(SOURCE / "incidents", own)
    (own / "targets" / "fast.yml").write_text("targets: fast\nacknowledge: {all: 1s}\n")
    config = f"incident:\n  dir: {own}\n  targets: fast\n"
    daemon = tocsin.Daemon(work, config, env={"TOCSIN_CRASH": "incident.breach:1"})
    daemon.json("POST", "/v1/channels", json.dumps({"name": "hook", "type": "webhook", "min_severity": "LOW",
                                                    "settings": {"url": "https://127.0.0.1:1/"}}), 201)
    made = daemon.json("POST", "/v1/incidents", json.dumps({"title": "x", "severity": "HIGH", "alerts": []}), 201)
    tap.equal(made["measures"]["acknowledge"]["missed"], False, "whoever opens it has taken it on")
    daemon.post(guess(EVIL))
    end = time.monotonic() + 15
    while daemon.process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    tap.check(daemon.process.poll() is not None, "reached")
    daemon.kill()
    daemon = tocsin.Daemon(work, config)
    late = lambda: [e for e in story(daemon, "INC-2") if e["kind"] == "breach" and "acknowledged" in e["text"]]
    daemon.wait(late)
    time.sleep(2.1)
    tap.equal(len(late()), 1)
    notices = [d for d in daemon.json("GET", "/v1/deliveries")["deliveries"] if d["event"] == "bundle"]
    tap.equal(len(notices), 1, notices)
    tap.check(room(daemon, "INC-2")["measures"]["acknowledge"]["missed"], "shown")
    daemon.stop()


tap.main()
