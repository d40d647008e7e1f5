"""urllib of the standard library. Arguments: base URL, file to upload."""

import hashlib
import sys
import urllib.error
import urllib.request

from say import data, pieces, say

base, file = sys.argv[1:]
body = open(file, "rb").read()


def call(exercise, path, data=None, headers=None):
    request = urllib.request.Request(base + path, data=data, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            say(exercise, answer.status, answer.read().decode())
    except urllib.error.HTTPError as refused:
        say(exercise, refused.code, refused.read().decode())


call("get", "/hello")
call("post", "/digest", body, {"Content-Type": "application/octet-stream"})
call("upload", "/digest", pieces(body), {"Content-Type": "application/octet-stream"})

seen = []
with urllib.request.urlopen(base + "/events", timeout=60) as answer:
    for line in answer:
        if text := data(line.decode()):
            seen.append(text)
            urllib.request.urlopen(base + "/seen", timeout=60).close()
say("events", answer.status, " ".join(seen))

digest = hashlib.sha256()
with urllib.request.urlopen(base + "/blob", timeout=60) as answer:
    while piece := answer.read(65_536):
        digest.update(piece)
say("download", answer.status, digest.hexdigest())

call("refused", "/forbidden")
call("redirect", "/moved")
