"""Mail by a real server: TLS, log-in, secrets by reference, what hostile text becomes; and test
messages, from the shell and over the API."""
import email
import email.policy
import html.parser
import json
import os
import subprocess
import time

import tap
from receivers import MailSink, Webhook, certificate, free_port
from tocsin import Daemon

USER, PASSWORD = "tocsin", "hunter2-and-more"
HOSTILE = [
    "x\r\nBcc: eve@example.com\r\n\r\nbody", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "\"><a href=\"https://evil.example/\">click</a>", "</td></table><form action=//evil.example>",
    "--=_tocsin_parts\r\nContent-Type: text/html\r\n\r\n<b>x</b>", ".\r\nMAIL FROM:<eve@example.com>",
    "=?utf-8?Q?spoof?=", "\u202eevil", "\x1b]0;title\x07", "{{7*7}} ${7*7} %s%n", "&lt;b&gt;",
    "https://evil.example/login www.evil.example", "ümläut € 日本 🔔", "'||(SELECT 1)||'", "@everyone <!channel>",
]


def channel(port, secret=None, name="mail", **settings):
    lines = [f"  - name: {name}", "    type: email", "    min_severity: INFO", "    host: 127.0.0.1",
             f"    port: {port}", "    from: tocsin@example.com", "    to: [ops@example.com]"]
    lines += [f"    {key}: {value}" for key, value in {"security": "none", **settings}.items()]
    if secret:
        lines.append(f"    password: {{{secret}}}")
    return "\n".join(lines) + "\n"


def config(*channels, ca=None):
    notify = f"notify:\n  timeout: 5s\n" + (f"  ca_file: {ca}\n" if ca else "")
    return notify + "channels:\n" + "".join(channels)


def start(work, text, **env):
    return Daemon(work, text, args=("--no-store",), env={"TOCSIN_RETRY_SCALE": "0.001", **env})


def send_test(work, name, **env):
    done = subprocess.run([tap.TOCSIN, "send-test", "--config", "tocsin.yml", name], cwd=work,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, **env})
    return done.returncode, done.stdout


def tampering(daemon, user, ip="198.51.100.1"):
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    daemon.post([{"timestamp": when, "event_type": "auth.token.tampering", "user_name": user,
                  "client_ip": ip}])


def secret_file(work, mode=0o600):
    path = work / f"secret.{mode:o}"
    path.write_text(PASSWORD + "\n")
    path.chmod(mode)
    return path


@tap.case
def starttls_log_in_and_secrets_by_each_kind_of_reference(work):
    cert, key = certificate(work)
    sink = MailSink("--cert", cert, "--key", key, "--user", f"{USER}:{PASSWORD}")
    path, credentials = secret_file(work), work / "credentials"
    credentials.mkdir()
    (credentials / "smtp").write_text(PASSWORD)
    (credentials / "smtp").chmod(0o400)
    env = {"TEST_MAIL_PASSWORD": PASSWORD, "CREDENTIALS_DIRECTORY": str(credentials)}
    common = {"security": "starttls", "user": USER}
    text = config(channel(sink.port, f"file: {path}", "by-file", **common),
                  channel(sink.port, "env: TEST_MAIL_PASSWORD", "by-env", **common),
                  channel(sink.port, "credential: smtp", "by-credential", **common), ca=cert)
    daemon = start(work, text, **env)
    tampering(daemon, "u1")
    daemon.wait(lambda: len(sink.mails()) == 3)
    tap.equal(len({mail["id"] for mail in sink.mails()}), 3)
    tap.equal(send_test(work, "by-env", **env)[0], 0)
    tap.check(PASSWORD not in (work / "daemon.log").read_text(), "the password is in the log")
    state = (daemon.data / "state.db").read_bytes() + (daemon.data / "state.db-wal").read_bytes()
    tap.check(PASSWORD.encode() not in state, "the password is in the database")
    tap.equal(daemon.stop(), 0)
    sink.close()


@tap.case
def what_keeps_mail_from_going_out_is_said_and_tried_again(work):
    cert, key = certificate(work)
    sink = MailSink("--cert", cert, "--key", key, "--user", f"{USER}:{PASSWORD}")
    plain = MailSink()
    wrong = work / "wrong"
    wrong.write_text("not-it")
    wrong.chmod(0o600)
    good, open_ = secret_file(work), secret_file(work, 0o644)
    common = {"security": "starttls", "user": USER}
    cases = {
        "wrong": (channel(sink.port, f"file: {wrong}", "wrong", **common), "535"),
        "open": (channel(sink.port, f"file: {open_}", "open", **common), "everybody"),
        "absent": (channel(sink.port, f"file: {work}/no", "absent", **common), "cannot open"),
        "unset": (channel(sink.port, "env: NO_SUCH_ONE", "unset", **common), "not in the environment"),
        "no-tls": (channel(plain.port, f"file: {good}", "no-tls", **common), "STARTTLS"),
        "nobody": (channel(free_port(), name="nobody"), "onnect"),
    }
    text = config(*(lines for lines, _ in cases.values()), ca=cert)
    daemon = start(work, text)
    tampering(daemon, "u1")

    def said():
        rows = daemon.json("GET", "/v1/deliveries?limit=100")["deliveries"]
        return {row["channel"]: row for row in rows if row["last_error"]}

    daemon.wait(lambda: set(said()) == set(cases))
    for name, (_, words) in cases.items():
        row = said()[name]
        tap.check(words in row["last_error"], name, row["last_error"])
        tap.check(row["state"] in ("pending", "sending"), name, row)
    code, text = send_test(work, "wrong")
    tap.equal(code, 2)
    tap.check("535" in text and "not-it" not in text, text)
    wrong.write_text(PASSWORD)
    daemon.wait(lambda: len(sink.mails()) == 1)  # mended: it goes out without anybody's help
    tap.equal(plain.mails(), [])
    tap.equal(daemon.stop(), 0)
    # With the authorities of the system our own certificate is nobody's.
    (work / "tocsin.yml").write_text("http:\n  listen: 127.0.0.1:0\n" + config(
        channel(sink.port, f"file: {good}", "by-file", **common)))
    daemon = start(work, config(channel(sink.port, f"file: {good}", "by-file", **common)))
    code, text = send_test(work, "by-file")
    tap.equal(code, 2)
    tap.check("certificate" in text, text)
    tap.equal(daemon.stop(), 0)
    for one in (sink, plain):
        one.close()


@tap.case
def tls_from_the_start(work):
    cert, key = certificate(work)
    sink = MailSink("--cert", cert, "--key", key, "--tls")
    daemon = start(work, config(channel(sink.port, security="tls"), ca=cert))
    tampering(daemon, "u1")
    daemon.wait(lambda: len(sink.mails()) == 1)
    tap.equal(daemon.stop(), 0)
    sink.close()


class Page(html.parser.HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.text, self.attributes = [], [], "", set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attributes)
        self.links += [value for name, value in attributes if name in ("href", "src", "action")]

    def handle_data(self, data):
        self.text += data


@tap.case
def hostile_text_stays_text(work):
    """Each payload as the user of an event, in a rule that shows it; by SMTP and back."""
    sink, folder = MailSink("--dir", work / "mails"), work / "mails"
    (work / "rule.yml").write_text("""title: Somebody tampered
id: 11111111-2222-4333-8444-555555555555
status: experimental
level: high
logsource:
    category: authentication
detection:
    selection:
        event_type: auth.token.tampering
    condition: selection
tocsin:
    group-by: [user_name]
""")
    daemon = start(work, "detect:\n  rules: [rule.yml]\n" + config(channel(sink.port)),
                   TOCSIN_HTTP_PUBLIC_URL="https://tocsin.example.com")
    for payload in HOSTILE:
        tampering(daemon, payload)
    daemon.wait(lambda: len(daemon.alerts()) == len(HOSTILE))
    daemon.wait(lambda: len(sink.mails()) == len(HOSTILE))
    want = None
    shown = 0
    for path in sorted(folder.glob("*.eml")):
        raw = path.read_bytes()
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        names = sorted(name.lower() for name in mail.keys())
        want = want or names
        tap.equal(names, want, path.read_text()[:1500])
        tap.check(all(len(line) <= 998 for line in raw.split(b"\r\n")))
        tap.check(b"\n" not in raw.replace(b"\r\n", b""), "a bare LF")
        tap.equal([part.get_content_type() for part in mail.iter_parts()], ["text/plain", "text/html"])
        tap.equal(mail["to"].addresses[0].addr_spec, "ops@example.com")
        tap.equal(mail["auto-submitted"], "auto-generated")
        page = Page(mail.get_body(("html",)).get_content())
        tap.check(set(page.tags) <= {"html", "head", "meta", "title", "style", "body", "table", "tr",
                                     "td", "span", "div", "br", "a"}, page.tags)
        tap.check(not any(name.startswith("on") for name in page.attributes), page.attributes)
        tap.check(all(link.startswith("https://tocsin.example.com/alerts/") for link in page.links),
                  page.links)
        tap.equal(len(page.links), 2)
        text = mail.get_body(("plain",)).get_content()
        tap.check("evil.example/login www.evil" not in text and "://evil" not in text, text)
        shown += any(p in text and p in page.text for p in HOSTILE)
    tap.check(shown >= 6, "payloads that are shown as they are", shown)
    tap.equal(daemon.stop(), 0)
    sink.close()


@tap.case
def the_link_in_the_mail_acknowledges_and_does_nothing_else(work):
    sink = MailSink()
    daemon = start(work, config(channel(sink.port)),
                   TOCSIN_HTTP_PUBLIC_URL="https://tocsin.example.com/")
    for user, ip in (("u1", "198.51.100.1"), ("u2", "198.51.100.2")):
        tampering(daemon, user, ip)
    daemon.wait(lambda: len(sink.mails()) == 2)
    first, other = (Page(mail["html"]).links[0] for mail in sink.mails())
    path, token = first.removeprefix("https://tocsin.example.com").split("?ack=")
    tap.check(path.startswith("/alerts/"), first)

    def press(at, with_):
        status, _ = daemon.request("POST", f"/v1{at}/ack-link", json.dumps({"token": with_}),
                                   token=False)
        return status

    status = {a["id"]: a["status"] for a in daemon.alerts()}
    tap.equal(set(status.values()), {"open"})
    tap.check(press(path, token[:-1] + ("0" if token[-1] != "0" else "1")) >= 400)
    tap.check(press(path, other.split("?ack=")[1]) >= 400, "the token of another alert")
    tap.equal({a["status"] for a in daemon.alerts()}, {"open"})
    tap.equal(press(path, token), 200)
    status = {a["id"]: a["status"] for a in daemon.alerts()}
    tap.equal(status.pop(path.rsplit("/", 1)[1]), "acknowledged")
    tap.equal(set(status.values()), {"open"})
    tap.equal(daemon.stop(), 0)
    sink.close()


@tap.case
def test_messages_from_the_shell_and_over_the_api(work):
    sink, hook = MailSink(), Webhook()
    daemon = start(work, config(channel(sink.port), channel(free_port(), name="down")))
    daemon.json("POST", "/v1/channels", json.dumps({
        "name": "hook", "type": "webhook", "enabled": True, "min_severity": "HIGH",
        "settings": {"url": hook.url(), "allow_private": True},
        "secrets": {"key": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}), want=201)
    answer = daemon.json("POST", "/v1/channels/mail/test")
    tap.check(answer["ok"] and answer["detail"].startswith("250 "), answer)
    answer = daemon.json("POST", "/v1/channels/hook/test")
    tap.check(answer["ok"] and answer["detail"] == "204", answer)
    answer = daemon.json("POST", "/v1/channels/down/test")
    tap.check(not answer["ok"] and "onnect" in answer["detail"], answer)
    unsaved = {"name": "new", "type": "webhook", "settings": {"url": hook.url(), "allow_private": True},
               "secrets": {"key": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}
    answer = daemon.json("POST", "/v1/channels/test", json.dumps(unsaved))
    tap.check(answer["ok"], answer)
    unsaved["settings"]["allow_private"] = False
    answer = daemon.json("POST", "/v1/channels/test", json.dumps(unsaved))
    tap.check(not answer["ok"] and "private" in answer["detail"], answer)
    tap.equal([json.loads(body)["type"] for *_, body in hook.seen], ["test", "test"])
    tap.check(all("webhook-signature" in headers for *_, headers, _ in hook.seen))
    tap.equal(len({key for _, key, *_ in hook.seen}), 2)
    code, text = send_test(work, "mail")
    tap.equal(code, 0, text)
    tap.check(text.startswith("arrived: 250 "), text)
    tap.equal(daemon.stop(), 0)
    code, text = send_test(work, "hook")  # without the daemon
    tap.equal((code, text.split(" (")[0]), (0, "arrived: 204"))
    code, text = send_test(work, "no-such")
    tap.equal(code, 2, text)
    tap.equal([mail["subject"] for mail in sink.mails()], ["[TEST] Tocsin reaches this address"] * 2)
    sink.close()
    hook.close()


@tap.case
def the_process_that_knows_secrets_leaves_no_core(work):
    child = subprocess.Popen([tap.TOCSIN, "notify"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdin.write(b'{"id":1}\n')
    child.stdin.flush()
    tap.check(b'"never"' in child.stdout.readline())
    with open(f"/proc/{child.pid}/limits") as f:
        limits = next(line.split() for line in f if line.startswith("Max core"))
    tap.equal(limits[4:6], ["0", "0"])
    with open(f"/proc/{child.pid}/status") as f:
        tap.check("NoNewPrivs:\t1" in f.read())
    child.stdin.close()
    tap.equal(child.wait(timeout=10), 0)
    child.stdout.close()


tap.main()
