import * as deepl from 'deepl-node';
import { answer } from './answer.mjs';

await answer((serverUrl, key) => {
  // One request for a call: the client would repeat what is refused for overload.
  const client = new deepl.DeepLClient(key ?? 'any-key', { serverUrl, maxRetries: 1 });
  return {
    translate: (texts, source, target, options) => client.translateText(texts, source, target, options),
    sources: () => client.getSourceLanguages(),
    targets: () => client.getTargetLanguages(),
    usage: () => client.getUsage(),
    glossaries: () => client.listGlossaries(),
  };
});
