"""The helper against a real kernel: a network namespace is the machine, another one the attackers."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

import tap

MACHINE, STREET = f"tocsin-m{os.getpid()}", f"tocsin-s{os.getpid()}"
OWN, EVIL, GOOD, ADMIN, EVIL6 = "198.51.100.1", "198.51.100.66", "198.51.100.20", "198.51.100.30", "2001:db8::66"


def run(*words, check=True):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=check).stdout


class Town:
    """Two namespaces and a wire; a server in one, attackers with addresses of their own in the other."""

    def __init__(self, work):
        self.work, self.socket, self.server, self.helper = work, work / "s", None, None

    def build(self, *args):
        if os.geteuid() != 0 or not pathlib.Path("/usr/sbin/nft").exists():
            tap.skip("needs root and nft")
        made = subprocess.run(["ip", "netns", "add", MACHINE], capture_output=True, text=True)
        if made.returncode != 0:
            tap.skip("no network namespaces here: " + made.stderr.strip())
        run("ip", "netns", "add", STREET)
        run("ip", "link", "add", "eth7", "netns", MACHINE, "type", "veth", "peer", "name", "eth8", "netns", STREET)
        for place, link, addresses in ((MACHINE, "eth7", [OWN + "/24", "2001:db8::1/64"]),
                                       (STREET, "eth8", [a + "/24" for a in (EVIL, GOOD, ADMIN)] + [EVIL6 + "/64"])):
            for address in addresses:
                run("ip", "-n", place, "addr", "add", address, "dev", link, *(["nodad"] if ":" in address else []))
            run("ip", "-n", place, "link", "set", link, "up")
            run("ip", "-n", place, "link", "set", "lo", "up")
        self.server = subprocess.Popen(
            ["ip", "netns", "exec", MACHINE, "/usr/bin/python3", "-c",
             "import socket\n"
             "s = socket.create_server(('::', 80), family=socket.AF_INET6, dualstack_ipv6=True, backlog=500)\n"
             "print('up', flush=True)\n"
             "while True:\n    s.accept()[0].close()\n"], stdout=subprocess.PIPE)
        self.server.stdout.readline()
        self.begin(*args)

    def begin(self, *args):
        self.helper = subprocess.Popen(
            ["ip", "netns", "exec", MACHINE, tap.TOCSIN, "enforce", "--socket", self.socket, "--per-minute", "20000", *args],
            stderr=open(self.work / "enforce.log", "ab"))
        for _ in range(200):
            try:
                self.link = socket.socket(socket.AF_UNIX)
                self.link.connect(str(self.socket))
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.work / "enforce.log").read_text())

    def say(self, block=(), slow=(), never=()):
        state = {"block": [list(b) for b in block], "slow": [list(s) for s in slow], "never": list(never)}
        self.link.sendall(json.dumps(state).encode() + b"\n")
        return json.loads(self.link.makefile().readline())

    def reaches(self, source, target=OWN):
        """Can `source` open a connection to the machine?"""
        return subprocess.run(
            ["ip", "netns", "exec", STREET, "/usr/bin/python3", "-c",
             "import socket, sys\n"
             f"socket.create_connection(('{target}', 80), 0.3, ('{source}', 0))\n"],
            stderr=subprocess.DEVNULL).returncode == 0

    def nft(self, *words):
        return run("ip", "netns", "exec", MACHINE, "nft", *words)

    def end(self):
        for process in (self.helper, self.server):
            if process is not None:
                process.kill()
                process.wait()
        run("ip", "netns", "del", MACHINE, check=False)
        run("ip", "netns", "del", STREET, check=False)


def in_town(*args):
    def decorate(function):
        def case(work):
            town = Town(work)
            try:
                town.build(*args)
                function(town)
            finally:
                town.end()
        case.__name__ = function.__name__
        return tap.case(case)
    return decorate


@in_town()
def blocked_until_the_time_is_over(town):
    tap.check(town.reaches(EVIL) and town.reaches(GOOD) and town.reaches(EVIL6, "2001:db8::1"), "the wire works")
    said = town.say([(EVIL, 2), (EVIL6, 60)])
    tap.check(said["ok"] and said["added"] == 2, said)
    tap.check(not town.reaches(EVIL) and not town.reaches(EVIL6, "2001:db8::1"), "blocked")
    tap.check(town.reaches(GOOD), "others are not")
    os.kill(town.helper.pid, signal.SIGKILL)  # the kernel forgets by itself
    time.sleep(1.5)
    tap.check(town.reaches(EVIL), "its time is over")
    town.begin()
    said = town.say([])
    tap.check(said["ok"] and said["removed"] == 1 and town.reaches(EVIL6, "2001:db8::1"), said)


@in_town("--never", ADMIN)
def the_protected_are_never_cut_off(town):
    forged = [(f"203.0.{i // 250}.{i % 250 + 1}", 600) for i in range(9994)]
    forged += [(ADMIN, 600), (OWN, 600), ("127.0.0.1", 600), (GOOD, 600), ("198.51.100.0/24", 600), ("198.51.100.16/28", 600)]
    said = town.say(forged, never=[GOOD + "/32"])
    tap.check(said["ok"] and said["added"] == 9994, said)
    tap.equal(sorted(said["refused"]), sorted([ADMIN, OWN, "127.0.0.1", GOOD, "198.51.100.0/24", "198.51.100.16/28"]))
    tap.check(town.reaches(ADMIN) and town.reaches(GOOD), "protected")
    # Even what somebody puts into the sets by hand does not count against them, and goes.
    town.nft("add", "element", "inet", "tocsin", "block4", "{", ADMIN, "timeout", "10m", "}")
    tap.check(town.reaches(ADMIN), "the accept stands above the drop")
    said = town.say(forged[:9994], never=[GOOD + "/32"])
    tap.check(said["ok"] and said["removed"] == 1 and said["added"] == 0 and said["there"] == 9994, said)
    said = town.say([("203.0.113.0/23", 60), ("2001:db8:1::/48", 60)])
    tap.check(len(said["refused"]) == 2, "nothing that wide", said)


@in_town("--never", ADMIN + ",203.0.0.0/16")
def ten_thousand_forged_tries(town):
    # Each protected address in turn: its own, the administrator's, loopback, a whole network; and networks around them.
    tries = [f"127.{i % 250}.{i // 250}.{i % 199 + 2}" for i in range(4000)]
    tries += [f"203.0.{i // 250}.{i % 250 + 1}" for i in range(5990)]
    tries += [OWN, ADMIN, "198.51.100.0/24", "198.51.100.0/27", "203.0.77.0/24", "127.0.0.1", "::1", "2001:db8::1",
              f"::ffff:{ADMIN}", "2001:db8::/56"]
    tap.equal(len(set(tries)), 10000)
    for part in range(0, 10000, 2000):
        said = town.say([(a, 600) for a in tries[part:part + 2000]])
        tap.check(said["ok"] and said["added"] == 0 and said["there"] == 0, said)
        tap.check(town.reaches(ADMIN), "the administrator gets in all the while")
    for name in ("block4", "block6", "net4", "net6"):
        tap.check("elements" not in town.nft("list", "set", "inet", "tocsin", name), name)


@in_town()
def what_somebody_changed_is_mended(town):
    town.say([(EVIL, 600), ("198.51.100.128/25", 600)])
    town.nft("delete", "table", "inet", "tocsin")
    tap.check(town.reaches(EVIL), "the table is gone")
    said = town.say([(EVIL, 600), ("198.51.100.128/25", 600)])
    tap.check(said["ok"] and said["added"] == 2 and not town.reaches(EVIL), said)
    town.nft("delete", "element", "inet", "tocsin", "block4", "{", EVIL, "}")
    said = town.say([(EVIL, 600), ("198.51.100.128/25", 600)])
    tap.check(said["added"] == 1 and not town.reaches(EVIL), said)
    # One that overlaps another is refused by itself, and the rest is done.
    said = town.say([(EVIL, 600), ("198.51.100.128/25", 600), ("198.51.100.192/26", 600), ("203.0.113.1", 600)])
    tap.check(said["ok"] and said["refused"] == ["198.51.100.192/26"], said)
    tap.check("203.0.113.1" in town.nft("list", "set", "inet", "tocsin", "block4"), "the rest is done")


@in_town()
def unblock_works_with_all_else_dead(town):
    town.say([(EVIL, 600), (GOOD, 600)], slow=[(EVIL, 600)])
    town.helper.kill()
    tap.check(not town.reaches(EVIL), "blocked")
    said = run("ip", "netns", "exec", MACHINE, str(tap.TOCSIN), "unblock", "--data", str(town.work), EVIL)
    tap.check("kernel: 2 taken out" in said, said)
    tap.check(town.reaches(EVIL) and not town.reaches(GOOD), "only this one is in again")


@in_town()
def slowed_down(town):
    town.say(slow=[(EVIL, 600)])
    got = sum(town.reaches(EVIL) for _ in range(8))
    tap.check(2 <= got < 8, got, "connections were let in")
    tap.check(all(town.reaches(GOOD) for _ in range(3)), "others are not slowed")


@tap.case
def networks_that_would_be_lost_are_refused(_):
    for words in (["--never", "203.0.113.1", "--never=203.0.113.2"], ["--never", "203.0.113.1," * 500], ["--never", "203.0.113"]):
        asked = subprocess.run([tap.TOCSIN, "enforce", "--socket", "/nowhere/s", *words], capture_output=True, text=True, timeout=10)
        tap.check(asked.returncode == 2 and ("--never" in asked.stderr or "203.0.113" in asked.stderr), asked)


@in_town()
def only_its_user_may_speak(town):
    asked = subprocess.run(
        ["/usr/bin/python3", "-c",
         "import os, socket\nos.setuid(65534)\ns = socket.socket(socket.AF_UNIX)\n"
         f"s.connect('{town.socket}')\n"
         "try:\n    s.sendall(b'{}\\n')\n    print(s.recv(9))\nexcept OSError:\n    print(b'')\n"], capture_output=True, text=True)
    tap.check(asked.stdout.strip() == "b''" or "Permission" in asked.stderr, asked)
    town.link.sendall(b"nonsense\n")
    tap.check(not json.loads(town.link.makefile().readline())["ok"], "nonsense is no state")
    tap.check(town.say([(EVIL, 60)])["ok"], "and it goes on")


tap.main()
