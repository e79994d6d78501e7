// The end of the form: what is still in the way, the one primary button, and what became of it.

import { fill, h } from "./shared.js";
import { fieldOf } from "./form_places.js";

/** The button with the summary of problems, the server's refusal, and the task once it is created. */
export function submitPanel(form) {
  const summary = h("div", { class: "tf-summary", tabindex: "-1", role: "group", "aria-label": "Problems" });
  const failure = h("p", { class: "tf-notice tn-error", role: "alert" });
  const waiting = h("p", { class: "tf-help", role: "status" });
  const button = h("button", { type: "button", class: "tn-primary", onclick: () => void submit() }, "Create task");
  const live = h("p", { class: "tn-hidden", role: "status" });
  const open = h("div", { class: "tf-submit" }, summary, failure, button, waiting);
  const done = h("div", { class: "tf-created", role: "status" });
  let busy = false;
  let saved = false;

  async function submit() {
    if (busy || form.gone || isUnchanged()) return;
    saved = false;
    form.tried = true;
    form.failure = "";
    form.send();
    if (form.isChecked() && form.checked.problems.length) {
      form.draw();
      summary.focus();
      return;
    }
    busy = true;
    form.draw();
    try {
      const made = await form.wait(form.edited ? "Saving" : "Creating the task", "submit", { fields: form.fields });
      saved = Boolean(made && form.edited);
      if (!made) form.life.after(0, () => summary.focus());
    } catch (error) {
      if (!form.gone) form.failure = `The task was not ${form.edited ? "changed" : "created"}. ${error.message}`;
    } finally {
      busy = false;
      form.draw();
    }
  }

  const isUnchanged = () => Boolean(form.edited) && form.isChecked() && !form.checked.changes.length;

  async function again() {
    await form.wait("Waiting for the kernel", "again");
    form.tried = false;
    form.draw();
    form.places.get("name").focus();
  }

  form.draws.push(() => {
    open.hidden = Boolean(form.created);
    done.hidden = !form.created;
    if (form.created) fill(done, createdText(form), h("button", { type: "button", onclick: () => void again() }, "New task like this"));
    fill(summary, form.gone ? null : summaryOf(form));
    fill(failure, form.failure);
    failure.hidden = !form.failure;
    fill(waiting, form.waiting || (saved && isUnchanged() ? "Saved." : ""));
    fill(button, form.edited ? "Save changes" : "Create task");
    // The button is never disabled: pressed too early, it says what is missing. It only looks ready when it is.
    button.dataset.ready = form.isChecked() && !form.checked.problems.length && !busy && !form.gone && !isUnchanged();
    button.setAttribute("aria-disabled", form.gone);
    fill(live, form.tried && form.checked.problems.length ? `${form.checked.problems.length} problems` : "");
  });
  return h("section", { class: "tf-end", "aria-label": "Create" }, open, done, live);
}

const createdText = ({ created }) => [
  h("p", {}, h("strong", {}, "Created "), h("span", { dir: "auto" }, created.name)),
  h("p", { class: "tf-help" }, "Id ", h("code", {}, created.id), ". In Python it is the form's ", h("code", {}, "task"), "."),
];

/** What is wrong; what to do about it stands at the field. */
const firstSentence = (message) => message.split(/(?<=[.:;]) /)[0];

/** Problems that are shown at their fields, each a link to it; and which fields are simply still empty. */
function summaryOf(form) {
  const all = [...form.checked.problems, ...form.checked.refused].map(({ path, message }) => ({ name: fieldOf(path, form.fields), path, message }));
  const isFirst = (one, index) => all.findIndex(({ name, message }) => name === one.name && message === one.message) === index;
  const shown = all.filter(isFirst).filter(({ name, message }) => !name || form.problemsOf(name).includes(message));
  const isShown = ({ name, message }) => shown.some((one) => name === one.name && message === one.message);
  const rest = [...new Set(all.filter((one) => !isShown(one)).map(({ name }) => name))];
  const link = (name, label) => h("button", { type: "button", class: "tn-link", onclick: () => form.places.get(name).focus() }, label);
  const place = ({ name, path }) => (form.places.has(name) ? link(name, form.places.get(name).label) : h("span", {}, path));
  return [
    shown.length > 0 && h("ul", { class: "tf-problem-list" }, shown.map((one) => h("li", {}, place(one), h("span", {}, firstSentence(one.message))))),
    rest.length > 0 && h("p", { class: "tf-help" }, "Still needed: ", rest.map((name, index) => [index ? ", " : "", link(name, form.places.get(name).label)])),
  ];
}
