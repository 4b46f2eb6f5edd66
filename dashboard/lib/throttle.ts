/** Runs `action` at most once per `milliseconds`, and not before it has ended; the last call is never lost. */
export class Throttle {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next = 0;
  #isRunning = false;
  #isWanted = false;

  constructor(
    private readonly action: () => unknown,
    private readonly milliseconds: number,
  ) {}

  readonly call = (): void => {
    this.#isWanted = true;
    if (this.#isRunning) return;
    this.#timer ??= setTimeout(this.#run, Math.max(0, this.#next - performance.now()));
  };

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isWanted = false;
  }

  readonly #run = async (): Promise<void> => {
    this.#timer = undefined;
    this.#next = performance.now() + this.milliseconds;
    this.#isWanted = false;
    this.#isRunning = true;
    await this.action();
    this.#isRunning = false;
    if (this.#isWanted) this.call();
  };
}
