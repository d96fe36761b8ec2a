"""The policies that ship, held against what each application's document asks for."""
import re

import tap
import yaml

FOR = {"NOTIFY_SECURITY_TEAM": "NOTIFY", "LOCK_AFFECTED_ACCOUNTS": "LOCK_ACCOUNT", "SUSPEND_USER_ACCOUNT": "SUSPEND_USER",
       "TRIGGER_INCIDENT_RESPONSE": "CREATE_INCIDENT"}  # words of the documents, and ours
SECONDS = {"m": 60, "h": 3600, "d": 86400}

# WellFlow: threat and severity to actions, with seconds where the document names a time.
WELLFLOW = [
    ("brute_force_attack", "critical", [("BLOCK_IP", 86400), ("NOTIFY", None), ("LOCK_ACCOUNT", 3600)]),
    ("brute_force_attack", "high", [("RATE_LIMIT_IP", None), ("NOTIFY", None)]),
    ("data_exfiltration", None, [("BLOCK_IP", 604800), ("SUSPEND_USER", None), ("NOTIFY", None), ("CREATE_INCIDENT", None)]),
    ("api_abuse", None, [("RATE_LIMIT_USER", None), ("REQUIRE_CAPTCHA", None), ("NOTIFY", None)]),
]
# TradePro: what the action of an alert condition names.
TRADEPRO = [
    ("brute_force", {"BLOCK_IP", "NOTIFY"}), ("impossible_travel", {"LOCK_ACCOUNT", "NOTIFY"}),
    ("admin_access_failure", {"LOCK_ACCOUNT", "NOTIFY"}), ("api_rate_limit", {"RATE_LIMIT_USER", "NOTIFY"}),
    ("api_key_anomaly", {"REVOKE_API_KEY"}), ("file_integrity_violation", {"CREATE_INCIDENT"}),
]
# PaiiD: by severity, and what rules name for themselves.
PAIID_SEVERITY = {
    "critical": {"BLOCK_IP", "RATE_LIMIT_IP", "CAPTURE_EVIDENCE", "CREATE_INCIDENT", "NOTIFY"},
    "high": {"RATE_LIMIT_IP", "REQUIRE_CAPTCHA", "CREATE_TICKET", "NOTIFY"},
    "medium": {"CREATE_TICKET"},
    "low": set(),
}
PAIID_RULES = [("fast_failures", "BLOCK_IP", 900), ("consecutive_failures", "BLOCK_IP", 900), ("rate_limit_block", "BLOCK_IP", 86400),
               ("username_stuffing", "BLOCK_IP", 86400), ("startup_failed", "BLOCK_ALL_TRAFFIC", None)]


def seconds(text):
    return int(text[:-1]) * SECONDS[text[-1]] if text else None


def rules(profile):
    """Rules by name, as the profile has them."""
    found = {}
    for path in sorted((tap.SOURCE / "rules").glob("*.yml")):
        for rule in yaml.safe_load_all(path.read_text()):
            if rule and "name" in rule:
                found[rule["name"]] = rule
    tuned = yaml.safe_load((tap.SOURCE / "profiles" / f"{profile}.yml").read_text())
    for name, change in (tuned.get("tune") or {}).items():
        found[name] = {**found[name], **change}
    return {name: rule for name, rule in found.items() if name not in (tuned.get("off") or [])}


def wish(rule):
    return rule.get("action") or (rule.get("tocsin") or {}).get("action", "")


def answer(policy, rule, severity=None):
    """The first row that fits, as the program has it: [(action, seconds)]."""
    severity = severity or rule.get("level", "medium")
    for row in policy["rows"]:
        if row.get("rules") and rule["id"] not in row["rules"]:
            continue
        if row.get("tags") and not set(row["tags"]) & set(rule.get("tags", [])):
            continue
        if row.get("wish") and wish(rule) not in row["wish"]:
            continue
        if row.get("severity") and severity not in row["severity"]:
            continue
        return [(d["action"], seconds(d.get("for"))) for d in row["do"]]
    return []


def policy(name):
    return yaml.safe_load((tap.SOURCE / "responses" / f"{name}.yml").read_text())


def holds(got, want):
    """Each wanted action is there, and for as long where a time is named."""
    return [a for a, _ in got] == [a for a, _ in want] and all(w is None or g == w for (_, g), (_, w) in zip(got, want))


@tap.case
def wellflow(_):
    known, rows = rules("wellflow"), policy("wellflow")
    for name, severity, want in WELLFLOW:
        got = answer(rows, known[name], severity)
        tap.check(holds(got, want), name, severity, got)


@tap.case
def tradepro(_):
    known, rows = rules("tradepro"), policy("tradepro")
    for name, want in TRADEPRO:
        tap.check(name in known, name, "is on")
        got = {a for a, _ in answer(rows, known[name])}
        tap.check(want <= got, name, got, want)


@tap.case
def paiid(_):
    known, rows = rules("paiid"), policy("paiid")
    some = {"id": "none", "tags": []}
    for severity, want in PAIID_SEVERITY.items():
        got = {a for a, _ in answer(rows, some, severity)}
        tap.check(want <= got, severity, got, want)
        tap.check(severity not in ("medium", "low") or got == want, severity, got)
    for name, action, span in PAIID_RULES:
        got = answer(rows, known[name])
        tap.check(any(a == action and span in (None, s) for a, s in got), name, got)
        # What its severity asks for besides a block is asked for all the same.
        rest = PAIID_SEVERITY[known[name].get("level", "medium")] - {"BLOCK_IP", "RATE_LIMIT_IP", "REQUIRE_CAPTCHA", "CREATE_TICKET"}
        tap.check(rest <= {a for a, _ in got}, name, got, rest)


@tap.case
def every_action_can_be_asked_for(_):
    """Each action of the table is in some policy that ships."""
    words = set(re.findall(r'\[DEED_\w+\] = { "(\w+)"', (tap.SOURCE / "src/respond/deed.c").read_text()))
    tap.equal(len(words), 14)
    asked = {d["action"] for p in ("default", "tradepro", "wellflow", "paiid", "mosaajii") for row in policy(p)["rows"] for d in row["do"]}
    tap.equal(words - asked, set())


def document(word):
    folder = tap.SOURCE.parent / "shared" / "requirements"
    for path in sorted(folder.glob("*.txt")) if folder.exists() else []:
        if word in path.read_text(errors="replace"):
            return path.read_text(errors="replace")
    return tap.skip("the document is not here")


@tap.case
def the_table_is_that_of_the_document(_):
    text = document("initializeResponseActions")
    table = text[text.index("private determineResponseActions"):text.index("private async executeAction")]
    read = []
    for threat, body in re.findall(r"case '(\w+)':(.*?)break;", table, re.S):
        for part in body.split("} else {"):
            actions = []
            for word, rest in re.findall(r"{ type: '(\w+)'([^}]*)}", part):
                span = re.search(r"duration: ([\d* ]+)", rest)
                number = 1
                for factor in span.group(1).split("*") if span else []:
                    number *= int(factor)
                actions.append((FOR.get(word, word), number // 1000 if span else None))
            read.append((threat.lower(), actions))
    tap.equal(read, [(name, want) for name, _, want in WELLFLOW])


@tap.case
def the_rules_are_those_of_the_document(_):
    text = document("block_ip_15_minutes")
    for number, unit in re.findall(r'action = "block_ip_(\d+)_(minutes|hours)"', text):
        span = int(number) * (60 if unit == "minutes" else 3600)
        tap.check(any(a == "BLOCK_IP" and s == span for _, a, s in PAIID_RULES), number, unit)
    for unit, number in re.findall(r"block_ip\(ip, duration_(minutes|hours)=(\d+)\)", text):
        span = int(number) * (60 if unit == "minutes" else 3600)
        tap.check(any(a == "BLOCK_IP" and s == span for _, a, s in PAIID_RULES), number, unit)
    tap.check('action = "block_all_traffic"' in text, "as the table has it")
    for severity, bullets in re.findall(r"#### (CRITICAL|HIGH|MEDIUM|LOW) .*?\*\*Auto-Response:\*\*\n(.*?)\n\n", text, re.S):
        words = {"block source": "BLOCK_IP", "throttle": "RATE_LIMIT_IP", "rate limiting": "RATE_LIMIT_IP", "captcha": "REQUIRE_CAPTCHA",
                 "capture full": "CAPTURE_EVIDENCE", "incident ticket": "CREATE_INCIDENT", "warning ticket": "CREATE_TICKET",
                 "informational ticket": "CREATE_TICKET"}
        asked = {ours for theirs, ours in words.items() if theirs in bullets.lower()}
        tap.equal(asked, PAIID_SEVERITY[severity.lower()] - {"NOTIFY"}, severity)


tap.main()
