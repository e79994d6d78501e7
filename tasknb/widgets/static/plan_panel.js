// The plan: what the task will ask of each worker and reviewer, drawn from what Python computed.

import { counted, fill, h, number } from "./shared.js";
import { numeric } from "./form_controls.js";

const MANY = 12;
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const hours = (value) => (value < 10 ? String(Number(value.toPrecision(2))) : number(value));

/** The panel with the numbers, the bars and the rate. */
export function planPanel(form) {
  const totals = h("tbody");
  const workers = h("div", { class: "tf-loads" });
  const overlap = h("p", { class: "tf-help" });
  const reviewers = h("div", { class: "tf-loads" });
  const time = h("p", { class: "tf-help", "aria-live": "polite" });
  const rate = h("p", { class: "tf-rate" },
    h("label", {}, "At ", numeric(form, "rate", { min: "0", step: "any", "aria-label": "Labels an hour, each worker", placeholder: "–" }), " labels an hour, "),
    h("label", {}, numeric(form, "hours_a_day", { min: "0", max: "24", step: "any", "aria-label": "Hours a day, each worker" }), " hours a day"));
  const body = h("div", {}, h("table", { class: "tf-totals" }, totals), workers, overlap, reviewers, rate, time);
  const empty = h("p", { class: "tf-help" });

  form.draws.push(() => {
    const { plan } = form.checked;
    const isDrawn = Boolean(plan?.inputs);
    body.hidden = !isDrawn;
    empty.hidden = isDrawn;
    if (!isDrawn) {
      fill(empty, emptyText(form));
      return;
    }
    const isPeople = form.fields.work === "people";
    fill(totals, total("Inputs", plan.inputs, !isPeople), isPeople && [total("Labels per input", plan.labels_per_input || null), total("Labels in all", plan.labels || null, true)]);
    workers.hidden = !isPeople;
    fill(workers, plan.workers.length || !form.fields.workers.length ? loads(plan.exact ? "Inputs per worker" : "Inputs per worker, about", plan.workers) : h("p", { class: "tf-help" }, "The shares do not add up yet."));
    fill(overlap, overlapText(plan, form.fields));
    fill(reviewers, plan.reviewers.length ? loads(plan.review === "some" ? "To review, at most" : "To review", plan.reviewers, "awaiting-review") : []);
    rate.hidden = !isPeople || !plan.workers.length;
    fill(time, timeText(plan, form.fields));
  });
  return h("section", { class: "tf-plan", "aria-label": "Plan" }, h("h3", {}, "Plan"), empty, body);
}

const total = (label, value, strong = false) =>
  h("tr", { class: strong ? "tf-strong" : null }, h("th", { scope: "row" }, label), h("td", { class: "tn-number" }, value === null ? "–" : number(value)));

function emptyText(form) {
  if (form.checked.plan) return "There are no inputs to label yet.";
  if (form.fields.source === "DATASET" && !form.fields.dataset) return "Choose a dataset to see what each worker will get.";
  return "The number of inputs is not known yet.";
}

/** A bar for each person; many people scroll, and a line above says how far apart they are. */
function loads(title, people, status = "pending") {
  if (!people.length) return [];
  const most = Math.max(...people.map(([, count]) => count));
  const least = Math.min(...people.map(([, count]) => count));
  const range = least === most ? `${number(most)} each` : `${number(least)} to ${number(most)} each`;
  const isTimed = people.some(([, , time]) => time !== null);
  const row = ([who, count, time]) =>
    h("tr", {}, h("th", { scope: "row", dir: "auto", title: who }, who),
      h("td", { class: "tf-bar-cell", "aria-hidden": "true" }, h("span", { class: `tf-bar-fill tf-${status}`, style: `inline-size: ${(100 * count) / (most || 1)}%` })),
      h("td", { class: "tn-number" }, number(count)),
      isTimed && h("td", { class: "tn-number tn-muted" }, `${hours(time)} h`));
  const many = people.length > MANY;
  const table = h("table", { "aria-label": title }, h("tbody", {}, people.map(row)));
  return [
    h("h4", {}, title, many && h("span", { class: "tn-muted" }, `${number(people.length)} people, ${range}`)),
    h("div", many ? { class: "tf-scroll", tabindex: "0", role: "group", "aria-label": title } : {}, table),
  ];
}

function overlapText(plan, fields) {
  if (!plan.workers.length || fields.work === "model") return "";
  if (!plan.exact) return "Workers draw ten inputs at a time, so who is faster gets more. No input is given out twice.";
  if (plan.labels_per_input < 2) return plan.workers.length > 1 ? "No input is labeled twice, so agreement cannot be measured." : "";
  if (plan.labels_per_input === plan.workers.length) return `Every worker labels every input: ${counted(plan.labels_per_input, "label")} for each.`;
  return `${counted(plan.labels_per_input, "worker")} label each input; any two share about ${counted(plan.shared, "input")}.`;
}

function timeText(plan, fields) {
  if (plan.hours === null || fields.work === "model") return "";
  const end = plan.end && fields.hours_a_day > 0 ? `; done about ${DAY.format(new Date(plan.end))} if work starts now` : "";
  return `About ${hours(plan.hours)} h for the worker with the most${end}.`;
}
