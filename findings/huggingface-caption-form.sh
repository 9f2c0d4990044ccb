#!/usr/bin/env bash
# @huggingface/inference: a patch release turned round what a server may answer to an image.
#
# One would guess that versions 4.13.x of a client read the same answers. Up to 4.13.13 imageToText takes a list with one caption and refuses
# an object; the next version that npm has takes the object and refuses the list, each as a malformed response. A server of its own
# that answers one form works with half of the installed clients. RnnServe therefore answers by the version in the User-Agent
# (src/RnnServe.Server/Doors/HuggingFaceDoor.cs), which only this library sends.
#
# Input: a server on the loopback that answers both forms, and a body of three bytes for the image. Exits 1 when a version takes what it
# refused, or the other way round.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --prefix "$folder" \
  before@npm:@huggingface/inference@4.13.13 after@npm:@huggingface/inference@4.13.15
cat >ask.mjs <<'PROGRAM'
import { createServer } from "node:http";

const answers = { list: [{ generated_text: "a dog" }], object: { generated_text: "a dog" } };
const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(answers[request.url.slice(1)]));
  });
}).listen(0, "127.0.0.1");
await new Promise(ready => server.on("listening", ready));

const seen = [];
for (const version of ["before", "after"]) {
  const { InferenceClient } = await import(version);
  for (const form of ["list", "object"]) {
    const endpointUrl = `http://127.0.0.1:${server.address().port}/${form}`;
    const said = await new InferenceClient().imageToText({ endpointUrl, data: new Blob(["abc"]) })
      .then(() => "taken", error => `refused (${error.message.slice(0, 60)})`);
    const name = version === "before" ? "4.13.13" : "4.13.15";
    console.log(`${name}, ${form}: ${said}`);
    seen.push(said.startsWith("taken"));
  }
}
server.close();
process.exit(String(seen) === "true,false,false,true" ? 0 : 1);
PROGRAM
node ask.mjs
