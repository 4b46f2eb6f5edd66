// @ts-check
// What plays in a voice channel, with a running clock.

import { h, outwardLink, safeUrl } from "../dom.js";
import { icon } from "../icons.js";
import { duration, t } from "../texts.js";
import { image } from "./embed.js";

/** @typedef {import("../types").Player} Player */

/** @type {WeakMap<HTMLElement, Player>} */
const shown = new WeakMap();

/** Where a player is now, in milliseconds. @param {Player} player */
export function positionOf(player) {
  const { position, time } = player.state;
  const length = player.track?.info.length ?? 0;
  const elapsed = player.paused ? 0 : Math.max(0, Date.now() - time);
  return Math.min(position + elapsed, length || Infinity);
}

/** @param {Player} player with a track */
export function playerView(player) {
  const info = player.track?.info;
  if (!info) return null;
  const art = safeUrl(info.artworkUrl);
  const element = h("div", { class: player.paused ? "player paused" : "player" },
    h("div", { class: "player-art" }, icon("note"), art && image({ src: art })),
    h("div", { class: "player-text" },
      h("div", { class: "player-title", title: info.title }, info.uri ? outwardLink(info.uri, {}, info.title) : info.title),
      h("div", { class: "player-author" }, player.paused && h("span", { class: "paused-mark" }, icon("pause"), t("paused"), " · "), info.author)),
    h("div", { class: "player-progress" },
      h("div", { class: "bar" }, h("div", { class: "bar-fill" })),
      h("div", { class: "player-times" }, h("span", { class: "position" }), h("span", null, info.isStream ? t("live") : duration(info.length)))));
  element.setAttribute("aria-label", `${t(player.paused ? "paused" : "nowPlaying")}: ${info.title}`);
  shown.set(element, player);
  refresh(element);
  return element;
}

/** Bring the clocks below an element up to date. @param {HTMLElement} root */
export function refreshPlayers(root) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".player"))) refresh(element);
}

/** @param {HTMLElement} element */
function refresh(element) {
  const player = shown.get(element);
  if (!player?.track) return;
  const position = positionOf(player);
  const done = player.track.info.isStream ? 1 : position / Math.max(1, player.track.info.length);
  /** @type {HTMLElement} */ (element.querySelector(".bar-fill")).style.setProperty("--done", String(done));
  /** @type {HTMLElement} */ (element.querySelector(".position")).textContent = duration(position);
}
