"""`tocsin simulate`: each attack is found, by each way in."""
import json
import socket
import subprocess

import tap
from tocsin import Daemon

SCENARIOS = ["brute_force", "credential_stuffing", "password_spraying", "impossible_travel",
             "injection", "exfiltration", "api_abuse", "ddos", "unauthorized_access",
             "system_compromise"]


def simulate(*args, want=0, cwd=None):
    done = subprocess.run([tap.TOCSIN, "simulate", *map(str, args)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, cwd=cwd, timeout=60)
    tap.equal(done.returncode, want, done.stderr.decode())
    return done


def found(daemon):
    """Names of the simulations that the evidence of alerts is of."""
    names = set()
    for alert in daemon.alerts():
        whole = daemon.json("GET", f"/v1/alerts/{alert['id']}")
        seqs = ",".join(str(seq) for seq in whole["evidence"])
        for row in daemon.sql(f"SELECT DISTINCT raw FROM security_events WHERE seq IN ({seqs})"):
            names.add(json.loads(row[0]).get("simulation"))
    return names


@tap.case
def every_attack_is_found(work):
    tap.timeout(120)
    daemon = Daemon(work)
    to = ("--to", f"http://127.0.0.1:{daemon.port}", "--speed", 2000)
    simulate(*to, "all", cwd=work)
    daemon.wait_detected()
    tap.equal(sorted(set(SCENARIOS) - found(daemon)), [])
    titles = [a["title"] for a in daemon.alerts()]
    for title in ("Impossible travel", "Denial of service by many clients", "API abuse by one client",
                  "Data exfiltration", "Credential stuffing from one address"):
        tap.check(title in titles, title)
    tap.check(len(titles) < 60, "a flood of alerts:", len(titles))
    # Again at once: a clock that went back does not make the second time late.
    before = {a["id"]: a["count"] for a in daemon.alerts()}
    simulate(*to, "--config", work / "tocsin.yml", "brute_force", cwd=work)
    daemon.wait_detected()
    tap.check({a["id"]: a["count"] for a in daemon.alerts()} != before)
    tap.equal(daemon.stop(), 0)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@tap.case
def by_syslog_and_by_a_log_file(work):
    (work / "access.log").write_text("")
    port = free_port()
    daemon = Daemon(work, f"sources:\n  - {{type: syslog_tcp, name: hosts, listen: '127.0.0.1:{port}'}}\n"
                          f"  - {{type: file, name: web, path: {work}/access.log}}\n")
    simulate("--to", work / "access.log", "--rate", 100, "injection")
    simulate("--to", f"syslog://127.0.0.1:{port}", "--rate", 100, "brute_force")
    for address in ("203.0.113.216", "203.0.113.211"):
        daemon.wait(lambda: any(address in a["group"] for a in daemon.alerts()))
    tap.equal(daemon.sql("SELECT count(*) FILTER (source = 'web'), count(*) FILTER (source = "
                         "'hosts') FROM security_events"), [[21, 40]])
    tap.equal(daemon.stop(), 0)


@tap.case
def rate_and_speed_are_kept(work):
    text = simulate("--to", "-", "--rate", 10, "--speed", 8, "brute_force").stdout.decode()
    times = [json.loads(line)["timestamp"] for line in text.splitlines()]
    tap.equal(len(times), 40)
    tap.equal(times, sorted(times))
    seconds = [float(t[17:-1]) for t in times]
    tap.check(abs((seconds[-1] - seconds[0]) % 60 - 3.9) < 0.01, seconds)


@tap.case
def what_cannot_be_done_is_said(work):
    for args, word in ((["nonsense"], "list"), ([], "which"), (["--rate", "x", "ddos"], "rate"),
                       (["--to", "gopher://x", "ddos"], "--to"),
                       (["--to", work / "x.log", "impossible_travel", "--speed", "1e9"], "speed"),
                       (["--to", "syslog://127.0.0.1:1", "ddos"], "listens"),
                       (["--to", "http://127.0.0.1:1", "--token-file", work / "no", "ddos"], "no")):
        tap.check(word in simulate(*args, want=2).stderr.decode(), args)


tap.main()
