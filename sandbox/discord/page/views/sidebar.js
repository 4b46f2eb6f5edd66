// @ts-check
// Channels, who is in voice and what plays there, and who the visitor is.

import { isVocal } from "../directory.js";
import { h } from "../dom.js";
import { icon, mark } from "../icons.js";
import { preferences } from "../preferences.js";
import { t } from "../texts.js";
import { avatar } from "./avatar.js";
import { playerView, refreshPlayers } from "./player.js";
import { soundView } from "./sound.js";

/** @typedef {import("../types").Channel} Channel */
/**
 * @typedef {object} SidebarActs
 * @property {(channel: string) => void} openChannel
 * @property {() => void} openDirect
 * @property {(channel: Channel | null, flags?: { self_mute?: boolean }) => void} voice
 * @property {(person: string) => void} become
 */

const TICK = 500;
const CATEGORY = 4;

export class Sidebar {
  /** @param {import("../store.js").Store} store @param {import("../sound/sound.js").Sound} sound @param {SidebarActs} acts */
  constructor(store, sound, acts) {
    this.store = store;
    this.acts = acts;
    this.guilds = h("div", { class: "guilds" });
    this.voice = h("div");
    const call = h("div", { class: "call" }, this.voice, soundView(store, sound));
    this.foot = h("div", { class: "foot" });
    this.brand = h("header", { class: "brand" });
    this.element = h("nav", { class: "sidebar", id: "sidebar" }, this.brand, this.guilds, call, this.foot);
    for (const topic of /** @type {const} */ (["channels", "channel", "voice", "person", "language", "bot"]))
      store.on(topic, () => this.render());
    setInterval(() => refreshPlayers(this.element), TICK);
    this.render();
  }

  render() {
    const focus = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.focus;
    this.element.setAttribute("aria-label", t("channels"));
    this.brand.replaceChildren(mark(), h("div", null, h("h1", null, t("title")), h("p", null, t("subtitle"))));
    this.guilds.replaceChildren(
      ...this.store.directory.state.guilds.map((guild) => this.#guild(guild)),
      this.#direct(),
    );
    const voice = this.store.directory.voiceStateOf(this.store.person);
    this.voice.replaceChildren(...(voice ? [this.#voiceBar(voice)] : []));
    this.foot.replaceChildren(this.#personSwitch(), this.#switches());
    if (focus)
      /** @type {HTMLElement | null} */ (this.element.querySelector(`[data-focus="${CSS.escape(focus)}"]`))?.focus();
  }

  /** @param {import("../types").Guild} guild */
  #guild(guild) {
    const channels = [...guild.channels].sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
    const threads = channels.filter(({ parent_id, type }) => parent_id && type > 9 && !isVocal({ type }));
    const text = channels.filter(
      (channel) => !isVocal(channel) && channel.type !== CATEGORY && !threads.includes(channel),
    );
    const several = this.store.directory.state.guilds.length > 1;
    const voice = channels.filter(isVocal).map((channel) => ({ ...channel, guild_id: guild.id }));
    return h(
      "section",
      { "aria-label": guild.name },
      several && h("h2", { class: "guild-name" }, guild.name),
      h(several ? "h3" : "h2", { class: "section-name" }, t("textChannels")),
      h(
        "ul",
        null,
        text
          .flatMap((channel) => [channel, ...threads.filter(({ parent_id }) => parent_id === channel.id)])
          .map((channel) => this.#textChannel(channel, threads.includes(channel))),
      ),
      h(several ? "h3" : "h2", { class: "section-name" }, t("voiceChannels")),
      h(
        "ul",
        null,
        voice.map((channel) => this.#voiceChannel(channel)),
      ),
    );
  }

  /** @param {Channel} channel @param {boolean} thread */
  #textChannel(channel, thread) {
    return h(
      "li",
      { class: thread ? "thread" : null },
      this.#entry(channel.id, icon(thread ? "reply" : "text"), channel.name ?? "", () =>
        this.acts.openChannel(channel.id),
      ),
    );
  }

  /** @param {string} id @param {Node} picture @param {string} name @param {() => void} open @param {Node | null} [extra] */
  #entry(id, picture, name, open, extra = null) {
    const unread = this.store.unread.get(id);
    const current = id === this.store.channel;
    return h(
      "button",
      {
        type: "button",
        class: unread === undefined ? "channel" : "channel unread",
        "aria-current": current ? "page" : null,
        data: { focus: `channel-${id}`, channel: id },
        on: { click: open },
      },
      picture,
      h("span", { class: "channel-name" }, name),
      extra,
      unread !== undefined && h("span", { class: unread ? "badge" : "dot", "aria-label": t("unread") }, unread || ""),
    );
  }

  #direct() {
    const { bot } = this.store.directory;
    const channel = this.store.directory.directChannel(this.store.person);
    const status = t(bot.online ? "online" : "offline");
    return h(
      "section",
      null,
      h("h2", { class: "section-name" }, t("directMessages")),
      h(
        "ul",
        null,
        h(
          "li",
          null,
          this.#entry(
            channel?.id ?? "direct",
            avatar(bot.user, ""),
            this.store.directory.nameOf(bot.user),
            () => this.acts.openDirect(),
            h("span", {
              class: bot.online ? "status online" : "status",
              title: status,
              role: "img",
              "aria-label": status,
            }),
          ),
        ),
      ),
    );
  }

  /** @param {Channel} channel */
  #voiceChannel(channel) {
    const { directory, person } = this.store;
    const states = directory.voiceStates(channel.id);
    const mine = states.some(({ user_id }) => user_id === person);
    const player = directory.playerIn(channel);
    const label = t(mine ? "leaveVoice" : "joinVoice", { channel: channel.name ?? "" });
    return h(
      "li",
      { class: mine ? "voice mine" : "voice" },
      h(
        "button",
        {
          type: "button",
          class: "channel",
          title: label,
          "aria-pressed": String(mine),
          data: { focus: `voice-${channel.id}`, voice: channel.id },
          on: { click: () => this.acts.voice(mine ? null : channel) },
        },
        icon("voice"),
        h("span", { class: "channel-name" }, channel.name ?? ""),
        states.length
          ? h("span", { class: "count" }, states.length)
          : h("span", { class: "join-hint" }, t("nobodyHere")),
      ),
      channel.status && h("p", { class: "voice-status", title: channel.status }, channel.status),
      states.length > 0 &&
        h(
          "ul",
          { class: "present" },
          states.map((state) => this.#present(state)),
        ),
      player && playerView(player),
    );
  }

  /** @param {import("../types").VoiceState} state */
  #present(state) {
    const { directory } = this.store;
    const user = directory.user(state.user_id);
    if (!user) return null;
    const name = directory.nameOf(user, directory.guild(state.guild_id));
    const silent = state.self_mute || state.mute || state.self_deaf || state.deaf;
    return h(
      "li",
      { data: { user: user.id } },
      avatar(user, name),
      h("span", null, name),
      silent &&
        h("span", { class: "silent", title: t("muted"), role: "img", "aria-label": t("muted") }, icon("microphoneOff")),
    );
  }

  /** @param {import("../types").VoiceState} state */
  #voiceBar(state) {
    const channel = this.store.directory.channel(state.channel_id ?? "");
    const muted = Boolean(state.self_mute);
    return h(
      "div",
      { class: "voice-bar" },
      icon("voice"),
      h("span", { class: "voice-name" }, channel?.name ?? ""),
      h(
        "button",
        {
          type: "button",
          class: muted ? "square on" : "square",
          "aria-label": t(muted ? "unmute" : "mute"),
          title: t(muted ? "unmute" : "mute"),
          data: { focus: "mute" },
          on: { click: () => this.acts.voice(channel ?? null, { self_mute: !muted }) },
        },
        icon(muted ? "microphoneOff" : "microphone"),
      ),
      h(
        "button",
        {
          type: "button",
          class: "square",
          "aria-label": t("leave"),
          title: t("leave"),
          data: { focus: "leave" },
          on: { click: () => this.acts.voice(null) },
        },
        icon("leave"),
      ),
    );
  }

  #personSwitch() {
    const { directory, person } = this.store;
    const guild = directory.guildOf(this.store.channel) ?? directory.state.guilds[0];
    return h(
      "fieldset",
      { class: "people", title: t("actAsHint") },
      h(
        "legend",
        null,
        t("actAs"),
        guild && h("span", { class: "standing" }, t(directory.manages(person, guild) ? "managerTag" : "memberTag")),
      ),
      directory.people.map((user) => {
        const name = directory.nameOf(user);
        const manages = guild !== undefined && directory.manages(user.id, guild);
        const label = manages ? t("manager", { user: name }) : name;
        return h(
          "label",
          { class: user.id === person ? "person chosen" : "person", title: label },
          h("input", {
            type: "radio",
            name: "person",
            "aria-label": label,
            value: user.id,
            checked: user.id === person,
            data: { focus: `person-${user.id}` },
            on: { change: () => this.acts.become(user.id) },
          }),
          avatar(user, name),
          manages && icon("crown"),
          h("span", null, name),
        );
      }),
    );
  }

  #switches() {
    return h(
      "div",
      { class: "switches" },
      h(
        "button",
        {
          type: "button",
          class: "square",
          "aria-label": t("switchTheme"),
          title: t("switchTheme"),
          data: { focus: "theme" },
          on: { click: () => this.#switchTheme() },
        },
        icon(preferences.theme === "dark" ? "sun" : "moon"),
      ),
      h(
        "button",
        {
          type: "button",
          class: "square language",
          lang: preferences.language === "ja" ? "en" : "ja",
          "aria-label": t("switchLanguage"),
          title: t("switchLanguage"),
          data: { focus: "language" },
          on: { click: () => this.#switchLanguage() },
        },
        t("otherLanguage"),
      ),
    );
  }

  #switchTheme() {
    preferences.theme = preferences.theme === "dark" ? "light" : "dark";
    this.render();
  }

  #switchLanguage() {
    preferences.language = preferences.language === "ja" ? "en" : "ja";
    this.store.emit("language");
  }
}
