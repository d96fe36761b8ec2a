"""Precision and recall of web attacks, per type: each value as a parameter of a request, through
`tocsin scan` with the shipped rules; on a public set, on our own, and alerts on a public log."""
import collections
import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "test"))
import tap  # noqa: E402

OWN = tap.SOURCE / "test" / "case" / "webattack"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def public_set():
    with open(tap.corpus("httpparams/payload_train.csv"), encoding="utf-8", errors="replace",
              newline="") as f:
        return [(row["attack_type"], row["payload"]) for row in csv.DictReader(f)]


def own_set():
    rows = []
    for path in sorted(OWN.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if not line:
                continue
            kind, value = line.split(" ", 1) if path.stem == "other" else (path.stem, line)
            rows.append(("norm" if kind == "benign" else kind, value))
    return rows


def address(i):
    return f"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}"


def scan(path):
    done = subprocess.run([tap.TOCSIN, "scan", "--json", "--geoip", "", path],
                          stdout=subprocess.PIPE, check=False)
    return json.loads(done.stdout)["alerts"]


def alerts_of(rows, work):
    """What was found in each row: the titles of the alerts of its own address."""
    log = work / "log"
    with open(log, "w", encoding="ascii") as f:
        for i, (_, value) in enumerate(rows):
            quoted = urllib.parse.quote(value, safe="")
            f.write(f'{address(i)} - - [01/Mar/2026:10:{i // 600 % 60:02}:{i // 10 % 60:02} +0000] '
                    f'"GET /item?id={quoted} HTTP/1.1" 200 512 "-" "{AGENT}"\n')
    found = collections.defaultdict(list)
    for alert in scan(log):
        found[alert["group"].removeprefix("client_ip=")].append(alert["title"])
    return [found.get(address(i), []) for i in range(len(rows))]


def report(name, rows, work):
    hits, totals = collections.Counter(), collections.Counter()
    for (kind, _), found in zip(rows, alerts_of(rows, work)):
        totals[kind] += 1
        hits[kind] += bool(found)
    wrong = hits.pop("norm", 0)
    right, attacks = sum(hits.values()), sum(totals.values()) - totals["norm"]
    print(f"{name}: precision {right / (right + wrong):.4f}, recall {right / attacks:.4f}, "
          f"{wrong} false of {totals['norm']}")
    for kind in sorted(totals):
        if kind != "norm":
            print(f"  {kind:22} {hits[kind]:6} of {totals[kind]:6}  "
                  f"{hits[kind] / totals[kind]:.3f}")


def main():
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-", dir=tap.BUILD) as folder:
        work = pathlib.Path(folder)
        report("own set", own_set(), work)
        try:
            report("httpparams", public_set(), work)
            print("apache_access.log:", len(scan(tap.corpus("logs/apache_access.log"))), "alerts")
        except tap.Skip as skipped:
            print("skipped:", skipped)


main()
