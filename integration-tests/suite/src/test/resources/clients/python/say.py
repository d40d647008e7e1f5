"""How every client in Python says what it saw."""

import json


def say(exercise, status, saw):
    print(json.dumps({"exercise": exercise, "status": status, "saw": saw}), flush=True)


def data(line):
    """The data of a line of an event stream."""
    return line.removeprefix("data:").strip() if line.startswith("data:") else ""


def pieces(body):
    """The body in pieces, so that its length is not known before."""
    for at in range(0, len(body), 10_000):
        yield body[at : at + 10_000]
