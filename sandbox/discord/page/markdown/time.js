// @ts-check
// Discord's timestamps: <t:seconds:style>; https://discord.com/developers/docs/reference#message-formatting.

import { h } from "../dom.js";
import { preferences } from "../preferences.js";

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/**
 * @param {number} seconds Unix time
 * @param {string} style one of t T d D f F s S R
 * @returns {HTMLElement}
 */
export function timestamp(seconds, style) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return h("span", { class: "timestamp" }, `<t:${seconds}>`);
  const full = new Intl.DateTimeFormat(preferences.locale, STYLES.F).format(date);
  const element = h("time", { class: "timestamp", datetime: date.toISOString(), title: full });
  if (style === "R") element.dataset.relative = String(seconds);
  element.textContent =
    style === "R"
      ? relative(seconds)
      : new Intl.DateTimeFormat(preferences.locale, STYLES[style] ?? STYLES.f).format(date);
  return element;
}

/** @param {number} seconds */
function relative(seconds) {
  const distance = seconds - Date.now() / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(distance) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(preferences.locale, { numeric: "auto" }).format(Math.trunc(distance / size), unit);
}

/** Bring relative times on the page up to date. */
export function refreshRelativeTimes() {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("time[data-relative]"))) {
    element.textContent = relative(Number(element.dataset.relative));
  }
}
