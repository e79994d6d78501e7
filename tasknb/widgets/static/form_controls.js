// The controls of the form: a label, a control, one line of help, and the problems beside it.

import { fill, h } from "./shared.js";

let lastId = 0;
const newId = () => `tasknb-${(lastId += 1)}-${Math.random().toString(36).slice(2, 7)}`;

/**
 * A row of the form. `name` is the field's name, by which problems find it.
 *
 * @param form  the form's state, see form.js
 * @param {{ name: string, label: string, help?: string, when?: (fields) => boolean, group?: boolean }} options
 *   `when` says whether the field means anything at present; a `group` holds several controls.
 * @param {HTMLElement} control
 */
export function field(form, { name, label, help = "", when = () => true, group = false }, control) {
  const id = newId();
  const note = h("p", { class: "tf-help", id: `${id}-help` }, help);
  const problems = h("div", { class: "tf-problems", id: `${id}-problems` });
  const title = group ? h("span", { class: "tf-label", id: `${id}-label` }, label) : h("label", { class: "tf-label", for: id }, label);
  control.setAttribute("aria-describedby", `${help ? `${id}-help ` : ""}${id}-problems`);
  if (group) control.setAttribute("aria-labelledby", `${id}-label`);
  else control.id = id;
  const canBeInvalid = control.matches("input, select, textarea, [role='radiogroup']");
  const row = h("div", { class: "tf-field", "data-field": name }, title, h("div", { class: "tf-control" }, control, help && note, problems));
  row.addEventListener("focusout", (event) => {
    if (!row.contains(event.relatedTarget)) form.touch(name);
  });
  form.places.set(name, { label, row, focus: () => focusIn(row) });
  form.draws.push(() => {
    row.hidden = !when(form.fields);
    if (form.frozen.has(name)) for (const part of row.querySelectorAll("input, select, textarea, button")) part.disabled = true;
    const shown = row.hidden ? [] : form.problemsOf(name);
    if (canBeInvalid) control.setAttribute("aria-invalid", shown.length > 0);
    fill(problems, shown.map((message) => h("p", { class: "tn-error" }, message)));
  });
  return row;
}

function focusIn(row) {
  row.closest("details")?.setAttribute("open", "");
  const target = row.querySelector("[aria-invalid='true']:is(input, select, textarea), input:not([tabindex='-1']), select, textarea, button");
  target?.focus();
  row.scrollIntoView({ block: "nearest" });
}

/** A line of text, or with `rows` several. */
export function text(form, name, attributes = {}) {
  const tag = attributes.rows ? "textarea" : "input";
  const input = h(tag, {
    class: "tf-wide",
    spellcheck: "false",
    dir: "auto",
    ...attributes,
    oninput: () => form.set({ [name]: input.value }, name),
  });
  form.draws.push(() => {
    if (input.value !== form.fields[name]) input.value = form.fields[name];
  });
  return input;
}

/** A number; null while the field is empty or holds no number. */
export function numeric(form, name, attributes = {}) {
  const input = h("input", {
    type: "number",
    step: "1",
    class: "tf-number",
    ...attributes,
    oninput: () => form.set({ [name]: numberIn(input) }, name),
  });
  form.draws.push(() => showNumber(input, form.fields[name]));
  return input;
}

/** What is typed into a number field; null for nothing and for what is no number. */
export const numberIn = (input) => (input.value === "" || Number.isNaN(input.valueAsNumber) ? null : input.valueAsNumber);

/** Show a value, but leave alone what somebody is typing: "1." and "1" are the same number. */
export function showNumber(input, value) {
  if (numberIn(input) !== value) input.value = value ?? "";
}

/**
 * One of a few: radio buttons, each with its meaning in one line.
 *
 * @param {Array<[value: string, label: string, help?: string]>} options
 * @param {{ inline?: boolean, when?: (fields, value: string) => boolean, read?: (value) => string, write?: (value: string) => unknown }} how
 *   `when` says which options mean anything; `read` and `write` translate between the field and the buttons' texts.
 */
export function choice(form, name, options, { inline = false, when = () => true, read = (value) => value, write = read } = {}) {
  const group = newId();
  const inputs = options.map(([value, label, help]) => {
    const input = h("input", { type: "radio", name: group, value, onchange: () => form.set({ [name]: write(value) }, name) });
    return { input, row: h("label", { class: "tf-option" }, input, h("span", {}, label), help && h("span", { class: "tn-muted" }, help)) };
  });
  form.draws.push(() => {
    for (const { input, row } of inputs) {
      input.checked = read(form.fields[name]) === input.value;
      row.hidden = !when(form.fields, input.value);
    }
  });
  return h("div", { role: "radiogroup", class: inline ? "tf-choice tf-inline" : "tf-choice" }, inputs.map(({ row }) => row));
}

/** A check box with its text. */
export function check(form, name, label) {
  const input = h("input", { type: "checkbox", onchange: () => form.set({ [name]: input.checked }, name) });
  form.draws.push(() => (input.checked = form.fields[name]));
  return h("label", { class: "tf-option" }, input, h("span", {}, label));
}

/** Put rows into a list, leaving those that are there already, and frame the list if it is so long that it scrolls. */
export function putRows(list, rows, { frame = list, most }) {
  const same = rows.length === list.children.length && rows.every((row, index) => row === list.children[index]);
  if (!same) list.replaceChildren(...rows);
  frame.classList.toggle("tf-framed", rows.length > most);
}

/** A section with its heading. */
export const section = (title, ...rows) => h("section", { class: "tf-section" }, h("h3", {}, title), rows);
