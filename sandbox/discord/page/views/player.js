// @ts-check
// What plays in a voice channel, with a running clock.

import { h, safeUrl } from "../dom.js";
import { icon } from "../icons.js";
import { duration, t } from "../texts.js";
import { image } from "./embed.js";

/** @typedef {import("../types").Player} Player */

/** @type {WeakMap<HTMLElement, Player>} */
const shown = new WeakMap();

/** Where a player is now, in milliseconds. @param {Player} player */
export function positionOf(player) {
  const elapsed = player.paused ? 0 : Date.now() - (player.heard ?? Date.now());
  return Math.min(player.position_ms + elapsed, player.length_ms ?? Number.POSITIVE_INFINITY);
}

/** @param {Player} player with a track */
export function playerView(player) {
  const art = safeUrl(player.artwork_url);
  const title = player.title ?? "";
  const element = h(
    "div",
    {
      class: player.paused ? "player paused" : "player",
      role: "group",
      "aria-label": `${t(player.paused ? "paused" : "nowPlaying")}: ${title}`,
    },
    h("div", { class: "player-art" }, icon("note"), art && image({ src: art })),
    h(
      "div",
      { class: "player-text" },
      h("div", { class: "player-title", title }, title),
      h(
        "div",
        { class: "player-author" },
        player.paused && h("span", { class: "paused-mark" }, icon("pause"), t("paused"), " · "),
        player.author,
      ),
    ),
    h(
      "div",
      { class: "player-progress" },
      h("div", { class: "bar" }, h("div", { class: "bar-fill" })),
      h(
        "div",
        { class: "player-times" },
        h("span", { class: "position" }),
        h("span", null, player.length_ms === null ? t("live") : duration(player.length_ms)),
      ),
    ),
  );
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
  if (!player) return;
  const position = positionOf(player);
  const done = player.length_ms === null ? 1 : position / Math.max(1, player.length_ms);
  /** @type {HTMLElement} */ (element.querySelector(".bar-fill")).style.setProperty("--done", String(done));
  /** @type {HTMLElement} */ (element.querySelector(".position")).textContent = duration(position);
}
