"""The frame of the Python client programs: named checks, a line for each, a summary at the end."""

import os
import pathlib
import secrets
import sys

SCHEMAS = pathlib.Path(os.environ.get("SCHEMAS") or pathlib.Path(__file__).parent.parent / "schemas")

# The messages every client writes and reads.
COUNTRY = {"code": "NL"}
ORDER = {
    "id": "o-1",
    "address": {"street": "Damrak 1", "country": COUNTRY},
    "quantities": {"apples": 3},
    "state": "PLACED",
    "comment": "ring twice",
}

_outcomes = {"passed": 0, "failed": 0}


def check(name):
    """Run the decorated function as a check, and print its outcome."""

    def run(body):
        try:
            body()
        except Exception as err:  # whatever a client raises is a finding
            _outcomes["failed"] += 1
            print(f"FAIL {name}: {type(err).__name__}: {err}".replace("\n", " "), flush=True)
        else:
            _outcomes["passed"] += 1
            print(f"ok   {name}", flush=True)

    return run


def finish():
    """Print the summary and end the program; the status is 1 if a check failed."""
    print(f"{_outcomes['passed']} passed, {_outcomes['failed']} failed")
    sys.exit(1 if _outcomes["failed"] else 0)


def equal(got, want):
    """Demand that two values are equal."""
    assert got == want, f"{got!r} is not {want!r}"


def fresh(name):
    """Return a name no earlier run has used."""
    return f"{name}-{secrets.token_hex(4)}"


def schema_text(file):
    """Read one of the files all clients share, such as avro/country.avsc."""
    return (SCHEMAS / file).read_text()


def usage():
    """Read the arguments: URL, and optionally produce or consume with a folder."""
    args = sys.argv[1:]
    if len(args) == 1:
        return args[0], "check", None
    if len(args) == 3 and args[1] in ("produce", "consume"):
        return args[0], args[1], pathlib.Path(args[2])
    print(f"usage: {sys.argv[0]} URL [produce|consume DIR]", file=sys.stderr)
    sys.exit(2)
