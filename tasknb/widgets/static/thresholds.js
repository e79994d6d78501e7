// The thresholds of an automatic task: which predictions are kept, by a slider with two handles and its two numbers.

import { fill, h } from "./shared.js";
import { numberIn, putRows, showNumber } from "./form_controls.js";

const STEP = 0.01;
const DEFAULT = [0, 1];

/** The slider for all concepts, or one for each. */
export function thresholds(form) {
  const sliders = new Map();
  const list = h("div", { class: "tf-limits" });
  const note = h("p", { class: "tf-help" });
  form.draws.push(() => {
    const several = form.fields.several.filter((id) => form.fields.concepts.includes(id));
    fill(note, several.length > 0 && `${several.join(", ")}: several rules each, which stay as they are.`);
    const ids = form.fields.per_concept ? form.fields.concepts.filter((id) => !several.includes(id)) : [""];
    const wanted = ids.map((id) => {
      if (!sliders.has(id)) sliders.set(id, slider(form, id));
      sliders.get(id).draw();
      return sliders.get(id).row;
    });
    putRows(list, wanted, { most: 7 });
  });
  return h("div", { role: "group" }, list, note);
}

/** What is set for a concept; what holds for all, as long as it has nothing of its own. */
const limitsOf = (fields, id) => fields.limits[id] ?? fields.limits[""] ?? DEFAULT;

function slider(form, id) {
  const of = id ? ` of ${id}` : "";
  const names = [`Lower threshold${of}`, `Upper threshold${of}`];
  const ranges = names.map((name, index) =>
    h("input", { type: "range", min: "0", max: "1", step: STEP, "aria-label": name, oninput: (event) => slide(index, event.target.valueAsNumber) }));
  const numbers = names.map((name, index) =>
    h("input", { type: "number", min: "0", max: "1", step: "any", class: "tf-number", "aria-label": `${name}, as a number`, oninput: (event) => set(index, numberIn(event.target)) }));
  const kept = h("span", { class: "tf-kept" });

  function set(index, value) {
    const limits = [...limitsOf(form.fields, id)];
    limits[index] = value;
    form.set({ limits: { ...form.fields.limits, [id]: limits } }, "limits");
  }

  /** A handle stops at the other one. */
  function slide(index, value) {
    const other = limitsOf(form.fields, id)[1 - index] ?? DEFAULT[1 - index];
    set(index, index === 0 ? Math.min(value, other) : Math.max(value, other));
  }

  function draw() {
    const limits = limitsOf(form.fields, id);
    limits.forEach((value, index) => {
      const shown = value ?? DEFAULT[index];
      if (ranges[index].valueAsNumber !== shown) ranges[index].value = shown;
      showNumber(numbers[index], value);
    });
    const [lower, upper] = limits.map((value, index) => Math.min(Math.max(value ?? DEFAULT[index], 0), 1));
    kept.style.insetInlineStart = `${100 * lower}%`;
    kept.style.inlineSize = `${100 * Math.max(upper - lower, 0)}%`;
  }

  const row = h("div", { class: "tf-limit" },
    id && h("span", { class: "tf-limit-name", dir: "auto", title: id }, id),
    numbers[0], h("div", { class: "tf-slider" }, kept, ranges), numbers[1]);
  return { row, draw };
}
