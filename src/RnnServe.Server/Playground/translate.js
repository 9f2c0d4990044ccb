import * as api from "./api.js";
import { heatMap, isReadable } from "./heat.js";
import { Panel, afterPause } from "./panel.js";
import { attentionOf, makePointable, probability, shade, show, wordsOf } from "./words.js";

const languages = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

/** A language's name; its code where that has parts that browsers do not know. */
function nameOf(code) {
  try {
    return languages.of(code);
  } catch {
    return code;
  }
}

export function start(models) {
  const panel = new Panel("translate");
  const [text, details] = ["textarea", ".attention"].map(panel.find);
  let shown;
  panel.offer(models, model => `${nameOf(model.languages.source)} → ${nameOf(model.languages.target)}: ${model.name}`);

  panel.find(".options").addEventListener("change", translate);
  panel.find("[name=swap]").addEventListener("click", swap);
  panel.find(".go").addEventListener("click", translate);
  details.addEventListener("toggle", drawAttention);
  text.addEventListener("input", afterPause(translate, 600));
  text.addEventListener("keydown", event => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) translate(); });

  function request() {
    const body = { text: text.value, model: panel.model.name, include: ["tokens"] };
    for (const name of ["beamSize", "lengthPenalty"]) {
      const chosen = panel.find(`[name=${name}]`).value;
      if (chosen) body[name] = Number(chosen);
    }
    const beam = body.beamSize ?? panel.model.decoding.beamSize;
    return { ...body, alternatives: Math.min(2, beam - 1) };
  }

  function translate() {
    shown = undefined;
    if (text.value.trim() === "") return panel.stop();
    const body = request();
    return panel.run(async signal => {
      const answer = await api.withAttention(body.include, include => {
        panel.showCall(api.asCurl("translate", { ...body, include }));
        return api.translate({ ...body, include }, grown => { panel.find(".answer").textContent = grown; }, signal);
      });
      showBest(answer.translations[0], body.text);
    });
  }

  function showBest(best, asked) {
    shown = best;
    const logProbs = best.tokens.map(token => token.logProb);
    const words = wordsOf(best.text, best.tokens.map(token => token.text));
    const source = best.attention ? wordsOf(asked, best.attention.source) : [];
    show(panel.find(".source"), asked, source);
    show(panel.find(".answer"), best.text, words, (span, word) => {
      const sure = probability(word, logProbs);
      if (sure !== null) {
        span.style.opacity = (0.45 + 0.55 * sure).toFixed(2);
        span.title = `${(100 * sure).toFixed(0)} %`;
      }
      if (best.attention) makePointable(span, () => look(word, source, best.attention), () => look(null, source));
    });
    panel.find(".hint").hidden = false;
    details.hidden = !best.attention || !isReadable(best.attention);
    drawAttention();
    panel.offerAlternatives(best.alternatives ?? [], other => {
      shown = other;
      panel.find(".answer").textContent = other.text;
      panel.find(".hint").hidden = true;
      details.hidden = true;
      panel.find(".source").replaceChildren();
      panel.offerAlternatives([best, ...best.alternatives.filter(a => a !== other)], chosen =>
        chosen === best ? showBest(best, asked) : panel.find(".answer").textContent = (shown = chosen).text);
    });
  }

  function drawAttention() {
    if (details.open && !details.hidden) details.querySelector(".scroll").replaceChildren(heatMap(shown.attention));
  }

  /** Shades the words of the text that a word of the translation came from. */
  function look(word, source, attention) {
    const weights = word && attentionOf(word, attention.weights);
    [...panel.find(".source").children].forEach((span, number) =>
      shade(span, weights ? source[number].tokens.reduce((sum, token) => sum + weights[token], 0) : 0));
  }

  function swap() {
    const { source, target } = panel.model.languages;
    const back = panel.models.find(model => model.languages.source === target && model.languages.target === source);
    if (!back) { panel.find(".problem").textContent = `No model translates from ${nameOf(target)} into ${nameOf(source)}.`; return; }
    panel.find("[name=model]").value = back.name;
    if (shown) text.value = shown.text;
    translate();
  }

  return translate;
}
