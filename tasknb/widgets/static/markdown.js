// A preview of Markdown: headings, lists, quotes, code, emphasis, links and pictures, built as elements.
// Text stays text: HTML in it is shown as it was typed, and a link leads only where http(s) and mailto lead.

import { h } from "./shared.js";

const BLOCKS = [
  [/^```/, fenced],
  [/^(#{1,6})\s+(.*)$/, heading],
  [/^\s*[-*+]\s+/, bullets],
  [/^\s*\d+[.)]\s+/, numbers],
  [/^>\s?/, quote],
];
// In the order in which they win: code, picture, link, strong, emphasis.
const INLINE =
  /`([^`]+)`|!\[([^\]]*)\]\(([^)\s]+)\)|\[([^\]]+)\]\(([^)\s]+)\)|\*\*(?=\S)(.+?)\*\*|__(?=\S)(.+?)__|\*(?=\S)([^*]+)\*|(?<!\w)_(?=\S)([^_]+)_(?!\w)/;

/** The elements that a Markdown text means. */
export function markdown(text) {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const blocks = [];
  while (lines.length) {
    if (!lines[0].trim()) lines.shift();
    else {
      const make = BLOCKS.find(([pattern]) => pattern.test(lines[0]))?.[1] ?? paragraph;
      blocks.push(make(lines));
    }
  }
  return blocks;
}

/** Take lines off the front while they fit; at least one. */
function take(lines, fits) {
  const taken = [lines.shift()];
  while (lines.length && fits(lines[0])) taken.push(lines.shift());
  return taken;
}

function paragraph(lines) {
  const starts = (line) => BLOCKS.some(([pattern]) => pattern.test(line));
  return h("p", {}, inline(take(lines, (line) => line.trim() && !starts(line)).join("\n")));
}

function heading(lines) {
  const [, marks, text] = lines.shift().match(BLOCKS[1][0]);
  // The form's own headings end at level 3.
  return h(`h${Math.min(marks.length + 3, 6)}`, {}, inline(text));
}

function fenced(lines) {
  lines.shift();
  const end = lines.findIndex((line) => line.startsWith("```"));
  const code = lines.splice(0, end < 0 ? lines.length : end + 1);
  return h("pre", {}, h("code", {}, (end < 0 ? code : code.slice(0, -1)).join("\n")));
}

function bullets(lines) {
  return list("ul", lines, BLOCKS[2][0]);
}

function numbers(lines) {
  return list("ol", lines, BLOCKS[3][0]);
}

function list(tag, lines, mark) {
  const items = take(lines, (line) => mark.test(line));
  return h(tag, {}, items.map((line) => h("li", {}, inline(line.replace(mark, "")))));
}

function quote(lines) {
  const mark = BLOCKS[4][0];
  return h("blockquote", {}, markdown(take(lines, (line) => mark.test(line)).map((line) => line.replace(mark, "")).join("\n")));
}

function inline(text) {
  const found = INLINE.exec(text);
  if (!found) return [text];
  const [all, code, alt, source, label, target, ...emphasis] = found;
  const after = text.slice(found.index + all.length);
  return [text.slice(0, found.index), element(all, { code, alt, source, label, target, emphasis }), ...inline(after)];
}

function element(all, { code, alt, source, label, target, emphasis }) {
  if (code !== undefined) return h("code", {}, code);
  if (source !== undefined) return isSafe(source) ? h("img", { src: source, alt, loading: "lazy", referrerpolicy: "no-referrer" }) : all;
  if (target !== undefined) return isSafe(target) ? h("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, inline(label)) : all;
  const [strong, strongToo, soft, softToo] = emphasis;
  return strong ?? strongToo ? h("strong", {}, inline(strong ?? strongToo)) : h("em", {}, inline(soft ?? softToo));
}

const isSafe = (address) => /^(https?:\/\/|mailto:)/i.test(address);
