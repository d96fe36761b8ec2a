"""The daemon end to end: events in by every input, out as alerts, rows and numbers."""
import gzip
import json
import os
import signal
import socket
import stat
import subprocess
import time

import tap
from tocsin import Daemon, login, scan

NOW = int(time.time()) - 600
LINE = "{} host sshd[1]: Failed password for {} from {} port {} ssh2\n"


def ssh_line(i, ip, user="root"):
    when = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(NOW + i))
    return LINE.format(when, user, ip, 4000 + i)


def nothing_on_its_way(daemon):
    """Once all is quiet, each source has received just what it logged or refused."""
    for line in daemon.ledger()["sources"]:
        tap.equal(line["in_flight"], 0, line)
        tap.check(line["received"] >= line["logged"], line)


def groups(daemon):
    return {a["group"] for a in daemon.alerts()}


@tap.case
def http_events_become_alerts_rows_and_numbers(work):
    daemon = Daemon(work)
    answer = daemon.post([login("203.0.113.5", "root", False, NOW + i) for i in range(12)])
    tap.equal(answer["logged"], 12)
    tap.equal([item["status"] for item in answer["items"]], [201] * 12)
    daemon.wait(lambda: "client_ip=203.0.113.5" in groups(daemon))
    rows = daemon.sql("SELECT client_ip, count(*) FROM auth_events GROUP BY 1")
    tap.equal([[r[0], int(r[1])] for r in rows], [["203.0.113.5", 12]])
    ledger = daemon.ledger()
    tap.check(ledger["balanced"], ledger)
    nothing_on_its_way(daemon)
    tap.equal(ledger["log"]["last_seq"], 12)
    tap.equal(daemon.request("GET", "/healthz", token=False)[0], 200)
    tap.equal(daemon.request("GET", "/readyz", token=False)[0], 200)
    status, text = daemon.request("GET", "/metrics")
    tap.equal(status, 200)
    tap.check(b"tocsin_" in text)
    tap.equal(daemon.stop(), 0)


@tap.case
def nothing_is_served_without_the_token(work):
    daemon = Daemon(work)
    for method, path in (("POST", "/v1/events"), ("GET", "/v1/alerts"), ("GET", "/v1/ledger"),
                         ("POST", "/v1/query"), ("GET", "/metrics")):
        tap.equal(daemon.request(method, path, b"{}", token=False)[0], 401, path)
    tap.equal(stat.S_IMODE(os.stat(daemon.data / "token").st_mode), 0o600)
    tap.check(daemon.token() not in daemon.said(), "the token is in the daemon's log")
    tap.equal(daemon.stop(), 0)


@tap.case
def parse_failures_are_kept_counted_and_answered(work):
    daemon = Daemon(work)
    body = b'{"event_type":"log"}\n{"broken": \n{"event_type":"log"}\n'
    status, text = daemon.request("POST", "/v1/events", body)
    answer = json.loads(text)
    tap.equal(status, 200)
    tap.equal(answer["parse_failed"], 1)
    tap.equal([i["status"] for i in answer["items"]], [201, 422, 201])
    rows = daemon.sql("SELECT raw FROM security_events WHERE event_type = 'parse.failed'")
    tap.equal(rows, [['{"broken":']])
    tap.equal(daemon.stop(), 0)


@tap.case
def bodies_may_be_arrays_gzip_zstd_and_chunked(work):
    daemon = Daemon(work)
    events = [{"event_type": "log", "message": f"m{i}"} for i in range(5)]
    array = json.dumps(events, indent=1).encode()
    (work / "body").write_bytes(array)
    packed = subprocess.run(["zstd", "-qc", work / "body"], stdout=subprocess.PIPE, check=True)
    for body, coding in ((array, None), (gzip.compress(array), "gzip"), (packed.stdout, "zstd")):
        head = {"Content-Encoding": coding} if coding else {}
        status, text = daemon.request("POST", "/v1/events", body, head)
        tap.equal(status, 200, coding, text)
        tap.equal(json.loads(text)["logged"], 5)
    status, text = daemon.request("POST", "/v1/events", iter([array[:10], array[10:]]))
    tap.equal(status, 200, text)
    tap.equal(int(daemon.sql("SELECT count(*) FROM security_events")[0][0]), 20)
    tap.equal(daemon.stop(), 0)


@tap.case
def a_file_is_followed_over_rotation_and_restart(work):
    log = work / "auth.log"
    log.write_text("".join(ssh_line(i, "203.0.113.5") for i in range(12)))
    config = "sources:\n  - type: file\n    path: auth.log*\n"
    daemon = Daemon(work, config)
    daemon.wait(lambda: "client_ip=203.0.113.5" in groups(daemon))
    os.rename(log, work / "auth.log.1")
    with open(work / "auth.log.1", "a") as old:
        old.write(ssh_line(13, "203.0.113.6"))
    log.write_text("".join(ssh_line(20 + i, "203.0.113.7") for i in range(3)))
    daemon.wait(lambda: daemon.ledger()["log"]["last_seq"] == 16)
    tap.equal(daemon.stop(), 0)
    with open(log, "a") as new:
        new.write(ssh_line(30, "203.0.113.8"))
    daemon = Daemon(work, config)
    daemon.wait(lambda: daemon.ledger()["log"]["last_seq"] == 17)
    time.sleep(0.5)
    tap.equal(int(daemon.sql("SELECT count(DISTINCT raw) FROM security_events")[0][0]), 17)
    tap.equal(daemon.ledger()["log"]["last_seq"], 17)
    nothing_on_its_way(daemon)
    tap.equal(daemon.stop(), 0)


@tap.case
def syslog_over_tcp_and_udp(work):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    daemon = Daemon(work, "sources:\n"
                    f"  - type: syslog_tcp\n    listen: 127.0.0.1:{port}\n"
                    f"  - type: syslog_udp\n    listen: 127.0.0.1:{port}\n")
    message = "<38>Nov 20 10:00:00 h sshd[1]: Failed password for root from 203.0.113.9 port 1 ssh2"
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.sendall(f"{len(message)} {message}".encode())   # octet counting
        link.sendall(message.encode() + b"\n")               # LF
        link.sendall(message.encode() + b"\0")               # NUL
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.sendto(message.encode(), ("127.0.0.1", port))
    daemon.wait(lambda: daemon.ledger()["log"]["last_seq"] == 4)
    rows = daemon.sql("SELECT count(*) FROM auth_events WHERE client_ip = '203.0.113.9'")
    tap.equal(int(rows[0][0]), 4)
    nothing_on_its_way(daemon)
    tap.equal(daemon.stop(), 0)


@tap.case
def live_and_scan_raise_the_same_alerts(work):
    log = work / "auth.log"
    lines = [ssh_line(i * 7 - 3000, f"203.0.113.{i % 5}", f"user{i % 9}") for i in range(300)]
    log.write_text("".join(lines))
    daemon = Daemon(work, "sources:\n  - type: file\n    path: auth.log\n")
    daemon.wait(lambda: daemon.ledger()["log"]["last_seq"] == 300)
    daemon.wait_detected()
    live = {a["id"]: (a["count"], a["evidence"]) for a in daemon.alerts()}
    tap.equal(daemon.stop(), 0)
    found = {a["id"]: (a["count"], a["evidence"]) for a in scan(log)["alerts"]}
    tap.check(len(found) >= 5, found)
    tap.equal(live, found)


@tap.case
def an_alert_is_dealt_with_from_shell_and_api(work):
    daemon = Daemon(work)
    daemon.post([login("203.0.113.5", "root", False, NOW + i) for i in range(12)])
    daemon.wait(daemon.alerts)
    first = daemon.alerts()[0]["id"]

    def shell(*args):
        return subprocess.run([tap.TOCSIN, "alerts", *args, "--data", daemon.data],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    tap.check(first[:8].encode() in shell("list").stdout)
    tap.check(first.encode() in shell("show", first[:12]).stdout)
    tap.equal(shell("ack", first[:12]).returncode, 0)
    tap.equal(daemon.json("GET", f"/v1/alerts/{first}")["status"], "acknowledged")
    tap.equal(shell("ack", first[:12]).returncode, 2)
    tap.equal(shell("false-positive", first).returncode, 2)
    tap.equal(shell("start", first).returncode, 0)
    tap.equal(shell("assign", first, "--owner", "bob").returncode, 0)
    tap.equal(shell("comment", first, "--note", "see \x1b[1mhere").returncode, 0)
    shown = shell("show", first).stdout
    tap.check(b"assign" in shown and b"-> bob" in shown and b"\x1b" not in shown, shown)
    tap.check(first[:8].encode() in shell("--owner", "bob", "--status", "in_progress").stdout)
    tap.equal(shell("resolve", first, "--reason", "bored").returncode, 2)
    daemon.json("POST", f"/v1/alerts/{first}/resolve",
                json.dumps({"reason": "true_positive", "note": "done"}))
    tap.equal(daemon.json("GET", f"/v1/alerts/{first}")["status"], "resolved")
    tap.equal(daemon.request("GET", "/v1/alerts/ffffffffffff")[0], 404)
    tap.equal(daemon.stop(), 0)


@tap.case
def an_event_is_visible_to_sql_within_a_second(work):
    daemon = Daemon(work)
    daemon.sql("SELECT 1")  # warms a worker
    for i in range(3):
        daemon.post([{"event_type": "log", "message": f"n{i}"}])
        started = time.monotonic()
        daemon.wait(lambda: daemon.sql(
            f"SELECT count(*) FROM security_events WHERE message = 'n{i}'") == [[1]])
        tap.check(time.monotonic() - started < 1, time.monotonic() - started)
    tap.equal(daemon.stop(), 0)


@tap.case
def sql_from_the_shell_works_with_and_without_the_daemon(work):
    daemon = Daemon(work)
    daemon.post([{"event_type": "log", "message": "=cmd"} for _ in range(3)])

    def shell(text, *args):
        return subprocess.run([tap.TOCSIN, "sql", "--data", daemon.data, *args, text],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def count():
        done = shell("SELECT count(*) AS n FROM security_events", "--format", "csv")
        return done.stdout.decode().split()

    tap.equal(count(), ["n", "3"])
    tap.equal(daemon.stop(), 0)
    tap.equal(count(), ["n", "3"])
    tap.check(b"'=cmd" in shell("SELECT message FROM security_events", "--format", "csv").stdout)
    tap.equal(shell("DROP TABLE x").returncode, 2)
    tap.equal(shell("SELECT * FROM read_csv('/etc/passwd')").returncode, 2)


@tap.case
def sighup_takes_up_good_settings_and_refuses_bad_ones(work):
    daemon = Daemon(work, "query:\n  max_rows: 100\n")
    daemon.post([{"event_type": "log"} for _ in range(50)])
    rows = "SELECT seq FROM security_events"
    tap.equal(len(daemon.sql(rows, 100)), 50)
    for text, word, most in (("query:\n  max_rows: 7\n", "in force", 7),
                             ("query:\n  max_rows: none\n", "tocsin.yml:4", 7)):
        (work / "tocsin.yml").write_text("http:\n  listen: 127.0.0.1:0\n" + text)
        os.kill(daemon.process.pid, signal.SIGHUP)
        daemon.wait(lambda word=word: word in daemon.said())
        tap.equal(len(daemon.sql(rows, most)), 7)
        tap.equal(daemon.request("GET", f"/v1/query?max_rows=8&sql=SELECT%201")[0], 400)
    tap.equal(daemon.stop(), 0)


@tap.case
def a_second_daemon_on_the_same_data_is_refused(work):
    daemon = Daemon(work)
    second = subprocess.run([tap.TOCSIN, "serve", "--config", work / "tocsin.yml"], cwd=work,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
    tap.equal(second.returncode, 2)
    tap.check(b"log" in second.stderr, second.stderr)
    tap.equal(daemon.stop(), 0)


@tap.case
def a_full_pipeline_answers_429_and_the_ledger_balances(work):
    daemon = Daemon(work, "ingest:\n  queue: 1\n")
    body = "\n".join(json.dumps({"event_type": "log", "message": "x" * 200}) for _ in range(5000))
    links = []
    for _ in range(24):
        link = socket.create_connection(("127.0.0.1", daemon.port))
        link.sendall((f"POST /v1/events?items=failed HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                      f"{daemon.token()}\r\nContent-Length: {len(body)}\r\n"
                      "Connection: close\r\n\r\n").encode())
        links.append(link)
    for link in links:
        link.sendall(body.encode())
    answers = []
    for link in links:
        with link.makefile("rb") as reader:
            answers.append(reader.read())
        link.close()
    taken = sum(a.startswith(b"HTTP/1.1 200") for a in answers)
    busy = [a for a in answers if a.startswith(b"HTTP/1.1 429")]
    tap.equal(taken + len(busy), len(answers))
    for answer in busy:
        tap.check(b"Retry-After:" in answer)
    ledger = daemon.ledger()
    tap.equal(ledger["log"]["last_seq"], taken * 5000)
    tap.check(ledger["balanced"], ledger)
    nothing_on_its_way(daemon)
    tap.equal(daemon.stop(), 0)


tap.main()
