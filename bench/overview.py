"""Times GET /v1/overview of a daemon that took BENCH_EVENTS events (1 million) of 31 days."""
import json
import os
import pathlib
import random
import shutil
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "test"))
from tocsin import Daemon  # noqa: E402

EVENTS = int(os.environ.get("BENCH_EVENTS", "1000000"))
BATCH, ROUNDS = 10000, 100
NOW = int(time.time())
CONFIG = "log:\n  retain_size: 256MB\n"


def body(dice, first):
    """Events in order of time, one in a thousand an attack from an address of its own."""
    lines = []
    for i in range(first, first + BATCH):
        when = NOW - 31 * 86400 + 600 + i * (31 * 86400 - 1200) // EVENTS
        event = {"timestamp": when, "client_ip": f"203.0.{i % 113}.{dice.randrange(250)}",
                 "geolocation": {"country": dice.choice(["NL", "DE", "BR", "IN", "US"])}}
        if i % 1000 == 0:
            event.update(event_type="attack.xss", client_ip=f"198.18.{i // 250000}.{i % 250}")
        elif i % 4 == 0:
            event.update(event_type="auth.login.success", user_name=f"u{i % 500}")
        else:
            event.update(event_type="http.request", method="GET", status_code=200,
                         endpoint=f"/api/part-{dice.randrange(60)}/items/{i}")
        lines.append(json.dumps(event))
    return "\n".join(lines)


def main():
    work = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-bench-"))
    try:
        daemon = Daemon(work, CONFIG, args=("--no-store",))
        dice = random.Random(1)
        for first in range(0, EVENTS, BATCH):
            while True:
                status, text = daemon.request("POST", "/v1/events?items=failed", body(dice, first))
                if status != 429:
                    break
                time.sleep(0.1)
            assert status == 200, text[:300]
        daemon.wait(lambda: daemon.ledger()["detected_through"] >= EVENTS, seconds=600)
        total = daemon.json("GET", "/v1/alerts?limit=1")["total"]
        for name, seconds in [("24 hours", 86400), ("7 days", 7 * 86400), ("31 days", 31 * 86400)]:
            took = []
            for i in range(ROUNDS):  # a new alert before each, so that nothing is remembered
                daemon.post([{"event_type": "attack.xss", "client_ip": f"198.19.{i}.{seconds % 251}"}])
                daemon.wait_detected()
                begin = time.perf_counter()
                status, text = daemon.request(
                    "GET", f"/v1/overview?from={NOW - seconds}&to={NOW}")
                took.append((time.perf_counter() - begin) * 1000)
                assert status == 200, text
            took.sort()
            print(f"overview of {name}, {EVENTS} events, {total} alerts: median"
                  f" {statistics.median(took):.1f} ms, 99 % {took[98]:.1f} ms, {len(text) // 1024} KiB")
        daemon.stop()
    finally:
        shutil.rmtree(work, ignore_errors=True)


main()
