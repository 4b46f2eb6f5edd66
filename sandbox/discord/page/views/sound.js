// @ts-check
// The sound of the visitor's voice channel: a level that moves with it, volume, and words where nothing is heard.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../texts.js";

/** @typedef {import("../sound/sound.js").Sound} Sound */
/** @typedef {import("../store.js").Store} Store */

const BARS = 26;
/** Milliseconds that a bar stands for. */
const BAR = 50;
/** What the foot and the head of the meter stand for, in dBFS. */
const FLOOR = -54;
const HEAD = -6;
/** Raises loud bars over quiet ones: the ear tells those apart more than decibels do. */
const CONTRAST = 1.7;

/** @param {Store} store @param {Sound} sound @returns {HTMLElement} */
export function soundView(store, sound) {
  const meter = new Meter(sound);
  const mute = h("button", {
    type: "button",
    class: "square",
    on: {
      click: () => {
        sound.muted = !sound.muted;
      },
    },
  });
  const volume = h("input", { type: "range", class: "volume", min: 0, max: 100, step: 1 });
  volume.addEventListener("input", () => {
    sound.volume = volume.valueAsNumber;
  });
  const controls = h("div", { class: "sound-controls" }, mute, meter.element, volume);
  const hear = h("button", { type: "button", class: "hear", on: { click: () => sound.begin() } });
  const words = h("p", { class: "sound-words", role: "status" });
  const element = h("div", { class: "sound", role: "group" }, controls, hear, words);

  const render = () => {
    const { state, muted } = sound;
    element.hidden = state === "away";
    element.dataset.state = state;
    element.classList.toggle("muted", muted);
    element.setAttribute("aria-label", t("sound"));
    controls.hidden = !["connecting", "quiet", "sounding"].includes(state);
    hear.hidden = state !== "locked";
    hear.replaceChildren(icon("headphones"), t("soundHear"));
    label(mute, t(muted ? "soundOn" : "soundOff"));
    mute.replaceChildren(icon(muted ? "headphonesOff" : "headphones"));
    label(volume, t("soundVolume"));
    volume.value = String(muted ? 0 : sound.volume);
    volume.style.setProperty("--at", `${volume.value}%`);
    say(words, reason(store, state));
    meter.render();
  };
  for (const topic of /** @type {const} */ (["sound", "language"])) store.on(topic, render);
  render();
  return element;
}

/** @param {HTMLElement} element @param {string} text */
function label(element, text) {
  element.setAttribute("aria-label", text);
  element.title = text;
}

/** Words that are new appear slowly, so that what passes within a moment is never read. @param {HTMLElement} place @param {string} text */
function say(place, text) {
  place.hidden = !text;
  if (place.textContent !== text) place.replaceChildren(h("span", null, text));
}

/** Why nothing is heard; empty where something is. @param {Store} store @param {import("../sound/sound.js").SoundState} state */
function reason({ directory, person }, state) {
  switch (state) {
    case "unsupported":
      return t("soundUnsupported");
    case "unserved":
      return t("soundUnserved");
    case "deaf":
      return t("soundDeaf");
    case "locked":
      return t("soundLocked");
    case "connecting":
      return t("soundConnecting");
    case "quiet": {
      const channel = directory.channel(directory.voiceStateOf(person)?.channel_id ?? "");
      const player = channel && directory.playerIn(channel);
      return t(!player || player.paused ? "soundQuiet" : "soundMissing");
    }
    default:
      return "";
  }
}

/** The level of the last second or so, newest at the right. */
class Meter {
  #bars = Array.from({ length: BARS }, () => h("i"));
  #levels = /** @type {number[]} */ (Array(BARS).fill(0));
  #moving = false;
  #drawn = 0;

  /** @param {Sound} sound */
  constructor(sound) {
    this.sound = sound;
    this.element = h(
      "div",
      { class: "meter", role: "meter", "aria-valuemin": FLOOR, "aria-valuemax": 0, "aria-valuenow": FLOOR },
      this.#bars,
    );
  }

  /** Move while there is something to show. */
  render() {
    this.element.setAttribute("aria-label", t("soundLevel"));
    if (this.#moving || this.sound.state !== "sounding") return;
    this.#moving = true;
    requestAnimationFrame((time) => this.#move(time));
  }

  /** @param {number} time */
  #move(time) {
    if (time - this.#drawn >= BAR) {
      this.#drawn = time;
      this.#draw();
    }
    this.#moving = this.sound.state === "sounding" || this.#levels.some((level) => level > 0);
    if (this.#moving) requestAnimationFrame((next) => this.#move(next));
  }

  #draw() {
    const level = this.sound.state === "sounding" ? Math.max(this.sound.level(), FLOOR) : FLOOR;
    this.#levels = [...this.#levels.slice(1), Math.min((level - FLOOR) / (HEAD - FLOOR), 1) ** CONTRAST];
    for (const [at, bar] of this.#bars.entries()) bar.style.setProperty("--level", String(this.#levels[at]));
    this.element.setAttribute("aria-valuenow", String(Math.round(level)));
    this.element.setAttribute("aria-valuetext", `${Math.round(level)} dBFS`);
  }
}
