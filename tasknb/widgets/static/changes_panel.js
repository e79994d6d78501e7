// What an edit changes, and what that does to the task's work.

import { fill, h } from "./shared.js";

/** The list of changes; only for a task that is edited. */
export function changesPanel(form) {
  const list = h("ul", { class: "tf-changes" });
  const none = h("p", { class: "tf-help" }, "Nothing has changed yet.");
  const panel = h("section", { "aria-label": "Changes" }, h("h3", {}, "Changes"), none, list);
  form.draws.push(() => {
    panel.hidden = !form.edited;
    none.hidden = form.checked.changes.length > 0;
    fill(list, form.checked.changes.map(({ what, effect }) => h("li", {}, h("span", { dir: "auto" }, what), effect && h("span", { class: "tf-help" }, effect))));
  });
  return panel;
}
