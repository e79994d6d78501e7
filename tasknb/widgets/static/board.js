// All tasks at a glance.
import { key } from "./bars.js";
import { rowStore } from "./board_rows.js";
import { boardTable } from "./board_table.js";
import { actions, filters, undoBar } from "./board_tools.js";
import { nested } from "./nested.js";
import { GONE, asker, fill, h, keeper, lifetime, listener, number, root } from "./shared.js";
import { clock } from "./times.js";

const SILENT_SECONDS = 100; // three times as long as the board takes to ask again
const WAITING = [
  [500, "Loading the tasks…"],
  [5000, "Loading the tasks… The kernel does not answer: it is busy with a cell, or it is gone."],
];

function render({ model, el }) {
  const life = lifetime();
  const ask = asker(model, life);
  const place = root(el, "board");
  const view = Math.random().toString(36).slice(2);
  const query = { text: "", states: [], mine: "", sort: "created", down: true };
  let head = model.get("_head");
  let heard = performance.now();
  let ids = [];
  let told = null;
  let panel = null; // { id, element }
  let isGone = false;

  const keep = keeper(life, ask, place);
  const count = h("span", { class: "tn-muted", role: "status" });
  const silence = h("span", { class: "tn-muted" });
  const trouble = h("p", { class: "tn-error tn-trouble", role: "alert" });
  const empty = h("div", { class: "tn-none", hidden: true });
  const store = rowStore(ask, show, complain);
  const tools = filters(life, (filter) => search({ ...query, ...filter }));
  const bar = actions(act, () => select([], false, true));
  const undo = undoBar(life, () => tell("act", { action: "undo" }));
  const table = boardTable(life, store, {
    sort: (by) => search({ ...query, sort: by, down: query.sort === by ? !query.down : by === "created" || by === "workers" }),
    select: (task, on) => task && select([task.id], on),
    selectAll: (on) => (on ? choose(() => true, "select_all", { query }) : select([], on, true)),
    selectRange: (from, to) => {
      const tasks = Array.from({ length: to - from + 1 }, (_, i) => store.get(from + i)).filter(Boolean);
      if (tasks.length) select(tasks.map((task) => task.id), true, true);
    },
    open: (task, index) => (panel?.id === task.id ? shut() : void open(task, index)),
    remove: () => head.selected && act("delete"),
    close: () => panel && shut(),
    visible: (seen) => {
      ids = seen;
      watchSoon();
    },
  });

  place.append(
    h(
      "header",
      { class: "tn-board-head" },
      h("h3", { class: "tn-title" }, "Tasks"),
      count,
      h("span", { class: "tn-space" }),
      silence,
      h("button", { class: "tn-link", onclick: () => tell("act", { action: "refresh" }) }, "Refresh"),
      h("button", { onclick: () => void openForm(false) }, "New task"),
    ),
    trouble,
    tools,
    bar,
    undo,
    table,
    empty,
    key(["pending", "awaiting_review", "awaiting_consensus", "done", "rejected"]),
  );

  /** Ask Python to do something; what goes wrong is said. */
  function tell(name, parameters) {
    return ask(name, parameters).then(
      (result) => (fill(trouble, failureText()), result),
      complain,
    );
  }

  function complain(error) {
    if (error.message === GONE) gone(true);
    else fill(trouble, error.message);
  }

  function gone(now) {
    isGone = now;
    tick();
    dim();
  }

  const dim = () => place.classList.toggle("tn-stale", isGone || Boolean(head.failure));

  /** Select tasks or take them out; `only` drops the rest. */
  function select(ids, on, only = false) {
    const chosen = new Set(ids);
    choose((task) => (chosen.has(task.id) ? on : task.selected && !only), "select", { ids, on, only });
  }

  function choose(selected, name, parameters) {
    const told = ask(name, parameters).catch((error) => {
      complain(error);
      store.renew();
    });
    void store.choose((task) => (task.selected = selected(task)), told).then(show);
    table.draw();
  }

  function act(name) {
    void (name === "duplicate" ? openForm(true) : tell("act", { action: name }));
  }

  function search(next) {
    Object.assign(query, next);
    store.renew({ ...query }, { keep: false });
    table.sorted(query.sort, query.down);
    table.top();
    shut();
    table.draw();
    store.want(0, 1);
  }

  async function open(task, index) {
    const id = await tell("open", { task_id: task.id });
    if (id) await unfold(index, task.id, id, "Display board.progress in a cell to see it.");
  }

  async function openForm(copy) {
    const id = await tell("form", { copy });
    if (id) await unfold(-1, "form", id, "Display board.form in a cell to fill it in.");
  }

  async function unfold(index, id, widget, instead) {
    closePanel();
    const close = h("button", { class: "tn-link", onclick: shut }, "Close");
    const element = await nested(model, life, widget, instead).catch((error) => h("p", { class: "tn-error" }, error.message));
    panel = { id, element };
    const content = h("div", { class: "tn-unfolded" }, h("div", { class: "tn-unfolded-head" }, close), element);
    if (index < 0) tools.before((panel.above = content));
    else table.unfold(index, content);
  }

  function closePanel() {
    panel?.element.end?.();
    panel?.above?.remove();
    table.unfold(0, null);
    panel = null;
  }

  function shut() {
    if (!panel) return;
    closePanel();
    void tell("shut", {});
    table.focusActive();
  }

  function failureText() {
    const { failure } = head;
    return failure ? `Refreshing has failed since ${clock(failure.since)}; it is tried again by itself. ${failure.message}` : "";
  }

  function tick() {
    const silent = performance.now() - heard > 1000 * SILENT_SECONDS;
    const since = clock(Date.now() / 1000 - (performance.now() - heard) / 1000);
    if (isGone) fill(silence, GONE);
    else fill(silence, silent && sees() ? `The kernel has not answered since ${since}: it is busy, or it was restarted.` : "");
    if (told !== sees()) watch();
  }

  /** New rows have come, or what is known of them has changed. */
  function show() {
    const { matched } = store;
    const all = matched === head.total;
    fill(count, matched === null ? "" : all ? `${number(head.total)}` : `${number(matched)} of ${number(head.total)}`);
    place.classList.toggle("tn-bare", head.total === 0);
    empty.hidden = matched !== 0;
    table.hidden = matched === 0;
    if (matched === 0) fill(empty, ...nothing());
    if (!store.choosing) table.checked(head.selected);
    table.draw();
    keep();
  }

  function nothing() {
    if (!tools.set()) return ["There are no tasks yet. ", h("button", { onclick: () => void openForm(false) }, "Create one")];
    return ["No task matches. ", h("button", { onclick: () => tools.clear() }, "Clear the filters")];
  }

  function newHead(next) {
    head = next;
    tools.update(head);
    bar.update(head);
    undo.update(head);
    dim();
    fill(trouble, failureText());
    store.renew();
    store.want(0, 1);
    show();
  }

  const sees = () => document.visibilityState === "visible" && place.isConnected;
  const watch = () => {
    told = sees();
    ask("watch", { view, sees: told, ids }).then((now) => {
      heard = performance.now();
      if (now && now.version > head.version) newHead(now);
    }, complain);
  };
  let waiting = null;
  const watchSoon = () => {
    waiting?.();
    waiting = life.after(150, watch);
  };
  const leave = () => model.send({ ask: "watch", id: null, parameters: { view, sees: null, ids: [] } });

  life.on(model, "msg:custom", (message) => {
    if (message.head) newHead(message.head);
    for (const [id, counts] of Object.entries(message.bars ?? {})) store.bars.set(id, counts);
    if (message.bars) {
      table.draw();
      keep();
    }
  });
  listener(model, life, ask, gone);
  life.listen(document, "visibilitychange", watch);
  life.listen(window, "pagehide", leave);
  life.every(1000, tick);
  life.every(30_000, watch);
  life.onEnd(leave);
  life.onEnd(() => panel?.element.end?.());
  tools.update(head);
  bar.update(head);
  undo.update(head);
  table.sorted(query.sort, query.down);
  store.renew({ ...query });
  store.want(0, 1);
  for (const [milliseconds, text] of WAITING) life.after(milliseconds, () => store.matched === null && fill(count, text));
  watch();
  return life.end;
}

export default { render };
