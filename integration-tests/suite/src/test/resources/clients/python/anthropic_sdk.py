"""The SDK of Anthropic streams a message. Argument: base URL."""

import sys

import anthropic

from say import say

client = anthropic.Anthropic(base_url=sys.argv[1])
with client.messages.stream(
    model="any", max_tokens=16, messages=[{"role": "user", "content": "Greet."}]
) as stream:
    say("own", 200, "".join(stream.text_stream))
