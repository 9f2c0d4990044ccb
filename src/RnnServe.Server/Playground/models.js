// Every model's card: what it is, what it may be used for, how good it is.

export function show(models) {
  document.querySelector("#models .cards").replaceChildren(...models.map(card));
}

function card(model) {
  const article = element("article", "", "card");
  article.append(element("h2", `${model.name}${model.version ? `, version ${model.version}` : ""}`), element("p", model.description ?? ""));
  const facts = document.createElement("dl");
  const languages = [model.languages?.source, model.languages?.target].filter(Boolean).join(" → ");
  for (const [name, value] of [
    ["state", model.reason ? `${model.state}: ${model.reason}` : model.state], ["task", model.task], ["languages", languages],
    ["licence", model.licence], ["precision", model.precision], ["size", model.bytes && `${(model.bytes / 1e6).toFixed(1)} MB`],
  ]) {
    if (value) facts.append(element("dt", name), element("dd", value));
  }
  article.append(facts);
  if (model.metrics?.length) article.append(folded("Scores", table(model.metrics.map(m => [m.value, m.dataSet, m.method]))));
  if (model.files?.length) article.append(folded("Files", table(model.files.map(f => [f.path, `${f.bytes} bytes`, f.sha256]))));
  return article;
}

function table(rows) {
  const all = document.createElement("table");
  for (const row of rows) {
    const line = all.insertRow();
    for (const value of row) line.insertCell().textContent = value;
  }
  return all;
}

function folded(title, content) {
  const details = document.createElement("details");
  details.append(element("summary", title), content);
  return details;
}

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}
