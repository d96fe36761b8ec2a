"""Query workers under strace: once the doors are closed nothing but the store's files is opened."""
import json
import re
import subprocess
import time

import tap
from tocsin import Daemon, login

BOMB = re.compile(r"range\(|generate_series|repeat|RECURSIVE|sleep|lpad|printf|format\(|bitstring")
OPENS = re.compile(r"\b(open|openat|openat2|creat)\(")
STORE_FILE = re.compile(r'"(/[^"]*/store/)?[0-9-]{84}[shd]\.parquet", O_RDONLY')
CHANGES = re.compile(r"\b(unlink|rename|mkdir|exec|v?fork)\w*\(")
EXPORT_FILE = re.compile(r'"/proc/self/fd/\d+", O_WRONLY\|O_CREAT\|O_TRUNC')
NETWORK = re.compile(r"\b(socket|connect|bind|sendto|sendmsg|socketpair)\(")
CALLS = "trace=open,openat,openat2,creat,prlimit64,unlink,unlinkat,rename,renameat,renameat2," \
    "mkdir,mkdirat,execve,fork,vfork,%network"


def site(work):
    """A data folder with sealed files and some rows that are not."""
    daemon = Daemon(work)
    now = int(time.time()) - 3600
    daemon.post([login("203.0.113.5", "root", False, now + i) for i in range(50)])
    daemon.wait(lambda: list((daemon.data / "store").glob("*.parquet")))
    daemon.post([login("203.0.113.6", "root", False, now + i) for i in range(5)])
    tap.equal(daemon.stop(), 0)
    return daemon.data


def ask(work, data, sql, form="json"):
    """The answer, and the calls of the worker after its last step into the jail."""
    trace = work / "trace"
    line = json.dumps({"sql": sql, "timeout_ms": 5000, "max_rows": 100, "format": form}) + "\n"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", trace, "-e", CALLS, "-e", "signal=none", tap.TOCSIN, "query",
         "--log", data / "log", "--dir", data / "store", "--alerts", data / "state.db"],
        input=line.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    calls = trace.read_text(errors="replace").splitlines()
    closed = [i for i, call in enumerate(calls) if "RLIMIT_NPROC, {" in call]
    return done.stdout, calls[closed[-1] + 1:] if closed else None


@tap.case
def a_good_query_opens_files_of_the_store_only(work):
    data = site(work)
    answer, calls = ask(work, data, "SELECT count(*) FROM security_events")
    tap.check(answer.startswith(b"200 "), answer)
    tap.check(b"[[55]]" in answer, answer)
    opens = [call for call in calls if OPENS.search(call)]
    tap.check(opens, "the files were opened before already: the mark is at the wrong place")
    for call in opens:
        tap.check(STORE_FILE.search(call), call)
    tap.check(not [call for call in calls if NETWORK.search(call)])


@tap.case
def hostile_statements_open_nothing_else(work):
    tap.timeout(400)
    data = site(work)
    statements = (tap.SOURCE / "test/case/query/hostile.sql").read_text().splitlines()
    statements = [sql for sql in statements if not BOMB.search(sql)]
    tap.check(len(statements) > 300)
    for sql in statements:
        answer, calls = ask(work, data, sql)
        tap.check(answer, sql)
        tap.check(calls is not None, sql, "never reached the jail:", answer)
        for call in calls:
            tap.check(not NETWORK.search(call), sql, call)
            if OPENS.search(call):
                tap.check(STORE_FILE.search(call), sql, call)
            tap.check(not CHANGES.search(call), sql, call)


@tap.case
def an_export_writes_its_own_file_only(work):
    data = site(work)
    statements = (tap.SOURCE / "test/case/query/hostile.sql").read_text().splitlines()
    statements = ["SELECT * FROM security_events",
                  *[sql for sql in statements[::7] if not BOMB.search(sql)]]
    written = 0
    for sql in statements:
        answer, calls = ask(work, data, sql, "parquet")
        tap.check(answer, sql)
        for call in calls or []:
            tap.check(not NETWORK.search(call), sql, call)
            if "= -1 EACCES" in call:  # DuckDB tried, the jail said no
                continue
            tap.check(not CHANGES.search(call), sql, call)
            if EXPORT_FILE.search(call):
                written += 1
            elif OPENS.search(call):
                tap.check(STORE_FILE.search(call), sql, call)
    tap.check(written, "nothing was written: the mark is at the wrong place")
    tap.equal([f for f in (data / "store").iterdir() if f.name.startswith("tmp-")], [])


tap.main()
