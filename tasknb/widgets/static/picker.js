// Choosing several of many by name: search, select all, add a new one in place.

import { putRows } from "./form_controls.js";
import { counted, fill, h, number } from "./shared.js";

const MOST_SHOWN = 300;

/**
 * A list of check boxes with a search field above it.
 *
 * Only one box is a tab stop; arrow keys go through the list, so that 200 workers are one step in the page.
 *
 * @param form  the form's state, see form.js
 * @param {{ name: string, noun: string, items: () => Array<{id, name}>, add: (id) => Promise<void>, empty: string }} options
 *   `name` is the field that holds the chosen ids; `add` makes a new one in the app.
 */
export function picker(form, { name, noun, items, add, empty }) {
  const search = h("input", {
    type: "search",
    class: "tf-search",
    placeholder: `Search, or type a new ${noun}`,
    "aria-label": `Search ${noun}s, or type a new one`,
    dir: "auto",
    oninput: () => draw(),
    onkeydown: (event) => onSearchKey(event),
  });
  const all = h("button", { type: "button", onclick: () => chooseAll() });
  const none = h("button", { type: "button", onclick: () => choose([]) }, "Clear");
  const state = h("span", { class: "tf-picked tn-muted", "aria-live": "polite" });
  const list = h("div", { class: "tf-options", role: "group", "aria-label": `${noun}s`, onkeydown: (event) => onListKey(event) });
  const note = h("p", { class: "tf-help" });
  const create = h("button", { type: "button", class: "tn-link tf-add", onclick: () => void addNew() });
  const failure = h("p", { class: "tn-error", role: "alert" });
  let busy = false;

  const chosen = () => form.fields[name];
  const choose = (ids) => form.set({ [name]: ids }, name);

  const strangers = new Set();

  /** What the app offers, and what was chosen without being offered, so that nothing chosen is out of sight. */
  function known() {
    const offered = items();
    const ids = new Set(offered.map((item) => item.id));
    for (const id of chosen()) if (!ids.has(id)) strangers.add(id);
    return [...[...strangers].filter((id) => !ids.has(id)).map((id) => ({ id, name: id })), ...offered];
  }

  function matching() {
    const words = search.value.trim().toLowerCase();
    return known().filter((item) => item.id.toLowerCase().includes(words) || item.name.toLowerCase().includes(words));
  }

  function chooseAll() {
    const ids = new Set(chosen());
    choose([...chosen(), ...matching().map((item) => item.id).filter((id) => !ids.has(id))]);
  }

  function toggle(id, on) {
    choose(on ? [...chosen(), id] : chosen().filter((one) => one !== id));
  }

  function newName() {
    const typed = search.value.trim();
    return typed && !known().some((item) => item.id === typed || item.name === typed) ? typed : "";
  }

  async function addNew() {
    const id = newName();
    if (!id || busy) return;
    busy = true;
    fill(failure);
    draw();
    try {
      await add(id);
      search.value = "";
      if (!chosen().includes(id)) choose([...chosen(), id]);
    } catch (error) {
      fill(failure, error.message);
    } finally {
      busy = false;
      draw();
      search.focus();
    }
  }

  function onSearchKey(event) {
    if (event.key === "Enter" && newName()) void addNew();
    else if (event.key === "ArrowDown") list.querySelector("input")?.focus();
    else if (event.key === "Escape" && search.value) {
      search.value = "";
      draw();
    } else return;
    event.preventDefault();
  }

  function onListKey(event) {
    const boxes = [...list.querySelectorAll("input")];
    const at = boxes.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: boxes.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next < 0) search.focus();
    else focusBox(boxes, Math.min(next, boxes.length - 1));
  }

  function focusBox(boxes, index) {
    for (const box of boxes) box.tabIndex = -1;
    boxes[index].tabIndex = 0;
    boxes[index].focus();
  }

  const rows = new Map();
  function row(item, isChosen) {
    if (!rows.has(item.id)) {
      const box = h("input", { type: "checkbox", tabindex: "-1", value: item.id, onchange: () => toggle(item.id, box.checked) });
      rows.set(item.id, { box, line: h("label", { class: "tf-option", title: item.name }, box, h("span", { dir: "auto" }, item.name)) });
    }
    const { box, line } = rows.get(item.id);
    box.checked = isChosen;
    return line;
  }

  function draw() {
    const picked = new Set(chosen());
    const found = matching();
    const shown = found.slice(0, MOST_SHOWN).map((item) => row(item, picked.has(item.id)));
    putRows(list, shown, { most: 20 });
    const boxes = [...list.querySelectorAll("input")];
    if (boxes.length && !boxes.some((box) => box.tabIndex === 0)) boxes[0].tabIndex = 0;
    list.hidden = shown.length === 0;
    fill(all, search.value.trim() && found.length ? `Select ${number(found.length)} found` : "Select all");
    all.disabled = found.every((item) => picked.has(item.id));
    none.disabled = picked.size === 0;
    fill(state, `${number(picked.size)} of ${number(known().length)}`);
    const typed = newName();
    create.hidden = !typed;
    create.disabled = busy;
    fill(create, busy ? `Adding ${typed}…` : `Add “${typed}” as a new ${noun}`);
    fill(note, remark(found.length, typed));
    note.hidden = !note.textContent;
  }

  function remark(found, typed) {
    if (!form.choices) return "";
    if (!known().length) return empty;
    if (!found && !typed) return `No ${noun} is called that.`;
    return found > MOST_SHOWN ? `The first ${MOST_SHOWN} of ${counted(found, noun)}. Search to see others.` : "";
  }

  form.draws.push(draw);
  return h("div", { class: "tf-picker", role: "group" }, h("div", { class: "tf-bar" }, search, all, none, state), list, note, create, failure);
}
