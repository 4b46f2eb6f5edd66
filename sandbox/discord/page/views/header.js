// @ts-check
// The open channel's name, whether the bot is there, what plays and its sound (on a phone), and the banner of a lost
// connection.

import { DIRECT, isVocal } from "../directory.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../texts.js";
import { avatar } from "./avatar.js";
import { playerView, refreshPlayers } from "./player.js";
import { soundView } from "./sound.js";

const TICK = 500;

export class Header {
  /** @param {import("../store.js").Store} store @param {import("../sound/sound.js").Sound} sound @param {() => void} openMenu */
  constructor(store, sound, openMenu) {
    this.store = store;
    this.openMenu = openMenu;
    this.bar = h("header", { class: "head" });
    this.strip = h("div", { class: "strip" });
    this.banner = h("div", { class: "banner", role: "alert", hidden: true });
    this.element = h("div", { class: "heads" }, this.bar, this.strip, soundView(store, sound), this.banner);
    for (const topic of /** @type {const} */ ([
      "channels",
      "channel",
      "voice",
      "person",
      "language",
      "bot",
      "connection",
    ]))
      store.on(topic, () => this.render());
    setInterval(() => refreshPlayers(this.strip), TICK);
    this.render();
  }

  render() {
    const { directory } = this.store;
    const channel = directory.channel(this.store.channel);
    const direct = channel?.type === DIRECT;
    const name = channel ? directory.channelName(channel) : "";
    document.title = name ? `${direct ? "@" : "#"}${name} · ${t("title")}` : t("title");
    const { bot } = directory;
    this.bar.replaceChildren(
      h(
        "button",
        {
          type: "button",
          class: "square menu",
          "aria-label": t("openChannels"),
          "aria-controls": "sidebar",
          on: { click: this.openMenu },
        },
        icon("menu"),
      ),
      direct ? avatar(bot.user, name) : icon("text"),
      h("h1", null, name),
      channel?.topic ? h("p", { class: "topic", title: channel.topic }, channel.topic) : h("span", { class: "spring" }),
      this.#standIns(),
      h(
        "span",
        { class: bot.online ? "bot-status online" : "bot-status" },
        h("i", { "aria-hidden": "true" }),
        `${directory.nameOf(bot.user)} `,
        h("span", null, t(bot.online ? "online" : "offline")),
      ),
    );
    this.strip.replaceChildren(...this.#playing());
    this.banner.hidden = this.store.connected;
    this.banner.textContent = this.store.connected ? "" : t("connectionLost");
  }

  /** What is not real here: said at all times, so that nobody takes it for the product. */
  #standIns() {
    const { stand_ins } = this.store.directory.state;
    const gemini = stand_ins.includes("gemini");
    const songs = stand_ins.includes("lavalink");
    /** @type {import("../texts.js").TextKey} */
    const key = `standIn${gemini ? "Gemini" : ""}${songs ? "Songs" : ""}`;
    return h(
      "p",
      {
        class: "stand-ins",
        title: [gemini && t("standInGeminiText"), songs && t("standInSongsText")].filter(Boolean).join("\n"),
      },
      t(key),
    );
  }

  /** @returns {HTMLElement[]} */
  #playing() {
    const { directory } = this.store;
    const players = directory.channels.filter(isVocal).map((channel) => directory.playerIn(channel));
    const player = players.find((found) => found !== undefined);
    const view = player && playerView(player);
    return view ? [view] : [];
  }
}
