// What stands above the board's table: the filters, and what can be done to the selected tasks.
import { debounced, fill, h, number } from "./shared.js";

/** Search, status, mine; `changed(query)` after each change. */
export function filters(life, changed) {
  const search = h("input", { type: "search", placeholder: "Search name, id or worker", "aria-label": "Search tasks" });
  const state = h("select", { "aria-label": "Status" });
  const mine = h(
    "select",
    { "aria-label": "Whose work" },
    h("option", { value: "" }, "Everyone's work"),
    h("option", { value: "label" }, "Mine to label"),
    h("option", { value: "review" }, "Mine to review"),
  );
  const read = () => ({ text: search.value, states: state.value ? [state.value] : [], mine: mine.value });
  const later = debounced(life, 150, () => changed(read()));
  search.addEventListener("input", later);
  for (const select of [state, mine]) select.addEventListener("change", () => changed(read()));
  const element = h("div", { class: "tn-filters", role: "search" }, search, state, mine);
  element.update = ({ states }) => {
    const chosen = state.value;
    fill(
      state,
      h("option", { value: "" }, "Any status"),
      states.map(([name, label, count]) => h("option", { value: name }, `${label} (${number(count)})`)),
    );
    state.value = states.some(([name]) => name === chosen) ? chosen : "";
  };
  element.clear = () => {
    search.value = state.value = mine.value = "";
    changed(read());
  };
  element.set = () => Boolean(search.value || state.value || mine.value);
  return element;
}

const ACTIONS = [
  ["done", "Mark as done"],
  ["reopen", "Reopen"],
  ["duplicate", "Duplicate"],
  ["delete", "Delete"],
];

/** The buttons that act on the selection; `act(name)`. */
export function actions(act, clear) {
  const chosen = h("span", { class: "tn-chosen", role: "status" });
  const buttons = ACTIONS.map(([name, label]) =>
    h("button", { "data-action": name, onclick: (event) => event.currentTarget.ariaDisabled !== "true" && act(name) }, label),
  );
  const none = h("button", { class: "tn-link", onclick: clear }, "Clear selection");
  const element = h("div", { class: "tn-actions" }, chosen, buttons, none);
  element.update = ({ selected }) => {
    fill(chosen, selected ? `${number(selected)} selected` : "Select tasks to change them");
    chosen.classList.toggle("tn-muted", !selected);
    none.hidden = !selected;
    for (const button of buttons) {
      const possible = selected > 0 && (button.dataset.action !== "duplicate" || selected === 1);
      button.setAttribute("aria-disabled", !possible);
    }
  };
  return element;
}

/** "2 tasks deleted. Undo (6 s)": counts down by itself. */
export function undoBar(life, undo) {
  const text = h("span");
  const button = h("button", { class: "tn-link", onclick: undo }, "Undo");
  const element = h("p", { class: "tn-undo", role: "status", hidden: true }, text, button);
  let until = 0;
  let count = 0;
  const tick = () => {
    const left = Math.ceil((until - performance.now()) / 1000);
    element.hidden = count === 0 || left <= 0;
    if (!element.hidden) fill(button, `Undo (${left}\u202fs)`);
  };
  life.every(500, tick);
  element.update = ({ doomed: [number_, seconds] }) => {
    count = number_;
    until = performance.now() + seconds * 1000;
    fill(text, `${number(count)} ${count === 1 ? "task" : "tasks"} deleted. `);
    tick();
  };
  return element;
}
