import * as api from "./api.js";
import { Panel } from "./panel.js";
import { attentionOf, makePointable, probability, show, wordsOf } from "./words.js";

export function start(models) {
  const panel = new Panel("caption");
  const [file, drop, image, canvas] = ["input", ".drop", ".photo img", "canvas"].map(panel.find);
  let photo;
  panel.offer(models, model => model.name);

  panel.find("[name=model]").addEventListener("change", () => photo && caption());
  file.addEventListener("change", () => file.files[0] && take(file.files[0]));
  for (const button of panel.root.querySelectorAll("[data-sample]")) {
    button.addEventListener("click", () => panel.run(async signal => {
      const response = await fetch(`playground/${button.dataset.sample}`, { signal });
      if (!response.ok) throw new api.Problem({}, response.status);
      const found = await response.blob();
      take(new File([found], button.dataset.sample, { type: found.type }));
    }));
  }
  for (const [event, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    drop.addEventListener(event, happened => {
      happened.preventDefault();
      drop.classList.toggle("over", over);
      if (event === "drop" && happened.dataTransfer.files[0]) take(happened.dataTransfer.files[0]);
    });
  }
  document.addEventListener("paste", event => {
    const pasted = [...event.clipboardData.files].find(one => one.type.startsWith("image/"));
    if (pasted && !panel.root.hidden) take(pasted);
  });

  function take(chosen) {
    photo = chosen;
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(photo);
    image.alt = "";
    panel.find(".photo").hidden = false;
    caption();
  }

  function caption() {
    const options = { model: panel.model.name, alternatives: Math.min(2, panel.model.decoding.beamSize - 1) };
    clear();
    return panel.run(async signal => {
      const answer = await api.withAttention(["tokens"], include => {
        panel.showCall(api.photoAsCurl(photo, { ...options, include }));
        return api.caption(photo, { ...options, include }, grown => { panel.find(".answer").textContent = grown; }, signal);
      });
      showBest(answer.captions[0]);
    });
  }

  function showBest(best) {
    const logProbs = best.tokens.map(token => token.logProb);
    image.alt = best.text;
    show(panel.find(".answer"), best.text, wordsOf(best.text, best.tokens.map(token => token.text)), (span, word) => {
      const sure = probability(word, logProbs);
      if (sure !== null) span.title = `${(100 * sure).toFixed(0)} %`;
      if (best.attention) makePointable(span, () => draw(attentionOf(word, best.attention.weights), best.attention.grid), clear);
    });
    panel.find(".hint").hidden = !best.attention;
    panel.offerAlternatives(best.alternatives ?? [], other => { panel.find(".answer").textContent = other.text; clear(); });
  }

  /** Darkens what a word did not look at: a pixel for each cell of the grid, which the browser stretches over the photo. */
  function draw(weights, [rows, columns]) {
    if (!weights) return;
    [canvas.width, canvas.height] = [columns, rows];
    const most = Math.max(...weights), pixels = new ImageData(columns, rows);
    weights.forEach((weight, cell) => { pixels.data[4 * cell + 3] = 190 * (1 - weight / most); });
    canvas.getContext("2d").putImageData(pixels, 0, 0);
  }

  function clear() {
    canvas.width = canvas.height = 1;
  }
}
