// The fields of an automatic task: which model, what it may create, from which predictions, with which status.

import { fill, h } from "./shared.js";
import { check, choice, field } from "./form_controls.js";
import { thresholds } from "./thresholds.js";

const DATA_TYPES = [
  [1, "Tags"],
  [2, "Boxes"],
  [4, "Polygons"],
  [8, "Points"],
  [16, "Text spans"],
  [32, "Masks"],
];
const STATUSES = [
  ["24150", "Approved", "Annotations count at once."],
  ["24157", "Awaiting review", "Reviewers decide; choose them below."],
];

export const isAutomatic = (fields) => fields.work === "model";

/** The rows that stand in the place of workers and strategy when a model does the work. */
export const automaticFields = (form) => [
  field(form, { name: "model", label: "Model", when: isAutomatic, group: true }, modelChoice(form)),
  field(form, { name: "data_types", label: "Creates", when: isAutomatic, group: true, help: "None checked: whatever the model finds." }, dataTypes(form)),
  field(form, { name: "per_concept", label: "Thresholds", when: isAutomatic, group: true },
    choice(form, "per_concept", [["false", "The same for all concepts"], ["true", "Each concept its own"]], { inline: true, read: String, write: (value) => value === "true" })),
  field(form, { name: "limits", label: "Values kept", when: isAutomatic, group: true }, thresholds(form)),
  field(form, { name: "new_status", label: "New annotations", when: isAutomatic, group: true }, choice(form, "new_status", STATUSES, { read: String, write: Number })),
  field(form, { name: "delete_previous", label: "Before it runs", when: isAutomatic, group: true },
    check(form, "delete_previous", "Delete what other automatic tasks made with these concepts")),
];

/** One of the app's models and workflows, or any other one by its ids. */
function modelChoice(form) {
  const select = h("select", { class: "tf-select", "aria-label": "Model or workflow", onchange: () => choose(select.value) });
  const kind = h("select", { "aria-label": "Kind", onchange: () => set({ kind: kind.value }) }, ["model", "workflow"].map((one) => h("option", { value: one }, one === "model" ? "Model" : "Workflow")));
  const parts = [["id", "Id"], ["version", "Version"], ["user_id", "Owner, if of another app"], ["app_id", "App, if another"]];
  const inputs = parts.map(([key, label]) => {
    const input = h("input", { type: "text", spellcheck: "false", placeholder: label, "aria-label": label, oninput: () => set({ [key]: input.value.trim() }) });
    return [key, input];
  });
  const other = h("div", { class: "tf-bar tf-other" }, kind, inputs.map(([, input]) => input));
  let isOther = false;

  const set = (changes) => form.set({ model: { ...form.fields.model, ...changes } }, "model");

  function choose(value) {
    isOther = value === "other";
    if (isOther) form.draw();
    else set({ ...Object.fromEntries(parts.map(([key]) => [key, ""])), ...(value ? JSON.parse(value) : { id: "" }) });
  }

  form.draws.push(() => {
    const { model } = form.fields;
    const listed = form.choices?.models ?? [];
    const known = listed.some((one) => one.id === model.id && one.kind === model.kind) && !model.version && !model.user_id;
    if (model.id && form.choices && !known) isOther = true;
    const group = (name, label) => {
      const options = listed.filter((one) => one.kind === name).map((one) => h("option", { value: JSON.stringify({ kind: one.kind, id: one.id }) }, one.name));
      return options.length > 0 && h("optgroup", { label }, options);
    };
    fill(select, h("option", { value: "" }, "Choose a model or workflow"), group("model", "Models"), group("workflow", "Workflows"), h("option", { value: "other" }, "Another one, by its id…"));
    select.value = isOther ? "other" : model.id ? JSON.stringify({ kind: model.kind, id: model.id }) : "";
    other.hidden = !isOther;
    kind.value = model.kind;
    for (const [key, input] of inputs) if (input.value.trim() !== model[key]) input.value = model[key];
    inputs[1][1].hidden = model.kind !== "model";
  });
  return h("div", { role: "group" }, select, other);
}

function dataTypes(form) {
  const boxes = DATA_TYPES.map(([bit, label]) => {
    const input = h("input", { type: "checkbox", onchange: () => form.set({ data_types: form.fields.data_types ^ bit }, "data_types") });
    return { bit, input, row: h("label", { class: "tf-option" }, input, h("span", {}, label)) };
  });
  form.draws.push(() => {
    for (const { bit, input } of boxes) input.checked = Boolean(form.fields.data_types & bit);
  });
  return h("div", { class: "tf-choice tf-inline", role: "group" }, boxes.map(({ row }) => row));
}
