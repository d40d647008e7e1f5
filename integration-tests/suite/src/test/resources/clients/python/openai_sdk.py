"""The SDK of OpenAI streams a completion. Argument: base URL."""

import sys

import openai

from say import say

client = openai.OpenAI(base_url=sys.argv[1] + "/v1")
stream = client.chat.completions.create(
    model="any", messages=[{"role": "user", "content": "Greet."}], stream=True
)
say("own", 200, "".join(chunk.choices[0].delta.content or "" for chunk in stream))
