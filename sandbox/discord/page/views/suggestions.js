// @ts-check
// What the composer offers while one types: commands after a slash, people after @, channels after #.

import { afterSlash, invocables, search } from "../commands.js";
import { mentionables } from "../mentions.js";
import { preferences } from "../preferences.js";
import { t } from "../texts.js";
import { avatar } from "./avatar.js";
import { Popup } from "./popup.js";

const OFFERED = 50;
const MENTION = /(?:^|[\s\u3000、。「（(])([@#])([^\s\u3000@#]{0,32})$/;

export class Suggestions {
  /**
   * @param {import("../store.js").Store} store
   * @param {HTMLTextAreaElement} input
   * @param {HTMLElement} anchor
   * @param {{ command: (invocable: import("../types").Invocable) => void, completed: () => void }} picked
   */
  constructor(store, input, anchor, picked) {
    this.store = store;
    this.input = input;
    this.picked = picked;
    this.popup = new Popup(input, anchor);
  }

  /** Commands this person may use here. */
  get commands() {
    const { directory, person, channel } = this.store;
    return invocables(
      directory.commands.filter((command) => directory.mayUse(command, person, channel)),
      preferences.language,
    );
  }

  hide() {
    this.popup.hide();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the list took it */
  key(event) {
    return this.popup.key(event);
  }

  /** Offer what fits the text before the caret. @param {{ commands: boolean }} allowed */
  update({ commands }) {
    const text = this.input.value;
    const typed = commands ? afterSlash(text) : null;
    if (typed !== null && !text.includes("\n")) return this.#offerCommands(typed);
    const before = text.slice(0, this.input.selectionStart);
    const match = MENTION.exec(before);
    if (!match) return this.hide();
    this.#offerMentions(/** @type {"@" | "#"} */ (match[1]), match[2] ?? "", before.length);
  }

  /** @param {string} typed */
  #offerCommands(typed) {
    const all = this.commands;
    const bot = this.store.directory.bot.user;
    this.popup.show(
      t("commands"),
      search(all, typed)
        .slice(0, OFFERED)
        .map((invocable) => ({
          label: `/${invocable.label}`,
          description: invocable.description,
          note: invocable.label === invocable.path ? "" : `/${invocable.path}`,
          picture: avatar(bot, ""),
          pick: () => this.picked.command(invocable),
        })),
      { hint: t("pickerKeys"), empty: t(all.length ? "noMatch" : "noCommands") },
    );
  }

  /** @param {"@" | "#"} sign @param {string} typed @param {number} end */
  #offerMentions(sign, typed, end) {
    const { directory, channel } = this.store;
    const wanted = typed.toLowerCase();
    const found = mentionables(directory, channel, sign).filter(
      ({ label, description }) =>
        label.slice(1).toLowerCase().includes(wanted) || description?.toLowerCase().startsWith(wanted),
    );
    if (found.length === 1 && found[0]?.label.slice(1).toLowerCase() === wanted) return this.hide();
    this.popup.show(
      t(sign === "@" ? "people" : "channels"),
      found.slice(0, OFFERED).map(({ label, description, user }) => ({
        label,
        description,
        picture: user ? avatar(user, label.slice(1)) : undefined,
        pick: () => {
          this.input.setRangeText(`${label} `, end - typed.length - 1, end, "end");
          this.hide();
          this.picked.completed();
        },
      })),
      { hint: t("pickerKeys") },
    );
  }
}
