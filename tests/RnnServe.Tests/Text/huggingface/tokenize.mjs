// Answers the tests: {"tokenizer": {...}, "texts": [...]} on stdin → [{"ids": [...], "text": "decoded"}] on stdout.
// With {"normalize": [...], "form": "NFC"}: the texts in that form instead, null for those with code points that this node's Unicode
// does not know.
import tokenizers from 'tokenizers';

let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += chunk;
const { tokenizer: json, texts, normalize, form } = JSON.parse(input);

const answer = normalize ? normalize.map((text) => (/\p{Cn}/u.test(text) ? null : text.normalize(form))) : await tokenize();
process.stdout.write(JSON.stringify(answer));

async function tokenize() {
  // Ours never finds special tokens in a text; theirs does unless it does not know them.
  const plain = { ...json, added_tokens: json.added_tokens.filter((token) => !token.special) };
  const encoder = tokenizers.Tokenizer.fromString(JSON.stringify(plain));
  const decoder = tokenizers.Tokenizer.fromString(JSON.stringify(json));
  const ids = (await encoder.encodeBatch(texts, { addSpecialTokens: false })).map((encoding) => encoding.getIds());
  // One of theirs cannot be given an empty list.
  const decoded = await decoder.decodeBatch(ids, true);
  return ids.map((list, i) => ({ ids: list, text: decoded[i] }));
}
