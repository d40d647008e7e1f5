// axios. Arguments: base URL, file to upload.

import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import axios from 'axios';
import { events, say } from './say.mjs';

const [base, file] = process.argv.slice(2);
const text = { responseType: 'text', validateStatus: () => true };

function whole(exercise, answer) {
  say(exercise, answer.status, answer.data);
}

whole('get', await axios.get(base + '/hello', text));
whole('post', await axios.post(base + '/digest', readFileSync(file), text));
whole('upload', await axios.post(base + '/digest', createReadStream(file), text));

const stream = await axios.get(base + '/events', { responseType: 'stream' });
const seen = [];
for await (const event of events(stream.data)) {
  seen.push(event);
  await axios.get(base + '/seen');
}
say('events', stream.status, seen.join(' '));

const download = await axios.get(base + '/blob', { responseType: 'stream' });
const digest = createHash('sha256');
for await (const chunk of download.data) digest.update(chunk);
say('download', download.status, digest.digest('hex'));

whole('refused', await axios.get(base + '/forbidden', text));
whole('redirect', await axios.get(base + '/moved', text));
