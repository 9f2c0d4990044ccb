import * as api from "./api.js";
import { heatMap } from "./heat.js";
import { Panel, afterPause } from "./panel.js";
import { attentionOf, makePointable, probability, shade, show, wordsOf } from "./words.js";

const language = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

export function start(models) {
  const panel = new Panel("translate");
  const text = panel.find("textarea");
  panel.offer(models, model => `${language.of(model.languages.source)} → ${language.of(model.languages.target)}: ${model.name}`);

  panel.find(".options").addEventListener("change", translate);
  panel.find("[name=swap]").addEventListener("click", swap);
  panel.find(".go").addEventListener("click", translate);
  text.addEventListener("input", afterPause(translate, 600));
  text.addEventListener("keydown", event => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) translate(); });

  function request() {
    const body = { text: text.value, model: panel.model.name, include: ["tokens", "attention"] };
    for (const name of ["beamSize", "lengthPenalty"]) {
      const chosen = panel.find(`[name=${name}]`).value;
      if (chosen) body[name] = Number(chosen);
    }
    const beam = body.beamSize ?? panel.model.decoding.beamSize;
    return { ...body, alternatives: Math.min(2, beam - 1) };
  }

  function translate() {
    if (text.value.trim() === "") return;
    const body = request();
    panel.showCall(api.asCurl("translate", body));
    return panel.run(async signal => {
      const answer = await api.translate(body, grown => { panel.find(".answer").textContent = grown; }, signal);
      showBest(answer.translations[0]);
    });
  }

  function showBest(best) {
    const logProbs = best.tokens.map(token => token.logProb);
    const words = wordsOf(best.text, best.tokens.map(token => token.text));
    const source = best.attention ? wordsOf(text.value, best.attention.source) : [];
    show(panel.find(".source"), source);
    show(panel.find(".answer"), words, (span, word) => {
      const sure = probability(word, logProbs);
      if (sure !== null) {
        span.style.opacity = (0.45 + 0.55 * sure).toFixed(2);
        span.title = `${(100 * sure).toFixed(0)} %`;
      }
      if (best.attention) makePointable(span, () => look(word, source, best.attention), () => look(null, source));
    });
    panel.find(".hint").hidden = false;
    panel.find(".attention").hidden = !best.attention;
    if (best.attention) panel.find(".attention .scroll").replaceChildren(heatMap(best.attention));
    panel.offerAlternatives(best.alternatives ?? [], other => {
      panel.find(".answer").textContent = other.text;
      panel.find(".hint").hidden = true;
      panel.find(".attention").hidden = true;
      panel.find(".source").replaceChildren();
      panel.offerAlternatives([best, ...best.alternatives.filter(a => a !== other)], chosen =>
        chosen === best ? showBest(best) : panel.find(".answer").textContent = chosen.text);
    });
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
    if (!back) { panel.find(".problem").textContent = `No model translates from ${language.of(target)} into ${language.of(source)}.`; return; }
    panel.find("[name=model]").value = back.name;
    if (panel.find(".answer").textContent) text.value = panel.find(".answer").textContent;
    translate();
  }

  return translate;
}
