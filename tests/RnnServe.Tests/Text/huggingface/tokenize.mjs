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
  const tokenizer = new Tokenizer(json, { clean_up_tokenization_spaces: false });
  return texts.map((text) => {
    const { ids } = tokenizer.encode(text, { add_special_tokens: false });
    return { ids, text: ids.length ? tokenizer.decode(ids, { skip_special_tokens: true }) : '' };
  });
}
