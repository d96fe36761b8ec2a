"""Cases of an end-to-end test, reported as TAP.  Python's standard library only.

    import tap

    @tap.case
    def refuses_an_empty_body(work):       # work: a fresh pathlib.Path, removed afterwards
        tap.equal(status, 400)

    tap.main()

A case fails by any exception.  `script.py WORD` runs the cases with WORD in their name;
TEST_TIMEOUT seconds (60) are a case's deadline.
"""
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import traceback

SOURCE = pathlib.Path(os.environ.get("TOCSIN_SOURCE") or pathlib.Path(__file__).parent.parent)
BUILD = pathlib.Path(os.environ.get("TOCSIN_BUILD") or SOURCE / "build")
TOCSIN = BUILD / "tocsin"

_cases = []


class Skip(Exception):
    """Raised by skip()."""


def case(function):
    _cases.append(function)
    return function


def skip(why):
    raise Skip(why)


def check(truth, *words):
    if not truth:
        raise AssertionError(" ".join(str(word) for word in words) or "is false")


def equal(got, want, *words):
    check(got == want, *words, f"\n  got  {got!r}\n  want {want!r}")


def corpus(path):
    """A file of the corpora (TOCSIN_CORPORA, else ../shared/corpora); skips when absent."""
    folder = os.environ.get("TOCSIN_CORPORA")
    found = (pathlib.Path(folder) if folder else SOURCE.parent / "shared" / "corpora") / path
    return found if found.exists() else skip(f"no corpora ({path})")


def timeout(seconds):
    """A new deadline for the running case, counted from now."""
    signal.alarm(seconds)


def _late(_signal, _frame):
    raise TimeoutError("deadline passed")


def _run(function):
    """None when passed, else ("skip" or "fail", words)."""
    work = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-test-"))
    try:
        timeout(int(os.environ.get("TEST_TIMEOUT", "60")))
        function(work)
        return None
    except Skip as skipped:
        return "skip", str(skipped)
    except Exception:  # whatever it is, the case has failed by it
        return "fail", traceback.format_exc()
    finally:
        timeout(0)
        shutil.rmtree(work, ignore_errors=True)


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [function for function in _cases if word in function.__name__]
    signal.signal(signal.SIGALRM, _late)
    failed = 0
    print(f"1..{len(chosen)}", flush=True)
    for number, function in enumerate(chosen, 1):
        outcome = _run(function)
        line = f"ok {number} {function.__name__}"
        if outcome is not None and outcome[0] == "skip":
            line += f" # SKIP {outcome[1]}"
        elif outcome is not None:
            failed += 1
            line = f"not {line}"
            print("".join(f"# {text}\n" for text in outcome[1].splitlines()), file=sys.stderr)
        print(line, flush=True)
    sys.exit(1 if failed or not chosen else 0)
