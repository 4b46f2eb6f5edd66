// @ts-check
// One person's voice: their Opus frames, decoded and put into the sound.

import { Playout, RATE } from "./playout.js";

const CHANNELS = 2;
const MICROSECONDS = 1_000_000;

export class Speaker {
  #playout = new Playout();
  /** @type {AudioDecoder | null} */
  #decoder = null;
  /** @type {Set<AudioBufferSourceNode>} what is still to sound */
  #scheduled = new Set();
  /** The newest RTP timestamp, and where it is when counted on beyond 32 bits; null before the first frame. */
  #newest = /** @type {{ timestamp: number, position: number } | null} */ (null);

  /** @param {AudioNode} output */
  constructor(output) {
    this.output = output;
  }

  /** Take a frame; one that comes after a newer one is left out. @param {number} timestamp RTP's @param {Uint8Array} opus */
  take(timestamp, opus) {
    const step = this.#newest ? (timestamp - this.#newest.timestamp) | 0 : 1;
    if (step <= 0 && step > -RATE) return;
    // A sender that begins again, from anywhere, goes on a second later.
    const position = (this.#newest?.position ?? 0) + (step > 0 ? step : RATE);
    this.#newest = { timestamp, position };
    const microseconds = Math.round((position * MICROSECONDS) / RATE);
    this.#ready().decode(new EncodedAudioChunk({ type: "key", timestamp: microseconds, data: opus }));
  }

  /** The decoder; after a frame that it could not read it is closed, and another goes on. */
  #ready() {
    if (this.#decoder?.state === "configured") return this.#decoder;
    this.#decoder = new AudioDecoder({
      output: (sound) => this.#schedule(sound),
      error: (error) => console.info("an Opus frame could not be decoded", error),
    });
    this.#decoder.configure({ codec: "opus", sampleRate: RATE, numberOfChannels: CHANNELS });
    return this.#decoder;
  }

  /** @param {AudioData} sound */
  #schedule(sound) {
    const { context } = this.output;
    const { numberOfChannels, numberOfFrames, sampleRate, timestamp } = sound;
    const buffer = new AudioBuffer({ numberOfChannels, length: numberOfFrames, sampleRate });
    for (let planeIndex = 0; planeIndex < numberOfChannels; planeIndex++)
      sound.copyTo(buffer.getChannelData(planeIndex), { planeIndex, format: "f32-planar" });
    sound.close();
    const position = Math.round((timestamp * RATE) / MICROSECONDS);
    const { at, begins } = this.#playout.place(position, numberOfFrames, context.currentTime * RATE);
    if (begins) this.#silence();
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(this.output);
    source.addEventListener("ended", () => this.#scheduled.delete(source));
    source.start(at / RATE);
    this.#scheduled.add(source);
  }

  #silence() {
    for (const source of this.#scheduled) source.stop();
    this.#scheduled.clear();
  }

  /** Stop at once. */
  close() {
    this.#silence();
    if (this.#decoder?.state === "configured") this.#decoder.close();
  }
}
