import library from 'libretranslate';
import { answer } from './answer.mjs';

await answer((apiurl) => ({
  translate: (query, source, target) => library.translate({ query, source, target, apiurl }),
}));
