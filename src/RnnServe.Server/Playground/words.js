// Words of a text, the tokens that they were made of, and spans that show them.

/** Words of a text with the numbers of their tokens; tokens that a text does not show, such as its end, are in none. */
export function wordsOf(text, tokens) {
  const words = [...text.matchAll(/\S+/g)].map(match => ({ text: match[0], from: match.index, to: match.index + match[0].length, tokens: [] }));
  let position = 0;
  tokens.forEach((token, number) => {
    const found = text.indexOf(token, position);
    if (found < 0 || /\S/.test(text.slice(position, found))) return;
    position = found + token.length;
    const word = words.find(w => found < w.to && position > w.from);
    word?.tokens.push(number);
  });
  return words;
}

/** The probability of a word: the product of its tokens'. */
export const probability = (word, logProbs) =>
  word.tokens.length === 0 ? null : Math.exp(word.tokens.reduce((sum, token) => sum + logProbs[token], 0));

/** Where a word's tokens looked: the mean of their rows. */
export const attentionOf = (word, rows) => word.tokens.length === 0 ? null
  : rows[0].map((_, column) => word.tokens.reduce((sum, token) => sum + rows[token][column], 0) / word.tokens.length);

/** Shows the words of a text in an element, with the white space between them. */
export function show(element, text, words, decorate) {
  let position = 0;
  element.replaceChildren(...words.flatMap((word, number) => {
    const span = document.createElement("span"), space = text.slice(position, word.from);
    span.textContent = word.text;
    position = word.to;
    decorate?.(span, word, number);
    return [space, span];
  }));
}

export const shade = (element, share) => element.style.setProperty("--shade", share.toFixed(3));

/** Lets a word be pointed at, focused, and left with the arrow keys. */
export function makePointable(span, enter, leave) {
  span.tabIndex = 0;
  for (const event of ["pointerenter", "focus"]) span.addEventListener(event, enter);
  for (const event of ["pointerleave", "blur"]) span.addEventListener(event, leave);
  span.addEventListener("keydown", event => {
    const step = { ArrowRight: "nextElementSibling", ArrowLeft: "previousElementSibling" }[event.key];
    if (step && span[step]) { span[step].focus(); event.preventDefault(); }
  });
}
