// @ts-check
// A listbox above a field: the one way of choosing for mentions, commands, option values and select menus.

import { h } from "../dom.js";

/**
 * @typedef {object} Item
 * @property {string} label
 * @property {string} [description]
 * @property {string} [note] small, at the right
 * @property {Node} [picture]
 * @property {boolean} [selected]
 * @property {boolean} [disabled]
 * @property {() => void} pick
 */

let serial = 0;

export class Popup {
  /** @type {Item[]} */
  #items = [];
  #active = -1;
  /** @type {HTMLElement[]} */
  #options = [];

  /**
   * @param {HTMLElement} field what keeps the focus; gets the combobox attributes
   * @param {HTMLElement} anchor where the listbox is put, above the field
   */
  constructor(field, anchor) {
    this.field = field;
    const id = `listbox-${++serial}`;
    this.list = h("div", { class: "popup-list", role: "listbox", id });
    this.title = h("span", null);
    this.hint = h("span", { class: "popup-hint" });
    this.element = h(
      "div",
      { class: "popup", hidden: true },
      h("div", { class: "popup-title" }, this.title, this.hint),
      this.list,
    );
    // The field keeps the focus while the list is clicked.
    this.element.addEventListener("mousedown", (event) => event.preventDefault());
    anchor.append(this.element);
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", id);
    this.#expanded(false);
  }

  /** A text area cannot be a combobox (https://www.w3.org/TR/html-aria/#el-textarea), nor say that it is expanded. @param {boolean} expanded */
  #expanded(expanded) {
    if (this.field.getAttribute("role") === "combobox") this.field.setAttribute("aria-expanded", String(expanded));
  }

  get open() {
    return !this.element.hidden;
  }

  /**
   * @param {string} title
   * @param {Item[]} items
   * @param {{ hint?: string, active?: number, empty?: string }} [options] `empty`: what to say where there is no item
   */
  show(title, items, { hint = "", active = 0, empty } = {}) {
    if (!items.length && !empty) return this.hide();
    this.title.textContent = title;
    this.hint.textContent = hint;
    this.list.setAttribute("aria-label", title);
    this.#items = items;
    this.#options = items.map((item, index) => this.#option(item, index));
    this.list.replaceChildren(...(items.length ? this.#options : [h("div", { class: "popup-empty" }, empty)]));
    this.element.hidden = false;
    this.#expanded(true);
    this.#activate(items.length ? Math.min(active, items.length - 1) : -1);
  }

  hide() {
    this.element.hidden = true;
    this.#items = [];
    this.#expanded(false);
    this.field.removeAttribute("aria-activedescendant");
  }

  /**
   * Let the list have a key first. Enter and Tab pick what is lit; with the list gone, the next Tab moves on.
   *
   * @param {KeyboardEvent} event
   * @returns {boolean} whether it took it
   */
  key(event) {
    if (!this.open || event.isComposing) return false;
    const count = this.#items.length;
    if (event.key === "Escape") this.hide();
    else if (!count) return false;
    else if (event.key === "ArrowDown") this.#activate((this.#active + 1) % count);
    else if (event.key === "ArrowUp") this.#activate((this.#active + count - (this.#active < 0 ? 0 : 1)) % count);
    else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && this.#active >= 0)
      this.#items[this.#active]?.pick();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** @param {Item} item @param {number} index */
  #option(item, index) {
    const option = h(
      "div",
      {
        class: "popup-option",
        role: "option",
        id: `${this.list.id}-${index}`,
        "aria-selected": String(Boolean(item.selected)),
        "aria-disabled": item.disabled ? "true" : null,
      },
      item.picture,
      h("span", { class: "popup-label" }, item.label),
      item.description && h("span", { class: "popup-description" }, item.description),
      item.note && h("span", { class: "popup-note" }, item.note),
    );
    option.addEventListener("click", () => item.pick());
    option.addEventListener("mousemove", () => this.#activate(index, false));
    return option;
  }

  /** @param {number} index @param {boolean} [scroll] */
  #activate(index, scroll = true) {
    this.#options[this.#active]?.classList.remove("active");
    this.#active = index;
    const option = this.#options[index];
    if (!option) return this.field.removeAttribute("aria-activedescendant");
    option.classList.add("active");
    if (scroll) option.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", option.id);
  }
}
