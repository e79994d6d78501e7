// Which predictions of an automatic task are taken at all: by the time of day, and by where in the image they are.

import { h, svg } from "./shared.js";
import { isAutomatic } from "./automatic.js";
import { field, text } from "./form_controls.js";

const TAGS_AND_SPANS = 1 | 16;
/** Tags and spans of text have no place in an image. */
const hasPlaces = ({ data_types: types }) => types === 0 || (types & ~TAGS_AND_SPANS) !== 0;

export const filterFields = (form) => [
  field(form, { name: "time_of_day", label: "Time of day", when: isAutomatic, group: true, help: "Only inputs taken between these times; from 22:00 to 06:00 passes midnight. An empty end is midnight, two are any time." },
    timeOfDay(form)),
  field(form, { name: "outline", label: "Area", when: (fields) => isAutomatic(fields) && hasPlaces(fields), group: true, help: "Only detections that touch this outline: row,column of each corner, from 0,0 at the top left to 1,1. Empty: anywhere." },
    outline(form)),
];

function timeOfDay(form) {
  const inputs = ["From", "To"].map((label, index) => {
    const set = (event) => form.set({ time_of_day: form.fields.time_of_day.with(index, event.target.value) }, "time_of_day");
    const input = h("input", { type: "time", class: "tf-time", "aria-label": label, oninput: set });
    return { input, row: h("label", { class: "tf-option" }, h("span", {}, label.toLowerCase()), input) };
  });
  form.draws.push(() => {
    inputs.forEach(({ input }, index) => {
      const value = form.fields.time_of_day[index];
      // A time that is half typed has no value yet, and must not be wiped out.
      if (input.value !== value && !(document.activeElement === input && value === "")) input.value = value;
    });
  });
  return h("div", { class: "tf-choice tf-inline", role: "group" }, inputs.map(({ row }) => row));
}

/** The corners as [row, column], as far as they can be read. */
const corners = (typed) =>
  typed.replaceAll(/\s*,\s*/g, ",").split(/[\s;]+/).map((pair) => pair.split(",").map(Number)).filter((pair) => pair.length === 2 && pair.every(Number.isFinite));

/** The corners as text, and a square that shows where in the image they are. */
function outline(form) {
  const input = text(form, "outline", { type: "text", autocomplete: "off", placeholder: "0,0 0,1 0.5,1 0.5,0", "aria-label": "Corners of the area" });
  const shape = svg("polygon", {});
  const image = svg("svg", { class: "tf-area", viewBox: "0 0 1 1", "aria-hidden": "true" }, shape);
  form.draws.push(() => shape.setAttribute("points", corners(form.fields.outline).map(([row, column]) => `${column},${row}`).join(" ")));
  return h("div", { class: "tf-bar", role: "group" }, input, image);
}
