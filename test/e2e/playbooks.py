"""Playbooks from the opening of an incident to its end: suggested, run by people, rolled back, whatever dies."""
import http.server
import json
import os
import re
import subprocess
import threading
import time

import tap
import tocsin

EVIL = "203.0.113.7"
SOON = {"TOCSIN_RETRY_SCALE": "0.02"}
BIN = tap.TOCSIN
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


class Tracker(http.server.ThreadingHTTPServer):
    """What GitHub says to issues; remembers what it was told."""

    def __init__(self):
        self.told = []
        super().__init__(("127.0.0.1", 0), Tracker.Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.server.told.append((self.command, self.path, body))
            said = json.dumps({"number": 12, "html_url": "https://github.example/o/r/issues/12"}).encode()
            self.send_response(201 if self.command == "POST" else 200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_PATCH = answer

        def log_message(self, *args):
            pass


def config(work, tracker, more=""):
    (work / "token").write_text("t")
    (work / "token").chmod(0o600)
    return (f"channels:\n  - {{name: tickets, type: kind, kind: github, min_severity: CRITICAL, secret: {{file: {work}/token}},\n"
            f"     settings: {{repository: o/r, url: 'http://127.0.0.1:{tracker.server_port}', allow_private: true}}}}\n"
            "route:\n  policy: none\nrespond:\n  policy: none\n" + more)


def attack(daemon, address=EVIL):
    now = time.time() - 40
    daemon.post([tocsin.login(address, f"user{i}", False, now + i / 2) for i in range(25)] +
                [tocsin.login(address, "user3", True, now + 13)])


def opened(daemon):
    daemon.wait(lambda: daemon.json("GET", "/v1/incidents")["incidents"])
    return daemon.json("GET", "/v1/incidents")["incidents"][0]["id"]


def runs(daemon, name):
    return daemon.json("GET", f"/v1/incidents/{name}/playbooks")["runs"]


def step(daemon, name, which, run=-1):
    return [s for s in runs(daemon, name)[run]["steps"] if s["id"] == which][0]


def act(daemon, name, which, action, want=200, **body):
    run = runs(daemon, name)[-1]["id"]
    return daemon.json("POST", f"/v1/incidents/{name}/playbooks/{run}/steps/{which}/{action}", json.dumps(body), want)


def blocks(daemon, action="BLOCK_IP"):
    return daemon.json("GET", f"/v1/blocks?limit=1000&action={action}")["blocks"]


def suggested(work):
    asked = []
    tracker = Tracker()
    daemon = tocsin.Daemon(work, config(work, tracker), env=SOON)
    attack(daemon)
    name = opened(daemon)
    daemon.wait(lambda: runs(daemon, name))
    run = runs(daemon, name)[0]
    tap.equal(run["playbook"], "brute_force")
    tap.equal(run["by"], "")
    tap.equal(step(daemon, name, "triage")["state"], "open")
    tap.equal(blocks(daemon), [])
    # The form is what it asks for.
    act(daemon, name, "triage", "done", 400, answers={"verdict": "nonsense"})
    act(daemon, name, "block", "run", 409)
    act(daemon, name, "triage", "done", answers={"verdict": "attack"})
    # What changes nothing happens by itself: a ticket, queries; a block waits.
    daemon.wait(lambda: step(daemon, name, "ticket")["state"] == "done")
    daemon.wait(lambda: step(daemon, name, "failures")["state"] in ("done", "paused"))
    failures = step(daemon, name, "failures")
    # The queries of all playbooks are SQL that the store understands.
    for book in daemon.json("GET", "/v1/playbooks")["playbooks"]:
        text = daemon.json("GET", f"/v1/playbooks/{book['name']}")["text"]
        for sql in re.findall(r"sql: \|\n((?: {8}.*\n)+)", text):
            daemon.sql(re.sub(r"{{\w+}}", "'x'", sql))
            asked.append(sql)
    tap.equal(len(asked), 10)
    tap.check(failures["found"] > 0 and "user3" in json.dumps(failures["output"]), failures)
    daemon.wait(lambda: step(daemon, name, "successes")["state"] == "done")
    tap.equal(step(daemon, name, "block")["state"], "offered")
    ticket = daemon.json("GET", f"/v1/incidents/{name}/tickets")["tickets"][0]
    tap.equal((ticket["state"], ticket["id"], ticket["url"]), ("open", "12", "https://github.example/o/r/issues/12"))
    tap.check(any(EVIL in json.dumps(t) and f"({name})" in json.dumps(t) for t in tracker.told), tracker.told)
    # A person lets it happen, though responses are not armed.
    act(daemon, name, "block", "run")
    daemon.wait(lambda: step(daemon, name, "block")["state"] == "done")
    tap.equal([(b["entity"], b["state"]) for b in blocks(daemon)], [(EVIL, "active")])
    tap.check(not step(daemon, name, "block")["dry"], "a person said so")
    act(daemon, name, "captcha", "skip", 400)
    if step(daemon, name, "captcha")["state"] == "offered":
        act(daemon, name, "captcha", "skip", note="nobody else comes from there")
    # Another playbook in the middle; the same one twice is refused.
    daemon.json("POST", f"/v1/incidents/{name}/playbooks", '{"playbook":"brute_force"}', 409)
    daemon.json("POST", f"/v1/incidents/{name}/playbooks", '{"playbook":"nothing"}', 422)
    daemon.json("POST", f"/v1/incidents/{name}/playbooks", '{"playbook":"ddos"}')
    daemon.json("POST", f"/v1/incidents/{name}/playbooks/{runs(daemon, name)[-1]['id']}/cancel", "{}")
    tap.equal([r["status"] for r in runs(daemon, name)], ["active", "cancelled"])
    # It survives its daemon; then all is taken back.
    daemon.kill()
    daemon = tocsin.Daemon(work, config(work, tracker), env=SOON)
    tap.equal(step(daemon, name, "block", 0)["state"], "done")
    daemon.json("POST", f"/v1/incidents/{name}/playbooks/{run['id']}/rollback", "{}")
    daemon.wait(lambda: runs(daemon, name)[0]["status"] == "undone")
    tap.equal([b["state"] for b in blocks(daemon)], ["undone"])
    # The ticket hears of changes, and of the end.
    daemon.json("POST", f"/v1/incidents/{name}/set", json.dumps({"owner": "ann"}))
    daemon.wait(lambda: any("ann" in json.dumps(t) and t[1].endswith("/issues/12/comments") for t in tracker.told))
    daemon.json("POST", f"/v1/incidents/{name}/close", json.dumps({"reason": "a test"}))
    daemon.wait(lambda: ("PATCH", "/repos/o/r/issues/12", {"state": "closed"}) in tracker.told)
    daemon.wait(lambda: daemon.json("GET", f"/v1/incidents/{name}/tickets")["tickets"][0]["state"] == "closed")
    tap.equal(len([t for t in tracker.told if f"({name})" in t[2].get("title", "")]), 1)
    told = json.dumps(daemon.json("GET", f"/v1/incidents/{name}/timeline?noise=true"))
    tap.check("Brute force attack" in told and "Ticket 12" in told, told)
    daemon.stop()


def dies(work, point):
    """Begun by itself, killed there, started again: everything was done once, dry until armed."""
    tracker = Tracker()
    env = {**SOON, "TOCSIN_CRASH": point, "TOCSIN_CRASH_ONCE": str(work / "died")}
    daemon = tocsin.Daemon(work, config(work, tracker, "incident:\n  playbooks: start\n"), env=env)
    attack(daemon)
    answered = False
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if daemon.process.poll() is not None:
                daemon = tocsin.Daemon(work, config(work, tracker, "incident:\n  playbooks: start\n"), env=env)
            name = opened(daemon)
            if not answered and runs(daemon, name) and step(daemon, name, "triage")["state"] == "open":
                act(daemon, name, "triage", "done", answers={"verdict": "attack"})
            if runs(daemon, name) and all(step(daemon, name, w)["state"] == "done" for w in ("block", "ticket", "failures", "tell_team")):
                break
        except (OSError, AssertionError, ValueError):
            pass
        time.sleep(0.05)
    else:
        raise AssertionError(json.dumps([(s["id"], s["state"], s["effects"]) for s in runs(daemon, name)[-1]["steps"]]))
    tap.check((work / "died").exists(), f"{point} was met")
    # Nobody said run, and responses are not armed.
    tap.equal([(b["entity"], b["state"]) for b in blocks(daemon)], [(EVIL, "dry-run")])
    tap.check(step(daemon, name, "block")["dry"], step(daemon, name, "block"))
    tap.equal(len(runs(daemon, name)), 1)
    # A receiver that is told and not heard of is told again: GitHub knows no key.
    tap.check(1 <= len([t for t in tracker.told if f"({name})" in t[2].get("title", "")]) <= 2, tracker.told)
    tap.equal(len(daemon.json("GET", f"/v1/incidents/{name}/tickets")["tickets"]), 1)
    daemon.stop()


def check_cacao(book):
    """What the standard asks for: members, ids, and a way from the start to an end through every step."""
    for member in ("type", "spec_version", "id", "name", "created_by", "created", "modified", "workflow_start", "workflow"):
        tap.check(member in book, member)
    tap.equal((book["type"], book["spec_version"]), ("playbook", "cacao-2.0"))
    tap.check(re.fullmatch("playbook--" + UUID, book["id"]) and re.fullmatch("identity--" + UUID, book["created_by"]), book["id"])
    tap.check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", book["created"]), book["created"])
    steps, seen, todo = book["workflow"], set(), [book["workflow_start"]]
    for name, s in steps.items():
        tap.check(re.fullmatch(s["type"] + "--" + UUID, name), name)
        if s["type"] != "end":
            tap.check(("on_completion" in s) != ("on_success" in s), name)
        if s["type"] == "action":
            tap.check(s["commands"] and s["agent"] in book["agent_definitions"], name)
            for c in s["commands"]:
                tap.check(c["type"] in ("http-api", "manual") and c["command"], c)
                if c["type"] == "http-api":
                    json.loads(c["content"])
        if s["type"] == "if-condition":
            tap.check(s["condition"].count("(") == s["condition"].count(")"), s["condition"])
            for variable in re.findall(r"(__[a-z0-9_-]+__):value", s["condition"]):
                tap.check(variable in book["playbook_variables"], variable)
        if s["type"] == "parallel":
            tap.check(len(s["next_steps"]) > 1, name)
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        s = steps[name]
        todo += [s[k] for k in ("on_completion", "on_success", "on_failure", "on_true") if k in s] + s.get("next_steps", [])
    tap.equal(seen, set(steps))
    return steps


def exported(work):
    listed = subprocess.run([BIN, "playbooks"], capture_output=True, text=True, check=True).stdout
    names = [line.split()[0] for line in listed.splitlines()]
    tap.equal(names, ["brute_force", "data_breach", "ddos", "insider_threat", "system_compromise", "unauthorized_access"])
    for name in names:
        said = subprocess.run([BIN, "playbooks", "export", name, "--cacao"], capture_output=True, check=True).stdout
        actions = [s for s in check_cacao(json.loads(said)).values() if s["type"] == "action"]
        shown = subprocess.run([BIN, "playbooks", "show", name], capture_output=True, text=True, check=True).stdout
        tap.equal(len(actions), len(shown.splitlines()) - 1)
    (work / "bad.yml").write_text("playbook: x\ntitle: X\nsteps:\n  - {id: a, title: A, auto: {action: BLOK_IP}}\n")
    bad = subprocess.run([BIN, "playbooks", "check", str(work / "bad.yml")], capture_output=True, text=True)
    tap.equal((bad.returncode, bad.stderr.strip().split("/")[-1]), (2, "bad.yml:4:38: there is no 'BLOK_IP'; did you mean BLOCK_IP?"))
    tap.equal(subprocess.run([BIN, "playbooks", "check", str(tap.SOURCE / "playbooks")]).returncode, 0)


for function in (suggested, exported):
    tap.case(function)
for which in ("run.carried_out:4",):  # the others: test/unit/incident/test_runs.c
    def dies_there(work, which=which):
        dies(work, which)

    dies_there.__name__ = "dies_at_" + which.replace(".", "_").replace(":", "_")
    tap.case(dies_there)
tap.main()
