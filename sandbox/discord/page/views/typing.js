// @ts-check
// Who is typing in the open channel.

import { h } from "../dom.js";
import { t } from "../texts.js";

export class Typing {
  /** @param {import("../store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.element = h("div", { class: "typing", "aria-live": "polite" });
    for (const topic of /** @type {const} */ (["typing", "channel", "language"])) store.on(topic, () => this.render());
  }

  render() {
    const { directory, channel } = this.store;
    const guild = directory.guildOf(channel);
    const names = [...(this.store.typing.get(channel)?.keys() ?? [])]
      .map((id) => directory.user(id))
      .filter((user) => user !== undefined)
      .map((user) => directory.nameOf(user, guild));
    this.element.replaceChildren(
      ...(names.length
        ? [
            h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
            names.length === 1
              ? t("typingOne", { user: names[0] ?? "" })
              : t("typingMany", { users: names.join("、") }),
          ]
        : []),
    );
  }
}
