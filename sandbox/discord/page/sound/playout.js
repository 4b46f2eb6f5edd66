// @ts-check
// A small jitter buffer: when each frame of one speaker sounds.

export const RATE = 48_000;
/** How far ahead the first frame is put, in samples: what may come late without being missed. */
export const LEAD = RATE * 0.2;
/** How far ahead a frame may be put: after a jam, playing would stay behind by all of it. */
export const MOST = RATE * 0.3;

export class Playout {
  /** Where the next frame begins, in the sender's samples. */
  #next = 0;
  /** When it would sound if it follows at once, in the player's samples. */
  #end = Number.NEGATIVE_INFINITY;

  /**
   * Return when a frame sounds. Frames that follow each other do so without a seam, and what was lost stays empty;
   * a frame that would come too late, or wait too long, begins a new run.
   *
   * @param {number} position where the frame begins, in the sender's samples
   * @param {number} length in samples
   * @param {number} now in the player's samples
   * @returns {{ at: number, begins: boolean }} `at` in the player's samples
   */
  place(position, length, now) {
    const due = this.#end + position - this.#next;
    const begins = due < now || due > now + MOST;
    const at = begins ? Math.ceil(now + LEAD) : due;
    this.#next = position + length;
    this.#end = at + length;
    return { at, begins };
  }
}
