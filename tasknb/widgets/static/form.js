// The form: what is filled in, what Python says of it, and where both are shown.
//
// What is typed lives in the trait `_fields`, sent a moment after the last key; Python answers in `_checked`. Which
// fields were touched, what is searched for and where the focus is never leave this page.

import { GONE, asker, debounced, fill, h, keeper, lifetime, listener, root } from "./shared.js";
import { changesPanel } from "./changes_panel.js";
import { codePanel } from "./code_panel.js";
import { fieldOf } from "./form_places.js";
import { inputSection, moreSection, reviewSection, taskSection, workerSection } from "./form_sections.js";
import { planPanel } from "./plan_panel.js";
import { submitPanel } from "./submit_panel.js";

const TYPING_PAUSE = 150;
const NOTICEABLE = 500;
const LONG = 5000;
const SILENT = "The kernel does not answer: it is busy with a cell, or it is gone. Then run this cell again.";

/** The state that all parts of one view share. */
function formState(model, life) {
  const ask = asker(model, life);
  const touched = new Set();
  const form = {
    model,
    life,
    ask,
    fields: model.get("_fields"),
    checked: model.get("_checked"),
    created: model.get("_created"),
    edited: model.get("_edited"),
    frozen: new Set(model.get("_frozen")),
    choices: null,
    tried: false,
    waiting: "",
    failure: "",
    gone: false,
    draws: [],
    places: new Map(),
    draw: () => form.draws.forEach((draw) => draw()),
    /** Whether Python has seen everything that is filled in. */
    isChecked: () => form.checked.revision === form.fields.revision,
    /** Change some fields; `name` is the field that was touched. */
    set(changes, name) {
      touched.add(name);
      form.failure = "";
      form.fields = { ...form.fields, ...changes, revision: form.fields.revision + 1 };
      send();
      overdue();
      form.draw();
    },
    touch(name) {
      if (touched.has(name)) return;
      touched.add(name);
      form.draw();
    },
    /** The problems to show at a field: once it was touched, or a submit was tried; what the server refused, always. */
    problemsOf(name) {
      // Without Python there is nobody to say whether what has been typed since is right.
      if (form.gone) return [];
      const own = form.tried || touched.has(name) ? form.checked.problems : [];
      const here = [...own, ...form.checked.refused].filter(({ path }) => fieldOf(path, form.fields) === name);
      // One field may stand for a setting of every concept, and each says the same of it.
      return [...new Set(here.map(({ message }) => message))];
    },
    send: () => send.now(),
    /** Ask Python; from half a second on say what is being waited for. */
    async wait(what, name, parameters) {
      const stops = [
        life.after(NOTICEABLE, () => form.say(`${what}…`)),
        life.after(LONG, () => form.say(`${what}… ${SILENT}`)),
      ];
      try {
        return await ask(name, parameters);
      } finally {
        stops.forEach((stop) => stop());
        form.say("");
      }
    },
    say(text) {
      form.waiting = text;
      form.draw();
    },
  };
  form.listen = listener(model, life, ask, (isGone) => {
    if (isGone === form.gone) return;
    form.gone = isGone;
    form.draw();
  });
  const send = debounced(life, TYPING_PAUSE, () => {
    model.set("_fields", form.fields);
    if (form.gone) return;
    model.save_changes();
    void form.listen();
  });
  const overdue = debounced(life, LONG, () => !form.isChecked() && !form.gone && form.say(SILENT));
  return form;
}

function follow(form, keep) {
  const { life, model } = form;
  life.on(model, "change:_fields", () => {
    // An echo of an older state must not undo what has been typed since.
    if (model.get("_fields").revision > form.fields.revision) form.fields = model.get("_fields");
    form.draw();
  });
  life.on(model, "change:_checked", () => {
    form.checked = model.get("_checked");
    if (form.waiting === SILENT) form.waiting = "";
    form.draw();
    keep();
  });
  life.on(model, "change:_created", () => {
    form.created = model.get("_created");
    form.draw();
    keep();
  });
  life.on(model, "change:_edited", () => {
    form.edited = model.get("_edited");
    form.draw();
  });
}

/** Say that the kernel has gone, in sight wherever the form is scrolled to. */
function farewell(form) {
  const line = h("p", { class: "tf-gone", role: "status" });
  form.draws.push(() => {
    fill(line, form.gone && `${GONE} What is filled in stays readable here.`);
    line.hidden = !form.gone;
  });
  return line;
}

/** Fetch what the app offers; what fails is said in place, with the way to try again. */
function choices(form) {
  const message = h("span", {});
  const again = h("button", { type: "button", onclick: () => void load() }, "Try again");
  const bar = h("p", { class: "tf-notice tn-error", role: "alert", hidden: true }, message, again);

  async function load() {
    bar.hidden = true;
    try {
      form.choices = await form.wait("Loading concepts, datasets and people", "choices");
    } catch (error) {
      fill(message, `The app's concepts, datasets and people could not be loaded. ${error.message}`);
      bar.hidden = false;
    }
    form.draw();
  }
  void load();
  return bar;
}

function render({ model, el }) {
  const life = lifetime();
  const form = formState(model, life);
  const place = root(el, "form");
  place.addEventListener("focusin", () => void form.listen());
  const heading = h("h2", { dir: "auto" });
  const fixed = h("p", { class: "tf-help tf-fixed" }, "Type, inputs and strategy cannot change once a task is made. Make a new task for that.");
  form.draws.push(() => {
    const title = form.edited ? `Edit ${form.edited} ` : "New labeling task ";
    fill(heading, title, h("span", { class: "tn-muted" }, `in ${model.get("_app") || "this app"}`));
    fixed.hidden = !form.edited;
  });
  const body = h("fieldset", { class: "tf-body" }, taskSection(form), inputSection(form), workerSection(form), reviewSection(form), moreSection(form));
  form.draws.push(() => (body.disabled = Boolean(form.created)));
  place.append(
    h("div", { class: "tf-layout", role: "form", "aria-label": "Labeling task" },
      farewell(form),
      h("div", { class: "tf-main" }, heading, fixed, choices(form), body),
      h("div", { class: "tf-side" }, planPanel(form), changesPanel(form), submitPanel(form), codePanel(form))),
  );
  follow(form, keeper(life, form.ask, place));
  // What was typed last must not be lost with the page.
  life.onEnd(form.send);
  life.listen(window, "pagehide", form.send);
  form.draw();
  return life.end;
}

export default { render };
