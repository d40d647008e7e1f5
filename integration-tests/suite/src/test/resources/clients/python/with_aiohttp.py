"""aiohttp, which reads the proxy's variables only when told to. Arguments: base URL, file."""

import asyncio
import hashlib
import sys

import aiohttp

from say import data, pieces, say


async def unknown(body):
    for piece in pieces(body):
        yield piece


async def main(base, file):
    body = open(file, "rb").read()
    async with aiohttp.ClientSession(trust_env=True) as session:

        async def whole(exercise, call):
            async with call as answer:
                say(exercise, answer.status, await answer.text())

        await whole("get", session.get(base + "/hello"))
        await whole("post", session.post(base + "/digest", data=body))
        await whole("upload", session.post(base + "/digest", data=unknown(body)))

        seen = []
        async with session.get(base + "/events") as answer:
            async for line in answer.content:
                if text := data(line.decode()):
                    seen.append(text)
                    async with session.get(base + "/seen"):
                        pass
        say("events", answer.status, " ".join(seen))

        digest = hashlib.sha256()
        async with session.get(base + "/blob") as answer:
            async for piece in answer.content.iter_any():
                digest.update(piece)
        say("download", answer.status, digest.hexdigest())

        await whole("refused", session.get(base + "/forbidden"))
        await whole("redirect", session.get(base + "/moved"))


asyncio.run(main(*sys.argv[1:]))
