// The code that makes the same task: Python or cURL, with a button that copies it.

import { fill, h } from "./shared.js";

/** A folded panel with the code and a copy button. */
export function codePanel(form) {
  const languages = [["code", "Python"], ["curl", "cURL"]];
  let shown = "code";
  const text = h("pre", { class: "tf-code", tabindex: "0", "aria-label": "Code" });
  const copied = h("span", { class: "tn-muted", role: "status" });
  const buttons = languages.map(([key, label]) => h("button", { type: "button", onclick: () => show(key) }, label));
  const copy = h("button", { type: "button", onclick: () => void copyCode() }, "Copy");

  function show(key) {
    shown = key;
    draw();
  }

  async function copyCode() {
    await copyText(form.checked[shown], text);
    fill(copied, "Copied");
    form.life.after(2000, () => fill(copied));
  }

  function draw() {
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", languages[index][0] === shown));
    if (text.textContent !== form.checked[shown]) text.textContent = form.checked[shown];
  }

  form.draws.push(draw);
  return h("details", { class: "tf-fold" }, h("summary", {}, "Code"), h("div", { class: "tf-bar" }, buttons, copy, copied), text);
}

/** Copy by the clipboard API, or where a page may not use it by selecting the text. */
async function copyText(value, element) {
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    getSelection().selectAllChildren(element);
    document.execCommand("copy");
  }
}
