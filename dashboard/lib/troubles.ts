import type { QueryError } from "./errors";

/** Why the questions that are on screen have no newer answer, and what several of them have in common. */
export class Troubles {
  readonly #errors = new Map<string, QueryError>();
  readonly #listeners = new Set<() => void>();
  #common: QueryError | null = null;

  /** One reason that is told once, in place of each question's: no connection at all, or the same for several. */
  get common(): QueryError | null {
    return this.#common;
  }

  note(question: string, error: QueryError | null): void {
    if (error) this.#errors.set(question, error);
    else this.#errors.delete(question);
    const errors = [...this.#errors.values()];
    const common =
      errors.find((one) => one.trouble === "unreachable") ??
      errors.find((one) => errors.some((other) => other !== one && isSame(one, other))) ??
      null;
    if (common === this.#common || (common && this.#common && isSame(common, this.#common))) return;
    this.#common = common;
    for (const listener of this.#listeners) listener();
  }

  onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** Whether two errors are one cause. */
export function isSame(one: QueryError, other: QueryError): boolean {
  return one.trouble === other.trouble && one.code === other.code;
}
