// The weights of a weighted partition: a row for each worker, with the share of the work that the weight comes to.

import { h, percent } from "./shared.js";
import { numberIn, putRows, showNumber } from "./form_controls.js";

/** The weights of the chosen workers, each with the share it comes to; a worker without one weighs 1. */
export function shares(fields) {
  const weights = fields.workers.map((id) => (id in fields.weights ? fields.weights[id] : 1));
  const total = weights.reduce((sum, weight) => sum + Math.max(weight ?? 0, 0), 0);
  return fields.workers.map((id, index) => ({ id, weight: weights[index], share: total > 0 ? Math.max(weights[index] ?? 0, 0) / total : 0 }));
}

/** A table of workers, weights and shares. A share that is too large for the workers per input is marked. */
export function weightTable(form) {
  const place = h("div", { class: "tf-weights", role: "group" });
  const body = h("tbody");
  const rows = new Map();
  const set = (id, input) => form.set({ weights: { ...form.fields.weights, [id]: numberIn(input) } }, "weights");

  function row(id) {
    const input = h("input", { type: "number", min: "0", step: "any", class: "tf-number", "aria-label": `Weight of ${id}`, oninput: () => set(id, input) });
    const bar = h("span", { class: "tf-bar-fill" });
    const share = h("td", { class: "tn-number" });
    const line = h("tr", {}, h("th", { scope: "row", dir: "auto" }, id), h("td", {}, input), share, h("td", { class: "tf-bar-cell", "aria-hidden": "true" }, bar));
    return { input, bar, share, line };
  }

  form.draws.push(() => {
    const limit = 1 / Math.max(form.fields.workers_per_input ?? 1, 1);
    const all = shares(form.fields);
    const largest = Math.max(...all.map(({ share }) => share)) || 1;
    const wanted = all.map(({ id, weight, share }) => {
      if (!rows.has(id)) rows.set(id, row(id));
      const parts = rows.get(id);
      showNumber(parts.input, weight);
      parts.share.textContent = percent(share);
      parts.share.classList.toggle("tn-error", share > limit + 1e-9);
      parts.bar.style.inlineSize = `${(100 * share) / largest}%`;
      return parts.line;
    });
    putRows(body, wanted, { frame: place, most: 6 });
  });
  const head = h("tr", {}, h("th", { scope: "col" }, "Worker"), h("th", { scope: "col" }, "Weight"), h("th", { scope: "col", class: "tn-number" }, "Share"), h("td"));
  place.append(h("table", {}, h("thead", {}, head), body));
  return place;
}
