"""A server of the Model Context Protocol with one tool, on the port that MCP_PORT names."""

import os

from mcp.server import MCPServer

server = MCPServer("greeter")


@server.tool()
def greet() -> str:
    """Greets."""
    return "anvil"


server.run(transport="streamable-http", host="127.0.0.1", port=int(os.environ["MCP_PORT"]))
