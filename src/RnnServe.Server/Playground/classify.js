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
    if (text.value.trim() === "") return panel.stop();
    const body = { text: text.value, model: panel.model.name };
    return panel.run(async signal => {
      const answer = await api.withAttention([], include => {
        panel.showCall(api.asCurl("classify", { ...body, include }));
        return api.post("classify", { ...body, include }, signal);
      });
      showResult(answer.classifications[0], body.text);
    });
  }

  function showResult(result, asked) {
    panel.find(".bars").replaceChildren(...result.probabilities.flatMap(({ label, probability }) => {
      const [name, value, bar] = ["dt", "dd", "i"].map(tag => document.createElement(tag));
      name.textContent = label;
      bar.style.setProperty("--share", probability.toFixed(4));
      value.append(bar, `${(100 * probability).toFixed(1)} %`);
      return [name, value];
    }));
    const weights = result.attention?.weights ?? [], most = Math.max(...weights, 1e-9);
    show(panel.find(".source"), asked, wordsOf(asked, result.attention?.tokens ?? []), (span, word) =>
      shade(span, 0.6 * Math.max(0, ...word.tokens.map(token => weights[token] / most))));
  }

  return classify;
}
