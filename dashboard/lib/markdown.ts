/**
 * The Markdown that models answer in and people write in Discord, as pieces to show; every other text is itself.
 *
 * The time that it takes grows with the length alone, whatever somebody wrote: every pattern is bounded or looks at one
 * line once, and what was looked for in vain is not looked for again.
 */

import { type Reference, referenceAt } from "./references";

export type Span =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "reference"; to: Reference }
  | { kind: "strong" | "emphasis" | "underline" | "strike"; spans: Span[] };

export type Block =
  | { kind: "text" | "subtext"; text: string }
  | { kind: "heading"; text: string; level: number }
  | { kind: "item"; text: string; mark: string; depth: number }
  | { kind: "quote"; blocks: Block[] }
  | { kind: "code"; text: string };

const QUOTED = /^ *> /;
const QUOTED_TO_THE_END = /^ *>>> /;

/** The paragraphs, lists, quotes and fences of a text. An open fence goes on to the end, where the text was cut. */
export function blocksOf(text: string, isQuoted = false): Block[] {
  const blocks: Block[] = [];
  let end = -1;
  for (let at = 0; at < text.length; ) {
    // A line of many fences is gone through once.
    const isWhole = at > end;
    if (isWhole) end = lineEnd(text, at);
    const line = text.slice(at, end);
    const fence = fenceIn(line);
    const mayQuote = isWhole && !isQuoted;
    if (mayQuote && QUOTED_TO_THE_END.test(line)) {
      blocks.push({ kind: "quote", blocks: blocksOf(text.slice(at).replace(QUOTED_TO_THE_END, ""), true) });
      break;
    }
    if (mayQuote && QUOTED.test(line)) {
      const [quote, after] = quoteAt(text, at);
      blocks.push({ kind: "quote", blocks: blocksOf(quote, true) });
      at = after;
    } else if (fence) {
      addBefore(blocks, line.slice(0, fence.at));
      const [code, after] = codeFrom(text, at + fence.at + fence.length, fence.length);
      blocks.push({ kind: "code", text: code });
      at = after;
    } else {
      addLine(blocks, line);
      at = end + 1;
    }
  }
  return blocks.filter((block) => block.kind !== "text" || block.text.trim() !== "");
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** Three backticks or more, wherever in the line; a backslash takes the first one's meaning. */
function fenceIn(line: string): { at: number; length: number } | undefined {
  for (const { 0: run, index } of line.matchAll(/`{3,}/g)) {
    const escaped = line.charAt(index - 1) === "\\" ? 1 : 0;
    if (run.length - escaped >= 3) return { at: index + escaped, length: run.length - escaped };
  }
  return undefined;
}

/** What stands in a fence that `length` backticks opened, up to as many or more, and where the text goes on. */
function codeFrom(text: string, from: number, length: number): [string, number] {
  const runs = /`{3,}/g;
  runs.lastIndex = from;
  let close = runs.exec(text);
  while (close && close[0].length < length) close = runs.exec(text);
  const code = text.slice(from, close?.index).replace(/^[\w+#.-]*\r?\n/, "");
  const after = close ? close.index + close[0].length : text.length;
  return [code.endsWith("\n") ? code.slice(0, -1) : code, text.charAt(after) === "\n" ? after + 1 : after];
}

/** The words of lines that begin with "> ", and where the text goes on. */
function quoteAt(text: string, from: number): [string, number] {
  const lines: string[] = [];
  let at = from;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end);
    if (!QUOTED.test(line)) break;
    lines.push(line.replace(QUOTED, ""));
    at = end + 1;
  }
  return [lines.join("\n"), at];
}

function addLine(blocks: Block[], line: string): void {
  const block = blockOf(line);
  const last = blocks.at(-1);
  if (block.kind === "text" && last?.kind === "text") last.text += `\n${block.text}`;
  else blocks.push(block);
}

/** What stands before a fence in its line. */
function addBefore(blocks: Block[], words: string): void {
  if (words.trim()) addLine(blocks, words);
}

function blockOf(line: string): Block {
  const [, hashes, title] = /^(#{1,6}) (.*)$/.exec(line) ?? [];
  if (hashes && title) return { kind: "heading", text: title, level: hashes.length };
  if (line.startsWith("-# ") && line.slice(3).trim()) return { kind: "subtext", text: line.slice(3) };
  const [, indent, mark, item] = /^( {0,12})([-*+]|\d{1,9}[.)]) (.*)$/.exec(line) ?? [];
  if (indent === undefined || !mark || !item) return { kind: "text", text: line };
  return { kind: "item", text: item, mark: /\d/.test(mark) ? mark : "•", depth: Math.floor(indent.length / 2) };
}

const KINDS = { "**": "strong", __: "underline", "~~": "strike", "*": "emphasis", _: "emphasis" } as const;
type Mark = keyof typeof KINDS;
/** The longer ones first. */
const MARKS: readonly Mark[] = ["**", "__", "~~", "*", "_"];

const WORD = /[\p{L}\p{N}]/u;
const ESCAPABLE = /[!-/:-@[-`{-~]/;

/** More marks inside one another are not what anybody means, but what somebody might try. */
const DEEPEST = 8;

/** What stands inside one line or paragraph. */
export function spansOf(text: string, depth = 0): Span[] {
  if (depth === DEEPEST) return [{ kind: "text", text }];
  const spans: Span[] = [];
  const search: Search = { text, depth, missing: new Set(), ticks: ticksOf(text) };
  for (let at = 0; at < text.length; ) {
    const [span, length] = spanAt(search, at);
    const last = spans.at(-1);
    if (span.kind === "text" && last?.kind === "text") last.text += span.text;
    else spans.push(span);
    at += length;
  }
  return spans;
}

interface Search {
  text: string;
  depth: number;
  /** Marks that nothing closes from here on. */
  missing: Set<Mark>;
  /** Where runs of a number of backticks are, the last one first. */
  ticks: Map<number, number[]>;
}

function ticksOf(text: string): Map<number, number[]> {
  const ticks = new Map<number, number[]>();
  for (const { 0: run, index } of [...text.matchAll(/`+/g)].reverse()) {
    const places = ticks.get(run.length);
    if (places) places.push(index);
    else ticks.set(run.length, [index]);
  }
  return ticks;
}

/** What begins at a place, and how long it is. */
function spanAt(search: Search, at: number): [Span, number] {
  const { text } = search;
  const letter = text.charAt(at);
  if (letter === "\\" && ESCAPABLE.test(text.charAt(at + 1))) return plain(text.charAt(at + 1), 2);
  if (letter === "`") return codeAt(search, at);
  if (letter === "<") {
    const found = referenceAt(text, at);
    return found ? [{ kind: "reference", to: found.to }, found.length] : plain(letter);
  }
  const mark = markAt(text, at);
  return mark ? markedAt(search, at, mark) : plain(letter);
}

function plain(text: string, length = text.length): [Span, number] {
  return [{ kind: "text", text }, length];
}

/** Code between two runs of as many backticks; a space beside each only keeps backticks inside apart. */
function codeAt({ text, ticks }: Search, at: number): [Span, number] {
  let length = 1;
  while (text.charAt(at + length) === "`") length += 1;
  const places = ticks.get(length) ?? [];
  while ((places.at(-1) ?? text.length) < at + length) places.pop();
  const end = places.at(-1);
  if (end === undefined) return plain("`".repeat(length));
  const code = text.slice(at + length, end);
  const isSpaced = code.startsWith(" ") && code.endsWith(" ") && code.trim() !== "";
  return [{ kind: "code", text: isSpaced ? code.slice(1, -1) : code }, end + length - at];
}

function markedAt({ text, missing, depth }: Search, at: number, mark: Mark): [Span, number] {
  const from = at + mark.length;
  const end = missing.has(mark) ? -1 : closing(text, from, mark);
  if (end < 0) {
    missing.add(mark);
    return plain(mark);
  }
  return [{ kind: KINDS[mark], spans: spansOf(text.slice(from, end), depth + 1) }, end + mark.length - at];
}

/** What opens at a place: before something that is no space, and an underscore only where no word goes on. */
function markAt(text: string, at: number): Mark | undefined {
  const mark = MARKS.find((one) => text.startsWith(one, at));
  if (!mark || !text.charAt(at + mark.length).trim()) return undefined;
  return mark.startsWith("_") && WORD.test(text.charAt(at - 1)) ? undefined : mark;
}

function closing(text: string, from: number, mark: Mark): number {
  for (let end = text.indexOf(mark, from); end >= 0; end = text.indexOf(mark, end + mark.length)) {
    const letter = mark.charAt(0);
    // Of three, the first belongs to what is inside.
    while (mark.length === 2 && text.charAt(end + 2) === letter) end += 1;
    if (end > from && isClosing(text, end, mark)) return end;
  }
  return -1;
}

function isClosing(text: string, end: number, mark: Mark): boolean {
  if (!text.charAt(end - 1).trim()) return false;
  if (mark.startsWith("_") && WORD.test(text.charAt(end + mark.length))) return false;
  return mark.length === 2 || (text.charAt(end + 1) !== mark && text.charAt(end - 1) !== mark);
}

/** At most `limit` characters of a text, and nothing half that shows as one. */
export function beginningOf(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return text.slice(0, limit).replace(/<[^<>\n]{0,120}$|[\ud800-\udbff]$/, "");
}
