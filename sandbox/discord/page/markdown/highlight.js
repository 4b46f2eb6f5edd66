// @ts-check
// A light tint for fenced code: comments, strings, numbers, keywords. One scanner for many languages.

import { h } from "../dom.js";

const COMMON =
  "break case catch class const continue default do else export extends finally for from function if import in interface let new null of return static super switch this throw true false try typeof var void while with yield async await";

/** @type {Record<string, { keywords: string, comment: string }>} */
const LANGUAGES = {
  python: {
    keywords:
      "and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return self True try while with yield",
    comment: "#[^\\n]*",
  },
  javascript: { keywords: COMMON, comment: "//[^\\n]*|/\\*[\\s\\S]*?\\*/" },
  typescript: {
    keywords: `${COMMON} type enum implements private public readonly namespace declare as keyof string number boolean unknown never`,
    comment: "//[^\\n]*|/\\*[\\s\\S]*?\\*/",
  },
  rust: {
    keywords:
      "as async await break const continue crate else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while",
    comment: "//[^\\n]*|/\\*[\\s\\S]*?\\*/",
  },
  go: {
    keywords:
      "break case chan const continue default defer else fallthrough for func go goto if import interface map nil package range return select struct switch true false type var",
    comment: "//[^\\n]*|/\\*[\\s\\S]*?\\*/",
  },
  c: {
    keywords: `${COMMON} auto bool char delete double enum float include int long namespace private protected public short signed sizeof struct template typedef union unsigned using virtual final abstract package boolean String`,
    comment: "//[^\\n]*|/\\*[\\s\\S]*?\\*/",
  },
  sql: {
    keywords:
      "select from where insert into values update set delete create table index view drop alter add primary key references not null and or in is as on join left right inner outer group by order limit having distinct union all count sum avg min max grant policy default case when then else end begin commit",
    comment: "--[^\\n]*",
  },
  bash: {
    keywords:
      "if then else elif fi for in do done while case esac function return export local echo cd exit set source sudo make pip python npm git",
    comment: "#[^\\n]*",
  },
  json: { keywords: "true false null", comment: "(?!)" },
  css: { keywords: "important media supports import from to root", comment: "/\\*[\\s\\S]*?\\*/" },
};

/** @type {Record<string, string>} */
const ALIASES = {
  py: "python",
  js: "javascript",
  jsx: "javascript",
  mjs: "javascript",
  ts: "typescript",
  tsx: "typescript",
  rs: "rust",
  sh: "bash",
  shell: "bash",
  zsh: "bash",
  console: "bash",
  toml: "bash",
  yaml: "bash",
  yml: "bash",
  ini: "bash",
  cpp: "c",
  "c++": "c",
  java: "c",
  cs: "c",
  csharp: "c",
  kotlin: "c",
  swift: "c",
  php: "c",
  postgresql: "sql",
  jsonc: "json",
  scss: "css",
};

/**
 * Return the code's text in spans by kind; unknown languages stay plain.
 *
 * @param {string} code
 * @param {string} language as written after the fence
 * @returns {(HTMLElement | string)[]}
 */
export function highlight(code, language) {
  const name = language.toLowerCase();
  const known = LANGUAGES[ALIASES[name] ?? name];
  if (!known) return [code];
  const keywords = known.keywords.split(" ").join("|");
  const scanner = new RegExp(
    `(?<comment>${known.comment})|(?<string>"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'|\`(?:[^\`\\\\]|\\\\.)*\`)` +
      `|(?<number>\\b\\d[\\w.]*\\b)|(?<keyword>\\b(?:${keywords})\\b)|(?<call>\\b[A-Za-z_]\\w*(?=\\())`,
    known === LANGUAGES.sql ? "gi" : "g",
  );
  /** @type {(HTMLElement | string)[]} */
  const parts = [];
  let at = 0;
  for (const match of code.matchAll(scanner)) {
    const kind = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)?.[0];
    if (match.index > at) parts.push(code.slice(at, match.index));
    parts.push(h("span", { class: `token-${kind}` }, match[0]));
    at = match.index + match[0].length;
  }
  parts.push(code.slice(at));
  return parts;
}
