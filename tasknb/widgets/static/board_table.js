// A table of any length of which only the rows in sight exist. One of them is active: the keyboard acts on it.
import { bar } from "./bars.js";
import { fill, h, number, percent } from "./shared.js";
import { ago, exact } from "./times.js";

const ROW = 32; // pixels, as in board.css
const LIST = 480; // likewise
const SPARE = 12; // rows drawn beyond either end

export const COLUMNS = [
  { key: "name", label: "Name" },
  { key: "type", label: "Type", minor: true },
  { key: "status", label: "Status" },
  { key: "strategy", label: "Strategy", minor: true },
  { key: "review", label: "Review", minor: true },
  { key: "workers", label: "Workers", numeric: true },
  { label: "Progress, about" },
  { label: "Finished", numeric: true },
  { key: "created", label: "Age", numeric: true },
];

/**
 * @param {object} on  what the reader does: sort(key), select(id, on, row), selectAll(on), selectRange(from, to), open(id),
 *   remove(), visible(ids) after the rows in sight have changed.
 */
export function boardTable(life, store, on) {
  const pool = new Map();
  let active = 0;
  let anchor = 0;
  let panel = null; // { index, row }
  let drawn = "";

  const all = h("input", { type: "checkbox", "aria-label": "Select all that match", tabindex: "0" });
  all.addEventListener("change", () => on.selectAll(all.checked));
  const heads = COLUMNS.map((column) => head(column));
  const above = spacer();
  const below = spacer();
  const body = h("tbody", {}, above, below);
  const table = h(
    "table",
    { role: "grid", "aria-label": "Tasks", "aria-multiselectable": "true" },
    h("thead", {}, h("tr", { "aria-rowindex": "1" }, h("th", { scope: "col", class: "tn-check" }, all), heads)),
    body,
  );
  const element = h("div", { class: "tn-board-rows", tabindex: "-1" }, table);

  function head({ key, label, numeric, minor }) {
    const className = `${numeric ? "tn-number" : ""} ${minor ? "tn-minor" : ""}`;
    if (!key) return h("th", { scope: "col", class: className }, label);
    const button = h("button", { class: "tn-sort", onclick: () => on.sort(key) }, label);
    return h("th", { scope: "col", class: className, "data-key": key }, button);
  }

  const panelHeight = () => (panel ? panel.row.offsetHeight || panel.height || 0 : 0);
  const total = () => store.matched ?? 0;

  /** The first and last row in sight, given where the list is scrolled to. */
  function inSight() {
    const height = element.clientHeight || 400;
    let top = element.scrollTop;
    if (panel && top > (panel.index + 1) * ROW) top = Math.max((panel.index + 1) * ROW, top - panelHeight());
    const from = Math.max(0, Math.floor(top / ROW));
    return [from, Math.min(total(), from + Math.ceil(height / ROW) + 1)];
  }

  function draw() {
    const [first, last] = inSight();
    const [from, to] = [Math.max(0, first - SPARE), Math.min(total(), last + SPARE)];
    store.want(from, to);
    const nodes = [];
    const used = new Set();
    for (let index = from; index < to; index += 1) {
      nodes.push(rowAt(index));
      used.add(index);
      if (panel?.index === index) nodes.push(panel.row);
    }
    for (const [index, row] of pool) if (!used.has(index)) pool.delete(index) && row.remove();
    if (panel) {
      // Columns that a narrow view hides must not be counted, or they would take their width again.
      panel.row.firstChild.colSpan = [...table.tHead.rows[0].cells].filter((cell) => cell.offsetWidth).length;
      panel.height = panelHeight();
    }
    // What is open in place comes on top of the list's own height, so that its neighbours stay in sight.
    element.style.maxHeight = panel ? `${LIST + panel.height}px` : "";
    above.firstChild.style.height = `${from * ROW + (panel && panel.index < from ? panel.height : 0)}px`;
    below.firstChild.style.height = `${(total() - to) * ROW + (panel && panel.index >= to ? panel.height : 0)}px`;
    place(nodes);
    table.setAttribute("aria-rowcount", total() + 1);
    const ids = [];
    for (let index = first; index < last; index += 1) if (store.get(index)) ids.push(store.get(index).id);
    if (`${ids}` !== drawn) on.visible(ids);
    drawn = `${ids}`;
  }

  /** Put the rows between the spacers; what is in its place already is not touched, so that focus stays. */
  function place(nodes) {
    let next = above.nextSibling;
    for (const node of nodes) {
      if (node === next) next = next.nextSibling;
      else body.insertBefore(node, next);
    }
    while (next !== below) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
  }

  function rowAt(index) {
    let row = pool.get(index);
    if (!row) {
      row = newRow(index);
      pool.set(index, row);
    }
    row.update(store.get(index));
    return row;
  }

  function newRow(index) {
    const check = h("input", { type: "checkbox", tabindex: "-1" });
    check.addEventListener("change", () => on.select(row.task, check.checked));
    const name = h("button", { class: "tn-link tn-name", dir: "auto", tabindex: "-1", onclick: () => open(index) });
    const [type, status, strategy, review, share] = Array.from({ length: 5 }, () => h("span"));
    const [workers, age] = [h("span"), h("span")];
    const strip = bar("Progress");
    const minor = (cell) => h("td", { class: "tn-minor" }, cell);
    const numeric = (cell) => h("td", { class: "tn-number" }, cell);
    const cells = [
      h("th", { scope: "row" }, name), minor(type), h("td", {}, status), minor(strategy), minor(review),
      numeric(workers), h("td", { class: "tn-board-bar" }, strip), numeric(share), numeric(age),
    ];
    const row = h("tr", { class: "tn-board-row", "aria-rowindex": index + 2, tabindex: index === active ? "0" : "-1" },
      h("td", { class: "tn-check" }, check), cells);
    row.addEventListener("focus", () => activate(index, false));
    row.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault());
    row.addEventListener("click", (event) => {
      if (event.target.closest("button, input")) return activate(index, true);
      if (event.shiftKey) on.selectRange(Math.min(anchor, index), Math.max(anchor, index));
      else on.select(row.task, !row.task?.selected);
      anchor = index;
      activate(index, true);
    });
    row.update = (task) => {
      row.task = task;
      row.classList.toggle("tn-waiting", !task);
      if (!task) return;
      row.setAttribute("aria-selected", task.selected);
      check.checked = task.selected;
      check.setAttribute("aria-label", `Select ${task.name}`);
      fill(name, task.name);
      name.title = `${task.name}\n${task.id}`;
      name.setAttribute("aria-expanded", panel?.index === index);
      for (const [cell, text] of [[type, task.type], [status, task.status], [strategy, task.strategy], [review, task.review]]) {
        if (cell.textContent !== text) cell.textContent = text;
      }
      workers.textContent = number(task.workers);
      workers.title = task.people;
      age.textContent = task.created ? ago(Date.now() / 1000 - task.created).replace(" ago", "") : "";
      age.title = task.created ? exact(task.created) : "";
      const counts = store.bars.get(task.id);
      strip.update(counts ?? [], 0);
      const sum = counts?.reduce((one, other) => one + other, 0);
      const ended = sum ? counts[3] + counts[4] : 0;
      share.textContent = sum ? percent(ended, sum) : "";
      share.title = sum ? `about ${number(ended)} of about ${number(sum)} inputs` : "";
    };
    return row;
  }

  function activate(index, focus) {
    pool.get(active)?.setAttribute("tabindex", "-1");
    active = Math.max(0, Math.min(total() - 1, index));
    pool.get(active)?.setAttribute("tabindex", "0");
    if (focus) pool.get(active)?.focus({ preventScroll: true });
  }

  function reveal(index) {
    const extra = panel && index > panel.index ? panelHeight() : 0;
    const top = index * ROW + extra;
    const headHeight = table.tHead.offsetHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    const bottom = top + ROW + headHeight - element.clientHeight;
    if (bottom > element.scrollTop) element.scrollTop = bottom;
    draw();
  }

  function go(index, extend) {
    const next = Math.max(0, Math.min(total() - 1, index));
    reveal(next);
    activate(next, true);
    if (extend) on.selectRange(Math.min(anchor, next), Math.max(anchor, next));
    else anchor = next;
  }

  function open(index) {
    const row = store.get(index);
    if (row) on.open(row, index);
  }

  const pageOf = () => Math.max(1, Math.floor(element.clientHeight / ROW) - 2);
  const keys = {
    ArrowDown: (event) => go(active + 1, event.shiftKey),
    ArrowUp: (event) => go(active - 1, event.shiftKey),
    PageDown: (event) => go(active + pageOf(), event.shiftKey),
    PageUp: (event) => go(active - pageOf(), event.shiftKey),
    Home: (event) => go(0, event.shiftKey),
    End: (event) => go(total() - 1, event.shiftKey),
    Enter: () => open(active),
    " ": () => on.select(store.get(active), !store.get(active)?.selected),
    Delete: () => on.remove(),
    Escape: () => on.close(),
    a: (event) => (event.ctrlKey || event.metaKey) && on.selectAll(true),
  };
  table.addEventListener("keydown", (event) => {
    if (!event.target.classList?.contains("tn-board-row")) return;
    const act = keys[event.key];
    if (!act || (event.key === "a" && !(event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  });
  let frame = 0;
  element.addEventListener("scroll", () => {
    // Drawn once a frame: a wheel fires more often than the screen shows.
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => life.signal.aborted || draw());
  });
  const watcher = new ResizeObserver(() => draw());
  watcher.observe(element);
  life.onEnd(() => {
    watcher.disconnect();
    cancelAnimationFrame(frame);
  });

  return Object.assign(element, {
    draw,
    sorted(key, down) {
      for (const th of heads) {
        if (th.dataset.key === key) th.setAttribute("aria-sort", down ? "descending" : "ascending");
        else th.removeAttribute("aria-sort");
      }
    },
    checked(selected) {
      all.checked = selected > 0 && selected >= total();
      all.indeterminate = selected > 0 && selected < total();
    },
    /** Show `content` below the row `index`; null takes it away. */
    unfold(index, content) {
      panel?.row.remove();
      panel = content && { index, row: h("tr", { class: "tn-panel" }, h("td", {}, content)), height: 0 };
      if (panel) watcher.observe(panel.row);
      draw();
    },
    top() {
      element.scrollTop = 0;
      activate(0, false);
    },
    focusActive: () => pool.get(active)?.focus({ preventScroll: true }),
  });
}

function spacer() {
  return h("tr", { "aria-hidden": "true", class: "tn-spacer" }, h("td"));
}
