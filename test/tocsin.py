"""A running `tocsin serve` for end-to-end tests, and how to talk to it."""
import atexit
import http.client
import json
import os
import signal
import subprocess
import time

import tap


class Daemon:
    """Starts the daemon in `work`; its data stay there, so that another one can go on with them."""

    def __init__(self, work, config="", env=None, wait=True, args=()):
        self.work, self.data = work, work / "data"
        self.port = None
        path = work / "tocsin.yml"
        path.write_text("http:\n  listen: 127.0.0.1:0\n" + config)
        self.log = open(work / "daemon.log", "ab")
        self.process = subprocess.Popen(
            [tap.TOCSIN, "serve", "--config", path, *args], cwd=work, stdout=subprocess.PIPE,
            stderr=self.log, env={**os.environ, **(env or {})})
        atexit.register(self.process.kill)  # a case that fails stops nothing
        if wait:
            self.wait_ready()

    def wait_ready(self):
        """Reads the lines about token and port; raises when the daemon ends instead."""
        while True:
            line = self.process.stdout.readline().decode()
            if line == "":
                raise AssertionError(f"the daemon ended with {self.process.wait()}: {self.said()}")
            if line.startswith("Listening on "):
                self.port = int(line.rsplit(":", 1)[1])
                return

    def said(self):
        return (self.work / "daemon.log").read_text()[-3000:]

    def token(self):
        return (self.data / "token").read_text().split()[-1]

    def request(self, method, path, body=None, headers=None, token=True):
        """(status, body bytes)"""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        head = dict(headers or {})
        if token:
            head["Authorization"] = "Bearer " + self.token()
        try:
            link.request(method, path, body, head)
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def json(self, method, path, body=None, want=200):
        status, text = self.request(method, path, body)
        tap.equal(status, want, path, text[:500])
        return json.loads(text)

    def post(self, events, path="/v1/events"):
        """The parsed answer to events sent as NDJSON."""
        return self.json("POST", path, "\n".join(json.dumps(e) for e in events))

    def ledger(self):
        return self.json("GET", "/v1/ledger")

    def sql(self, text, max_rows=100000):
        """Rows as lists."""
        asked = json.dumps({"sql": text, "max_rows": max_rows})
        return self.json("POST", "/v1/query", asked)["rows"]

    def alerts(self):
        return self.json("GET", "/v1/alerts?limit=1000")["alerts"]

    def wait(self, what, seconds=20):
        """Calls what() until it is true."""
        end = time.monotonic() + seconds
        while True:
            try:
                if what():
                    return
            except (OSError, http.client.HTTPException):
                pass
            if time.monotonic() > end:
                raise AssertionError("waited in vain; " + self.said())
            time.sleep(0.03)

    def wait_detected(self):
        last = self.ledger()["log"]["last_seq"]
        self.wait(lambda: self.ledger()["detected_through"] >= last)

    def kill(self):
        """SIGKILL, and its children with it."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """Ends it well; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        self.process.stdout.close()
        return status


def scan(*files, args=()):
    """The parsed report of `tocsin scan --json`."""
    done = subprocess.run([tap.TOCSIN, "scan", "--json", *args, *files], stdout=subprocess.PIPE)
    tap.check(done.returncode in (0, 1), "scan ended with", done.returncode)
    return json.loads(done.stdout)


def login(ip, user, good, when):
    """A login event in native form; `when` in seconds since 1970."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))
    return {"timestamp": stamp, "client_ip": ip, "user_name": user,
            "event_type": "auth.login.success" if good else "auth.login.failed"}
