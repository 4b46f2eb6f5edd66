// @ts-check
// A chosen command with a field for each option; driven by the keyboard alone if one likes.

import { distribute, localized } from "../commands.js";
import { h } from "../dom.js";
import { preferences } from "../preferences.js";
import { t } from "../texts.js";
import { CommandField } from "./command-field.js";

/** @typedef {import("../types").Invocable} Invocable */

export class CommandForm {
  /** @type {Invocable | null} */
  #invocable = null;
  /** @type {CommandField[]} */
  #fields = [];

  /**
   * @param {import("../store.js").Store} store
   * @param {{ run: (invocable: Invocable, options: Record<string, unknown>) => void, leave: (text: string) => void }} acts
   */
  constructor(store, acts) {
    this.store = store;
    this.acts = acts;
    this.help = h("div", { class: "command-help", "aria-live": "polite" });
    this.name = h("span", { class: "command-name" });
    this.fields = h("div", { class: "command-fields" });
    this.element = h(
      "div",
      { class: "command-form", hidden: true },
      this.help,
      h("div", { class: "command-line" }, this.name, this.fields),
    );
    this.element.addEventListener("keydown", (event) => this.#key(event));
    store.on("language", () => this.hide());
  }

  get open() {
    return this.#invocable !== null;
  }

  /** @param {Invocable} invocable @param {string} rest what was typed after its name */
  show(invocable, rest) {
    this.#invocable = invocable;
    this.#fields = [];
    this.name.textContent = `/${invocable.label}`;
    this.name.tabIndex = -1;
    this.element.hidden = false;
    const given = distribute(invocable.options, rest);
    for (const option of invocable.options) {
      if (option.required || option.name in given) this.#add(option.name, given[option.name] ?? "");
    }
    this.#render();
    this.#describe(null);
    this.#focus(this.#fields.find((field) => field.option.name in given) ?? this.#fields[0]);
  }

  hide() {
    this.#invocable = null;
    this.#fields = [];
    this.element.hidden = true;
    this.fields.replaceChildren();
  }

  /** Run the command if every field holds a value; else point at the first that does not. */
  submit() {
    const invocable = this.#invocable;
    if (!invocable) return;
    /** @type {Record<string, unknown>} */
    const options = {};
    for (const field of this.#fields) {
      const value = field.value();
      const empty = field.text.trim() === "";
      // An option that was asked for is not dropped in silence: without its value /chat would not be private.
      if (value === undefined || empty) return this.#complain(field, empty);
      options[field.option.name] = value;
    }
    this.hide();
    this.acts.run(invocable, options);
  }

  /** @param {CommandField} field @param {boolean} empty */
  #complain(field, empty) {
    field.input.setAttribute("aria-invalid", "true");
    this.#focus(field);
    field.suggest();
    this.help.replaceChildren(
      h("span", { class: "failed" }, t(empty ? "fieldMissing" : "fieldWrong", { name: field.label })),
    );
  }

  /** @param {CommandField | undefined} field */
  #focus(field) {
    (field?.input ?? this.name).focus();
  }

  /** @param {string} name @param {string} text */
  #add(name, text) {
    const option = this.#invocable?.options.find((known) => known.name === name);
    if (!option) return undefined;
    const field = new CommandField(option, this.store, {
      text,
      focused: () => this.#describe(option),
      invocation: () => ({ name: this.#invocable?.path ?? "", options: this.#given() }),
    });
    this.#fields.push(field);
    return field;
  }

  /** What the fields hold so far, for autocompletion. */
  #given() {
    return Object.fromEntries(
      this.#fields.map((field) => [field.option.name, field.value() ?? field.text]).filter(([, value]) => value !== ""),
    );
  }

  #render() {
    const left =
      this.#invocable?.options.filter(({ name }) => !this.#fields.some((field) => field.option.name === name)) ?? [];
    this.fields.replaceChildren(
      ...this.#fields.map(({ element }) => element),
      ...left.map((option) => {
        const label = localized(option.name_localizations, preferences.language, option.name);
        return h(
          "button",
          {
            type: "button",
            class: "add-option",
            "aria-label": t("addOption", { name: label }),
            title: localized(option.description_localizations, preferences.language, option.description),
            on: {
              focus: () => this.#describe(option),
              click: () => {
                const field = this.#add(option.name, "");
                this.#render();
                this.#focus(field);
              },
            },
          },
          `+ ${label}`,
        );
      }),
    );
  }

  /** Take an option back. @param {CommandField} field */
  #drop(field) {
    const at = this.#fields.indexOf(field);
    this.#fields.splice(at, 1);
    this.#render();
    this.#focus(this.#fields[Math.max(0, at - 1)]);
  }

  /** @param {import("../types").CommandOption | null} option null: the command itself */
  #describe(option) {
    if (!this.#invocable) return;
    const text = option
      ? localized(option.description_localizations, preferences.language, option.description)
      : this.#invocable.description;
    const name = option
      ? localized(option.name_localizations, preferences.language, option.name)
      : `/${this.#invocable.label}`;
    this.help.replaceChildren(h("b", null, name), h("span", null, text));
    if (option) {
      const type = /** @type {import("../texts.js").TextKey} */ (`type${option.type}`);
      this.help.append(
        h("span", { class: "command-type" }, `${t(type)}・${t(option.required ? "required" : "optional")}`),
      );
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.isComposing || event.keyCode === 229) return;
    const field = this.#fields.find(({ input }) => input === target);
    const isAlone = this.#fields.every(({ text }) => !text) && field === this.#fields[0];
    if (event.key === "Escape") this.acts.leave("");
    else if (event.key === "Backspace" && field && !field.text && !field.option.required) this.#drop(field);
    else if (event.key === "Backspace" && (target === this.name || (field && isAlone)))
      this.acts.leave(this.name.textContent ?? "");
    else if (event.key === "Enter" && !target.matches(".add-option")) this.submit();
    else return;
    event.preventDefault();
  }
}
