// @ts-check
// Discord's markdown blocks as a tree: fences, headings, subtext, quotes, lists. Pure: no DOM.

import { parseInline } from "./inline.js";

/** @typedef {import("../types").Node} Node */

const FENCE = /```(?:([\w+\-.#]{1,40})\n)?\n*([\s\S]+?)\n*```/y;
const HEADING = /^(#{1,3})\s+(\S.*)$/;
const SUBTEXT = /^-#\s+(\S.*)$/;
const ITEM = /^(\s*)(?:([-*])|(\d{1,9})\.)\s+(\S.*)$/;
const DEEPEST = 4;

/**
 * Parse a whole message or embed text.
 *
 * @param {string} source
 * @param {number} [depth] how many quotes it is in
 * @returns {Node[]}
 */
export function parse(source, depth = 0) {
  /** @type {Node[]} */
  const nodes = [];
  let paragraph = "";
  let at = 0;
  const flush = () => {
    if (paragraph) nodes.push(...parseInline(paragraph.replace(/\n$/, "")));
    paragraph = "";
  };
  while (at < source.length) {
    const block = takeBlock(source, at, depth);
    if (block) {
      flush();
      nodes.push(block.node);
      at = block.end;
      continue;
    }
    const end = lineEnd(source, at);
    const fence = takeFence(source, at, end);
    if (!fence) {
      paragraph += source.slice(at, end + 1);
      at = end + 1;
      continue;
    }
    paragraph += source.slice(at, fence.start);
    flush();
    nodes.push(fence.node);
    at = source[fence.end] === "\n" ? fence.end + 1 : fence.end;
  }
  flush();
  return nodes;
}

/** @param {string} source @param {number} at */
function lineEnd(source, at) {
  const end = source.indexOf("\n", at);
  return end === -1 ? source.length : end;
}

/** @param {string} source @param {number} at @param {number} depth @returns {{ node: Node, end: number } | null} */
function takeBlock(source, at, depth) {
  const end = lineEnd(source, at);
  const line = source.slice(at, end);
  const heading = HEADING.exec(line);
  if (heading) {
    return {
      node: { type: "heading", level: heading[1]?.length ?? 1, children: parseInline(heading[2] ?? "") },
      end: end + 1,
    };
  }
  const subtext = SUBTEXT.exec(line);
  if (subtext) return { node: { type: "subtext", children: parseInline(subtext[1] ?? "") }, end: end + 1 };
  if (depth < DEEPEST && line.startsWith(">>> ")) {
    return { node: { type: "quote", children: parse(source.slice(at + 4), depth + 1) }, end: source.length };
  }
  if (depth < DEEPEST && /^> /.test(line)) return takeQuote(source, at, depth);
  return ITEM.test(line) ? takeList(source, at) : null;
}

/** @param {string} source @param {number} at @param {number} depth @returns {{ node: Node, end: number }} */
function takeQuote(source, at, depth) {
  const lines = [];
  let end = at;
  while (end < source.length && /^> ?/.test(source.slice(end, end + 2)) && source[end] === ">") {
    const stop = lineEnd(source, end);
    lines.push(source.slice(end, stop).replace(/^> ?/, ""));
    end = stop + 1;
  }
  return { node: { type: "quote", children: parse(lines.join("\n"), depth + 1) }, end };
}

/** @typedef {{ indent: number, ordered: boolean, start: number, text: string }} Item */

/** @param {string} source @param {number} at @returns {{ node: Node, end: number }} */
function takeList(source, at) {
  /** @type {Item[]} */
  const items = [];
  let end = at;
  while (end < source.length) {
    const stop = lineEnd(source, end);
    const line = source.slice(end, stop);
    const match = ITEM.exec(line);
    const last = items.at(-1);
    if (match)
      items.push({
        indent: match[1]?.length ?? 0,
        ordered: match[2] === undefined,
        start: Number(match[3] ?? 1),
        text: match[4] ?? "",
      });
    else if (last && /^\s{2,}\S/.test(line) && !line.includes("```")) last.text += `\n${line.trim()}`;
    else break;
    end = stop + 1;
  }
  return { node: nest(items), end };
}

/**
 * Nest items by their indentation. A deeper item belongs to the one before it.
 *
 * @param {Item[]} items at least one
 * @returns {Node}
 */
function nest(items) {
  const first = /** @type {Item} */ (items[0]);
  /** @type {Node[][]} */
  const entries = [];
  let index = 0;
  while (index < items.length) {
    const item = /** @type {Item} */ (items[index++]);
    const from = index;
    while (index < items.length && /** @type {Item} */ (items[index]).indent > first.indent) index++;
    const entry = parseInline(item.text);
    if (index > from) entry.push(nest(items.slice(from, index)));
    entries.push(entry);
  }
  return { type: "list", ordered: first.ordered, start: first.start, items: entries };
}

/** Find a fence that opens between `at` and `end`, outside inline code.
 * @param {string} source @param {number} at @param {number} end
 * @returns {{ node: Node, start: number, end: number } | null} */
function takeFence(source, at, end) {
  for (let start = source.indexOf("```", at); start !== -1 && start < end; start = source.indexOf("```", start + 1)) {
    if (source[start - 1] === "\\") continue;
    FENCE.lastIndex = start;
    const match = FENCE.exec(source);
    if (match)
      return { node: { type: "fence", language: match[1] ?? "", text: match[2] ?? "" }, start, end: FENCE.lastIndex };
  }
  return null;
}
