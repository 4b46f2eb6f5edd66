/** An id is no number to calculate with: it has more digits than a spreadsheet keeps, or looks like 12e45. */
export interface Id {
  id: string;
}

/** A Date is a moment, written as the viewer's clock shows it. */
export type Cell = string | number | Date | Id | null | undefined;

/**
 * A formula in somebody's message must not run in the owner's spreadsheet (OWASP, "CSV Injection"): Excel takes full-width
 * signs for the plain ones, and begins a new cell at a semicolon in many countries, where a line that breaks within
 * quotes begins a row of its own, too. A list's "- " is none there.
 */
const FORMULA =
  /^(?=[\s\p{Default_Ignorable_Code_Point}]*[=+\-@＝＋－＠﹦﹢﹣﹫−]|[\t\r\n])|(?<=[;\t] {0,9})(?=[=+\-@＝＋－＠﹦﹢﹣﹫−])|(?<=[\r\n] {0,9})(?=[=+@＝＋＠﹦﹢﹫]|[-－﹣−][^ ])/gu;
const PLAIN_ID = /^[\w:+-]+$/;

export function asId(id: string | null): Id | null {
  return id === null ? null : { id };
}

function cell(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return localTime(value);
  // The one form that every spreadsheet takes for text, whatever the text looks like.
  if (typeof value === "object") return PLAIN_ID.test(value.id) ? `"=""${value.id}"""` : quoted(value.id);
  return quoted(value);
}

function quoted(value: string): string {
  const text = value.replace(FORMULA, "'");
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** 2026-01-02 12:04:05, which spreadsheets take for a time; the column of `utcOffset` says of which zone. */
function localTime(at: Date): string {
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}

/** +09:00, of the viewer's zone at a moment. */
export function utcOffset(at: Date): Id {
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return { id: `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}` };
}

/** RFC 4180, with the byte order mark that Excel needs to read Japanese. */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${[header, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** Let the browser save a file. */
export function download(name: string, csv: string): void {
  const url = URL.createObjectURL(new Blob([csv], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
