// The browser's copy of what Python has seen. Updates carry what changed; several views of a model share one copy.

/** The state after `message`; null if something in between was missed. */
export function applied(state, message) {
  if (message.update !== state.version + 1) return null;
  const next = { ...state, ...message.set, version: message.update };
  if (message.point) next.history = remembered(state.history, message.point);
  if (message.workers) next.workers = withRows(next.workers, message.workers, next.taken);
  return next;
}

const MOST = 240;

function remembered(history, point) {
  const same = (one, other) => one.slice(1).every((value, i) => value === other[i + 1]);
  const [before, last] = history.slice(-2);
  // Of a rest only its two ends are kept, as in Python.
  if (last && same(before, last) && same(last, point)) return [...history.slice(0, -1), point];
  const longer = [...history, point];
  return longer.length <= MOST ? longer : longer.filter((_, i) => i % 2 === 0 || i === longer.length - 1);
}

function withRows(workers, { rows, columns }, taken) {
  const counts = workers.counts.map((column, status) => {
    if (!(status in columns)) return column;
    const copy = [...column];
    rows.forEach((row, i) => (copy[row] = columns[status][i]));
    return copy;
  });
  const changed = [...workers.changed];
  for (const row of rows) changed[row] = taken;
  return { ...workers, counts, changed };
}

/**
 * Keep the model's copy up to date and tell Python who looks. Calls `draw(state)` at each change.
 *
 * A view is seen while its tab is in front and the host has it in the page: notebooks take cells out that are far away.
 */
export function follow(model, life, ask, place, draw) {
  const view = Math.random().toString(36).slice(2);
  const state = () => model.get("_state");
  const sees = () => document.visibilityState === "visible" && place.isConnected;
  const put = (next) => next && next.version > state().version && model.set("_state", next);
  let told = null;
  const watch = async () => {
    told = sees();
    try {
      put(await ask("watch", { view, sees: told, version: state().version }));
    } catch {
      // Without a kernel there is no answer; the view says by the age of its data that nothing comes any more.
    }
  };
  const leave = () => model.send({ ask: "watch", id: null, parameters: { view, sees: null, version: 0 } });
  life.on(model, "change:_state", () => draw(state()));
  life.on(model, "msg:custom", (message) => {
    if (!("update" in message) || message.update <= state().version) return;
    const next = applied(state(), message);
    if (next) model.set("_state", next);
    else void watch();
  });
  life.listen(document, "visibilitychange", watch);
  life.listen(window, "pagehide", leave);
  life.every(1000, () => told !== sees() && void watch());
  life.every(30_000, watch);
  life.onEnd(leave);
  void watch();
}
