// @ts-check
// Hearing one voice channel: the stream of what is spoken there, mixed, measured and played.

import { LiveSocket } from "../live-socket.js";
import { RATE } from "./playout.js";
import { Speaker } from "./speaker.js";

/** Of a binary message: the user's id, the RTP timestamp, then the Opus frame (sandbox/README.md). */
const TIMESTAMP_AT = 8;
const OPUS_AT = 12;
/** Samples of which the level is the root mean square: 43 ms. */
const MEASURED = 2048;
/** Seconds in which a change of volume is two thirds done, so that it does not click. */
const SMOOTH = 0.015;
/** Milliseconds without any frame after which nothing is being sent. */
const PAUSE = 1000;
const SILENCE_DBFS = -100;

export class Listening {
  /** @type {Map<bigint, Speaker>} */
  #speakers = new Map();
  #samples = new Float32Array(MEASURED);
  #pause = 0;
  connected = false;
  /** Whether frames arrive. */
  receiving = false;

  /**
   * @param {string} channel
   * @param {{ me: string, gain: number, changed: () => void }} options whose own voice is left out, how loud it is,
   *   and what is called when `connected`, `receiving` or `audible` is another
   */
  constructor(channel, { me, gain, changed }) {
    this.channel = channel;
    this.me = me;
    this.changed = changed;
    this.context = new AudioContext({ sampleRate: RATE });
    this.context.addEventListener("statechange", changed);
    this.analyser = new AnalyserNode(this.context, { fftSize: MEASURED });
    this.volume = new GainNode(this.context, { gain });
    this.analyser.connect(this.volume).connect(this.context.destination);
    this.socket = new LiveSocket({
      path: () => `/sandbox/voice/${channel}/listen`,
      deliver: (data) => data instanceof ArrayBuffer && this.#deliver(data),
      connected: (connected) => {
        this.connected = connected;
        changed();
      },
    });
    void this.socket.open();
  }

  /** Whether the browser lets it sound. */
  get audible() {
    return this.context.state === "running";
  }

  /** Let it sound; browsers wait for a click or a key before. */
  resume() {
    this.context.resume().catch((error) => console.info("the sound ended before it began", error));
  }

  /** @param {number} gain */
  setGain(gain) {
    this.volume.gain.setTargetAtTime(gain, this.context.currentTime, SMOOTH);
  }

  /** What arrives just now, in dBFS (RMS), whatever the volume. */
  level() {
    this.analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / MEASURED;
    return power > 0 ? Math.max(10 * Math.log10(power), SILENCE_DBFS) : SILENCE_DBFS;
  }

  /** @param {ArrayBuffer} message */
  #deliver(message) {
    const header = new DataView(message);
    const user = header.getBigUint64(0);
    if (String(user) === this.me) return;
    const speaker = this.#speakers.get(user) ?? new Speaker(this.analyser);
    this.#speakers.set(user, speaker);
    if (this.audible) speaker.take(header.getUint32(TIMESTAMP_AT), new Uint8Array(message, OPUS_AT));
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#receive(false), PAUSE);
    this.#receive(true);
  }

  /** @param {boolean} receiving */
  #receive(receiving) {
    if (this.receiving === receiving) return;
    this.receiving = receiving;
    this.changed();
  }

  /** Stop at once, and for good. */
  close() {
    clearTimeout(this.#pause);
    this.context.removeEventListener("statechange", this.changed);
    this.socket.close();
    for (const speaker of this.#speakers.values()) speaker.close();
    void this.context.close();
  }
}
