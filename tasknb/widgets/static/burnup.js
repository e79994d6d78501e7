// The burn-up chart: how much was in which status when, and where it is heading. Drawn by DOM calls.
import { fill, h, number, svg } from "./shared.js";
import { clock, span } from "./times.js";

const WIDTH = 600;
const HEIGHT = 160;
// From the bottom up; what is pending is the empty space below the line of the total.
const LAYERS = [
  ["done", 3],
  ["rejected", 4],
  ["awaiting_consensus", 2],
  ["awaiting_review", 1],
];

/** The last moment on the time axis: the end of the forecast, but the past keeps at least a third of the width. */
export function horizon(history, forecast) {
  const first = history[0][0];
  const now = history.at(-1)[0];
  if (!forecast) return now;
  return now + Math.min(forecast[3] * 1.02, 2 * (now - first));
}

/** The corners of one layer as "x,y x,y …", given what lies below it at each point. */
export function outline(history, below, heights, x, y) {
  const top = history.map(([time], i) => `${x(time)},${y(below[i] + heights[i])}`);
  const bottom = history.map(([time], i) => `${x(time)},${y(below[i])}`).reverse();
  return [...top, ...bottom].join(" ");
}

function layers(history, x, y) {
  const below = history.map(() => 0);
  return LAYERS.map(([key, status]) => {
    const heights = history.map((point) => point[2 + status]);
    const points = outline(history, below, heights, x, y);
    heights.forEach((height, i) => (below[i] += height));
    return svg("polygon", { points, "data-status": key, class: "tn-layer" });
  });
}

function cone([time, total, ...counts], [, low, likely, high], x, y) {
  const start = `${x(time)},${y(counts[3] + counts[4])}`;
  const end = (seconds) => `${x(time + seconds)},${y(total)}`;
  return [
    svg("polygon", { points: `${start} ${end(low)} ${end(high)}`, class: "tn-cone", "data-status": "done" }),
    svg("polyline", { points: `${start} ${end(likely)}`, class: "tn-ahead", "data-status": "done" }),
  ];
}

/** The chart; `update(state)` redraws it, and hides it while there is no stretch of time to show. */
export function burnup() {
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
  const top = h("span", { class: "tn-burnup-top" });
  const times = h("div", { class: "tn-burnup-times", "aria-hidden": "true" });
  const element = h("figure", { class: "tn-burnup", hidden: true }, h("figcaption", {}, "Over time"), top, picture, times);
  element.update = ({ history, forecast, total, estimated, task }) => {
    element.hidden = history.length < 2 || history.at(-1)[0] - history[0][0] < 2 || !total;
    if (element.hidden) return;
    const [first, now, end] = [history[0][0], history.at(-1)[0], horizon(history, forecast)];
    const most = Math.max(...history.map((point) => point[1]));
    const x = (time) => Math.round((10 * WIDTH * (time - first)) / (end - first)) / 10;
    const y = (count) => Math.round(10 * (HEIGHT - (HEIGHT * count) / most)) / 10;
    const steps = history.map((point) => `${x(point[0])},${y(point[1])}`);
    const scope = svg("polyline", { points: [...steps, `${WIDTH},${y(total)}`].join(" "), class: "tn-scope" });
    const line = svg("line", { x1: x(now), x2: x(now), y1: 0, y2: HEIGHT, class: "tn-now" });
    const ahead = forecast ? [...cone(history.at(-1), forecast, x, y), line] : [];
    picture.replaceChildren(...layers(history, x, y), ...ahead, scope);
    const said = forecast ? `about ${span(forecast[2])} left` : "no forecast";
    picture.setAttribute("aria-label", `Burn-up since ${clock(first)}: ${number(total)} ${task.unit} in all, ${said}`);
    fill(top, `${estimated ? "about " : ""}${number(total)} ${task.unit}`);
    const share = (100 * (now - first)) / (end - first);
    const moment = (time) => clock(time, end - first < 600);
    fill(
      times,
      h("span", {}, moment(first)),
      forecast && share > 20 && share < 80 && h("span", { style: `inset-inline-start: ${share}%`, class: "tn-burnup-now" }, moment(now)),
      h("span", {}, moment(end)),
    );
  };
  return element;
}
