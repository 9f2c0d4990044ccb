// Writes Composition.txt (canonical decompositions, compositions and combining classes) and Compatibility.txt (what only forms KC and KD
// replace) of src/RnnServe.Inference/Text/Unicode, read off String.prototype.normalize. Run by hand with node when Unicode gains a
// version.
import { writeFileSync } from 'node:fs';

const hex = (codePoint) => codePoint.toString(16).toUpperCase().padStart(4, '0');
const points = (text) => [...text].map((character) => character.codePointAt(0));
const isSurrogate = (codePoint) => codePoint >= 0xd800 && codePoint <= 0xdfff;
const isHangulSyllable = (codePoint) => codePoint >= 0xac00 && codePoint <= 0xd7a3; // computed, not listed
const swaps = (first, second) => (first + second).normalize('NFD') === second + first;

const head = `# Unicode ${process.versions.unicode}, written by composition.mjs`;
const folder = new URL('../../../../src/RnnServe.Inference/Text/Unicode/', import.meta.url);
const write = (name, lines) => writeFileSync(new URL(name, folder), [head, ...lines].join('\n') + '\n');

const lines = [];
const compatible = [];
const marks = [];
for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
  if (isSurrogate(codePoint) || isHangulSyllable(codePoint)) continue;
  const text = String.fromCodePoint(codePoint);
  const decomposed = text.normalize('NFD');
  const compatibly = text.normalize('NFKD');
  if (compatibly !== decomposed) compatible.push(`${hex(codePoint)}>${points(compatibly).map(hex).join(' ')}`);
  if (decomposed === text) {
    // U+0334 has the lowest class (1) and U+0345 the highest (240).
    if (swaps(text, '\u0334') || swaps('\u0345', text) || text === '\u0334' || text === '\u0345') marks.push(text);
  } else if (text.normalize('NFC') === text) {
    const last = points(decomposed).at(-1);
    const first = decomposed.slice(0, -String.fromCodePoint(last).length).normalize('NFC');
    if (points(first).length !== 1) throw new Error(`U+${hex(codePoint)} is no pair`);
    lines.push(`${hex(codePoint)}=${hex(first.codePointAt(0))} ${hex(last)}`);
  } else {
    lines.push(`${hex(codePoint)}>${points(decomposed).map(hex).join(' ')}`);
  }
}

// Only the order of the classes matters, so they are numbered 1, 2, 3 ... instead of carrying Unicode's values.
const classes = [];
for (const mark of marks) {
  const known = classes.find(([member]) => !swaps(member, mark) && !swaps(mark, member));
  if (known) known.push(mark);
  else classes.push([mark]);
}
classes.sort(([left], [right]) => (swaps(left, right) ? 1 : -1));
classes.forEach((members, index) => {
  lines.push(`@${index + 1} ${members.map((member) => hex(member.codePointAt(0))).join(' ')}`);
});
write('Composition.txt', lines);
write('Compatibility.txt', compatible);
