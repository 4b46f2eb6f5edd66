/** Runs `action` at most once per `milliseconds`: right after a call that follows a pause, else at the pause's end. */
export class Throttle {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly action: () => void,
    private readonly milliseconds: number,
  ) {}

  readonly call = (): void => {
    const wait = Math.max(0, this.#last + this.milliseconds - performance.now());
    this.#timer ??= setTimeout(this.#run, wait);
  };

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #run = (): void => {
    this.#timer = undefined;
    this.#last = performance.now();
    this.action();
  };
}
