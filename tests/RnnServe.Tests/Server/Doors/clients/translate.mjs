import { Translate } from 'translate';
import { answer } from './answer.mjs';

await answer((url, key) => {
  const translate = new Translate({ engine: 'libre', url: `${url}/translate`, key: key ?? 'any-key' });
  return { translate: (text, from, to) => translate(text, { from, to }) };
});
