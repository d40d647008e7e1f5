// The TypeScript SDK of MCP lists tools and calls one. Argument: base URL.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { say } from './say.mjs';

const client = new Client({ name: 'agent', version: '1.0.0' });
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2] + '/mcp')));
const { tools } = await client.listTools();
const result = await client.callTool({ name: tools[0].name, arguments: {} });
say('own', 200, result.content[0].text);
await client.close();
