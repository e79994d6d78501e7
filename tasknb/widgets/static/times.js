// Times in words, written as `tasknb.look` writes them.
const NO_BREAK = "\u202f";

const two = (large, largeUnit, small, smallUnit) =>
  `${large}${NO_BREAK}${largeUnit}${small ? ` ${small}${NO_BREAK}${smallUnit}` : ""}`;

/** A length of time in at most two units: "40 s", "12 min", "2 h 10 min". */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}${NO_BREAK}s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes}${NO_BREAK}min`;
  if (minutes < 24 * 60) return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(whole / 3600);
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** "just now", "40 s ago". Below a minute it counts in steps of five, so that it does not flicker. */
export function ago(seconds) {
  if (seconds < 5) return "just now";
  return `${span(seconds < 60 ? Math.floor(seconds / 5) * 5 : seconds)} ago`;
}

/**
 * A moment on the reader's clock, with the day where it is not today: "14:32", "Nov 24, 14:32"; and with the second
 * where minutes are too coarse: "14:32:07".
 */
export function clock(seconds, fine = false) {
  const moment = new Date(seconds * 1000);
  const time = { hour: "2-digit", minute: "2-digit", ...(fine && { second: "2-digit" }), hourCycle: "h23" };
  const today = moment.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat("en", today ? time : { month: "short", day: "numeric", ...time }).format(moment);
}

/** The same to the second with its date, for hovering. */
export const exact = (seconds) => new Date(seconds * 1000).toLocaleString();
