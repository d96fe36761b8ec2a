"""Every operation of the API against its own document: answers, refusals, and who may do what."""
import hmac
import http.client
import json
import re
import time

import openapi
import receivers
import tap
import tocsin

ATTACK = [tocsin.login("203.0.113.7", f"user{i}", False, time.time() - 30 + i / 10) for i in range(60)]
ATTACK += [tocsin.login(f"203.0.113.{8 + i % 2}", f"user{i}", False, time.time() - 24 + i / 10) for i in range(60)]
PASSWORD = "a long enough one 17"
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WEBHOOK = {"name": "hook", "type": "webhook", "enabled": True, "min_severity": "CRITICAL",
           "settings": {"url": "http://127.0.0.1:9/x", "allow_private": True}}


class Api:
    """A daemon, and a client that holds each answer against the document."""

    def __init__(self, work):
        book = work / "oncall.yml"
        book.write_text("people: [{name: ana, contacts: [{channel: hook}]}]\n"
                        "rotas: [{name: first, layers: [{members: [ana]}]}]\n")
        self.daemon = tocsin.Daemon(work, f"oncall: {{file: {book}, pagerduty_secret: {{env: PD}}}}\n",
                                    env={"PD": "secret"})
        self.auth = {"Authorization": "Bearer " + self.daemon.token()}
        _, text, _ = self.raw("GET", "/v1/openapi.json", None, {})
        self.document = openapi.Document(text)

    def raw(self, method, path, body, headers):
        link = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=30)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            # A stream has no end: its beginning will do.
            endless = answer.headers.get("Content-Type", "").startswith("text/event-stream")
            text = answer.read1(65536) if endless else answer.read()
            return answer.status, text, answer.headers
        finally:
            link.close()

    def ask(self, method, path, body=None, want=None, headers=None):
        """The parsed body of an answer that is as documented and has one of the wanted statuses."""
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        head = {"Content-Type": "application/json"} if body is not None else {}
        head.update(self.auth if headers is None else headers)
        status, text, got = self.raw(method, path, body, head)
        self.document.hold(method, path, status, got.get("Content-Type"), text)
        if want is not None:
            tap.check(status in (want if isinstance(want, tuple) else (want,)),
                      method, path, status, text[:500])
        return json.loads(text) if "json" in (got.get("Content-Type") or "") else text


def events_and_figures(api):
    api.ask("POST", "/v1/events", "\n".join(json.dumps(e) for e in ATTACK), 200)
    api.ask("POST", "/v1/events", "not json", (200, 400))
    api.daemon.wait_detected()
    for path in ("/v1/openapi.json", "/v1/ledger", "/metrics", "/healthz", "/readyz", "/v1/overview", "/v1/fields",
                 "/v1/stream", "/v1/setup", "/v1/query?sql=SELECT+1+AS+a",
                 "/v1/query?sql=SELECT+1+AS+a&format=csv",
                 "/v1/query?sql=SELECT+1+AS+a&format=parquet"):
        api.ask("GET", path, want=200)
    api.ask("POST", "/v1/query", {"sql": "SELECT count(*) AS n FROM auth_events"}, 200)
    api.ask("POST", "/v1/query", {"sql": "SELECT nothing FROM nowhere"}, (400, 422))
    api.ask("GET", "/v1/query?sql=SELECT+1&format=xml", want=400)


def alerts(api):
    listed = api.ask("GET", "/v1/alerts?limit=2", want=200)
    tap.check(listed["total"] > 2 and listed["next"], "an attack raises alerts over two pages")
    second = api.ask("GET", "/v1/alerts?limit=2&cursor=" + listed["next"], want=200)
    tap.check(not {a["id"] for a in listed["alerts"]} & {a["id"] for a in second["alerts"]})
    for by in ("rule_id", "group", "severity"):
        api.ask("GET", "/v1/alerts/groups?by=" + by, want=200)
    one = "/v1/alerts/" + listed["alerts"][0]["id"]
    api.ask("GET", one, want=200)
    api.ask("GET", "/v1/alerts/" + "0" * 32, want=404)
    known = api.ask("GET", "/v1/entities?kind=address&id=" + ATTACK[0]["client_ip"], want=200)
    tap.check(known["alerts"] and known["risk"] > 0, known)
    api.ask("GET", "/v1/entities?kind=user&id=nobody", want=200)
    api.ask("GET", "/v1/entities?kind=planet&id=x", want=400)
    of = [{**ATTACK[0], "event_type": "SQL_INJECTION_ATTEMPT", "session_id": "s-17", "api_key": "billing"}]
    api.ask("POST", "/v1/events", "\n".join(json.dumps(e) for e in of), 200)
    api.daemon.wait_detected()
    for kind, name in (("session", "s-17"), ("key", "billing")):
        api.daemon.wait(lambda: api.ask("GET", f"/v1/entities?kind={kind}&id={name}", want=200)["risk"] > 0)
    [one_of] = api.ask("GET", "/v1/entities?kind=session&id=s-17", want=200)["alerts"]
    affected = api.ask("GET", "/v1/alerts/" + one_of["id"], want=200)["affected"]
    tap.equal((affected["sessions"], affected["keys"]), (["s-17"], ["billing"]))
    api.ask("POST", one + "/ack", {}, 200)
    api.ask("POST", one + "/assign", {"owner": "ana"}, 200)
    api.ask("POST", one + "/comment", {"note": "seen <b>"}, 200)
    api.ask("POST", one + "/resolve", {}, (400, 422))
    api.ask("POST", one + "/resolve", {"reason": "benign"}, 200)
    api.ask("POST", one + "/ack", {}, 409)
    api.ask("POST", one + "/reopen", {"note": "after all"}, 200)
    api.ask("POST", one + "/ack-link", {"token": "x"}, (400, 403))
    listed = api.ask("GET", "/v1/alerts?status=open", want=200)
    bulk = {"action": "ack", "filter": {"status": "open"}, "as_of": listed["rev"],
            "expected": listed["total"]}
    refused = api.ask("POST", "/v1/alerts/bulk", {**bulk, "expected": listed["total"] + 1}, 409)
    tap.equal(refused["actual"], listed["total"])
    done = api.ask("POST", "/v1/alerts/bulk", bulk, 200)
    tap.equal(done["changed"], listed["total"])
    tap.equal(api.ask("POST", "/v1/alerts/undo", {"undo": done["undo"]}, 200)["changed"],
              done["changed"])
    api.ask("POST", "/v1/alerts/undo", {"undo": "0" * 32}, (400, 404))


def silences(api):
    wish = {"match": {"group": "client_ip=203.0.113.250"}, "for": "2h", "reason": "planned"}
    tap.equal(api.ask("POST", "/v1/silences/preview", wish, 200)["alerts"], 0)
    seen = api.ask("POST", "/v1/silences/preview", {"match": {"severity": "CRITICAL"}}, 200)
    tap.check(seen["alerts"] > 0 and seen["newest"], seen)
    for bad in ({}, {**wish, "match": {}}, {**wish, "reason": ""}, {**wish, "for": "91d"},
                {**wish, "match": {"net": "10.0.0.1/8"}}, {**wish, "breaks_on": ["weather"]},
                {**wish, "weekly": {"days": ["sun"], "from": "02:00", "to": "04:00"}}):
        api.ask("POST", "/v1/silences", bad, 400)
    made = api.ask("POST", "/v1/silences", wish, 201)
    one = f"/v1/silences/{made['id']}"
    window = {**wish, "kind": "window", "for": "60d", "weekly": {
        "days": ["sun", "wed"], "from": "22:30", "to": "04:00", "offset": "-05:30"}}
    weekly = api.ask("POST", "/v1/silences", window, 201)
    tap.equal(weekly["weekly"], window["weekly"])
    listed = api.ask("GET", "/v1/silences?state=active,waiting&limit=1", want=200)
    tap.equal(len(listed["silences"]), 1)
    api.ask("GET", "/v1/silences?state=none", want=400)
    api.ask("PUT", one, {"end": "2000-01-01T00:00:00Z"}, 400)
    changed = api.ask("PUT", one, {"for": "1d", "reason": "longer", "max_hits": 3, "renew": True},
                      200)
    tap.equal((changed["reason"], changed["max_hits"]), ("longer", 3))
    api.ask("DELETE", one, want=200)
    api.ask("DELETE", one, want=409)
    api.ask("GET", one, want=200)
    for method in ("GET", "DELETE", "PUT"):
        api.ask(method, "/v1/silences/999", {} if method == "PUT" else None, 404)
    api.ask("GET", "/v1/alerts?quiet=yes", want=200)
    api.ask("GET", "/v1/alerts?quiet=perhaps", want=400)
    api.ask("GET", f"/v1/alerts?silence={made['id']}", want=200)


def channels(api):
    kinds = [one["name"] for one in api.ask("GET", "/v1/channel-kinds", want=200)["kinds"]]
    tap.check("slack" in kinds and "pagerduty" in kinds, kinds)
    made = api.ask("POST", "/v1/channels", {**WEBHOOK, "secrets": {"key": SECRET}}, 201)
    tap.check(SECRET not in json.dumps(made), "a secret came back")
    api.ask("POST", "/v1/channels", WEBHOOK, 409)
    listed = api.ask("GET", "/v1/channels", want=200)
    tap.check(SECRET not in json.dumps(listed), "a secret came back")
    api.ask("POST", "/v1/channels/test", {**WEBHOOK, "secrets": {"key": SECRET}}, 200)
    api.ask("POST", "/v1/channels/hook/test", want=200)
    api.ask("POST", "/v1/channels/nothing/test", want=404)
    tried = api.ask("POST", "/api/security-monitoring/test-alert", {"channel": "hook", "severity": "LOW"}, 200)
    tap.equal((tried["told"], tried["deliveries"][0]["attempts"]), (1, 1))
    api.ask("POST", "/api/security-monitoring/test-alert", {"channel": "nothing"}, 404)
    stands = api.ask("GET", "/api/security-monitoring/status", want=200)
    tap.check(stands["enabled"] and stands["channels"][0]["working"] is False, stands)
    api.ask("PUT", "/v1/channels/hook", {**WEBHOOK, "min_severity": "LOW"}, 200)
    late = [dict(e, client_ip="203.0.113.99") for e in ATTACK]
    api.ask("POST", "/v1/events", "\n".join(json.dumps(e) for e in late), 200)
    api.daemon.wait_detected()
    waiting = []
    api.daemon.wait(lambda: waiting.extend(
        api.ask("GET", "/v1/deliveries?channel=hook", want=200)["deliveries"]) or waiting)
    # Not while it is on its way.
    api.daemon.wait(lambda: api.ask("POST", f"/v1/deliveries/{waiting[0]['id']}/resend",
                                    want=(200, 409)).get("status") != 409)
    api.ask("POST", "/v1/deliveries/99999999/resend", want=404)
    api.ask("POST", "/v1/deliveries/resend", {"channel": "hook"}, 200)
    api.ask("GET", "/v1/deliveries?state=nonsense", want=400)
    api.ask("DELETE", "/v1/channels/hook", want=204)
    api.ask("DELETE", "/v1/channels/hook", want=404)


def link_in_a_mail(api):
    sink = receivers.MailSink()
    api.ask("POST", "/v1/channels", {
        "name": "mail", "type": "email", "enabled": True, "min_severity": "HIGH",
        "settings": {"host": "127.0.0.1", "port": sink.port, "security": "none",
                     "from": "tocsin@example.com", "to": ["ana@example.com"]}}, 201)
    late = [dict(e, client_ip="203.0.113.98") for e in ATTACK]
    api.ask("POST", "/v1/events", "\n".join(json.dumps(e) for e in late), 200)
    api.daemon.wait(sink.mails)
    text = sink.mails()[0]["text"]
    alert, token = re.search(r"/alerts/([0-9a-f]{32})\?ack=(\S+)", text).groups()
    tap.equal(api.ask("GET", "/v1/alerts/" + alert, want=200)["status"], "open")
    api.ask("POST", f"/v1/alerts/{alert}/ack-link", {"token": token}, 200, {})
    tap.equal(api.ask("GET", "/v1/alerts/" + alert, want=200)["status"], "acknowledged")
    api.ask("DELETE", "/v1/channels/mail", want=204)
    sink.close()


def rules(api):
    listed = api.ask("GET", "/v1/rules", want=200)["rules"]
    one = "/v1/rules/" + listed[0]["id"]
    tap.check("title:" in api.ask("GET", one, want=200)["source"])
    api.ask("POST", one + "/disable", {"note": "too loud"}, 200)
    tap.check(not api.ask("GET", one, want=200)["enabled"])
    api.ask("POST", one + "/enable", {}, 200)
    api.ask("GET", "/v1/rules/nothing", want=404)


def rules_tried(api):
    listed = api.ask("GET", "/v1/rules", want=200)["rules"]
    brute = next(r for r in listed if r["title"] == "Brute force of logins from one address")
    one = "/v1/rules/" + brute["id"]
    source = api.ask("GET", one, want=200)["source"]
    tried = api.ask("POST", "/v1/backtest", {"rule": source.replace("level: high", "level: low"),
                                             "since": "1h"}, 200)
    tap.check(tried["would"] > 0 and tried["now"] == tried["would"] and tried["days"] and tried["entities"], tried)
    tap.check(api.ask("POST", "/v1/backtest", {"rule_id": brute["id"]}, 200)["now"] is None)
    broken = api.ask("POST", "/v1/backtest", {"rule": source.replace("timespan:", "timspan:")}, 422)
    tap.check(re.match(r"\d+:\d+: ", broken["detail"]), broken)
    tap.check("stdin" not in api.ask("POST", "/v1/backtest", {"rule": "title: x\n"}, 422)["detail"])
    # A rule that raises nothing itself: those that build on it.
    feeder = next(r for r in listed if r["title"] == "Login of a named user failed")
    tap.check(not feeder["raises"] and not feeder["off_by_profile"])
    text = api.ask("GET", "/v1/rules/" + feeder["id"], want=200)["source"]
    tried = api.ask("POST", "/v1/backtest", {"rule": text}, 200)
    tap.check(brute["id"] in [r["id"] for r in tried["rules"]] and tried["now"] > 0, tried["rules"])

    asked = one + "/why-not?entity="
    tap.check(api.ask("GET", asked + ATTACK[0]["client_ip"], want=200)["fired"])
    told = api.ask("GET", asked + "198.51.100.77&at=2026-01-01T00:00:00Z", want=200)
    tap.equal((told["events"], told["fired"], told["keys"]), (0, [], []))
    single = next(r for r in listed if r["type"] == "detection")
    told = api.ask("GET", f"/v1/rules/{single['id']}/why-not?entity={ATTACK[0]['client_ip']}", want=200)
    tap.check(told["records"] and told["records"][0]["selections"], told)
    api.ask("GET", one + "/why-not", want=422)
    api.ask("GET", "/v1/rules/nothing/why-not?entity=x", want=404)

    began = api.ask("POST", "/v1/rules/reload", want=202)
    tap.equal(began["state"], "running")
    api.ask("POST", "/v1/rules/reload", want=(202, 409))
    api.daemon.wait(lambda: api.ask("GET", "/v1/rules/reload", want=200)["state"] == "done")


def people(api):
    invited = api.ask("POST", "/v1/users", {"name": "ana", "role": "admin"}, 201)
    api.ask("POST", "/v1/users", {"name": "ana", "role": "admin"}, 409)
    accept = {"invite": invited["invite"], "name": "ana", "password": PASSWORD}
    api.ask("POST", "/v1/invites/accept", {**accept, "password": "short"}, (400, 422), {})
    api.ask("POST", "/v1/invites/accept", accept, 200, {})
    api.ask("POST", "/v1/invites/accept", accept, (403, 404), {})
    api.ask("GET", "/v1/users", want=200)
    api.ask("POST", "/v1/users/ana/invite", want=201)
    api.ask("POST", "/v1/session", {"name": "ana", "password": "wrong"}, 401, {})
    status, text, head = api.raw("POST", "/v1/session", json.dumps(
        {"name": "ana", "password": PASSWORD}), {"Content-Type": "application/json"})
    tap.equal(status, 200, text)
    cookie = {"Cookie": head["Set-Cookie"].split(";")[0]}
    mine = {**cookie, "X-CSRF-Token": json.loads(text)["csrf"]}
    api.ask("POST", "/v1/session", {"name": "ana", "password": PASSWORD}, 200, {})
    api.ask("GET", "/v1/session", want=200, headers=cookie)
    api.ask("DELETE", "/v1/session", want=403, headers=cookie)  # without the second token
    listed = api.ask("GET", "/v1/sessions", want=200, headers=cookie)["sessions"]
    other = next(s for s in listed if not s["current"])
    api.ask("DELETE", "/v1/sessions/" + other["id"], want=204, headers=mine)
    api.ask("DELETE", "/v1/sessions/" + other["id"], want=404, headers=mine)
    api.ask("POST", "/v1/sessions/revoke", {"others": True}, 200, mine)
    api.ask("PUT", "/v1/users/ana", {"role": "viewer"}, (200, 409))
    api.ask("POST", "/v1/users", {"name": "ben", "role": "viewer"}, 201)
    api.ask("PUT", "/v1/users/ben", {"role": "analyst"}, 200)
    api.ask("PUT", "/v1/users/nobody", {"role": "analyst"}, 404)
    api.ask("DELETE", "/v1/users/ben", want=204)
    api.ask("DELETE", "/v1/users/ben", want=404)
    status, text, head = api.raw("POST", "/v1/session", json.dumps(
        {"name": "ana", "password": PASSWORD}), {"Content-Type": "application/json"})
    mine = {"Cookie": head["Set-Cookie"].split(";")[0], "X-CSRF-Token": json.loads(text)["csrf"]}
    api.ask("POST", "/v1/session/password", {"old": PASSWORD, "new": PASSWORD + "!"}, 200, mine)
    _, text, head = api.raw("POST", "/v1/session", json.dumps(
        {"name": "ana", "password": PASSWORD + "!"}), {"Content-Type": "application/json"})
    mine = {"Cookie": head["Set-Cookie"].split(";")[0], "X-CSRF-Token": json.loads(text)["csrf"]}
    api.ask("DELETE", "/v1/session", want=204, headers=mine)
    made = api.ask("POST", "/v1/tokens", {"name": "shop", "scopes": ["ingest"]}, 201)
    api.ask("GET", "/v1/tokens", want=200)
    api.ask("DELETE", "/v1/tokens/" + made["id"], want=204)
    api.ask("DELETE", "/v1/tokens/" + made["id"], want=404)


def routes(api):
    got = api.ask("GET", "/v1/routes", want=200)
    tap.equal(got["policy"]["name"], "default")
    told = api.ask("GET", "/v1/routes/explain?severity=critical&rule=x&tag=a&entity=eva&at=2026-01-01T00:00:00Z",
                   want=200)
    tap.equal(told["severity"], "CRITICAL")
    api.ask("GET", "/v1/routes/explain?severity=huge", want=400)
    api.ask("GET", "/v1/routes/explain?what=ever", want=400)


def oncall(api):
    for path in ("/v1/oncall", "/v1/oncall/schedule", "/v1/oncall/overrides", "/v1/pages?limit=1"):
        api.ask("GET", path, want=200)
    api.ask("GET", "/v1/oncall/schedule?from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z", want=400)
    api.ask("GET", "/v1/pages?alert=x", want=400)
    to = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    wish = {"rota": "first", "person": "ana", "from": "2026-01-01T00:00:00Z", "to": to, "why": "ill"}
    api.ask("POST", "/v1/oncall/overrides", {**wish, "rota": "none"}, 422)
    made = api.ask("POST", "/v1/oncall/overrides", wish, 201)["overrides"][0]
    api.ask("DELETE", f"/v1/oncall/overrides/{made['id']}", want=200)
    api.ask("DELETE", f"/v1/oncall/overrides/{made['id']}", want=404)
    api.ask("POST", "/v1/oncall/test", {"person": "nobody"}, 422)
    tested = api.ask("POST", "/v1/oncall/test", {"person": "ana"}, 200)
    tap.equal((tested["person"], tested["contacts"][0]["ok"]), ("ana", False))
    api.ask("GET", "/a/nocode", want=404, headers={})
    api.ask("POST", "/v1/inbound/pagerduty/none", {"event": {}}, 404, headers={})
    api.ask("POST", "/v1/channels", {"name": "pd", "type": "pagerduty", "enabled": False, "min_severity": "HIGH",
                                     "settings": {}, "secrets": {"secret": "x" * 32}}, 201)
    body = json.dumps({"event": {"event_type": "incident.resolved", "data": {"incident_key": "other"}}})
    signed = "v1=" + hmac.new(b"secret", body.encode(), "sha256").hexdigest()
    for signature, want in ((signed, 204), ("v1=00", 401)):
        api.ask("POST", "/v1/inbound/pagerduty/pd", body, want, headers={"X-PagerDuty-Signature": signature})
    api.ask("DELETE", "/v1/channels/pd", want=204)


def blocks(api):
    made = api.ask("POST", "/v1/blocks", {"entity": "203.0.113.55", "for": "2h"}, 201)
    api.ask("POST", "/v1/blocks", {"entity": "127.0.0.1"}, 409)
    api.ask("POST", "/v1/blocks", {"entity": "203.0.113.0/8"}, 422)
    tap.equal(api.ask("GET", "/v1/blocks?state=active", want=200)["blocks"][0]["id"], made["id"])
    api.ask("GET", "/v1/blocks?state=nonsense", want=400)
    (api.daemon.data / "evidence").mkdir(exist_ok=True)
    (api.daemon.data / "evidence" / "alert-1.ndjson").write_text("{}\n")
    tap.equal([f["name"] for f in api.ask("GET", "/v1/evidence", want=200)["files"]], ["alert-1.ndjson"])
    api.ask("GET", "/v1/evidence/alert-1.ndjson", want=200)
    api.ask("GET", "/v1/evidence/none.ndjson", want=404)
    api.ask("GET", f"/v1/blocks/{made['id']}", want=200)
    api.ask("GET", "/v1/blocks/999999", want=404)
    tap.equal(len(api.ask("GET", "/v1/decisions?ip=203.0.113.55", want=200)), 1)
    tap.equal(len(api.ask("GET", "/v1/decisions/stream?startup=true", want=200)["new"]), 1)
    api.ask("POST", f"/v1/blocks/{made['id']}/undo", {}, 200)
    api.ask("POST", f"/v1/blocks/{made['id']}/undo", {}, 409)
    api.ask("POST", "/v1/allowed", {"net": "203.0.113.0/24", "for": "1h"}, 201)
    api.ask("POST", "/v1/allowed", {"net": "nonsense"}, 422)
    api.ask("GET", "/v1/allowed", want=200)
    api.ask("DELETE", "/v1/allowed/203.0.113.0%2F24", want=204)
    api.ask("DELETE", "/v1/allowed/203.0.113.0%2F24", want=404)
    other = api.ask("POST", "/v1/blocks", {"entity": "203.0.113.56"}, 201)
    api.ask("POST", f"/v1/blocks/{other['id']}/extend", {"for": "9h", "reason": "goes on"}, 200)
    api.ask("POST", f"/v1/blocks/{other['id']}/extend", {"for": "99d"}, 422)
    api.ask("POST", f"/v1/blocks/{other['id']}/undo", {"reason": "a customer", "allow": "1h"}, 200)


def response(api):
    api.ask("GET", "/v1/response", want=200)
    api.ask("POST", "/v1/response/preview", {"policy": "../x"}, 422)
    api.ask("POST", "/v1/response/preview", {"since": "nonsense"}, 422)
    seen = api.ask("POST", "/v1/response/preview", {"since": "7d"}, 200)
    tap.equal(api.ask("GET", f"/v1/response/previews/{seen['id']}", want=200), seen)
    api.ask("GET", "/v1/response/previews/0123456789abcdef", want=404)
    api.ask("POST", "/v1/response/arm", {"preview": seen["id"], "confirm": "nonsense"}, 422)
    api.ask("POST", "/v1/response/arm", {"preview": "0123456789abcdef", "confirm": seen["policy"]}, 404)
    api.ask("POST", "/v1/response/arm", {"preview": seen["id"], "confirm": seen["policy"]}, 200)
    tap.equal(api.ask("POST", "/v1/response/disarm", {"undo": True}, 200)["armed"], False)
    # A rule that hits people who were there before is tripped, and reset.
    people = [tocsin.login("198.51.100.9", f"p{i}", True, time.time() - 9000) for i in range(6)]
    tries = [tocsin.login("198.51.100.9", f"q{i}", False, time.time() - 30) for i in range(40)]
    api.ask("POST", "/v1/events?source=office", "\n".join(json.dumps(e) for e in people + tries), 200)
    api.daemon.wait(lambda: api.ask("GET", "/v1/response", want=200)["trips"])
    rule = api.ask("GET", "/v1/response", want=200)["trips"][0]["rule_id"]
    api.ask("POST", "/v1/response/reset", {"rule_id": rule, "reason": " "}, 422)
    api.ask("POST", "/v1/response/reset", {"rule_id": rule, "reason": "known"}, 200)
    api.ask("POST", "/v1/response/reset", {"rule_id": rule, "reason": "known"}, 404)


def incidents(api):
    alert = api.ask("GET", "/v1/alerts", want=200)["alerts"][-1]["id"]
    made = api.ask("POST", "/v1/incidents", {"title": "Logins <b>", "type": "custom"}, 201)
    one = f"/v1/incidents/{made['id']}"
    api.ask("POST", "/v1/incidents", {"title": " "}, 400)
    api.ask("POST", "/v1/incidents", {"title": "x", "type": "flood"}, 400)
    api.ask("POST", "/v1/incidents", {"title": "x", "alerts": ["0" * 32]}, 404)
    other = api.ask("POST", "/v1/incidents", {"title": "x", "alerts": [], "owner": "ana"}, 201)
    tap.check(api.ask("GET", "/v1/incidents?status=open&limit=1", want=200)["next"], "two pages")
    api.ask("GET", "/v1/incidents?status=none", want=400)
    api.ask("GET", "/v1/incidents/INC-9999", want=404)
    held = api.ask("GET", f"/v1/alerts/{alert}", want=200)["incident"]
    api.ask("POST", one + "/add-alerts", {"alerts": [alert]}, 409 if held else 200)
    api.ask("POST", one + "/set", {"severity": "HIGH", "owner": "ana", "cause": "x", "rev": 1}, 409)
    api.ask("POST", one + "/set", {"severity": "HIGH", "owner": "ana", "cause": "x"}, 200)
    api.ask("POST", one + "/pin", {"seq": 1, "note": "the first"}, 200)
    api.ask("POST", one + "/pin", {"seq": 10 ** 9}, 404)
    api.ask("POST", one + "/note", {"text": "seen"}, 200)
    api.ask("POST", one + "/todo", {"text": "do it", "due": "2027-01-01"}, 200)
    api.ask("POST", one + "/form", {"summary": "it was"}, 200)
    api.ask("POST", one + "/check", {"phase": "containment", "item": 1, "state": "done"}, 200)
    api.ask("POST", one + "/advance", {}, 409)
    api.ask("POST", one + "/advance", {"reason": "hurry"}, 200)
    api.ask("POST", one + "/merge", {"into": other["id"]}, 200)
    api.ask("POST", f"/v1/incidents/{other['id']}/close", {"reason": "over"}, 200)
    api.ask("POST", f"/v1/incidents/{other['id']}/reopen", {}, 200)
    api.ask("POST", one + "/nonsense", {}, 404)
    for path in ("", "/timeline", "/timeline?noise=true&kind=note", "/report", "/report?format=html"):
        api.ask("GET", one + path, want=200)
    api.ask("GET", one + "/report?format=pdf", want=400)
    api.ask("GET", "/v1/incidents/metrics?days=30", want=200)
    api.ask("GET", "/v1/incidents/metrics?days=x", want=400)


def playbooks(api):
    tap.equal(len(api.ask("GET", "/v1/playbooks", want=200)["playbooks"]), 6)
    api.ask("GET", "/v1/playbooks/ddos", want=200)
    api.ask("GET", "/v1/playbooks/ddos/cacao", want=200)
    api.ask("GET", "/v1/playbooks/nothing", want=404)
    one = "/v1/incidents/" + api.ask("POST", "/v1/incidents", {"title": "Flood", "type": "custom"}, 201)["id"]
    api.ask("POST", one + "/playbooks", {"playbook": "nothing"}, 422)
    run = api.ask("POST", one + "/playbooks", {"playbook": "ddos"}, 200)["runs"][0]["id"]
    api.ask("POST", one + "/playbooks", {"playbook": "ddos"}, 409)
    api.ask("GET", one + "/playbooks", want=200)
    api.ask("GET", "/v1/incidents/INC-9999/playbooks", want=404)
    step = f"{one}/playbooks/{run}/steps/triage/"
    api.ask("POST", step + "nonsense", {}, 404)
    api.ask("POST", step + "run", {}, 409)
    api.ask("POST", step + "skip", {}, 400)
    api.ask("POST", step + "done", {"answers": {"verdict": "load"}}, 200)
    api.ask("POST", f"{one}/playbooks/{run}/cancel", {}, 200)
    api.ask("POST", f"{one}/playbooks/{run}/cancel", {}, 409)
    api.ask("POST", f"{one}/playbooks/{run}/rollback", {}, 200)
    api.ask("POST", f"{one}/playbooks/999/rollback", {}, 404)
    api.ask("POST", one + "/tickets", {"channel": "tracker"}, 201)
    api.daemon.wait(lambda: api.ask("GET", one + "/tickets", want=200)["tickets"][0]["state"] == "failed")
    api.ask("POST", one + "/tickets", {"channel": "tracker"}, 201)


def demo(api):
    api.ask("POST", "/v1/demo", want=202)
    api.daemon.wait(lambda: api.ask("DELETE", "/v1/demo", want=(200, 409)).get("events"), 40)
    api.ask("POST", "/v1/channels/test", {"nonsense": 1}, 400)


@tap.case
def each_answer_is_as_documented(work):
    api = Api(work)
    for part in (events_and_figures, alerts, silences, channels, link_in_a_mail, rules, rules_tried,
                 people, routes, oncall, blocks, response, incidents, playbooks, demo):
        part(api)
    tap.equal(api.document.unseen({"200", "201", "202", "204"}), [], "never seen")
    api.daemon.kill()


def concrete(path):
    """A documented path with something in place of its parameters."""
    return re.sub(r"\{[^/]+\}", lambda m: "ack" if m[0] == "{action}" else "0" * 32, path)


@tap.case
def who_may_do_what(work):
    api = Api(work)
    made = {scope: api.ask("POST", "/v1/tokens", {"name": scope, "scopes": [scope]}, 201)["token"]
            for scope in ("read", "ingest", "write")}
    for (method, path), (_, operation) in api.document.operations.items():
        if operation["security"] == []:
            continue
        at = concrete(path)
        api.ask(method.upper(), at, want=401, headers={})
        api.ask(method.upper(), at, want=401, headers={"Authorization": "Bearer toc_nonsense12345"})
        refused = 0
        for token in made.values():
            status, text, head = api.raw(method.upper(), at + "?nonsense=1", None,
                                         {"Authorization": "Bearer " + token})
            api.document.hold(method, at, status, head.get("Content-Type"), text)
            refused += status == 403
        tap.check(refused >= 1, method, path, "lets every token in")
    for path in ("/v1/decisions", "/v1/decisions/stream"):  # they refuse in a form of their own
        api.ask("GET", path, want=403, headers={})
    tap.equal(api.document.unseen({"401", "403"}), [x for x in api.document.unseen({"401", "403"})
                                                    if x.startswith(("POST /v1/session 40",
                                                                     "POST /v1/invites",
                                                                     "POST /v1/inbound",
                                                                     "POST /v1/alerts/{id}/ack-link"))])
    api.daemon.kill()


@tap.case
def what_is_unknown_is_refused(work):
    api = Api(work)
    taken = []
    for (method, path), (_, operation) in api.document.operations.items():
        at = concrete(path)
        if method == "get" and not path.startswith(("/healthz", "/readyz", "/metrics", "/v1/decisions")):
            api.ask("GET", at + "?nonsense=1")
            status, _, _ = api.raw("GET", at + "?nonsense=1", None, api.auth)
            if status not in (400, 404):
                taken.append(path)
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            if path != "/v1/events":
                api.ask(method.upper(), at, {"nonsense": 1}, (400, 403, 404, 422))
                api.ask(method.upper(), at, '{"a":', (400, 403, 404))
    tap.equal(taken, [], "take a parameter they do not know")
    status, text, head = api.raw("PATCH", "/v1/alerts", None, api.auth)
    tap.check(status in (405, 501) and "problem" in head["Content-Type"], status, text)
    api.daemon.kill()


tap.main()
