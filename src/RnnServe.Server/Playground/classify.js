import * as api from "./api.js";
import { Panel, afterPause } from "./panel.js";
import { shade, show, wordsOf } from "./words.js";

export function start(models) {
  const panel = new Panel("classify");
  const text = panel.find("textarea");
  // The model that knows languages would come first by its name.
  panel.offer(models.toSorted((a, b) => (a.languages.source === "mul") - (b.languages.source === "mul")), model => model.name);
  panel.find("[name=model]").addEventListener("change", classify);
  panel.find(".go").addEventListener("click", classify);
  text.addEventListener("input", afterPause(classify, 600));

  function classify() {
    if (text.value.trim() === "") return;
    const body = { text: text.value, model: panel.model.name, include: ["attention"] };
    panel.showCall(api.asCurl("classify", body));
    return panel.run(async signal => showResult((await api.post("classify", body, signal)).classifications[0]));
  }

  function showResult(result) {
    panel.find(".bars").replaceChildren(...result.probabilities.flatMap(({ label, probability }) => {
      const [name, value, bar] = ["dt", "dd", "i"].map(tag => document.createElement(tag));
      name.textContent = label;
      bar.style.setProperty("--share", probability.toFixed(4));
      value.append(bar, `${(100 * probability).toFixed(1)} %`);
      return [name, value];
    }));
    const weights = result.attention?.weights ?? [], most = Math.max(...weights, 1e-9);
    show(panel.find(".source"), wordsOf(text.value, result.attention?.tokens ?? []), (span, word) =>
      shade(span, 0.6 * Math.max(0, ...word.tokens.map(token => weights[token] / most))));
  }

  return classify;
}
