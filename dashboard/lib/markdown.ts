/** The Markdown that models answer in and people write in Discord, as pieces to show; every other text is itself. */

export type Span =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "emphasis" | "underline" | "strike"; spans: Span[] };

export type Block =
  | { kind: "text" | "quote"; text: string }
  | { kind: "heading"; text: string; level: number }
  | { kind: "item"; text: string; mark: string; depth: number }
  | { kind: "code"; text: string };

/** The paragraphs, lists and fences of a text. An open fence goes on to the end, where the text was cut. */
export function blocksOf(text: string): Block[] {
  return text.split("```").flatMap((part, place): Block[] => {
    if (place % 2 === 0) return linesOf(part);
    const code = part.replace(/^[\w+#.-]*\r?\n/, "").replace(/\n$/, "");
    return [{ kind: "code", text: code }];
  });
}

function linesOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (const line of text.replace(/^\n/, "").replace(/\n$/, "").split("\n")) {
    const block = blockOf(line);
    const last = blocks.at(-1);
    if (last && last.kind === block.kind && (last.kind === "text" || last.kind === "quote")) {
      last.text += `\n${block.text}`;
    } else blocks.push(block);
  }
  return blocks.filter((block) => block.kind !== "text" || block.text.trim() !== "");
}

function blockOf(line: string): Block {
  const [, hashes, title] = /^(#{1,6}) (.*)$/.exec(line) ?? [];
  if (hashes && title) return { kind: "heading", text: title, level: hashes.length };
  if (line.startsWith("> ")) return { kind: "quote", text: line.slice(2) };
  const [, indent, mark, item] = /^( {0,12})([-*+]|\d{1,9}[.)]) (.*)$/.exec(line) ?? [];
  if (indent === undefined || !mark || !item) return { kind: "text", text: line };
  return { kind: "item", text: item, mark: /\d/.test(mark) ? mark : "•", depth: Math.floor(indent.length / 2) };
}

const KINDS = { "**": "strong", __: "underline", "~~": "strike", "*": "emphasis", _: "emphasis" } as const;
type Mark = keyof typeof KINDS;
/** The longer ones first. */
const MARKS: readonly Mark[] = ["**", "__", "~~", "*", "_"];

const WORD = /[\p{L}\p{N}]/u;
const ESCAPABLE = /[\\`*_~|>#[\]()-]/;

/** More marks inside one another are not what anybody means, but what somebody might try. */
const DEEPEST = 8;

/** What stands inside one line or paragraph. The time it takes grows with the length alone. */
export function spansOf(text: string, depth = 0): Span[] {
  if (depth === DEEPEST) return [{ kind: "text", text }];
  const spans: Span[] = [];
  const missing = new Set<string>();
  for (let at = 0; at < text.length; ) {
    const [span, length] = spanAt(text, at, missing, depth);
    const last = spans.at(-1);
    if (span.kind === "text" && last?.kind === "text") last.text += span.text;
    else spans.push(span);
    at += length;
  }
  return spans;
}

/** What begins at a place, and how long it is; `missing` are marks that nothing closes from here on. */
function spanAt(text: string, at: number, missing: Set<string>, depth: number): [Span, number] {
  if (text.charAt(at) === "\\" && ESCAPABLE.test(text.charAt(at + 1))) {
    return [{ kind: "text", text: text.charAt(at + 1) }, 2];
  }
  const mark = text.charAt(at) === "`" ? "`" : (markAt(text, at) ?? "");
  const from = at + mark.length;
  const end = mark && !missing.has(mark) ? closing(text, from, mark) : -1;
  if (end < 0) {
    missing.add(mark);
    const plain = mark || text.charAt(at);
    return [{ kind: "text", text: plain }, plain.length];
  }
  const inside = text.slice(from, end);
  const kind = mark === "`" ? "code" : KINDS[mark as Mark];
  const span: Span = kind === "code" ? { kind, text: inside } : { kind, spans: spansOf(inside, depth + 1) };
  return [span, end + mark.length - at];
}

/** What opens at a place: before something that is no space, and an underscore only where no word goes on. */
function markAt(text: string, at: number): Mark | undefined {
  const mark = MARKS.find((one) => text.startsWith(one, at));
  if (!mark || !text.charAt(at + mark.length).trim()) return undefined;
  return mark.startsWith("_") && WORD.test(text.charAt(at - 1)) ? undefined : mark;
}

function closing(text: string, from: number, mark: string): number {
  for (let end = text.indexOf(mark, from); end >= 0; end = text.indexOf(mark, end + mark.length)) {
    const letter = mark.charAt(0);
    // Of three, the first belongs to what is inside.
    while (mark.length === 2 && text.charAt(end + 2) === letter) end += 1;
    if (end > from && (mark === "`" || isClosing(text, end, mark))) return end;
  }
  return -1;
}

function isClosing(text: string, end: number, mark: string): boolean {
  if (!text.charAt(end - 1).trim()) return false;
  if (mark.startsWith("_") && WORD.test(text.charAt(end + mark.length))) return false;
  return mark.length === 2 || (text.charAt(end + 1) !== mark && text.charAt(end - 1) !== mark);
}
