// Answers the tests: {"tokenizer": {...}, "texts": [...]} on stdin → [{"ids": [...], "text": "decoded"}] on stdout.
// With {"normalize": [...]}: the texts in form C instead, null for
// those with code points that this node's Unicode does not know.
import { Tokenizer } from '@huggingface/tokenizers';

let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += chunk;
const { tokenizer: json, texts, normalize } = JSON.parse(input);

const answer = normalize ? normalize.map((text) => (/\p{Cn}/u.test(text) ? null : text.normalize('NFC'))) : tokenize();
process.stdout.write(JSON.stringify(answer));

function tokenize() {
  // The library takes the unknown word of a WordLevel model from the second file that a model comes with.
  const config = { clean_up_tokenization_spaces: false, unk_token: json.model.unk_token };
  const tokenizer = new Tokenizer(json, config);
  return texts.map((text) => {
    const { ids } = tokenizer.encode(text, { add_special_tokens: false });
    return { ids, text: ids.length ? tokenizer.decode(ids, { skip_special_tokens: true }) : '' };
  });
}
