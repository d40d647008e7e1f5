"""httpx. Arguments: base URL, file to upload."""

import hashlib
import sys

import httpx

from say import data, pieces, say

base, file = sys.argv[1:]
body = open(file, "rb").read()
client = httpx.Client(timeout=60)


def whole(exercise, answer):
    say(exercise, answer.status_code, answer.text)


whole("get", client.get(base + "/hello"))
whole("post", client.post(base + "/digest", content=body))
whole("upload", client.post(base + "/digest", content=pieces(body)))

seen = []
with client.stream("GET", base + "/events") as answer:
    for line in answer.iter_lines():
        if text := data(line):
            seen.append(text)
            client.get(base + "/seen")
say("events", answer.status_code, " ".join(seen))

digest = hashlib.sha256()
with client.stream("GET", base + "/blob") as answer:
    for piece in answer.iter_bytes():
        digest.update(piece)
say("download", answer.status_code, digest.hexdigest())

whole("refused", client.get(base + "/forbidden"))
whole("redirect", client.get(base + "/moved", follow_redirects=True))
