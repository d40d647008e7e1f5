"""The Python SDK of MCP lists tools and calls one. Argument: base URL."""

import asyncio
import sys

from mcp import Client

from say import say


async def main(url):
    async with Client(url) as client:
        tools = (await client.list_tools()).tools
        result = await client.call_tool(tools[0].name, {})
        say("own", 200, result.content[0].text)


asyncio.run(main(sys.argv[1] + "/mcp"))
