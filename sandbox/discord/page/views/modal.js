// @ts-check
// A form the bot asks to be filled in; https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { markdown } from "../markdown/render.js";
import { t } from "../texts.js";
import { selectMenu } from "./select.js";

/** @typedef {import("../types").Component} Component */

const TEXT_DISPLAY = 10;
const TEXT_INPUT = 4;
const PARAGRAPH = 2;

/**
 * @param {import("../types").Modal} modal
 * @param {Pick<import("./component.js").Acts, "names" | "entities">} around
 * @param {(values: Record<string, string | string[]>) => Promise<boolean>} submit tells whether it was taken
 */
export function openModal(modal, around, submit) {
  /** @type {Map<string, () => string | string[]>} */
  const readers = new Map();
  const form = h(
    "form",
    { method: "dialog" },
    h(
      "header",
      null,
      h("h2", null, modal.title),
      h(
        "button",
        { type: "button", class: "square", "aria-label": t("cancel"), on: { click: () => dialog.close() } },
        icon("close"),
      ),
    ),
    modal.components.map((component) => field(component, around, readers)),
    h(
      "footer",
      null,
      h("button", { type: "button", class: "button secondary", on: { click: () => dialog.close() } }, t("cancel")),
      h("button", { type: "submit", class: "button primary" }, t("submit")),
    ),
  );
  const dialog = h("dialog", { class: "modal", "aria-label": modal.title }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await submit(Object.fromEntries([...readers].map(([id, read]) => [id, read()])))) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement | null} */ (form.querySelector("input, textarea, .select"))?.focus();
}

/**
 * A row with one input, or a label around one.
 *
 * @param {Component} component
 * @param {Pick<import("./component.js").Acts, "names" | "entities">} around
 * @param {Map<string, () => string | string[]>} readers
 */
function field(component, around, readers) {
  if (component.type === TEXT_DISPLAY) return markdown(component.content ?? "", around.names);
  const inner = component.component ?? component.components?.[0] ?? component;
  const required = inner.required !== false;
  return h(
    "label",
    { class: "modal-field" },
    h(
      "span",
      { class: "modal-label" },
      component.label ?? inner.label,
      required && h("span", { class: "required", title: t("required") }, " *"),
    ),
    component.description && h("span", { class: "modal-description" }, component.description),
    inner.type === TEXT_INPUT ? textInput(inner, required, readers) : select(inner, around, readers),
  );
}

/** @param {Component} inner @param {boolean} required @param {Map<string, () => string | string[]>} readers */
function textInput(inner, required, readers) {
  const input = h(inner.style === PARAGRAPH ? "textarea" : "input", {
    name: inner.custom_id,
    placeholder: inner.placeholder,
    required,
    minlength: inner.min_length,
    maxlength: inner.max_length ?? 4000,
    autocomplete: "off",
  });
  input.value = inner.value ?? "";
  readers.set(inner.custom_id ?? "", () => input.value);
  return input;
}

/** @param {Component} inner @param {Pick<import("./component.js").Acts, "entities">} around @param {Map<string, () => string | string[]>} readers */
function select(inner, around, readers) {
  const options = inner.options ?? around.entities(inner);
  let values = options.filter((option) => option.default).map(({ value }) => value);
  readers.set(inner.custom_id ?? "", () => values);
  return selectMenu({ ...inner, options }, (chosen) => {
    values = chosen;
  });
}
