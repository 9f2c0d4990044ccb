// Attention as a table: a row for each token of the answer, a column for each token that the model looked at.
import { shade } from "./words.js";

/** Larger ones nobody reads, and browsers take seconds for. */
export const isReadable = attention => attention.target.length * attention.source.length <= 10_000;

export function heatMap(attention) {
  const table = document.createElement("table");
  table.className = "heat";
  const head = table.createTHead().insertRow();
  head.append(document.createElement("td"), ...attention.source.map(token => header(token, "col")));
  const body = table.createTBody();
  attention.target.forEach((token, row) => {
    const line = body.insertRow();
    line.append(header(token, "row"));
    attention.weights[row].forEach((weight, column) => {
      const cell = line.insertCell();
      shade(cell, weight);
      cell.title = `${token} → ${attention.source[column]}: ${(100 * weight).toFixed(0)} %`;
    });
  });
  return table;
}

function header(token, scope) {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.textContent = token;
  return cell;
}
