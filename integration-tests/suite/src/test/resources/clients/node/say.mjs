// How every client in Node says what it saw.

export function say(exercise, status, saw) {
  console.log(JSON.stringify({ exercise, status, saw }));
}

/** The data of each event, as they come. */
export async function* events(chunks) {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + Buffer.from(chunk).toString()).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith('data: ')) yield line.slice(6);
    }
  }
}
