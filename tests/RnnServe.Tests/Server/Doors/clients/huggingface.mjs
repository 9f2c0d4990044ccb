import { InferenceClient } from '@huggingface/inference';
import { answer } from './answer.mjs';

await answer((url, key) => {
  const at = (path) => new InferenceClient(key).endpoint(`${url}/models/${path}`);
  return {
    translation: (path, inputs, parameters) => at(path).translation({ inputs, parameters }),
    imageToText: (path, base64, type) =>
      at(path).imageToText({ data: new Blob([Buffer.from(base64, 'base64')], type ? { type } : {}) }),
  };
});
