"""Receivers of messages on loopback: a webhook that behaves as it is told, and a mail server."""
import atexit
import http.client
import http.server
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import threading
import time

import tap

SINK = tap.SOURCE / "tools" / "mail-sink"
PYTHON = "/usr/bin/python3"  # Debian's, which has python3-aiosmtpd


class Webhook:
    """Remembers each request; `behave(number of the attempt, key)` says what to do:
    a status, (status, {header: value}), "hang", "reset" or "drop"."""

    def __init__(self, behave=lambda attempt, key: 204):
        self.behave, self.lock = behave, threading.Lock()
        self.seen = []      # (time, key, what was done, headers, body)
        self.attempts = {}  # key: how many
        self.ended = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                receiver.take(self)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):  # the sender goes when it likes
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def take(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        key = request.headers["webhook-id"]
        with self.lock:
            attempt = self.attempts[key] = self.attempts.get(key, 0) + 1
            does = self.behave(attempt, key)
            self.seen.append((time.monotonic(), key, does, dict(request.headers.items()), body))
        if does == "hang":
            self.ended.wait(20)
        if does == "reset":
            request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                          struct.pack("ii", 1, 0))
        if isinstance(does, str):
            request.close_connection = True
            request.connection.close()
            return
        status, headers = does if isinstance(does, tuple) else (does, {})
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def taken(self):
        """Keys that were answered with 2xx."""
        with self.lock:
            return {key for _, key, does, _, _ in self.seen if isinstance(does, int) and does < 300}

    def close(self):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()

    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"


class MailSink:
    """tools/mail-sink in a process of its own."""

    def __init__(self, *options, port=0):
        if subprocess.run([PYTHON, "-c", "import aiosmtpd"], stderr=subprocess.DEVNULL).returncode:
            tap.skip("python3-aiosmtpd is not installed")
        self.process = subprocess.Popen(
            [PYTHON, SINK, "--smtp", f"127.0.0.1:{port}", "--http", "127.0.0.1:0", *options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        atexit.register(self.process.kill)  # a case that fails closes nothing
        words = self.process.stdout.readline().split()
        tap.check(words[:1] == [b"Ready"], "the mail sink did not start")
        self.port, self.http = int(words[1]), int(words[2])

    def mails(self):
        link = http.client.HTTPConnection("127.0.0.1", self.http, timeout=20)
        link.request("GET", "/mails.json")
        try:
            return json.loads(link.getresponse().read())
        finally:
            link.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificate(folder):
    """(certificate, key) for 127.0.0.1, which is its own authority."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                    "-keyout", key, "-out", cert], check=True, stderr=subprocess.DEVNULL)
    return cert, key


def verifier():
    """verify(secret, headers, body) by the library of Standard Webhooks; skips without npm."""
    if shutil.which("npm") is None:
        tap.skip("no npm")
    folder = pathlib.Path(os.environ.get("TOCSIN_BUILD", tap.BUILD)) / "webhook-check"
    if not (folder / "node_modules").exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tap.SOURCE / "test" / "webhook", folder)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)

    def verify(letters):
        asked = "".join(json.dumps({"secret": s, "headers": h, "body": b}) + "\n"
                        for s, h, b in letters)
        done = subprocess.run(["node", "verify.mjs"], cwd=folder, input=asked, text=True,
                              stdout=subprocess.PIPE, check=True)
        return done.stdout.splitlines()

    return verify
