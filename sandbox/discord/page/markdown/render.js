// @ts-check
// From the markdown tree to elements.

import { h, outwardLink } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../texts.js";
import { highlight } from "./highlight.js";
import { parseInline } from "./inline.js";
import { parse } from "./parse.js";
import { timestamp } from "./time.js";

/** @typedef {import("../types").Node} Tree */
/**
 * What ids in a text stand for.
 * @typedef {object} Names
 * @property {string} me
 * @property {(id: string) => string | undefined} user
 * @property {(id: string) => { name: string, color: number } | undefined} role
 * @property {(id: string) => string | undefined} channel
 * @property {(id: string) => void} openChannel
 * @property {(name: string) => void} openCommand
 */

const ONLY_EMOJI = /^(?:\p{RGI_Emoji}|<a?:\w+:\d+>|\s)+$/v;

/**
 * Render a message's or an embed's text, blocks included.
 *
 * @param {string} source
 * @param {Names} names
 * @returns {HTMLElement}
 */
export function markdown(source, names) {
  const jumbo = source.length < 120 && /\S/.test(source) && ONLY_EMOJI.test(source);
  return h(
    "div",
    { class: jumbo ? "markdown jumbo" : "markdown" },
    parse(source).map((node) => render(node, names)),
  );
}

/**
 * Render a text in which Discord knows no blocks, such as an embed's title or a field's name.
 *
 * @param {string} source
 * @param {Names} names
 * @returns {HTMLElement}
 */
export function inlineMarkdown(source, names) {
  return h(
    "span",
    { class: "markdown" },
    parseInline(source).map((node) => render(node, names)),
  );
}

/** @param {Tree} node @param {Names} names @returns {HTMLElement | string} */
function render(node, names) {
  switch (node.type) {
    case "text":
      return node.text;
    case "strong":
    case "em":
    case "u":
    case "s":
      return h(node.type, null, children(node.children, names));
    case "spoiler":
      return spoiler(children(node.children, names));
    case "heading":
      return h(
        /** @type {"h3" | "h4" | "h5"} */ (`h${node.level + 2}`),
        { class: `heading-${node.level}` },
        children(node.children, names),
      );
    case "subtext":
      return h("small", { class: "subtext" }, children(node.children, names));
    case "quote":
      return h("blockquote", null, children(node.children, names));
    case "list":
      return h(
        node.ordered ? "ol" : "ul",
        node.ordered && node.start !== 1 ? { start: node.start } : null,
        node.items.map((item) => h("li", null, children(item, names))),
      );
    case "code":
      return h("code", { class: "inline-code" }, node.text);
    case "fence":
      return fence(node.text, node.language);
    case "link":
      return outwardLink(node.url, { title: node.title || node.url }, children(node.children, names));
    case "mention":
      return mention(node, names);
    case "emoji":
      return h("span", { class: "custom-emoji", title: `:${node.name}:` }, `:${node.name}:`);
    case "time":
      return timestamp(node.seconds, node.style);
  }
}

/** @param {Tree[]} nodes @param {Names} names */
const children = (nodes, names) => nodes.map((node) => render(node, names));

/** @param {(HTMLElement | string)[]} content */
function spoiler(content) {
  const element = h(
    "span",
    { class: "spoiler", role: "button", tabindex: "0", "aria-expanded": "false", "aria-label": t("spoiler") },
    h("span", { class: "spoiler-content" }, content),
  );
  const reveal = () => {
    element.classList.add("revealed");
    for (const attribute of ["role", "tabindex", "aria-expanded", "aria-label"]) element.removeAttribute(attribute);
  };
  element.addEventListener("click", (event) => {
    if (!element.classList.contains("revealed")) event.preventDefault();
    reveal();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      reveal();
    }
  });
  return element;
}

/** @param {string} code @param {string} language */
function fence(code, language) {
  const label = h("span", null, t("copy"));
  const copy = h(
    "button",
    { type: "button", class: "copy", on: { click: () => copyText(code, label) } },
    icon("copy"),
    label,
  );
  return h(
    "figure",
    { class: "fence" },
    h("figcaption", null, h("span", { class: "language" }, language || "text"), copy),
    h("pre", { tabindex: "0" }, h("code", null, highlight(code, language))),
  );
}

/** @param {string} text @param {HTMLElement} label */
async function copyText(text, label) {
  await navigator.clipboard.writeText(text);
  label.textContent = t("copied");
  setTimeout(() => label.replaceChildren(t("copy")), 1600);
}

/** @param {Extract<Tree, { type: "mention" }>} node @param {Names} names */
function mention(node, names) {
  if (node.kind === "user") {
    return h(
      "span",
      { class: node.id === names.me ? "mention mine" : "mention", data: { user: node.id } },
      `@${names.user(node.id) ?? t("unknownUser")}`,
    );
  }
  if (node.kind === "role") return roleMention(names.role(node.id));
  if (node.kind === "channel") {
    const name = names.channel(node.id);
    if (name === undefined) return h("span", { class: "mention" }, `#${t("unknownChannel")}`);
    return h(
      "button",
      { type: "button", class: "mention", on: { click: () => names.openChannel(node.id) } },
      `#${name}`,
    );
  }
  if (node.kind === "command") {
    return h(
      "button",
      { type: "button", class: "mention", on: { click: () => names.openCommand(node.name) } },
      `/${node.name}`,
    );
  }
  return h("span", { class: "mention" }, `@${node.name}`);
}

/** @param {{ name: string, color: number } | undefined} role */
function roleMention(role) {
  const element = h("span", { class: "mention role" }, `@${role?.name ?? t("unknownRole")}`);
  if (role?.color) element.style.setProperty("--role", `#${role.color.toString(16).padStart(6, "0")}`);
  return element;
}
