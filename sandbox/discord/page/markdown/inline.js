// @ts-check
// Discord's inline markdown as a tree; https://support.discord.com/hc/en-us/articles/210298617. Pure: no DOM.

/** @typedef {import("../types").Node} Node */

const DEEPEST = 12;
const WORD = /[0-9A-Za-z]/;
const ESCAPABLE = /[!-/:-@[-`{-~]/;
const SHRUG = "¯\\_(ツ)_/¯";

/** @type {{ mark: string, type: "strong" | "em" | "u" | "s" | "spoiler" }[]} */
const PAIRS = [
  { mark: "**", type: "strong" },
  { mark: "__", type: "u" },
  { mark: "~~", type: "s" },
  { mark: "||", type: "spoiler" },
  { mark: "*", type: "em" },
  { mark: "_", type: "em" },
];

/** Everything in angle brackets, each with what it becomes.
 * @type {[RegExp, (match: RegExpExecArray) => Node][]} */
const BRACKETS = [
  [/<@!?(\d{1,20})>/y, (m) => ({ type: "mention", kind: "user", id: m[1] ?? "", name: "" })],
  [/<@&(\d{1,20})>/y, (m) => ({ type: "mention", kind: "role", id: m[1] ?? "", name: "" })],
  [/<#(\d{1,20})>/y, (m) => ({ type: "mention", kind: "channel", id: m[1] ?? "", name: "" })],
  [
    /<\/([^\n:<>]{1,100}):(\d{1,20})>/y,
    (m) => ({ type: "mention", kind: "command", id: m[2] ?? "", name: m[1] ?? "" }),
  ],
  [/<a?:(\w{2,32}):(\d{1,20})>/y, (m) => ({ type: "emoji", name: m[1] ?? "", id: m[2] ?? "" })],
  [/<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>/y, (m) => ({ type: "time", seconds: Number(m[1]), style: m[2] ?? "f" })],
  [/<(https?:\/\/[^\s<>]+)>/y, (m) => link(m[1] ?? "")],
];

/** @param {string} url @returns {Node} */
const link = (url) => ({ type: "link", url, title: "", children: [{ type: "text", text: url }] });

/**
 * Parse text without blocks.
 *
 * @param {string} source
 * @param {number} [depth]
 * @returns {Node[]}
 */
export function parseInline(source, depth = 0) {
  /** @type {Node[]} */
  const nodes = [];
  let text = "";
  let at = 0;
  while (at < source.length) {
    const taken = take(source, at, depth);
    if (!taken) {
      text += source[at++];
      continue;
    }
    if (typeof taken.node === "string") text += taken.node;
    else {
      if (text) nodes.push({ type: "text", text });
      text = "";
      nodes.push(taken.node);
    }
    at = taken.end;
  }
  if (text) nodes.push({ type: "text", text });
  return nodes;
}

/** @typedef {{ node: Node | string, end: number } | null} Taken */

/** @param {string} source @param {number} at @param {number} depth @returns {Taken} */
function take(source, at, depth) {
  switch (source[at]) {
    case "\\":
      return ESCAPABLE.test(source[at + 1] ?? "") ? { node: source[at + 1] ?? "", end: at + 2 } : null;
    case "¯":
      return source.startsWith(SHRUG, at) ? { node: SHRUG, end: at + SHRUG.length } : null;
    case "`":
      return takeCode(source, at);
    case "<":
      return takeBracket(source, at);
    case "[":
      return depth < DEEPEST ? takeMaskedLink(source, at, depth) : null;
    case "h":
      return takeUrl(source, at);
    case "@":
      return takeEveryone(source, at);
    case "*":
    case "_":
    case "~":
    case "|":
      return depth < DEEPEST ? takePair(source, at, depth) : null;
    default:
      return null;
  }
}

/** @param {string} source @param {number} at @returns {Taken} */
function takeCode(source, at) {
  const run = runLength(source, at, "`");
  for (let end = source.indexOf("`", at + run); end !== -1; end = source.indexOf("`", end)) {
    const closing = runLength(source, end, "`");
    if (closing === run) {
      const inside = source.slice(at + run, end);
      return {
        node: { type: "code", text: run > 1 ? inside.replace(/^ (?=`)|(?<=`) $/g, "") : inside },
        end: end + closing,
      };
    }
    end += closing;
  }
  return { node: "`".repeat(run), end: at + run };
}

/** @param {string} source @param {number} at @param {string} character */
function runLength(source, at, character) {
  let end = at;
  while (source[end] === character) end++;
  return end - at;
}

/** @param {string} source @param {number} at @returns {Taken} */
function takeBracket(source, at) {
  for (const [pattern, make] of BRACKETS) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) return { node: make(match), end: pattern.lastIndex };
  }
  return null;
}

/** @param {string} source @param {number} at @returns {Taken} */
function takeEveryone(source, at) {
  for (const name of ["everyone", "here"]) {
    if (source.startsWith(name, at + 1)) {
      return { node: { type: "mention", kind: "everyone", id: "", name }, end: at + 1 + name.length };
    }
  }
  return null;
}

/** @param {string} source @param {number} at @returns {Taken} */
function takeUrl(source, at) {
  if (at > 0 && WORD.test(source[at - 1] ?? "")) return null;
  const pattern = /https?:\/\/[^\s<>。、」』）]+/y;
  pattern.lastIndex = at;
  let url = pattern.exec(source)?.[0] ?? "";
  while (true) {
    const last = url.at(-1) ?? "";
    const unbalanced = last === ")" && url.split(")").length > url.split("(").length;
    if (!unbalanced && !/[.,:;"'\]!?*_~|]/.test(last)) break;
    url = url.slice(0, -1);
  }
  return /^https?:\/\/./.test(url) ? { node: link(url), end: at + url.length } : null;
}

/** `[text](address "title")`; the address must be http or https.
 * @param {string} source @param {number} at @param {number} depth @returns {Taken} */
function takeMaskedLink(source, at, depth) {
  const middle = closingBracket(source, at);
  if (middle === -1 || source[middle + 1] !== "(") return null;
  const pattern = /\(<?(https?:\/\/(?:[^\s()<>]|\([^\s()<>]*\))+)>?(?:\s+"([^"\n]*)")?\)/y;
  pattern.lastIndex = middle + 1;
  const match = pattern.exec(source);
  const label = source.slice(at + 1, middle);
  if (!match || !label.trim()) return null;
  const children = parseInline(label, depth + 1).map((node) =>
    node.type === "link" ? { type: /** @type {const} */ ("text"), text: node.url } : node,
  );
  return { node: { type: "link", url: match[1] ?? "", title: match[2] ?? "", children }, end: pattern.lastIndex };
}

/** @param {string} source @param {number} at */
function closingBracket(source, at) {
  let open = 0;
  for (let end = at; end < source.length; end++) {
    if (source[end] === "\\") end++;
    else if (source[end] === "[") open++;
    else if (source[end] === "]" && --open === 0) return end;
  }
  return -1;
}

/** @param {string} source @param {number} at @param {number} depth @returns {Taken} */
function takePair(source, at, depth) {
  for (const { mark, type } of PAIRS) {
    if (!source.startsWith(mark, at)) continue;
    if (mark === "_" && WORD.test(source[at - 1] ?? "")) continue;
    if (mark.length === 1 && /\s/.test(source[at + 1] ?? " ")) continue;
    const end = closingMark(source, at + mark.length, mark);
    if (end === -1) continue;
    return {
      node: { type, children: parseInline(source.slice(at + mark.length, end), depth + 1) },
      end: end + mark.length,
    };
  }
  return null;
}

/** Find where `mark` closes, past escapes and code.
 * @param {string} source @param {number} from @param {string} mark */
function closingMark(source, from, mark) {
  const character = mark.charAt(0);
  for (let at = from; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === "`") at = (takeCode(source, at)?.end ?? at + 1) - 1;
    else if (source[at] === character) {
      const run = runLength(source, at, character);
      const end = at + run - mark.length;
      if (closes(source, from, end, run, mark)) return end;
      at += run - 1;
    }
  }
  return -1;
}

/** Tell whether a run of the mark's character that ends with the mark may close it.
 * @param {string} source @param {number} from @param {number} end @param {number} run @param {string} mark */
function closes(source, from, end, run, mark) {
  if (run < mark.length || end <= from) return false;
  if (mark.length > 1) return true;
  if (run === 2 || /\s/.test(source[end - 1] ?? " ")) return false;
  return mark !== "_" || !WORD.test(source[end + 1] ?? "");
}
