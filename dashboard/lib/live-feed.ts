import type { RealtimeChannel } from "@supabase/supabase-js";
import type { Client } from "./supabase";
import type { LiveTable, LiveTables } from "./tables";
import { Throttle } from "./throttle";

/**
 * live: told of every INSERT by Realtime · polling: asks every ten seconds · offline: the same, but the browser
 * says that it has no network · connecting: nothing of this yet.
 */
export type LiveState = "connecting" | "live" | "polling" | "offline";

const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000] as const;
/** Asks again even while live: days change, and retention deletes. */
const REVIEW_MS = 300_000;
const TICK_MS = 5_000;
/** A hidden tab's clock ticks once a minute at least; a longer pause was the computer's sleep. */
const ASLEEP_MS = 90_000;
const LONG_HIDDEN_MS = 30_000;
/** How often rows are handed on at most, all that have come by then: after an outage they come in thousands. */
const GATHER_MS = 100;

type Listener<Name extends LiveTable> = (rows: readonly LiveTables[Name][]) => void;

/**
 * One Realtime channel for all tables. Whenever rows may have been missed (before the subscription took
 * effect, after a break, after a sleep), those who listen are asked to read again.
 */
export class LiveFeed {
  #state: LiveState = "connecting";
  #channel: RealtimeChannel | undefined;
  /** Done when the connection of the last try is closed. */
  #closed: Promise<unknown> = Promise.resolve();
  #generation = 0;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #tick: ReturnType<typeof setInterval> | undefined;
  #lastTick = Date.now();
  #lastReview = Date.now();
  #hiddenSince = 0;
  readonly #stateListeners = new Set<() => void>();
  readonly #listeners = new Map<LiveTable, Set<(rows: never) => void>>();
  #gathered = new Map<LiveTable, object[]>();
  readonly #handingOn = new Throttle(() => this.#handOn(), GATHER_MS);

  constructor(
    private readonly client: Client,
    private readonly tables: readonly LiveTable[],
    /** Called whenever rows may have been missed. */
    private readonly review: () => void,
  ) {}

  get state(): LiveState {
    return this.#state;
  }

  start(): void {
    this.#lastTick = Date.now();
    this.#tick = setInterval(this.#onTick, TICK_MS);
    document.addEventListener("visibilitychange", this.#onVisibility);
    window.addEventListener("online", this.#onOnline);
    window.addEventListener("offline", this.#onOffline);
    void this.#join();
  }

  stop(): void {
    clearInterval(this.#tick);
    clearTimeout(this.#retry);
    this.#handingOn.cancel();
    document.removeEventListener("visibilitychange", this.#onVisibility);
    window.removeEventListener("online", this.#onOnline);
    window.removeEventListener("offline", this.#onOffline);
    this.#leave();
  }

  onState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  onRows<Name extends LiveTable>(table: Name, listener: Listener<Name>): () => void {
    const listeners = this.#listeners.get(table) ?? new Set();
    this.#listeners.set(table, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  async #join(): Promise<void> {
    this.#leave();
    const generation = this.#generation;
    const current = () => generation === this.#generation;
    await this.#closed;
    if (!current()) return;
    const channel = this.client.channel(`dashboard-${generation}`);
    for (const table of this.tables) {
      channel.on("postgres_changes", { event: "INSERT", schema: "public", table }, (change) => {
        if (!current()) return;
        // Realtime leaves columns out of a row of more than a megabyte, and says so.
        if (change.errors?.length) this.#review();
        else this.#gather(table, change.new);
      });
    }
    channel.on("system", {}, (message: { extension?: string; status?: string }) => {
      if (!current()) return;
      // Rows are told from this message on, not from the answer to the join.
      if (message.status === "ok" && message.extension === "postgres_changes") this.#up();
      else if (message.status === "error") this.#down();
    });
    this.#channel = channel;
    channel.subscribe((status) => {
      if (current() && status !== "SUBSCRIBED") this.#down();
    });
  }

  #gather(table: LiveTable, row: object): void {
    const rows = this.#gathered.get(table);
    if (rows) rows.push(row);
    else this.#gathered.set(table, [row]);
    this.#handingOn.call();
  }

  #handOn(): void {
    const gathered = this.#gathered;
    this.#gathered = new Map();
    for (const [table, rows] of gathered) for (const tell of this.#listeners.get(table) ?? []) tell(rows as never);
  }

  #leave(): void {
    this.#generation += 1;
    const channel = this.#channel;
    this.#channel = undefined;
    if (!channel) return;
    const { realtime } = this.client;
    void this.client.removeChannel(channel);
    // Each try has a connection of its own, and nothing to send of those before: realtime-js keeps what it could not send,
    // and after an outage would join and leave every channel of it first, at the pace of its own reconnecting.
    realtime.sendBuffer.splice(0);
    this.#closed = realtime.disconnect();
  }

  #up(): void {
    this.#attempt = 0;
    this.#become("live");
    this.#review();
  }

  #down(): void {
    this.#leave();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#join(), RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)]);
    this.#attempt += 1;
    const wasTold = this.#state === "live" || this.#state === "connecting";
    this.#become(navigator.onLine ? "polling" : "offline");
    if (wasTold) this.#review();
  }

  #review(): void {
    this.#lastReview = Date.now();
    this.review();
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }

  readonly #onTick = (): void => {
    const now = Date.now();
    const asleep = now - this.#lastTick > ASLEEP_MS;
    this.#lastTick = now;
    if (asleep) this.#wake();
    else if (now - this.#lastReview > REVIEW_MS) this.#review();
  };

  /** The old connection may be dead without knowing it. */
  #wake(): void {
    this.#attempt = 0;
    this.#state = "connecting"; // whatever was known of it
    this.#down();
  }

  readonly #onVisibility = (): void => {
    if (document.hidden) this.#hiddenSince = Date.now();
    else if (Date.now() - this.#hiddenSince > LONG_HIDDEN_MS) {
      if (this.#state === "live") this.#review();
      else this.#wake();
    }
  };

  readonly #onOnline = (): void => this.#wake();
  readonly #onOffline = (): void => this.#down();
}
