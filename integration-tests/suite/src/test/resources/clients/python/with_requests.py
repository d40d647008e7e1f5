"""requests. Arguments: base URL, file to upload."""

import hashlib
import sys

import requests

from say import data, pieces, say

base, file = sys.argv[1:]
body = open(file, "rb").read()


def whole(exercise, answer):
    say(exercise, answer.status_code, answer.text)


whole("get", requests.get(base + "/hello"))
whole("post", requests.post(base + "/digest", data=body))
whole("upload", requests.post(base + "/digest", data=pieces(body)))

seen = []
with requests.get(base + "/events", stream=True) as answer:
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        if text := data(line):
            seen.append(text)
            requests.get(base + "/seen")
say("events", answer.status_code, " ".join(seen))

digest = hashlib.sha256()
with requests.get(base + "/blob", stream=True) as answer:
    for piece in answer.iter_content(65_536):
        digest.update(piece)
say("download", answer.status_code, digest.hexdigest())

whole("refused", requests.get(base + "/forbidden"))
whole("redirect", requests.get(base + "/moved"))
