// The page's start: models are asked for until all are loaded, then each panel gets those of its task.
import * as api from "./api.js";
import * as caption from "./caption.js";
import * as classify from "./classify.js";
import * as models from "./models.js";
import * as translate from "./translate.js";

const tabs = [...document.querySelectorAll("[role=tab]")];
const state = document.getElementById("state");
const keyForm = document.getElementById("key");

keyForm.addEventListener("submit", event => {
  event.preventDefault();
  api.useKey(keyForm.elements.key.value);
  start();
});

for (const tab of tabs) {
  tab.addEventListener("click", () => open(tab));
  tab.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const shown = tabs.filter(one => !one.hidden);
    const next = shown[(shown.indexOf(tab) + step + shown.length) % shown.length];
    open(next);
    next.focus();
  });
}

function open(chosen) {
  for (const tab of tabs) {
    tab.ariaSelected = String(tab === chosen);
    tab.tabIndex = tab === chosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
  }
  history.replaceState(null, "", `#${chosen.getAttribute("aria-controls")}`);
}

async function load() {
  let all = await api.models();
  while (all.some(model => model.state === "loading")) {
    state.textContent = `Loading ${all.filter(model => model.state === "loading").map(model => model.name).join(", ")} …`;
    await new Promise(resolve => setTimeout(resolve, 500));
    all = await api.models();
  }
  const failed = all.filter(model => model.state === "failed");
  state.textContent = failed.map(model => `${model.name} is not served: ${model.reason}`).join("\n");
  models.show(all);

  // Of several models for a pair of languages the one that answers requests which name none comes first.
  const ready = all.filter(model => model.state === "ready").sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0));
  for (const [task, panel] of Object.entries({ translate, caption, classify })) {
    const served = ready.filter(model => model.task === task);
    document.getElementById(`tab-${task}`).hidden = served.length === 0;
    if (served.length > 0) panel.start(served)?.();
  }
  open(tabs.find(tab => !tab.hidden && `#${tab.getAttribute("aria-controls")}` === location.hash) ?? tabs.find(tab => !tab.hidden));
}

/** Asks for a key where the server does, and for another where the one there is does not serve: no header can have some letters. */
async function start() {
  keyForm.hidden = true;
  try {
    await load();
  } catch (error) {
    const wanted = error.status === 401;
    keyForm.hidden = !wanted && !api.hasKey();
    state.textContent = wanted ? error.message : `The models could not be asked for: ${error.message}`;
  }
}

start();
