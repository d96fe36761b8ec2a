"""scan: lines per second of one core with all shipped rules, beside wc -l, gzip -dc | wc -l and
grep -c; and its memory.  The processor's time counts: others may be using the machine too."""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "test"))
import tap  # noqa: E402

SIZE = int(float(sys.argv[1]) * 1e9) if len(sys.argv) > 1 else 1_000_000_000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
CORE = ["taskset", "-c", "0"]


def repeated(source, to):
    """`source` again and again up to SIZE bytes; the number of lines."""
    text = source.read_bytes()
    text = text if text.endswith(b"\n") else text + b"\n"
    times = max(1, SIZE // len(text))
    with open(to, "wb") as f:
        for _ in range(times):
            f.write(text)
    return text.count(b"\n") * times


def used():
    """Seconds of the processor that children took so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def timed(command, lines, name):
    figures = []
    for _ in range(ROUNDS):
        before = used()
        subprocess.run(command, stdout=subprocess.PIPE, shell=isinstance(command, str))
        figures.append(lines / max(used() - before, 0.001))
    print(f"  {name:28} {statistics.median(figures):12,.0f} lines/s", flush=True)


def measure(source, work, pattern):
    path = work / "log"
    lines = repeated(source, path)
    print(f"{source.name}, {lines:,} lines, {path.stat().st_size / 1e6:.0f} MB, one core, "
          f"median of {ROUNDS}:", flush=True)
    timed([*CORE, tap.TOCSIN, "scan", "--json", path], lines, "tocsin scan, all rules")
    print(f"  {'most memory so far':28} "
          f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:12,.0f} MB RSS")
    timed([*CORE, "wc", "-l", path], lines, "wc -l")
    timed([*CORE, "grep", "-c", pattern, path], lines, f"grep -c '{pattern}'")
    subprocess.run(["gzip", "-1", "-k", path], check=True)
    timed(f"taskset -c 0 sh -c 'gzip -dc {path}.gz | wc -l'", lines, "gzip -dc | wc -l")
    for name in ("log", "log.gz"):
        os.unlink(work / name)


def main():
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-", dir=tap.BUILD) as folder:
        for name, pattern in (("apache_access.log", "sqlmap"), ("auth.log", "Failed password")):
            try:
                source = tap.corpus(f"logs/{name}")
            except tap.Skip as skipped:
                print(f"{name}: skipped, {skipped}")
                continue
            measure(source, pathlib.Path(folder), pattern)


main()
