// The view of one task: how far, when done, who is stuck.
import { bar, inWords, legend } from "./bars.js";
import { burnup } from "./burnup.js";
import { peopleTable, textCell } from "./people_table.js";
import { follow } from "./progress_state.js";
import { GONE, asker, fill, h, keeper, lifetime, listener, number, percent, root } from "./shared.js";
import { ago, clock, exact, span } from "./times.js";

const STALE_SECONDS = 90;
const PENDING = 0;

/** One object a worker, out of the columns in which they travel. */
function workerRows({ workers, taken, stalled }) {
  const stuck = new Set(stalled);
  return workers.id.map((id, i) => {
    const counts = workers.counts.map((column) => column[i]);
    const assigned = counts.reduce((sum, count) => sum + count, 0);
    const labeled = assigned - counts[PENDING];
    const seconds = taken - workers.since[i];
    const pace = seconds > 5 ? Math.max(0, ((labeled - workers.first[i]) * 3600) / seconds) : 0;
    const name = workers.name[i] || id;
    return { id, name, kind: workers.kind[i], counts, assigned, labeled, pace, changed: workers.changed[i], stuck: stuck.has(id) };
  });
}

const finished = ({ counts }) => counts[3] + counts[4];

function workersTable(life, clockNow) {
  let widest = 1;
  const table = peopleTable(life, {
    caption: "Workers",
    noun: "workers",
    columns: [
      { key: "name", label: "Worker" },
      { key: "share", label: "By status" },
      { key: "labeled", label: "Labeled", numeric: true, hint: "Pieces of work that the worker has handed in" },
      { key: "assigned", label: "Assigned", numeric: true, hint: "Pieces of work that the worker was given so far" },
      { key: "pace", label: "Per hour", numeric: true, hint: "Handed in per hour since this view was opened" },
      { key: "changed", label: "Last change", numeric: true, hint: "When the worker's numbers were last seen to change" },
    ],
    cells: (row) => {
      const strip = bar(row.name);
      const drawn = strip.update;
      strip.update = (now) => drawn(now.counts, widest);
      return [
        textCell((now) => [now.name, now.name === now.id ? now.kind : `${now.id} (${now.kind})`], { class: "tn-person" }),
        strip,
        textCell((now) => number(now.labeled)),
        textCell((now) => number(now.assigned)),
        textCell((now) => (now.pace ? number(now.pace) : "—")),
        textCell((now) => lastChange(now, clockNow()), { class: "tn-changed" }),
      ];
    },
  });
  const draw = table.update;
  table.update = (state) => {
    const rows = workerRows(state);
    for (const row of rows) row.share = row.assigned ? row.labeled / row.assigned : 0;
    widest = Math.max(1, ...rows.map((row) => row.assigned));
    draw(rows);
  };
  return table;
}

function lastChange(row, now) {
  const quiet = row.stuck ? ", stalled" : "";
  if (row.changed) return [`${ago(now - row.changed)}${quiet}`, exact(row.changed)];
  return [row.stuck ? "none seen, stalled" : "—", "No change has been seen since this view was opened"];
}

function reviewersTable(life) {
  const table = peopleTable(life, {
    caption: "Reviewers",
    noun: "reviewers",
    columns: [
      { key: "name", label: "Reviewer" },
      { key: "share", label: "Reviewed of what there is" },
      { key: "reviewed", label: "Reviewed, about", numeric: true, hint: "Inputs; the server's estimate" },
      { key: "reviewable", label: "To review, about", numeric: true, hint: "Inputs in all; the server's estimate" },
    ],
    cells: (row) => {
      const strip = bar(row.name);
      const drawn = strip.update;
      strip.update = (now) => drawn([now.reviewable - now.reviewed, 0, 0, now.reviewed]);
      const [name, ...numbers] = [(now) => [now.name, now.id], (now) => number(now.reviewed), (now) => number(now.reviewable)];
      return [textCell(name, { class: "tn-person" }), strip, ...numbers.map((say) => textCell(say))];
    },
  });
  const draw = table.update;
  table.update = ({ reviewers }) =>
    draw(
      reviewers.map(([id, name, reviewed, reviewable]) => ({
        id, name: name || id, reviewed, reviewable, share: reviewable ? reviewed / reviewable : 0,
      })),
    );
  return table;
}

/** "about 12 min left (9 min to 16 min), until about 14:32", and what to say where that cannot be told. */
function whenDone(state) {
  const { counts, forecast, task, taken, total } = state;
  const left = total - finished(state);
  if (!total) return "The task has no inputs yet. Add some to its input source, and they appear here.";
  if (left === 0) return "All finished.";
  if (task.ended) return `Ended with ${number(left)} ${task.unit} unfinished.`;
  if (forecast) {
    const [, low, likely, high] = forecast;
    const between = span(low) === span(high) ? "" : ` (${span(low)} to ${span(high)})`;
    return `about ${span(likely)} left${between}, until about ${clock(taken + likely)}`;
  }
  if (counts[PENDING] === total) return "Nobody has handed in anything yet.";
  return "When it will be done shows after a few more are finished.";
}

function howFar(state) {
  const { total, estimated, task } = state;
  return `${number(finished(state))} of ${estimated ? "about " : ""}${number(total)} ${task.unit} finished`;
}

/** "Stalled with pending work: dan (17 min), eve (8 min) and 3 more." */
function stalledText({ stalled, workers, taken }) {
  const named = stalled.slice(0, 3).map((id) => {
    const i = workers.id.indexOf(id);
    return `${workers.name[i] || id} (${span(taken - (workers.changed[i] || workers.since[i]))})`;
  });
  const more = stalled.length > 3 ? ` and ${number(stalled.length - 3)} more` : "";
  return `Stalled with pending work: ${named.join(", ")}${more}.`;
}

function draws(place, life, ask) {
  const name = h("h3", { class: "tn-task", dir: "auto" });
  const status = h("span", { class: "tn-muted" });
  const fresh = h("span", { class: "tn-muted tn-fresh" });
  const again = h("button", { class: "tn-link", onclick: () => void refresh() }, "Refresh");
  const trouble = h("p", { class: "tn-error tn-trouble", role: "alert" });
  const silence = h("p", { class: "tn-trouble" });
  const share = h("strong", { class: "tn-share" });
  const far = h("span");
  const when = h("p", { class: "tn-when" });
  const total = bar("All work", "tn-bar-large");
  const numbers = legend();
  const stalled = h("p", { class: "tn-stalled", hidden: true });
  const chart = burnup();
  const spoken = h("p", { class: "tn-hidden", role: "status" });
  let state = null;
  let arrived = null;
  let tenth = null;
  let isGone = false;

  // The kernel's clock may differ from the reader's: what came while we watched is as old as our own clock says.
  const age = () => (arrived === null ? Date.now() / 1000 - state.taken : (performance.now() - arrived) / 1000);
  const workers = workersTable(life, () => state.taken + age());
  const reviewers = reviewersTable(life);

  place.append(
    h("header", { class: "tn-progress-head" }, name, status, h("span", { class: "tn-space" }), fresh, again),
    trouble,
    silence,
    h("p", { class: "tn-far" }, share, far),
    when,
    total,
    numbers,
    stalled,
    h("div", { class: "tn-progress-body" }, h("div", { class: "tn-tables" }, workers, reviewers), chart),
    spoken,
  );

  async function refresh() {
    try {
      await ask("refresh");
    } catch (error) {
      fill(trouble, error.message);
    }
  }

  function tick() {
    if (!state?.task) return;
    const stale = age() > STALE_SECONDS && !state.failure;
    place.classList.toggle("tn-stale", stale || isGone || Boolean(state.failure));
    fill(fresh, h("span", { title: exact(state.taken) }, `${state.failure || stale || isGone ? "Data from" : "Updated"} ${ago(age())}`));
    again.hidden = isGone;
    fill(trouble, isGone ? "" : troubles(state.failure));
    fill(silence, isGone ? `${GONE} What was seen last stays here.` : stale ? `No news since ${clock(state.taken)}. If the kernel was restarted, run the cell again.` : "");
    workers.tick();
  }

  function announce() {
    const now = state.total ? Math.floor((10 * finished(state)) / state.total) : 0;
    if (tenth !== null && now !== tenth) spoken.textContent = `${state.task.name}: ${howFar(state)}`;
    tenth = now;
  }

  function draw(next) {
    if (state && next.taken !== state.taken) arrived = performance.now();
    state = next;
    place.classList.toggle("tn-empty", !state.total);
    place.classList.toggle("tn-blank", !state.task);
    if (!state.task) {
      fill(name, "No data yet");
      fill(trouble, troubles(state.failure));
      return;
    }
    fill(name, state.task.name || state.task.id);
    name.title = state.task.name;
    fill(status, state.task.status);
    fill(share, percent(finished(state), state.total));
    fill(far, howFar(state));
    fill(when, whenDone(state));
    total.update(state.counts);
    numbers.update(state.counts, (key, count) => count > 0 || key === "pending" || key === "done");
    stalled.hidden = state.stalled.length === 0;
    if (!stalled.hidden) fill(stalled, stalledText(state));
    workers.update(state);
    reviewers.update(state);
    chart.update(state);
    announce();
    tick();
  }

  life.every(1000, tick);
  /** Say whether the kernel is there. */
  const tell = (gone) => {
    isGone = gone;
    tick();
  };
  return { draw, tell };
}

function troubles(failure) {
  if (failure) {
    const next = failure.retry === null ? "" : "; it is tried again by itself";
    return `Refreshing has failed since ${clock(failure.since)}${next}. ${failure.message}`;
  }
  return "";
}

function render({ model, el }) {
  const life = lifetime();
  const ask = asker(model, life);
  const place = root(el, "progress");
  const parts = draws(place, life, ask);
  const keep = keeper(life, ask, place);
  const draw = (state) => {
    parts.draw(state);
    keep();
  };
  listener(model, life, ask, parts.tell);
  draw(model.get("_state"));
  follow(model, life, ask, place, draw);
  return life.end;
}

export default { render };
