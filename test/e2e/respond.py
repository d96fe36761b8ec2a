"""From an alert to a block: dry runs, armed responses, the kernel, bouncers, and people who undo it."""
import http.client
import json
import os
import pathlib
import subprocess
import time

import tap
import tocsin

EVIL, MORE = "203.0.113.7", "203.0.113.9"


def attack(address):
    return [tocsin.login(address, f"user{i}", False, time.time() - 20 + i / 10) for i in range(40)]


def blocks(daemon, query=""):
    return daemon.json("GET", "/v1/blocks" + query)["blocks"]


def of(daemon, address):
    return [b for b in blocks(daemon, "?limit=1000") if b["entity"] == address and b["action"] == "BLOCK_IP"]


def bouncer(daemon, path, key=None, method="GET"):
    link = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
    link.request(method, path, headers={"X-Api-Key": daemon.token() if key is None else key,
                                        "User-Agent": "crowdsec-firewall-bouncer/-", "Accept-Encoding": "gzip"})
    answer = link.getresponse()
    text = answer.read()
    link.close()
    return answer.status, text


@tap.case
def a_dry_run_until_it_is_armed(work):
    daemon = tocsin.Daemon(work)
    daemon.post(attack(EVIL))
    daemon.wait(lambda: of(daemon, EVIL))
    tap.equal({b["state"] for b in of(daemon, EVIL)}, {"dry-run"})
    tap.equal(bouncer(daemon, "/v1/decisions")[1], b"null")
    one = of(daemon, EVIL)[0]
    tap.check(one["alert_id"] and one["rule_id"] and one["seconds_left"] > 60, one)
    done = daemon.json("POST", f"/v1/blocks/{one['id']}/approve", "{}")
    tap.equal((done["state"], done["audit"][-1]["by"]), ("active", "token-file"))
    tap.check(EVIL in bouncer(daemon, "/v1/decisions")[1].decode(), "a person may approve it")
    daemon.stop()


@tap.case
def an_alert_is_answered_once(work):
    config = "respond:\n  armed: true\n"
    daemon = tocsin.Daemon(work, config)
    daemon.post(attack(EVIL) + attack("127.0.0.1") + attack("10.1.2.3"))
    daemon.wait(lambda: of(daemon, EVIL) and of(daemon, "127.0.0.1") and of(daemon, "10.1.2.3"))
    tap.equal([b["state"] for b in of(daemon, EVIL)], ["active"])
    tap.equal({b["state"] for a in ("127.0.0.1", "10.1.2.3") for b in of(daemon, a)}, {"failed"})
    before = blocks(daemon, "?limit=1000")
    daemon.kill()
    daemon = tocsin.Daemon(work, config)
    time.sleep(1.1)
    tap.equal([(b["id"], b["state"], b["end"]) for b in blocks(daemon, "?limit=1000")], [(b["id"], b["state"], b["end"]) for b in before])
    # Undone by a person it stays undone, until something new happens.
    daemon.json("POST", f"/v1/blocks/{of(daemon, EVIL)[0]['id']}/undo", "{}")
    time.sleep(1.1)
    tap.equal([b["state"] for b in of(daemon, EVIL)], ["undone"])
    daemon.stop()


@tap.case
def what_bouncers_hear(work):
    daemon = tocsin.Daemon(work)
    tap.equal(bouncer(daemon, "/v1/decisions/stream?startup=true"), (200, b'{"new":null,"deleted":null}'))
    made = daemon.json("POST", "/v1/blocks", json.dumps({"entity": EVIL, "for": "4h", "reason": "scanner"}), 201)
    daemon.json("POST", "/v1/blocks", json.dumps({"entity": "198.51.100.0/24", "for": "90s"}), 201)
    status, text = bouncer(daemon, "/v1/decisions/stream?")
    heard = json.loads(text)
    tap.equal((status, heard["deleted"], len(heard["new"])), (200, None, 2))
    evil = next(d for d in heard["new"] if d["value"] == EVIL)
    tap.check(evil["duration"] in ("3h59m59s", "4h0m0s", "3h59m58s"), evil)
    tap.equal({k: evil[k] for k in ("origin", "scenario", "scope", "type")},
              {"origin": "tocsin", "scenario": "scanner", "scope": "Ip", "type": "ban"})
    tap.equal(len(json.loads(bouncer(daemon, "/v1/decisions?ip=198.51.100.77")[1])), 1)
    tap.equal(bouncer(daemon, "/v1/decisions?ip=198.51.101.77")[1], b"null")
    tap.equal(bouncer(daemon, "/v1/decisions", method="HEAD")[0], 200)
    daemon.json("POST", f"/v1/blocks/{made['id']}/undo", "{}")
    for _ in range(2):  # said twice, for an answer that got lost
        gone = json.loads(bouncer(daemon, "/v1/decisions/stream?")[1])["deleted"]
        tap.equal([d["value"] for d in gone], [EVIL])
    tap.equal(json.loads(bouncer(daemon, "/v1/decisions/stream?")[1]), {"new": None, "deleted": None})
    for path in ("/v1/decisions", "/v1/decisions/stream?startup=true"):
        for key in ("", "wrong-key-wrong-key"):
            tap.equal(bouncer(daemon, path, key), (403, b'{"message":"access forbidden"}'))
    tap.equal(bouncer(daemon, "/v1/decisions?ip=nobody")[0], 400)
    daemon.stop()


@tap.case
def what_a_person_may_not(work):
    daemon = tocsin.Daemon(work, "respond:\n  never_block: [192.0.2.0/24]\n")
    for entity, status in (("192.0.2.9", 409), ("127.0.0.1", 409), ("10.0.0.1", 409), ("203.0.112.0/23", 422),
                           ("nobody", 422), ("192.0.2.0/28", 409)):
        got, text = daemon.request("POST", "/v1/blocks", json.dumps({"entity": entity}))
        tap.equal(got, status, entity, text)
    daemon.json("POST", "/v1/allowed", json.dumps({"net": EVIL, "for": "1h", "reason": "a customer"}), 201)
    daemon.wait(lambda: daemon.request("POST", "/v1/blocks", json.dumps({"entity": EVIL}))[0] == 409)
    tap.equal(daemon.request("DELETE", "/v1/allowed/" + EVIL)[0], 204)
    tap.equal(daemon.request("DELETE", "/v1/allowed/" + EVIL)[0], 404)
    daemon.wait(lambda: daemon.request("POST", "/v1/blocks", json.dumps({"entity": EVIL}))[0] == 201)
    said = subprocess.run([tap.TOCSIN, "unblock", "--data", daemon.data, EVIL], capture_output=True, text=True)
    tap.check("database: 1 undone" in said.stdout, said)
    tap.equal([b["state"] for b in of(daemon, EVIL)][:1], ["undone"])
    daemon.stop()


@tap.case
def the_daemon_and_its_helper(work):
    if not pathlib.Path("/usr/sbin/nft").exists() or subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode != 0:
        tap.skip("no nft, or no network namespaces")
    space = f"tocsin-h{os.getpid()}"
    subprocess.run(["ip", "netns", "add", space], check=True)

    def helper():
        return subprocess.Popen(["ip", "netns", "exec", space, tap.TOCSIN, "enforce", "--socket", work / "s"],
                                stderr=open(work / "enforce.log", "ab"))

    def blocked():
        return subprocess.run(["ip", "netns", "exec", space, "nft", "list", "set", "inet", "tocsin", "block4"],
                              capture_output=True, text=True).stdout
    running = helper()
    try:
        daemon = tocsin.Daemon(work, f"respond:\n  socket: {work}/s\n")
        made = daemon.json("POST", "/v1/blocks", json.dumps({"entity": EVIL, "for": "1h"}), 201)
        daemon.wait(lambda: EVIL in blocked())
        running.kill()
        running.wait()
        daemon.json("POST", "/v1/blocks", json.dumps({"entity": MORE}), 201)
        daemon.json("POST", f"/v1/blocks/{made['id']}/undo", "{}")
        tap.check(EVIL in blocked() and MORE not in blocked(), "nobody is there to do it")
        running = helper()
        daemon.wait(lambda: EVIL not in blocked() and MORE in blocked())
        daemon.stop()
    finally:
        running.kill()
        running.wait()
        subprocess.run(["ip", "netns", "del", space], check=False)


@tap.case
def the_bouncer_of_debian(work):
    program = pathlib.Path("/usr/bin/crowdsec-firewall-bouncer")
    if not program.exists() or subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode != 0:
        tap.skip("no crowdsec-firewall-bouncer, or no network namespaces")
    daemon = tocsin.Daemon(work)
    made = daemon.json("POST", "/v1/blocks", json.dumps({"entity": EVIL, "for": "1h"}), 201)
    space = f"tocsin-b{daemon.process.pid}"
    subprocess.run(["ip", "netns", "add", space], check=True)
    # The bouncer lives in a namespace of its own and reaches the daemon through a socket handed on.
    relay = subprocess.Popen(
        ["/usr/bin/python3", "-c", RELAY, space, str(daemon.port)], stdout=subprocess.PIPE)
    bounce = None
    try:
        relay.stdout.readline()
        (work / "b.yaml").write_text(
            f"mode: nftables\nupdate_frequency: 1s\nlog_mode: stdout\nlog_level: info\n"
            f"api_url: http://127.0.0.1:8080/\napi_key: {daemon.token()}\ndisable_ipv6: false\ndeny_action: DROP\n"
            "nftables:\n  ipv4:\n    enabled: true\n    set-only: false\n    table: crowdsec\n    chain: crowdsec-chain\n"
            "  ipv6:\n    enabled: true\n    set-only: false\n    table: crowdsec6\n    chain: crowdsec6-chain\n")
        bounce = subprocess.Popen(["ip", "netns", "exec", space, program, "-c", work / "b.yaml"],
                                  stdout=open(work / "b.log", "wb"), stderr=subprocess.STDOUT)

        def kernel():
            tap.check(bounce.poll() is None, (work / "b.log").read_text())
            return subprocess.run(["ip", "netns", "exec", space, "nft", "list", "ruleset"], capture_output=True, text=True).stdout
        daemon.wait(lambda: EVIL in kernel())
        daemon.json("POST", "/v1/blocks", json.dumps({"entity": MORE}), 201)
        daemon.wait(lambda: MORE in kernel())
        daemon.json("POST", f"/v1/blocks/{made['id']}/undo", "{}")
        daemon.wait(lambda: EVIL not in kernel() and MORE in kernel())
    finally:
        for process in (bounce, relay):
            if process is not None:
                process.kill()
                process.wait()
        subprocess.run(["ip", "netns", "del", space], check=False)
    daemon.stop()


# Listens on 127.0.0.1:8080 inside the namespace and hands on to the daemon outside.
RELAY = """
import os, socket, sys, threading
home = os.open('/proc/self/ns/net', os.O_RDONLY)
import ctypes
libc = ctypes.CDLL(None)
there = os.open('/run/netns/' + sys.argv[1], os.O_RDONLY)
libc.setns(there, 0)
os.system('ip link set lo up')
s = socket.create_server(('127.0.0.1', 8080))
libc.setns(home, 0)
print('up', flush=True)
def hand_on(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
    except OSError:
        pass
    for end in (a, b):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
while True:
    a = s.accept()[0]
    b = socket.create_connection(('127.0.0.1', int(sys.argv[2])))
    threading.Thread(target=hand_on, args=(a, b), daemon=True).start()
    threading.Thread(target=hand_on, args=(b, a), daemon=True).start()
"""

tap.main()
