"""What holds in the application, and who may say so: no framework needed."""
import base64
import datetime
import hashlib
import hmac
import json
import threading
import time

KNOWN = {"LOCK_ACCOUNT", "SUSPEND_USER", "REVOKE_SESSIONS", "REVOKE_API_KEY", "RATE_LIMIT_USER", "REQUIRE_CAPTCHA",
         "BLOCK_ALL_TRAFFIC"}
LONGEST = 31 * 24 * 3600  # seconds; nothing is taken for longer, whoever asks
WINDOW = 5 * 60  # seconds that clocks may differ; later it is a replay


def verify(secret, headers, content):
    """Standard Webhooks.  `content`: the body as it came, of a GET the query behind the "?"."""
    identity, at, given = (headers.get("webhook-" + name, "") for name in ("id", "timestamp", "signature"))
    if not identity or not at.isdigit() or abs(time.time() - int(at)) > WINDOW:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.new(key, f"{identity}.{at}.".encode() + content, hashlib.sha256).digest()
    want = "v1," + base64.b64encode(made).decode()
    return any(hmac.compare_digest(one.encode(), want.encode()) for one in given.split(" "))


def seconds(text):
    return datetime.datetime.fromisoformat(text[:19] + "+00:00").timestamp()


class Actions:
    """In memory; a real application keeps this in its database, and the rules stay the same."""

    def __init__(self):
        self.lock, self.held, self.heard = threading.Lock(), {}, {}

    def sweep(self):
        """An action that is over is over, whether or not anybody says so."""
        now = time.time()
        self.held = {key: held for key, held in self.held.items() if held[1] > now}
        self.heard = {key: at for key, at in self.heard.items() if at + LONGEST > now}

    def take(self, webhook_id, body):
        try:
            message = json.loads(body)
            kind, action, about = message["type"], message["action"], (message["action"], message["kind"], message["entity"])
            until = min(seconds(message["until"]), time.time() + LONGEST)
        except (ValueError, KeyError, TypeError):
            return 400, {"error": "not understood"}
        if action not in KNOWN or kind not in ("action.begin", "action.end"):
            return 422, {"error": "no such action"}
        with self.lock:
            self.sweep()
            if webhook_id not in self.heard:  # what was heard before changes nothing
                self.heard[webhook_id] = time.time()
                if kind == "action.begin" and until > time.time():
                    self.held[about] = (message["id"], until)
                # The end of one that another has taken the place of opens nothing.
                elif kind == "action.end" and self.held.get(about, ("",))[0] == message["id"]:
                    del self.held[about]
        return 200, self.state(*about)

    def state(self, action, kind, entity):
        with self.lock:
            self.sweep()
            held = self.held.get((action, kind, entity))
        if held is None:
            return {"state": "off"}
        return {"state": "on", "id": held[0],
                "until": datetime.datetime.fromtimestamp(held[1], datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")}

    def holds(self, action, kind, entity):
        """What the application asks where it matters: at log-in, at each request."""
        return self.state(action, kind, entity)["state"] == "on"

    def forget(self):
        with self.lock:
            self.held = {}
