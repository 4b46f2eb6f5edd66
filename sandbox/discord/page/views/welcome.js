// @ts-check
// What an empty channel says: three things to try.

import { DIRECT, isVocal } from "../directory.js";
import { h } from "../dom.js";
import { icon, mark } from "../icons.js";
import { t } from "../texts.js";

/** @typedef {(text: string, voiceChannel?: string) => void} Try says a text or runs a typed command, after joining a voice channel */

/**
 * @param {import("../store.js").Store} store
 * @param {import("../types").Channel} channel
 * @param {Try} attempt
 * @returns {HTMLElement}
 */
export function welcome(store, channel, attempt) {
  const { directory } = store;
  const bot = directory.nameOf(directory.bot.user, directory.guildOf(channel.id));
  const hello = `@${bot} ${t("exampleChatWords")}`;
  const play = "/play 夜に駆ける";
  const voice = directory.guildOf(channel.id)?.channels.find(isVocal);
  const cards = [example("text", t("exampleChat"), hello, t("exampleChatText"), () => attempt(hello))];
  if (voice) {
    cards.push(
      example("note", t("examplePlay"), play, t("examplePlayText", { channel: voice.name ?? "" }), () =>
        attempt(play, voice.id),
      ),
    );
    cards.push(example("slash", t("exampleStats"), "/netstats", t("exampleStatsText"), () => attempt("/netstats")));
  }
  const name = directory.channelName(channel);
  return h(
    "section",
    { class: "welcome" },
    mark(),
    h("h2", null, t("welcomeTitle", { channel: channel.type === DIRECT ? name : `#${name}` })),
    h("p", null, t("welcomeText", { bot })),
    h("div", { class: "examples" }, cards),
  );
}

/** @param {import("../icons.js").IconName} picture @param {string} title @param {string} words @param {string} text @param {() => void} act */
function example(picture, title, words, text, act) {
  return h(
    "button",
    { type: "button", class: "example", on: { click: act } },
    h("span", { class: "example-title" }, icon(picture), title),
    h("code", null, words),
    h("span", { class: "example-text" }, text),
  );
}
