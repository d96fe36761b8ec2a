"""`tocsin scan` and `tocsin parse` on files, as a user calls them."""
import gzip
import json
import subprocess

import tap
from tocsin import scan

FAILED = ("Mar 27 13:06:{:02d} host sshd[1]: Failed password for {} from {} port {} ssh2\n")


def run(*args, stdin=None):
    return subprocess.run([tap.TOCSIN, *map(str, args)], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def brute_force(path, ip="203.0.113.5", n=12):
    path.write_text("".join(FAILED.format(i, "root", ip, 4000 + i) for i in range(n)))
    return path


@tap.case
def scan_finds_a_brute_force_and_says_so_by_status(work):
    report = scan(brute_force(work / "auth.log"))
    tap.equal(report["lines"], 12)
    tap.equal(report["records"], 12)
    tap.equal(report["parse_failed"], 0)
    found = [a for a in report["alerts"] if a["group"] == "client_ip=203.0.113.5"]
    tap.check(found, report)
    tap.check(max(len(a["evidence"]) for a in found) >= 10)
    for key in ("id", "rule_id", "title", "severity", "count", "first", "last"):
        tap.check(key in found[0], key)
    tap.equal(run("scan", work / "auth.log").returncode, 1)


@tap.case
def a_quiet_file_gives_status_0(work):
    (work / "quiet.log").write_text(
        "Mar 27 13:06:56 host sshd[1]: Server listening on 0.0.0.0 port 22.\n")
    done = run("scan", work / "quiet.log")
    tap.equal(done.returncode, 0)
    tap.check(b"Nothing suspicious" in done.stdout)


@tap.case
def what_cannot_be_done_gives_status_2_and_a_reason(work):
    for args in (["scan", work / "absent.log"], ["scan", "--rules", work / "no", work],
                 ["scan", "--format", "nonsense", work], ["parse", "--format", "x", work],
                 ["nonsense"], [], ["scan", "--nonsense"], ["scan", work]):
        done = run(*args)
        tap.equal(done.returncode, 2, args)
        tap.check(done.stderr, args)


@tap.case
def gzip_zstd_and_standard_input_read_the_same(work):
    plain = brute_force(work / "auth.log")
    (work / "a.gz").write_bytes(gzip.compress(plain.read_bytes()))
    subprocess.run(["zstd", "-q", plain, "-o", work / "a.zst"], check=True)
    want = [(a["id"], a["count"], a["evidence"]) for a in scan(plain)["alerts"]]
    for other in (work / "a.gz", work / "a.zst"):
        tap.equal([(a["id"], a["count"], a["evidence"]) for a in scan(other)["alerts"]], want)
    done = run("scan", "--json", stdin=plain.read_bytes())
    tap.equal([(a["id"], a["count"], a["evidence"])
               for a in json.loads(done.stdout)["alerts"]], want)


@tap.case
def a_cut_gzip_is_an_error(work):
    packed = gzip.compress(brute_force(work / "auth.log", n=500).read_bytes())
    (work / "cut.gz").write_bytes(packed[:len(packed) // 2])
    tap.equal(run("scan", work / "cut.gz").returncode, 2)


@tap.case
def parse_prints_one_record_a_line_in_order(work):
    lines = [
        '203.0.113.9 - - [17/May/2015:10:05:03 +0000] "GET /a?b=1 HTTP/1.1" 404 12 "-" "curl/8"',
        '{"event_type":"auth.login.failed","client_ip":"203.0.113.1","cart":{"n":3}}',
        "complete nonsense \x01\x02",
        "Mar 27 13:06:56 host sshd[7]: Failed password for root from 198.51.100.1 port 22 ssh2",
        "",
        '{"broken": ',
    ]
    (work / "mixed.log").write_text("\n".join(lines) + "\n")
    done = run("parse", work / "mixed.log")
    tap.equal(done.returncode, 0)
    out = [json.loads(line) for line in done.stdout.splitlines()]
    tap.equal([r["event_type"] for r in out], ["http.request", "auth.login.failed", "parse.failed",
                                               "auth.login.failed", "parse.failed", "parse.failed"])
    tap.equal(out[0]["endpoint"], "/a")
    tap.equal(out[0]["status_code"], 404)
    tap.equal(out[1]["cart"]["n"] if isinstance(out[1].get("cart"), dict) else out[1]["cart.n"], 3)
    tap.equal(out[3]["client_ip"], "198.51.100.1")
    tap.equal(out[3]["user_name"], "root")
    tap.equal(out[2]["raw"], lines[2])


@tap.case
def a_json_document_over_several_lines_is_read_as_one(work):
    cases = {'{\n "event_type": "auth.logout"\n}\n': ["auth.logout"],
             '[\n {"event_type":"auth.logout"},\n {"event_type":"log"}\n]': ["auth.logout", "log"],
             '{"a":1}\n{"a":2}\n': ["log", "log"],
             '[\n{"a":1},\n': ["parse.failed", "parse.failed"],
             '123\0': ["parse.failed"]}
    for text, want in cases.items():
        (work / "doc.json").write_text(text)
        done = run("parse", "--format", "json", work / "doc.json")
        tap.equal([json.loads(line)["event_type"] for line in done.stdout.splitlines()], want, text)


@tap.case
def terminal_output_never_carries_control_bytes(work):
    bad = "".join(chr(c) for c in [*range(0x20), *range(0x7f, 0xa0), 0x202e, 0x2066] if c != 10)
    (work / "evil.log").write_text("".join(
        FAILED.format(i, "a\x1b[31m" + bad, "203.0.113.8", 99) for i in range(12)))
    done = run("scan", work / "evil.log")
    text = done.stdout.decode()
    tap.check(not any(ord(c) < 0x20 and c != "\n" or 0x7f <= ord(c) < 0xa0
                      or c in "\u202e\u2066" for c in text), repr(text))


@tap.case
def the_samples_show_their_attackers(work):
    report = scan(*sorted((tap.SOURCE / "samples").glob("*.log")))
    tap.equal(report["parse_failed"], 0)
    attackers = {a["group"] for a in report["alerts"] if a["severity"] in ("HIGH", "CRITICAL")}
    tap.equal(attackers, {f"client_ip=203.0.113.{n}" for n in (24, 66, 77)})


@tap.case
def every_command_has_help(work):
    for command in ("scan", "parse", "serve", "sql", "alerts", "check-config", "debug"):
        done = run(command, "--help")
        tap.equal(done.returncode, 0, command)
        tap.check(b"usage: tocsin " + command.encode() in done.stdout, command)


@tap.case
def check_config_says_where_and_what(work):
    (work / "bad.yml").write_text("http:\n  lisen: 127.0.0.1:1\n")
    done = run("check-config", work / "bad.yml")
    tap.equal(done.returncode, 2)
    tap.check(b"bad.yml:2:3" in done.stdout and b"http.listen" in done.stdout, done.stdout)


@tap.case
def reference_pages_are_true(work):
    for command, page in ((["debug", "fields"], "fields.md"),
                          (["check-config", "--reference"], "configuration.md")):
        want = (tap.SOURCE / "doc" / "reference" / page).read_bytes()
        tap.equal(run(*command).stdout, want, page)


tap.main()
