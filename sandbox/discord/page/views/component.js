// @ts-check
// Message components; https://discord.com/developers/docs/components/reference.

import { h, outwardLink } from "../dom.js";
import { icon } from "../icons.js";
import { markdown } from "../markdown/render.js";
import { t } from "../texts.js";
import { image } from "./embed.js";
import { selectMenu } from "./select.js";

/** @typedef {import("../types").Component} Component */
/**
 * What components need of the page.
 * @typedef {object} Acts
 * @property {import("../markdown/render.js").Names} names
 * @property {(customId: string, values?: string[]) => void} use
 * @property {(customId: string) => boolean} busy
 * @property {(component: Component) => import("../types").SelectOption[]} entities what a user, role or channel select offers
 */

const ACTION_ROW = 1,
  BUTTON = 2,
  SECTION = 9,
  TEXT_DISPLAY = 10,
  THUMBNAIL = 11,
  GALLERY = 12,
  FILE = 13,
  SEPARATOR = 14,
  CONTAINER = 17;
const SELECTS = [3, 5, 6, 7, 8];
const LINK = 5;
const STYLES = ["", "primary", "secondary", "success", "danger", "link", "primary"];

/**
 * @param {Component} component
 * @param {Acts} acts
 * @returns {HTMLElement | null} null for a type that is not shown
 */
export function componentView(component, acts) {
  const inside = () => (component.components ?? []).map((child) => componentView(child, acts));
  if (SELECTS.includes(component.type)) return select(component, acts);
  switch (component.type) {
    case ACTION_ROW:
      return h("div", { class: "action-row" }, inside());
    case BUTTON:
      return button(component, acts);
    case TEXT_DISPLAY:
      return markdown(component.content ?? "", acts.names);
    case SECTION:
      return h(
        "div",
        { class: "section" },
        h("div", null, inside()),
        component.accessory && componentView(component.accessory, acts),
      );
    case THUMBNAIL:
      return component.media
        ? outwardLink(
            component.media.url,
            { class: "thumbnail" },
            image({ src: component.media.url, alt: component.description || t("image") }),
          )
        : null;
    case GALLERY:
      return h(
        "div",
        { class: "gallery" },
        (component.items ?? []).map(({ media, description }) =>
          outwardLink(media.url, {}, image({ src: media.url, alt: description || t("image") })),
        ),
      );
    case FILE:
      return component.file
        ? outwardLink(
            component.file.url,
            { class: "attachment attachment-file" },
            icon("file"),
            h("span", { class: "attachment-name" }, component.name ?? component.file.url.split("/").at(-1)),
          )
        : null;
    case SEPARATOR:
      return h("div", { class: component.divider === false ? "gap" : "gap divider" });
    case CONTAINER:
      return container(component, inside());
    default:
      return null;
  }
}

/** @param {Component} component @param {(HTMLElement | null)[]} children */
function container(component, children) {
  const element = h("div", { class: "container" }, children);
  if (component.accent_color)
    element.style.setProperty("--bar", `#${component.accent_color.toString(16).padStart(6, "0")}`);
  return element;
}

/** @param {Component} component */
function face(component) {
  const { emoji, label } = component;
  return [
    emoji?.name ? h("span", { class: "button-emoji" }, emoji.id ? `:${emoji.name}:` : emoji.name) : null,
    label ? h("span", null, label) : null,
  ];
}

/** @param {Component} component @param {Acts} acts */
function button(component, acts) {
  const style = STYLES[component.style ?? 2] ?? "secondary";
  if (component.style === LINK) {
    return outwardLink(
      component.disabled ? "" : (component.url ?? ""),
      { class: "button link" },
      face(component),
      icon("outward"),
    );
  }
  const customId = component.custom_id ?? "";
  const busy = acts.busy(customId);
  return h(
    "button",
    {
      type: "button",
      class: `button ${style}${busy ? " busy" : ""}`,
      disabled: component.disabled,
      "aria-busy": busy ? "true" : null,
      "aria-label": component.label ? null : component.emoji?.name,
      data: { component: customId },
      on: { click: () => !busy && acts.use(customId) },
    },
    face(component),
  );
}

/** @param {Component} component @param {Acts} acts */
function select(component, acts) {
  const customId = component.custom_id ?? "";
  return selectMenu(
    {
      ...component,
      disabled: Boolean(component.disabled) || acts.busy(customId),
      options: component.options ?? acts.entities(component),
    },
    (values) => acts.use(customId, values),
  );
}
