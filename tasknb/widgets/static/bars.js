// Bars and legends by status. `STATUSES`, the keys and labels in their order, comes from Python's `tasknb.look`.
import { fill, h, number, percent } from "./shared.js";

/** "Pending 12, Done 30": what a bar says, in words. */
export function inWords(counts) {
  const parts = STATUSES.map(({ label }, i) => (counts[i] ? `${label} ${number(counts[i])}` : ""));
  return parts.filter(Boolean).join(", ") || "nothing";
}

/**
 * A bar; `update(counts, scale)` redraws it. `scale` is what the full width stands for; the sum of the counts if left out.
 */
export function bar(name, className = "") {
  const parts = STATUSES.map(({ key }) => h("span", { class: "tn-part", "data-status": key }));
  const rest = h("span", { class: "tn-rest" });
  const element = h("div", { class: `tn-bar ${className}`, role: "img" }, parts, rest);
  let last = "";
  const drawn = [];
  // Two hundred bars may change at once: what has not changed is not touched, or the browser would style it anew.
  const grow = (part, i, count) => {
    if (count === drawn[i]) return;
    part.style.flexGrow = count;
    if (count > 0 !== drawn[i] > 0 || drawn[i] === undefined) part.dataset.some = count > 0;
    drawn[i] = count;
  };
  element.update = (counts, scale = 0) => {
    const now = `${counts} ${scale}`;
    if (now === last) return;
    last = now;
    const sum = counts.reduce((total, count) => total + count, 0);
    parts.forEach((part, i) => grow(part, i, counts[i] || 0));
    grow(rest, parts.length, Math.max(0, scale - sum));
    element.setAttribute("aria-label", `${name}: ${inWords(counts)}`);
    element.title = inWords(counts);
  };
  return element;
}

/** The numbers behind a bar: swatch, label, count and share of each status that `shown` says belongs here. */
export function legend() {
  const element = h("ul", { class: "tn-legend" });
  element.update = (counts, shown) => {
    const sum = counts.reduce((total, count) => total + count, 0);
    fill(
      element,
      STATUSES.map(({ key, label }, i) =>
        shown(key, counts[i] || 0) &&
        h(
          "li",
          { "data-status": key },
          h("span", { class: "tn-swatch", "data-status": key, "aria-hidden": "true" }),
          h("span", { class: "tn-legend-label" }, label),
          h("span", { class: "tn-legend-count" }, number(counts[i] || 0)),
          h("span", { class: "tn-muted tn-legend-share" }, percent(counts[i] || 0, sum)),
        ),
      ),
    );
  };
  return element;
}

/** What the colours and frames of the bars mean, for those that `shown` names. */
export function key(shown) {
  const entries = STATUSES.filter((status) => shown.includes(status.key)).map((status) =>
    h("li", {}, h("span", { class: "tn-swatch", "data-status": status.key }), ` ${status.label}`));
  return h("ul", { class: "tn-key" }, entries);
}
