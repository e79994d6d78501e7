// A table of people that can be sorted and filtered, and whose rows stay in place while their numbers change.
import { h, number } from "./shared.js";

const SPARE = 5; // rows drawn beyond either end of what is in sight

/**
 * @param {object} options
 *   caption: what the table is; columns: [{ key, label, numeric, hint }], the first one names the row;
 *   cells(row): the nodes of one row, in the order of the columns, each with an `update(row)`;
 *   most: from how many rows on there is a filter.
 */
export function peopleTable(life, { caption, noun, columns, cells, most = 10 }) {
  const rows = new Map();
  let sorting = { key: null, up: true };
  let wanted = "";
  let data = [];
  let order = []; // the ids of the rows that are there, from above

  const heads = columns.map((column) => head(column));
  const body = h("tbody");
  const label = h("h4", {}, caption);
  const found = h("span", { class: "tn-muted", role: "status" });
  const search = h("input", {
    type: "search",
    placeholder: `Filter ${noun}`,
    "aria-label": `Filter ${noun}`,
    oninput: () => {
      wanted = search.value.trim().toLocaleLowerCase();
      arrange(true);
    },
  });
  const tools = h("div", { class: "tn-people-tools" }, label, search, found);
  const table = h("table", { "aria-label": caption }, h("thead", {}, h("tr", {}, heads)), body);
  const scroller = h("div", { class: "tn-people-rows", role: "region", tabindex: "0", "aria-label": caption }, table);
  const element = h("section", { class: "tn-people" }, tools, scroller);

  function head({ key, label: text, numeric, hint }) {
    const button = h("button", { class: "tn-sort", title: hint, onclick: () => sortBy(key, numeric) }, text);
    return h("th", { scope: "col", class: numeric ? "tn-number" : "", "data-key": key }, button);
  }

  function sortBy(key, numeric) {
    // Numbers are first sorted with the largest on top; a third click gives the task's own order back.
    if (sorting.key !== key) sorting = { key, up: !numeric };
    else if (sorting.up !== !numeric) sorting = { key: null, up: true };
    else sorting = { key, up: !sorting.up };
    for (const th of heads) {
      const sorted = th.dataset.key === sorting.key;
      if (sorted) th.setAttribute("aria-sort", sorting.up ? "ascending" : "descending");
      else th.removeAttribute("aria-sort");
    }
    arrange(true);
  }

  const sorted = () => {
    if (!sorting.key) return data;
    const compare = (a, b) => {
      const [one, other] = [a[sorting.key], b[sorting.key]];
      return typeof one === "string" ? one.localeCompare(other) : one - other;
    };
    return [...data].sort((a, b) => (sorting.up ? compare(a, b) : compare(b, a)));
  };

  const matches = (row) => `${row.name} ${row.id}`.toLocaleLowerCase().includes(wanted);

  /** Put the rows in order. Rows do not move by themselves while the reader points at one of them. */
  function arrange(asked) {
    if (asked || order.length !== data.length || !scroller.matches(":hover, :focus-within")) {
      order = sorted().filter(matches).map((row) => row.id);
      const nodes = order.map((id) => rows.get(id).element);
      if (nodes.length !== body.children.length || nodes.some((node, i) => node !== body.children[i])) body.replaceChildren(...nodes);
      found.textContent = wanted ? `${number(order.length)} of ${number(data.length)}` : "";
    }
    draw();
  }

  /** Redraw the rows in sight: of two hundred, a few. The others follow when they are scrolled to. */
  function draw() {
    const { clientHeight, scrollHeight, scrollTop } = scroller;
    const height = scrollHeight / (order.length + 1);
    const isInSight = (i) => !clientHeight || ((i + SPARE + 1) * height > scrollTop && (i - SPARE) * height < scrollTop + clientHeight);
    order.forEach((id, i) => {
      const { row, inside } = rows.get(id);
      if (isInSight(i)) for (const cell of inside) cell.update(row);
    });
  }

  function newRow(row) {
    const inside = cells(row);
    const element = h("tr", {}, inside.map((cell, i) =>
      i === 0
        ? h("th", { scope: "row" }, cell)
        : h("td", { class: columns[i].numeric ? "tn-number" : `tn-cell-${columns[i].key}` }, cell)));
    for (const cell of inside) cell.update(row);
    return { element, inside };
  }

  element.update = (now) => {
    data = now;
    element.hidden = data.length === 0;
    search.hidden = data.length < most;
    const ids = new Set(data.map((row) => row.id));
    for (const id of rows.keys()) if (!ids.has(id)) rows.delete(id);
    for (const row of data) rows.set(row.id, { ...(rows.get(row.id) ?? newRow(row)), row });
    arrange(order.some((id) => !ids.has(id)));
  };
  /** Redraw the numbers that depend on the clock, without anything new from Python. */
  element.tick = draw;
  scroller.addEventListener("scroll", draw);
  return element;
}

/** A cell of plain text: `say(row)` gives the text, or [text, title]. It is touched only when that changes. */
export function textCell(say, attributes = {}) {
  const element = h("span", { dir: "auto", ...attributes });
  const shown = ["", ""];
  element.update = (row) => {
    const [text, title = ""] = [say(row)].flat();
    if (text !== shown[0]) element.textContent = shown[0] = text;
    if (title !== shown[1]) element.title = shown[1] = title;
  };
  return element;
}
