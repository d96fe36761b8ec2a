"""HTTPS with clients that others wrote; a proxy in front; what is open and what is not."""
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time

import tap
from tocsin import Daemon, login

CONFIG = "  tls_cert: server.crt\n  tls_key: server.key\n"


def certificate(work, name, days=90):
    """NAME.crt and NAME.key for 127.0.0.1, signed by themselves."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", str(days), "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", work / f"{name}.key", "-out", work / f"{name}.crt"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def curl(daemon, path, *args):
    """(status, headers and body)"""
    done = subprocess.run(
        ["curl", "-sS", "-i", "--cacert", daemon.work / "server.crt", "-w", "\n%{http_code}",
         "-H", "Authorization: Bearer " + daemon.token(), *args,
         f"https://127.0.0.1:{daemon.port}{path}"], stdout=subprocess.PIPE, check=True)
    text, status = done.stdout.decode().rsplit("\n", 1)
    return int(status), text


def s_client(daemon, *args):
    """What openssl s_client says, both streams."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{daemon.port}", "-CAfile",
         daemon.work / "server.crt", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=30)
    return done.returncode, done.stdout.decode(errors="replace")


def talk(daemon, name="server"):
    """A connection of Python's own."""
    trust = ssl.create_default_context(cafile=daemon.work / f"{name}.crt")
    return http.client.HTTPSConnection("127.0.0.1", daemon.port, context=trust, timeout=20)


def ask(link, daemon, method, path, body=None):
    link.request(method, path, body, {"Authorization": "Bearer " + daemon.token()})
    answer = link.getresponse()
    return answer.status, answer.read()


def checked(work):
    """What check-config says of the configuration; it must be refused."""
    done = subprocess.run([tap.TOCSIN, "check-config", work / "tocsin.yml"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    tap.equal(done.returncode, 2, done.stdout)
    return done.stdout.decode()


@tap.case
def events_go_in_and_out_over_https(work):
    certificate(work, "server")
    daemon = Daemon(work, CONFIG)
    events = "\n".join(json.dumps(login("203.0.113.5", "root", False, time.time() - 60 + i))
                       for i in range(12))
    (work / "events").write_text(events)
    status, text = curl(daemon, "/v1/events", "--data-binary", f"@{work}/events")
    tap.equal(status, 200, text)
    tap.check('"logged":12' in text, text)
    tap.check("strict-transport-security: max-age=" in text.lower(), text)
    link = talk(daemon)
    daemon.wait(lambda: json.loads(ask(link, daemon, "GET", "/v1/alerts")[1])["alerts"])
    # A body and an answer of several megabytes, on the same connection.
    big = "\n".join(json.dumps({"event_type": "log", "message": "x" * 900}) for _ in range(4000))
    tap.equal(ask(link, daemon, "POST", "/v1/events", big)[0], 200)
    question = json.dumps({"sql": "SELECT message FROM security_events WHERE message <> ''"})
    status, text = ask(link, daemon, "POST", "/v1/query", question)
    tap.equal((status, len(json.loads(text)["rows"])), (200, 4000))
    tap.equal(daemon.stop(), 0)


@tap.case
def a_stream_stays_open_over_https(work):
    certificate(work, "server")
    daemon = Daemon(work, CONFIG)
    link = talk(daemon)
    link.request("GET", "/v1/stream", None, {"Authorization": "Bearer " + daemon.token()})
    answer = link.getresponse()
    tap.equal(answer.status, 200)
    tap.check(answer.headers["Content-Type"].startswith("text/event-stream"), answer.headers)
    told = [answer.readline().decode()]
    while told[-1] != "event: hello\n":
        tap.check(told[-1] != "", told)
        told.append(answer.readline().decode())
    other = talk(daemon)
    for i in range(3):   # what happens meanwhile is told one by one, not in a lump
        ask(other, daemon, "POST", "/v1/events", "\n".join(
            json.dumps(login(f"203.0.113.{i}", "root", False, time.time() - 60 + k))
            for k in range(12)))
        while f"203.0.113.{i}" not in told[-1]:
            told.append(answer.readline().decode())
            tap.check(told[-1] != "", told)
    tap.equal(curl(daemon, "/healthz")[0], 200)
    tap.equal(daemon.stop(), 0)   # an open stream does not hold up the end


@tap.case
def only_good_tls_is_spoken(work):
    certificate(work, "server")
    daemon = Daemon(work, CONFIG)
    status, text = s_client(daemon, "-brief")
    tap.equal(status, 0, text)
    tap.check("TLSv1.3" in text and "Verification: OK" in text, text)
    status, text = s_client(daemon, "-brief", "-tls1_2", "-alpn", "h2,http/1.1")
    tap.check("TLSv1.2" in text and "ECDHE-ECDSA" in text, text)
    tap.check("ALPN protocol: http/1.1" in s_client(daemon, "-alpn", "h2,http/1.1")[1])
    for args in (["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], ["-tls1", "-cipher", "ALL:@SECLEVEL=0"],
                 ["-tls1_2", "-cipher", "AES128-SHA256:AES256-GCM-SHA384:AES128-SHA"],
                 ["-tls1_2", "-cipher", "NULL:eNULL:aNULL:@SECLEVEL=0"]):
        status, text = s_client(daemon, *args)
        tap.check(status != 0, args, text)
    with socket.create_connection(("127.0.0.1", daemon.port)) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n")
        said = b"".join(iter(lambda: plain.recv(4096), b""))
    tap.check(said.startswith(b"HTTP/1.1 400 ") and b"HTTPS" in said, said)
    tap.equal(curl(daemon, "/healthz")[0], 200)
    tap.equal(daemon.stop(), 0)


@tap.case
def a_crowd_that_never_finishes_its_handshake_holds_up_nobody(work):
    certificate(work, "server")
    daemon = Daemon(work, CONFIG)
    crowd = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in range(200)]
    for i, one in enumerate(crowd):
        one.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[:i % 11 + 1])
    begin = time.monotonic()
    for _ in range(20):
        tap.equal(curl(daemon, "/healthz")[0], 200)
    tap.check(time.monotonic() - begin < 8, "slow:", time.monotonic() - begin)
    for one in crowd:
        one.settimeout(15)
        tap.equal(one.recv(100), b"")   # the server's deadline
        one.close()
    tap.equal(daemon.stop(), 0)


@tap.case
def a_new_certificate_is_taken_up_on_sighup(work):
    for name in ("server", "other"):
        certificate(work, name)
    shutil.copy(work / "server.crt", work / "first.crt")
    daemon = Daemon(work, CONFIG)
    before = talk(daemon)
    tap.equal(ask(before, daemon, "GET", "/v1/ledger")[0], 200)
    shutil.copy(work / "other.crt", work / "server.crt")
    # Half done: the key is still the old one.
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(lambda: "the certificate was not taken up; the old is in use" in daemon.said())
    tap.check("is not the key of the certificate" in daemon.said(), daemon.said())
    tap.equal(ask(talk(daemon, "first"), daemon, "GET", "/v1/ledger")[0], 200)
    shutil.copy(work / "other.key", work / "server.key")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(lambda: ask(talk(daemon, "other"), daemon, "GET", "/v1/ledger")[0] == 200)
    tap.equal(ask(before, daemon, "GET", "/v1/ledger")[0], 200)   # never dropped
    tap.equal(daemon.stop(), 0)


@tap.case
def what_is_wrong_with_certificate_and_key_is_said(work):
    certificate(work, "server")
    certificate(work, "other")
    (work / "text").write_text("nothing of the kind\n")
    subprocess.run(["openssl", "ec", "-in", work / "server.key", "-aes128", "-passout", "pass:abcd",
                    "-out", work / "locked"], check=True, stderr=subprocess.DEVNULL)
    cases = (("server.crt", "other.key", "other.key is not the key of the certificate"),
             ("server.crt", "none", "none"),
             ("text", "server.key", "text holds no certificate in PEM"),
             ("server.crt", "locked", "the key is encrypted"),
             ("server.crt", "", "http.tls_cert and http.tls_key go together"))
    for cert, key, words in cases:
        daemon = Daemon(work, f"  tls_cert: {cert}\n" + (f"  tls_key: {key}\n" if key else ""),
                        wait=False)
        tap.check(daemon.process.wait(timeout=20) != 0)
        daemon.process.stdout.close()
        tap.check(words in daemon.said(), cert, key, daemon.said())
        tap.check(words in checked(work), cert, key, checked(work))


@tap.case
def a_certificate_about_to_expire_is_warned_of(work):
    certificate(work, "server", days=5)
    os.chmod(work / "server.key", 0o644)
    daemon = Daemon(work, CONFIG)
    tap.check("the certificate expires soon" in daemon.said(), daemon.said())
    tap.check("the private key can be read by others" in daemon.said(), daemon.said())
    text = curl(daemon, "/metrics")[1]
    ends = int(text.split("\ntocsin_http_certificate_expires_seconds ")[1].split()[0])
    tap.check(4 * 86400 < ends - time.time() <= 5 * 86400, ends)
    tap.equal(daemon.stop(), 0)


def try_login(daemon, headers):
    """Status of a login that fails, as a proxy passes it on."""
    body = json.dumps({"name": "nobody", "password": "wrong wrong wrong"})
    return daemon.request("POST", "/v1/session", body, headers, token=False)[0]


@tap.case
def a_trusted_proxy_says_who_the_client_is(work):
    heard = {"X-Forwarded-For": "6.6.6.6, 203.0.113.77", "X-Forwarded-Proto": "https"}
    question = "SELECT client_ip FROM auth_events WHERE event_type = 'auth.login.failed'"
    daemon = Daemon(work, "  trusted_proxies: [127.0.0.0/8]\n")
    tap.equal(try_login(daemon, heard), 401)
    daemon.wait(lambda: daemon.sql(question) == [["203.0.113.77"]])
    # Over plain HTTP from afar nobody logs in.
    afar = {"X-Forwarded-For": "203.0.113.77", "Host": "tocsin.example"}
    tap.equal(try_login(daemon, afar), 403)
    tap.equal(try_login(daemon, {**afar, "X-Forwarded-Proto": "https"}), 401)
    tap.equal(daemon.stop(), 0)
    daemon = Daemon(work)   # nobody is trusted
    tap.equal(try_login(daemon, heard), 401)
    daemon.wait(lambda: sorted(daemon.sql(question)) ==
                [["127.0.0.1"], ["203.0.113.77"], ["203.0.113.77"]])
    tap.equal(daemon.stop(), 0)


@tap.case
def metrics_are_open_when_told_so(work):
    daemon = Daemon(work, "  metrics_open: true\n")
    tap.equal(daemon.request("GET", "/metrics", token=False)[0], 200)
    tap.equal(daemon.request("GET", "/v1/ledger", token=False)[0], 401)
    tap.equal(daemon.stop(), 0)


@tap.case
def bad_settings_of_the_front_are_refused(work):
    for line, words in (("trusted_proxies: [10.0.0.0/33]", "10.0.0.0/33 is no address or network"),
                        ("public_url: ftp://x", "http.public_url"),
                        ("public_url: https://x/path", "http.public_url")):
        daemon = Daemon(work, f"  {line}\n", wait=False)
        tap.check(daemon.process.wait(timeout=20) != 0, line)
        daemon.process.stdout.close()
        tap.check(words in daemon.said(), line, daemon.said())
        tap.check(words in checked(work), line, checked(work))


tap.main()
