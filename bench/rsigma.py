"""Matching beside rsigma: the same events, rules and core, in turns; their matches compared.

Prints events/s of both (time of the core for the events less that for none, best of rounds), the
ratio, and every kind of match that only one of them has: with its reason where it is known, else
it counts as a difference and this program fails.  RSIGMA names a program that is there already;
else cargo installs one into the build folder.  Skips where neither works.
    bench/rsigma.py [ROUNDS]
"""
import collections
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "test"))
import tap  # noqa: E402

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
EVENTS = {"windows": 50000, "w3c": 200000}
PARTS = ("rules", "rules-emerging-threats", "rules-threat-hunting")
CORE = ["taskset", "-c", "0"]
OURS = str(pathlib.Path(tap.BUILD) / "bench" / "bench_match")
WORK = pathlib.Path(tap.BUILD) / "bench" / "rsigma"
ROUTED = ["--logsource-routing", "--logsource-field-map",
          "product=logsource.product,service=logsource.service,category=logsource.category"]


# Why a rule may hold here and not there.
KNOWN = {
    "registry_event": "to Sigma's taxonomy registry_event is adding, setting, renaming and deleting "
                      "keys together; rsigma compares the words",
}


def reason(folder, rule):
    """Why only one of them may find it; None: no reason is known."""
    for path in folder.rglob("*.yml"):
        text = path.read_text()
        if f"\nid: {rule}" in text or text.startswith(f"id: {rule}"):
            found = re.search(r"^    category: (\S+)", text, re.M)
            return KNOWN.get(found[1]) if found else None
    return None


def install():
    """The program, or why there is none."""
    there = os.environ.get("RSIGMA") or shutil.which("rsigma")
    made = WORK / "bin" / "rsigma"
    if there or made.exists():
        return there or str(made)
    if shutil.which("cargo") is None:
        raise tap.Skip("no rsigma and no cargo to install it")
    command = ["nice", "cargo", "install", "--locked", "-j1", "--root", str(WORK), "rsigma",
               "--features", "daachorse-index"]
    print("installing rsigma, which takes some minutes", flush=True)
    run = subprocess.run(command, capture_output=True, text=True)
    # A newer one may want a newer compiler; cargo says which is the last that does not.
    fitting = re.search(r"`rsigma ([0-9.]+)` supports rustc", run.stderr)
    if run.returncode != 0 and fitting:
        run = subprocess.run([*command, "--version", fitting[1]], capture_output=True, text=True)
    if run.returncode != 0:
        raise tap.Skip("rsigma cannot be installed: " + run.stderr.strip().splitlines()[-1])
    return str(made)


def rules():
    """The public rules in one folder, as rsigma takes one."""
    folder = WORK / "rules"
    for part in PARTS:
        source = tap.corpus(f"sigma/{part}")
        if not (folder / part).exists():
            shutil.copytree(source, folder / part)
    return folder


def seconds(command, events):
    """Time of the core, which other programs disturb least."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(events, "rb") as lines:
        subprocess.run(command, stdin=lines, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def theirs(program, folder, *more):
    return [*CORE, program, "engine", "eval", "-r", str(folder), "--quiet", "--output-format",
            "ndjson", *ROUTED, *more]


def ours(folder, events):
    return [*CORE, OURS, "--rules", str(folder), "--matches", str(events)]


def measure(program, folder, lane, events):
    none = WORK / "none"
    none.write_bytes(b"")
    times = collections.defaultdict(list)
    for _ in range(ROUNDS):
        for name, command, lines in (("theirs", theirs(program, folder), events),
                                     ("theirs, none", theirs(program, folder), none),
                                     ("ours", ours(folder, events), none),
                                     ("ours, none", ours(folder, none), none)):
            times[name].append(seconds(command, lines))
    best = {name: min(all) for name, all in times.items()}
    speed = {name: EVENTS[lane] / (best[name] - best[name + ", none"])
             for name in ("theirs", "ours")}
    print(f"{lane}: ours {speed['ours']:,.0f} events/s, rsigma {speed['theirs']:,.0f}: "
          f"{speed['ours'] / speed['theirs']:.1f} times as fast; loading {best['ours, none']:.2f} s, "
          f"rsigma {best['theirs, none']:.2f} s", flush=True)
    return speed["ours"] / speed["theirs"]


def compare(program, folder, lane, events):
    times = [json.loads(line)["timestamp"] for line in open(events)]
    places = {when: i for i, when in enumerate(times)}
    assert len(places) == len(times), "times are not unique"
    mine, other, titles = set(), set(), {}
    run = subprocess.run(ours(folder, events), capture_output=True, text=True, check=True)
    for line in run.stdout.splitlines():
        number, rule = line.split(" ", 1)
        mine.add((int(number), rule))
    with open(events, "rb") as lines:
        run = subprocess.run(theirs(program, folder, "--include-event"), stdin=lines,
                             capture_output=True, text=True, check=True)
    for line in run.stdout.splitlines():
        match = json.loads(line)
        titles[match["rule_id"]] = match["rule_title"]
        other.add((places[match["event"]["timestamp"]], match["rule_id"]))
    print(f"{lane}: {len(mine & other):,} equal matches, {len(mine - other):,} only ours, "
          f"{len(other - mine):,} only rsigma's", flush=True)
    sample = open(events).read().splitlines() if mine != other else []
    unknown = 0
    for side, left in (("ours", mine - other), ("rsigma", other - mine)):
        for rule, n in collections.Counter(rule for _, rule in left).most_common():
            number = min(i for i, r in left if r == rule)
            why = reason(folder, rule)
            unknown += why is None
            print(f"  only {side}: {n:,} of {rule} {titles.get(rule, '')}: {why or 'UNKNOWN'}\n"
                  f"    {sample[number][:200]}")
    return unknown == 0


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    try:
        folder = rules()
        program = install()
    except tap.Skip as why:
        print(f"skipped: {why}")
        return
    print(subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip())
    same = True
    for lane, n in EVENTS.items():
        events = WORK / f"{lane}.ndjson"
        with open(events, "wb") as to:
            subprocess.run([OURS, "--write", lane, str(n)], stdout=to, check=True)
        same = compare(program, folder, lane, events) and same
        measure(program, folder, lane, events)
    sys.exit(0 if same else 1)


main()
