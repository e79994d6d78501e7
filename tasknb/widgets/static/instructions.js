// The instructions: Markdown to write, and what it will look like.

import { h } from "./shared.js";
import { markdown } from "./markdown.js";
import { text } from "./form_controls.js";

/** A text area with the tabs Write and Preview. */
export function instructions(form) {
  const area = text(form, "instructions", { rows: 4, "aria-label": "Instructions" });
  const preview = h("div", { class: "tf-preview", tabindex: "0", role: "group", "aria-label": "Preview of the instructions", dir: "auto", hidden: true });
  const tabs = [["Write", false], ["Preview", true]].map(([label, isPreview]) =>
    h("button", { type: "button", "aria-pressed": String(!isPreview), onclick: () => show(isPreview) }, label));

  function show(isPreview) {
    area.hidden = isPreview;
    preview.hidden = !isPreview;
    tabs.forEach((tab, index) => tab.setAttribute("aria-pressed", (index === 1) === isPreview));
    draw();
  }

  function draw() {
    if (preview.hidden) return;
    const blocks = markdown(form.fields.instructions);
    preview.replaceChildren(...(blocks.length ? blocks : [h("p", { class: "tn-muted" }, "Nothing to show yet.")]));
  }

  form.draws.push(draw);
  return h("div", { role: "group" }, h("div", { class: "tf-bar tf-tabs" }, tabs), area, preview);
}
