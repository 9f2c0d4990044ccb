// Calls of the server. All addresses are relative: what a proxy puts in front is in the page's own address.

/** A refusal, in the words of its problem+json. */
export class Problem extends Error {
  constructor(body, status) {
    const said = body.detail ?? body.title ?? `The server answered ${status}.`;
    const more = Object.values(body.errors ?? {}).flat().filter(text => !said.includes(text));
    super([said, ...more].join("\n"));
    this.status = status;
    this.fields = Object.keys(body.errors ?? {});
  }
}

/** Asks for attention too, and without it where a model has none or a text is too long for it. */
export async function withAttention(include, call) {
  try {
    return await call([...include, "attention"]);
  } catch (error) {
    if (!error.fields?.includes("include")) throw error;
    return call(include);
  }
}

const stored = "key";

/** The key of this tab, which the browser forgets with it; null: none. */
const key = () => sessionStorage.getItem(stored);

export const hasKey = () => key() !== null;

export const useKey = text => sessionStorage.setItem(stored, text);

/** A call with the key, where there is one. */
const ask = (route, call = {}) =>
  fetch(route, key() ? { ...call, headers: { ...call.headers, Authorization: `Bearer ${key()}` } } : call);

async function read(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(body, response.status);
  return body;
}

export const models = async () => (await read(await ask("v1/models"))).models;

export const post = async (route, body, signal) => read(await ask(`v1/${route}`, json(body, signal)));

/** A translation that is told as it grows. */
export const translate = async (body, grow, signal) => follow(await ask("v1/translate", streamed(json(body, signal))), grow);

/** A caption that is told as it grows. */
export const caption = async (photo, options, grow, signal) => follow(
  await ask(`v1/caption?${query(options)}`, streamed({ method: "POST", headers: { "Content-Type": photo.type }, body: photo, signal })), grow);

const json = (body, signal) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });

const streamed = call => ({ ...call, headers: { ...call.headers, Accept: "text/event-stream" } });

/** Reads an event stream: pieces of the text, then the answer or a problem. */
async function follow(response, grow) {
  if (!response.ok) return read(response);
  let rest = "", text = "";
  for await (const chunk of chunks(response.body)) {
    const events = (rest + chunk).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const fields = Object.fromEntries(event.split("\n").map(line => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
      const data = JSON.parse(fields.data);
      if (fields.event === "result") return data;
      if (fields.event === "problem") throw new Problem(data, data.status);
      grow(text += data.text);
    }
  }
  throw new Problem({ detail: "The answer broke off." }, response.status);
}

/** The text of a body as it comes. Not every browser can iterate over a stream. */
async function* chunks(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

/** The same call for a shell, which has the key in a variable. */
export const asCurl = (route, body) =>
  `curl -s ${address(route)}${keyForShell()} -H 'Content-Type: application/json' \\\n  -d ${quoted(JSON.stringify(body))}`;

export const photoAsCurl = (photo, options) =>
  `curl -s ${quoted(address(`caption?${query(options)}`))}${keyForShell()} -H 'Content-Type: ${photo.type}' \\\n  --data-binary @${quoted(photo.name || "photo")}`;

const keyForShell = () => key() ? ` -H "Authorization: Bearer $KEY"` : "";
const address = route => new URL(`v1/${route}`, document.baseURI).href;
const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;

function query(options) {
  const all = new URLSearchParams();
  for (const [name, value] of Object.entries(options))
    for (const one of [value].flat()) all.append(name, one);
  return all;
}
