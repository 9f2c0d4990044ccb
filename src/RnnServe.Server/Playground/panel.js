// What all panels share: a call that replaces the one before, its problem, the models to choose from, and the call for a shell.
import { Problem } from "./api.js";

/** A panel's elements by selector, and its running call. */
export class Panel {
  #running;

  constructor(id) {
    this.root = document.getElementById(id);
    const copy = this.find(".copy");
    copy?.addEventListener("click", () => navigator.clipboard.writeText(this.find(".call pre").textContent));
    if (copy && !navigator.clipboard) copy.hidden = true;   // without https a browser has none
  }

  find = selector => this.root.querySelector(selector);

  /** Runs a call; one that is still running is dropped, with what it gave. What goes wrong is shown. */
  async run(call) {
    this.stop();
    const running = this.#running = new AbortController();
    this.root.ariaBusy = "true";
    try {
      await call(running.signal);
    } catch (error) {
      if (running.signal.aborted) return;
      this.clear();
      this.find(".problem").textContent = error instanceof Problem ? error.message : `The server does not answer: ${error.message}`;
    } finally {
      if (running === this.#running) this.root.ariaBusy = "false";
    }
  }

  /** Drops a call that is running, and what the last one gave. */
  stop() {
    this.#running?.abort();
    this.root.ariaBusy = "false";
    this.clear();
  }

  /** Takes away what a call gave. */
  clear() {
    for (const place of [".answer", ".source", ".alternatives", ".bars", ".problem"]) this.find(place)?.replaceChildren();
    for (const place of [".answer ~ .hint", ".attention"]) this.find(place)?.toggleAttribute("hidden", true);
  }

  /** Offers models; the first is chosen. */
  offer(models, text) {
    this.models = models;
    this.find("[name=model]").replaceChildren(...models.map(model => new Option(text(model), model.name)));
  }

  get model() {
    return this.models.find(model => model.name === this.find("[name=model]").value);
  }

  showCall(text) {
    this.find(".call").hidden = false;
    this.find(".call pre").textContent = text;
  }

  /** Offers further answers of which one can be chosen. */
  offerAlternatives(answers, choose) {
    this.find(".alternatives").replaceChildren(...answers.map(answer => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = answer.text;
      button.title = `score ${answer.score.toFixed(2)}, confidence ${(100 * answer.confidence).toFixed(0)} %`;
      button.addEventListener("click", () => choose(answer));
      return button;
    }));
  }
}

/** Calls a function once nothing has happened for a while. */
export function afterPause(action, milliseconds) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(action, milliseconds); };
}
