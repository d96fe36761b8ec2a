"""serve: events/s over HTTP with ACK after fsync, detection and store on; then, at 10,000 events/s,
the time from a request to its alert row and the memory of all processes; then memory when idle."""
import json
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "test"))
import tap  # noqa: E402
from tocsin import Daemon  # noqa: E402

LOAD = tap.BUILD / "bench" / "bench_load"
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 10
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5


def load(daemon, seconds, connections, batch, rate=0):
    done = subprocess.run([LOAD, str(daemon.port), daemon.token(), str(seconds), str(connections),
                           str(batch), str(rate)], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def processes(pid):
    yield pid
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        for child in f.read().split():
            yield from processes(int(child))


def memory(pid):
    """(RSS, PSS) of all processes in MB: shared pages counted each time, and once."""
    rss = pss = 0
    for one in processes(pid):
        with open(f"/proc/{one}/smaps_rollup") as f:
            for line in f:
                word = line.split()
                if word[0] == "Rss:":
                    rss += int(word[1])
                elif word[0] == "Pss:":
                    pss += int(word[1])
    return rss / 1024, pss / 1024


def throughput(daemon):
    figures = []
    for _ in range(ROUNDS):
        figures.append(load(daemon, SECONDS, 4, 500))
        daemon.wait(lambda: daemon.ledger()["detected_through"] >=
                    daemon.ledger()["log"]["last_seq"], 60)
    rates = [f["events_per_s"] for f in figures]
    print(f"serve, NDJSON batches of 500, ACK after fsync, detection and store on: "
          f"{statistics.median(rates):.0f} events/s (median of {ROUNDS}; "
          f"{min(rates):.0f} to {max(rates):.0f})", flush=True)
    print(f"  ack p50 {statistics.median(f['ack_p50_ms'] for f in figures):.1f} ms, "
          f"p99 {statistics.median(f['ack_p99_ms'] for f in figures):.1f} ms, "
          f"429 answers {sum(f['busy'] for f in figures)}", flush=True)
    ledger = daemon.ledger()
    print(f"  ledger balanced: {ledger['balanced']}, {ledger['log']['last_seq']} events logged")


def alert_latency(daemon, seconds):
    """p50 and p99 of request sent to alert row committed, at 10,000 events/s beside it."""
    sent = {}
    beside = threading.Thread(target=load, args=(daemon, seconds, 2, 100, 10000))
    beside.start()
    end, n, top = time.monotonic() + seconds - 0.5, 0, (0, 0)
    while time.monotonic() < end:
        ip = f"192.0.2.{n % 250}" if n < 250 else f"2001:db8::{n:x}"
        sent[f"client_ip={ip}"] = time.time_ns()
        daemon.post([{"event_type": "auth.token.tampering", "client_ip": ip}])
        n += 1
        if n % 50 == 0:
            top = max(top, memory(daemon.process.pid))
        time.sleep(0.02)
    beside.join()
    daemon.wait_detected()
    base = sqlite3.connect(daemon.data / "state.db")
    rows = base.execute("SELECT group_key, created_ns FROM alerts").fetchall()
    times = sorted((made - sent[group]) / 1e6 for group, made in rows if group in sent)
    print(f"event to alert row at 10,000 events/s: p50 {times[len(times) // 2]:.1f} ms, "
          f"p99 {times[len(times) * 99 // 100]:.1f} ms over {len(times)} of {len(sent)} alerts")
    print(f"memory of all processes at 10,000 events/s: {top[0]:.0f} MB RSS, {top[1]:.0f} MB PSS")


def main():
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        work = pathlib.Path(folder)
        daemon = Daemon(work)
        time.sleep(3)
        idle = memory(daemon.process.pid)
        alert_latency(daemon, min(SECONDS * 2, 20))
        throughput(daemon)
        daemon.wait(lambda: daemon.ledger()["stored_through"] >=
                    daemon.ledger()["log"]["last_seq"], 120)
        time.sleep(20)
        after = memory(daemon.process.pid)
        daemon.stop()
    print(f"memory of all processes when idle: {idle[0]:.0f} MB RSS, {idle[1]:.0f} MB PSS "
          f"after start; {after[0]:.0f} MB RSS, {after[1]:.0f} MB PSS after the load")


main()
