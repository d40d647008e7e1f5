// fetch, which is undici. Arguments: base URL, file to upload.

import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { events, say } from './say.mjs';

const [base, file] = process.argv.slice(2);

async function whole(exercise, path, options) {
  const answer = await fetch(base + path, options);
  say(exercise, answer.status, await answer.text());
}

await whole('get', '/hello');
await whole('post', '/digest', { method: 'POST', body: readFileSync(file) });
const unknown = Readable.toWeb(createReadStream(file));
await whole('upload', '/digest', { method: 'POST', body: unknown, duplex: 'half' });

const stream = await fetch(base + '/events');
const seen = [];
for await (const event of events(stream.body)) {
  seen.push(event);
  await (await fetch(base + '/seen')).text();
}
say('events', stream.status, seen.join(' '));

const download = await fetch(base + '/blob');
const digest = createHash('sha256');
for await (const chunk of download.body) digest.update(chunk);
say('download', download.status, digest.digest('hex'));

await whole('refused', '/forbidden');
await whole('redirect', '/moved');
