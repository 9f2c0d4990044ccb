// Reads an address, a key and calls from standard input, makes the calls one after the other, and prints what each gave or how it failed.
import { text } from 'node:stream/consumers';

export async function answer(clientOf) {
  const { url, key, calls } = JSON.parse(await text(process.stdin));
  const client = clientOf(url, key ?? undefined);
  const outcomes = [];
  for (const [name, ...values] of calls) {
    try {
      outcomes.push({ value: await client[name](...values) });
    } catch (error) {
      outcomes.push({ error: error.constructor.name, message: error.message });
    }
  }
  console.log(JSON.stringify(outcomes));
}
