// @ts-check
// One option's field: free text, or a list of choices, people, channels, roles, or what the bot suggests.

import { api } from "../api.js";
import { locale, localized, optionValue } from "../commands.js";
import { DIRECT, isVocal } from "../directory.js";
import { h } from "../dom.js";
import { preferences } from "../preferences.js";
import { t } from "../texts.js";
import { avatar } from "./avatar.js";
import { Popup } from "./popup.js";
import { readFile } from "./upload.js";

/** @typedef {import("../types").CommandOption} CommandOption */
/** @typedef {{ label: string, value: string | number | boolean | import("../types").Upload, picture?: Node }} Suggestion */

const BOOLEAN = 5,
  USER = 6,
  CHANNEL = 7,
  ROLE = 8,
  MENTIONABLE = 9,
  ATTACHMENT = 11;
const PAUSE = 180;

export class CommandField {
  /** @type {Suggestion | null} what was picked from the list, as long as the text is left alone */
  #picked = null;
  #timer = 0;
  #asked = 0;

  /**
   * @param {CommandOption} option
   * @param {import("../store.js").Store} store
   * @param {{ text: string, focused: () => void, invocation: () => { name: string, options: Record<string, unknown> } }} context
   */
  constructor(option, store, { text, focused, invocation }) {
    this.option = option;
    this.store = store;
    this.invocation = invocation;
    this.label = localized(option.name_localizations, preferences.language, option.name);
    this.input = h("input", {
      type: option.type === ATTACHMENT ? "file" : "text",
      role: "combobox",
      "aria-label": this.label,
      "aria-required": String(Boolean(option.required)),
      autocomplete: "off",
      data: { option: option.name },
      inputmode: option.type === 4 ? "numeric" : null,
    });
    if (option.type !== ATTACHMENT) this.input.value = text;
    this.element = h(
      "label",
      { class: option.type === 3 && !option.choices?.length ? "command-field wide" : "command-field" },
      h(
        "span",
        { class: "field-name" },
        this.label,
        option.required && h("span", { class: "required", "aria-hidden": "true" }, "*"),
      ),
      this.input,
    );
    this.popup = new Popup(this.input, this.element);
    this.input.addEventListener("focus", () => {
      focused();
      this.suggest();
    });
    this.input.addEventListener("input", () => {
      this.#picked = null;
      this.input.removeAttribute("aria-invalid");
      if (option.type === ATTACHMENT) void this.#chosen();
      else this.suggest();
    });
    this.input.addEventListener("blur", () => this.popup.hide());
    this.input.addEventListener("keydown", (event) => this.#key(event));
  }

  get text() {
    return this.input.value;
  }

  async #chosen() {
    const file = this.input.files?.[0];
    if (file) this.#picked = { label: file.name, value: await readFile(file) };
  }

  /** @returns {Suggestion["value"] | undefined} undefined while the text is not a value of the option's type */
  value() {
    if (this.#picked) return this.#picked.value;
    const known = this.#entities()?.find(({ label }) => [label, label.slice(1)].includes(this.text.trim()));
    return known ? known.value : optionValue(this.option, this.text, preferences.language);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && this.text && this.value() !== undefined && !this.option.autocomplete)
      return this.popup.hide();
    this.popup.key(event);
  }

  /** Offer what fits the text so far. */
  suggest() {
    if (this.option.autocomplete) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#ask(), PAUSE);
      return;
    }
    const all = this.#choices();
    if (!all) return this.popup.hide();
    const wanted = this.text.trim().toLowerCase();
    const found = this.#picked
      ? all
      : all.filter(
          ({ label, value }) => label.toLowerCase().includes(wanted) || String(value).toLowerCase().startsWith(wanted),
        );
    const chosen = this.value();
    this.#show(
      found,
      Math.max(
        0,
        found.findIndex(({ value }) => value === chosen),
      ),
    );
  }

  async #ask() {
    // The command was sent, or left, while this waited for a pause in the typing.
    if (!this.element.isConnected) return;
    const asked = ++this.#asked;
    const { person: user, channel } = this.store;
    try {
      const { choices } = await api.autocomplete({
        user,
        channel,
        ...this.invocation(),
        focused: this.option.name,
        locale: locale(preferences.language),
      });
      if (asked !== this.#asked || document.activeElement !== this.input) return;
      const found = choices.map((choice) => ({
        label: localized(choice.name_localizations, preferences.language, choice.name),
        value: choice.value,
      }));
      // Free text is as good as a suggestion, so none is chosen until an arrow key chooses it.
      if (found.length) this.#show(found, -1);
      else this.popup.hide();
    } catch (error) {
      // Suggestions are a convenience: without them one types on.
      console.info("no suggestions", error);
      this.popup.hide();
    }
  }

  /** @param {Suggestion[]} found @param {number} active */
  #show(found, active) {
    this.popup.show(
      t("suggestions"),
      found.map((suggestion) => ({
        label: suggestion.label,
        picture: suggestion.picture,
        pick: () => {
          this.#picked = suggestion;
          this.input.value = suggestion.label;
          this.input.removeAttribute("aria-invalid");
          this.popup.hide();
        },
      })),
      { hint: t("pickerKeys"), active, empty: t("noMatch") },
    );
  }

  /** @returns {Suggestion[] | null} null where the option takes free text */
  #choices() {
    const { choices, type } = this.option;
    if (choices?.length)
      return choices.map((choice) => ({
        label: localized(choice.name_localizations, preferences.language, choice.name),
        value: choice.value,
      }));
    if (type === BOOLEAN)
      return [
        { label: t("yes"), value: true },
        { label: t("no"), value: false },
      ];
    return this.#entities();
  }

  /** @returns {Suggestion[] | null} */
  #entities() {
    const { directory, channel } = this.store;
    const guild = directory.guildOf(channel);
    const { type } = this.option;
    /** @type {Suggestion[]} */
    const found = [];
    if (type === USER || type === MENTIONABLE) {
      for (const user of guild?.members.map((member) => member.user) ?? [directory.bot.user]) {
        const name = directory.nameOf(user, guild);
        found.push({ label: `@${name}`, value: user.id, picture: avatar(user, name) });
      }
    }
    if (type === ROLE || type === MENTIONABLE)
      found.push(...(guild?.roles ?? []).map(({ id, name }) => ({ label: `@${name}`.replace("@@", "@"), value: id })));
    if (type === CHANNEL) {
      const types = this.option.channel_types;
      const channels = (guild?.channels ?? []).filter(
        (one) => one.type !== DIRECT && (!types?.length || types.includes(one.type)),
      );
      found.push(...channels.map((one) => ({ label: `${isVocal(one) ? "♪" : "#"}${one.name}`, value: one.id })));
    }
    return [USER, CHANNEL, ROLE, MENTIONABLE].includes(type) ? found : null;
  }
}
