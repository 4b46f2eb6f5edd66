// @ts-check
// What the visitor hears: the voice channel they are in, as loud as they chose.

import { preferences } from "../preferences.js";
import { Listening } from "./listening.js";

/** The volume of whoever turns the sound on again that they had turned down. */
const AGAIN = 50;
/** Milliseconds that a browser may take to begin, before the visitor is asked to press. */
const BEGINNING = 500;

/**
 * Why there is no sound, or that there is:
 * `away` in no voice channel · `unsupported` the browser cannot · `unserved` the sandbox has no voice server ·
 * `deaf` by the server or themselves · `locked` until the visitor presses, as browsers want it · `connecting` ·
 * `quiet` nothing is being sent · `sounding`
 *
 * @typedef {"away" | "unsupported" | "unserved" | "deaf" | "locked" | "connecting" | "quiet" | "sounding"} SoundState
 */

export class Sound {
  /** @type {Listening | null} */
  #listening = null;
  #beginning = false;
  #muted = false;

  /** @param {import("../store.js").Store} store */
  constructor(store) {
    this.store = store;
    for (const topic of /** @type {const} */ (["voice", "person", "channels"])) store.on(topic, () => this.#follow());
    this.#follow();
  }

  /** @returns {SoundState} */
  get state() {
    const listening = this.#listening;
    const obstacle = this.#obstacle();
    if (obstacle) return obstacle;
    if (!listening?.audible) return this.#beginning ? "connecting" : "locked";
    if (!listening.connected) return "connecting";
    return listening.receiving ? "sounding" : "quiet";
  }

  /** @returns {SoundState | null} why nobody needs to listen */
  #obstacle() {
    const voice = this.store.directory.voiceStateOf(this.store.person);
    if (!voice) return "away";
    if (!("AudioDecoder" in window && "AudioContext" in window)) return "unsupported";
    if (!this.store.directory.state.voice_server) return "unserved";
    return voice.deaf || voice.self_deaf ? "deaf" : null;
  }

  /** How loud it is in the channel, in dBFS, whatever the volume. */
  level() {
    return this.#listening?.level() ?? Number.NEGATIVE_INFINITY;
  }

  get muted() {
    return this.#muted;
  }
  set muted(muted) {
    this.#muted = muted;
    if (!muted && !this.volume) preferences.volume = AGAIN;
    this.#setGain();
  }

  /** 0 to 100, as people hear it. */
  get volume() {
    return preferences.volume;
  }
  set volume(volume) {
    preferences.volume = volume;
    this.#muted = volume === 0;
    this.#setGain();
  }

  #setGain() {
    this.#listening?.setGain(this.#gain);
    this.store.emit("sound");
  }

  get #gain() {
    return this.#muted ? 0 : (this.volume / 100) ** 2;
  }

  /** Begin to listen, because the visitor pressed. */
  begin() {
    if (this.#listening) this.#listening.resume();
    else this.#listen();
  }

  /** Go where the visitor goes; joining is a click, after which a browser lets a page sound. */
  #follow() {
    const obstacle = this.#obstacle();
    const { directory, person } = this.store;
    const channel = directory.voiceStateOf(person)?.channel_id;
    if (obstacle || this.#listening?.channel !== channel || this.#listening?.me !== person) {
      this.#listening?.close();
      this.#listening = null;
      this.#beginning = false;
      if (!obstacle && navigator.userActivation.hasBeenActive) this.#listen();
    }
    this.store.emit("sound");
  }

  #listen() {
    const { directory, person } = this.store;
    const channel = directory.voiceStateOf(person)?.channel_id ?? "";
    const listening = new Listening(channel, {
      me: person,
      gain: this.#gain,
      changed: () => this.store.emit("sound"),
    });
    this.#listening = listening;
    this.#beginning = true;
    setTimeout(() => {
      if (this.#listening !== listening) return;
      this.#beginning = false;
      this.store.emit("sound");
    }, BEGINNING);
    listening.resume();
  }
}
