// The SDK of OpenAI streams a completion. Argument: base URL.

import OpenAI from 'openai';
import { say } from './say.mjs';

const client = new OpenAI({ baseURL: process.argv[2] + '/v1' });
const stream = await client.chat.completions.create({
  model: 'any',
  messages: [{ role: 'user', content: 'Greet.' }],
  stream: true,
});
let saw = '';
for await (const chunk of stream) saw += chunk.choices[0].delta.content ?? '';
say('own', 200, saw);
