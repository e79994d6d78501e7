// The fields, in the order in which a person decides: what, from what, by whom, checked how.

import { counted, fill, h } from "./shared.js";
import { automaticFields, isAutomatic } from "./automatic.js";
import { filterFields } from "./filters.js";
import { check, choice, field, numeric, section, text } from "./form_controls.js";
import { instructions } from "./instructions.js";
import { picker } from "./picker.js";
import { weightTable } from "./weights.js";

const TYPES = [
  ["CONCEPTS_CLASSIFICATION", "Classification"],
  ["BOUNDING_BOX_DETECTION", "Boxes"],
  ["POLYGON_DETECTION", "Polygons"],
];
const STRATEGIES = [
  ["DYNAMIC", "Dynamic", "Each worker draws ten inputs at a time; every input has one worker."],
  ["PARTITIONED", "Partitioned", "Inputs are shared out at the start, to one or several workers each."],
  ["FULL", "Full", "Every worker labels every input."],
];
const REVIEWS = [
  ["NONE", "None", "Labels count as soon as they are submitted."],
  ["MANUAL", "Manual", "Reviewers look at every label."],
  ["CONSENSUS", "Consensus", "Labels count when enough workers agree; reviewers decide on the others."],
];
const PRIORITIES = [
  ["TASK_PRIORITY_NOT_SET", "Not set"],
  ["LOW", "Low"],
  ["MEDIUM", "Medium"],
  ["HIGH", "High"],
];

const WORK = [
  ["people", "People"],
  ["model", "A model"],
];

const byPeople = (fields) => fields.work === "people";
const isPartitioned = (fields) => byPeople(fields) && fields.strategy === "PARTITIONED";
const isWeighted = (fields) => isPartitioned(fields) && fields.partition === "WEIGHTED";

/** Make a concept or a person in the app, then know it. */
const adder = (form, question) => async (id) => {
  form.choices = await form.wait("Adding", question, { id });
};

export const taskSection = (form) =>
  section("Task",
    field(form, { name: "name", label: "Name" }, text(form, "name", { type: "text", autocomplete: "off" })),
    field(form, { name: "type", label: "Type", when: byPeople, group: true }, choice(form, "type", TYPES, { inline: true })),
    field(form, { name: "concepts", label: "Concepts", group: true },
      picker(form, { name: "concepts", noun: "concept", items: () => form.choices?.concepts ?? [], add: adder(form, "add_concept"),
        empty: "This app has no concepts yet. Type a name above to add the first." })),
    field(form, { name: "instructions", label: "Instructions", group: true, when: byPeople, help: "What labelers read before they start, in Markdown." }, instructions(form)),
  );

const SOURCES = [
  ["DATASET", "Dataset"],
  ["ALL_INPUTS", "All inputs of the app"],
  ["INPUT", "One input"],
  ["SAVED_SEARCH", "Saved search"],
];
const isFrom = (source) => (fields) => fields.source === source;

export const inputSection = (form) =>
  section("Inputs",
    field(form, { name: "source", label: "Source", group: true },
      choice(form, "source", SOURCES, { inline: true, when: (fields, source) => source !== "SAVED_SEARCH" || form.choices?.searches || fields.source === source })),
    field(form, { name: "dataset", label: "Dataset", when: isFrom("DATASET") }, datasetSelect(form)),
    field(form, { name: "input", label: "Input id", when: isFrom("INPUT"), help: "Such as a live video." }, text(form, "input", { type: "text", autocomplete: "off" })),
    field(form, { name: "search", label: "Search id", when: isFrom("SAVED_SEARCH") }, text(form, "search", { type: "text", autocomplete: "off" })),
    inputCount(form),
  );

function datasetSelect(form) {
  const select = h("select", { class: "tf-select", onchange: () => form.set({ dataset: select.value }, "dataset") });
  form.draws.push(() => {
    const { dataset } = form.fields;
    const ids = (form.choices?.datasets ?? []).map((one) => one.id);
    const offered = dataset && !ids.includes(dataset) ? [dataset, ...ids] : ids;
    const none = form.choices && !offered.length ? "This app has no datasets" : "Choose a dataset";
    fill(select, h("option", { value: "" }, none), offered.map((id) => h("option", { value: id }, id)));
    select.value = dataset;
  });
  return select;
}

function inputCount(form) {
  const text = h("p", { class: "tf-help tf-below", role: "status" });
  form.draws.push(() => {
    const { plan, inputs_problem: problem } = form.checked;
    fill(text, plan ? counted(plan.inputs, "input") : problem);
    text.hidden = !text.textContent;
  });
  return text;
}

export const workerSection = (form) =>
  section("Assignment",
    field(form, { name: "work", label: "Labeled by", group: true }, choice(form, "work", WORK, { inline: true })),
    automaticFields(form),
    field(form, { name: "workers", label: "Workers", when: byPeople, group: true },
      picker(form, { name: "workers", noun: "worker", items: () => form.choices?.people ?? [], add: adder(form, "add_person"),
        empty: "Nobody works in this app yet. Type a user id above to add the first." })),
    field(form, { name: "strategy", label: "Strategy", when: byPeople, group: true }, choice(form, "strategy", STRATEGIES)),
    field(form, { name: "workers_per_input", label: "Workers per input", when: isPartitioned, help: "How many different workers label each input." },
      numeric(form, "workers_per_input", { min: "1" })),
    field(form, { name: "partition", label: "Shares", when: isPartitioned, group: true },
      choice(form, "partition", [["EVENLY", "Even"], ["WEIGHTED", "By weight"]], { inline: true })),
    field(form, { name: "weights", label: "Weights", when: (fields) => isWeighted(fields) && fields.workers.length > 0, group: true }, weightTable(form)),
  );

/** There is nobody to agree with where one model does the work. */
const canReview = (fields, strategy) => strategy !== "CONSENSUS" || byPeople(fields) || fields.review === strategy;
const isReviewed = (fields) => fields.review !== "NONE";
const isConsensus = (fields) => fields.review === "CONSENSUS";

export const reviewSection = (form) =>
  section("Review",
    field(form, { name: "review", label: "Strategy", group: true }, choice(form, "review", REVIEWS, { when: canReview })),
    field(form, { name: "agreement", label: "Must agree", when: isConsensus, help: "How many labelers must agree on an input. 0 sends every input to the reviewers." },
      numeric(form, "agreement", { min: "0" })),
    field(form, { name: "reviewers", label: "Reviewers", when: isReviewed, group: true },
      picker(form, { name: "reviewers", noun: "reviewer", items: () => form.choices?.people ?? [], add: adder(form, "add_person"),
        empty: "Nobody works in this app yet. Type a user id above to add the first." })),
    field(form, { name: "all_reviewers", label: "Decision", when: isConsensus, group: true }, check(form, "all_reviewers", "All reviewers must approve, not just one")),
  );

const holds = (fields) =>
  fields.priority !== "TASK_PRIORITY_NOT_SET" || fields.sample_ms !== null || (isAutomatic(fields) && (fields.outline !== "" || fields.time_of_day.some(Boolean)));

/** What few tasks need, folded away; opens where it holds something, or a problem. */
export function moreSection(form) {
  const fold = h("details", { class: "tf-fold" }, h("summary", {}, "More"),
    field(form, { name: "priority", label: "Priority", group: true }, choice(form, "priority", PRIORITIES, { inline: true })),
    field(form, { name: "sample_ms", label: "Video frames", help: "Milliseconds from one frame to the next, for videos. Empty: the service's own choice." },
      numeric(form, "sample_ms", { min: "0" })),
    filterFields(form),
  );
  let held = false;
  form.draws.push(() => {
    const isHeld = holds(form.fields);
    if ((isHeld && !held) || ["priority", "sample_ms", "time_of_day", "outline"].some((name) => form.problemsOf(name).length)) fold.open = true;
    held = isHeld;
  });
  return h("section", { class: "tf-section" }, fold);
}
