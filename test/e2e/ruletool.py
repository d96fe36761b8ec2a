"""`tocsin rules lint` and `tocsin rules match` on files, as a user calls them."""
import gzip
import json
import re
import subprocess

import tap

GOOD = """title: Root logs in
id: 11111111-2222-4333-8444-555555555555
status: test
logsource: {product: linux}
detection: {s: {user_name: root}, condition: s}
---
title: Anybody
name: anybody
logsource: {category: authentication}
detection: {s: {user_name|exists: true}, condition: s}
"""
BROKEN = """title: Broken
logsource: {product: linux}
detection:
  s:
    user_name|contain: x
  condition: s
"""


def run(*args, stdin=None):
    return subprocess.run([tap.TOCSIN, "rules", *map(str, args)], input=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def rules(work, **files):
    folder = work / "rules"
    folder.mkdir()
    for name, text in files.items():
        (folder / (name + ".yml")).write_text(text)
    return folder


@tap.case
def lint_of_good_rules_is_quiet(work):
    done = run("lint", rules(work, good=GOOD))
    tap.equal(done.returncode, 0)
    tap.equal(done.stdout.decode(), "2 rules of 1 files loaded, 0 errors, 0 warnings\n")


@tap.case
def lint_names_place_and_cure_and_fails(work):
    folder = rules(work, good=GOOD, bad=BROKEN, odd=GOOD.replace("2222-4333", "x")
                   .replace("title: Anybody\nname: anybody", "title: Other\ntag: [attack.t1]"))
    done = run("lint", "--json", folder)
    tap.equal(done.returncode, 1)
    said = json.loads(done.stdout)
    tap.equal([said[k] for k in ("files", "rules", "loaded", "errors", "warnings")],
              [3, 5, 4, 1, 2])
    tap.equal(said["error_list"], [{"file": str(folder / "bad.yml"), "line": 5, "column": 5,
              "text": "there is no modifier 'contain'; did you mean 'contains'?"}])
    tap.equal([(w["line"], w["column"]) for w in said["warning_list"]], [(2, 5), (8, 1)])
    text = run("lint", folder)
    tap.equal(text.returncode, 1)
    tap.check(f"error: {folder}/bad.yml:5:5: there is no modifier" in text.stdout.decode())


@tap.case
def match_says_which_rules_hold_for_each_record(work):
    folder = rules(work, good=GOOD, bad=BROKEN)
    events = [{"user": "root", "logsource": {"product": "linux", "category": "authentication"}},
              {"message": "nothing"},
              {"user": "bob", "logsource": {"product": "linux", "category": "authentication"}}]
    ndjson = "".join(json.dumps(e) + "\n" for e in events).encode()
    want = [{"record": 1, "rules": ["11111111-2222-4333-8444-555555555555", "anybody"]},
            {"record": 2, "rules": []}, {"record": 3, "rules": ["anybody"]}]
    forms = {"a.ndjson": ndjson, "a.gz": gzip.compress(ndjson),
             "array.json": json.dumps(events, indent=2).encode(),
             "line.json": json.dumps(events).encode(),
             "objects.json": "\n".join(json.dumps(e, indent=1) for e in events).encode()}
    for name, body in forms.items():
        (work / name).write_bytes(body)
        done = run("match", "--json", "--rules", folder, work / name)
        tap.equal(done.returncode, 0, name)
        tap.equal([json.loads(x) for x in done.stdout.splitlines()], want, name)
        tap.check(b"rule left out" in done.stderr, name)
    done = run("match", "--rules", folder, "-", stdin=ndjson)
    tap.check("Root logs in  (11111111-2222-4333-8444-555555555555)" in done.stdout.decode())
    tap.check("2 of 3 records match" in done.stdout.decode())


@tap.case
def what_cannot_be_done_gives_status_2_and_a_reason(work):
    for args in ([], ["nonsense"], ["lint"], ["lint", work / "absent"], ["match", "x"],
                 ["match", "--rules", work / "absent", "x"],
                 ["match", "--rules", work, work / "absent"],
                 ["match", "--rules", work, "--format", "x", "-"]):
        done = run(*args)
        tap.equal(done.returncode, 2, args)
        tap.check(done.stderr, args)
    tap.equal(run("--help").returncode, 0)


@tap.case
def public_events_match_the_rules_they_are_for(work):
    root = tap.corpus("sigma")
    (work / "rules").mkdir()
    for name in ("rules", "rules-emerging-threats", "rules-threat-hunting"):
        (work / "rules" / name).symlink_to(root / name)
    owner, lines, wanted = [], [], {}
    for path in sorted((root / "regression_data").rglob("*.json")):
        text, at, decode = path.read_text(), 0, json.JSONDecoder()
        info = (path.parent / "info.yml").read_text()
        count = re.search(r"match_count:\s*(\d+)", info)
        wanted[path] = (re.findall(r"^\s*- id:\s*(\S+)", info, re.M),
                        int(count[1]) if count else 1)
        while at < len(text.rstrip()):
            event, at = decode.raw_decode(text, at)
            while at < len(text) and text[at].isspace():
                at += 1
            owner.append(path)
            lines.append(json.dumps(event, ensure_ascii=False) + "\n")
    tap.equal(len(wanted), 202)
    done = run("match", "--json", "--rules", work / "rules", "-", stdin="".join(lines).encode())
    tap.equal(done.stderr.decode(), "")
    got = {path: {} for path in wanted}
    for line in done.stdout.splitlines():
        said = json.loads(line)
        for rule in said["rules"]:
            seen = got[owner[said["record"] - 1]]
            seen[rule] = seen.get(rule, 0) + 1
    missed = [str(path) for path, (ids, n) in wanted.items()
              if not ids or any(got[path].get(i, 0) < n for i in ids)]
    tap.equal(missed, [])


tap.main()
