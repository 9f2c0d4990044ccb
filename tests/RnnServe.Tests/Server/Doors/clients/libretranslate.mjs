import library from 'libretranslate';
import { answer } from './answer.mjs';

await answer((apiurl, apiKey) => ({
  translate: (query, source, target) => library.translate({ query, source, target, apiurl, apiKey }),
  translateAtSlash: (query, source, target) => library.translate({ query, source, target, apiurl: `${apiurl}/`, apiKey }),
}));
