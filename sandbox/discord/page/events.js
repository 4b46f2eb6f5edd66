// @ts-check
// The live stream: reconnects with a growing pause and resumes after the last sequence it delivered.

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 5000;

export class EventStream {
  /** @type {WebSocket | null} */
  #socket = null;
  #timer = 0;
  #pause = FIRST_PAUSE;
  #closed = false;

  /**
   * @param {object} hooks
   * @param {() => Promise<{ after: number, user: string }>} hooks.prepare where to resume; awaited before each connection
   * @param {(event: import("./types").SandboxEvent) => void} hooks.deliver
   * @param {(connected: boolean) => void} hooks.connected
   */
  constructor({ prepare, deliver, connected }) {
    this.prepare = prepare;
    this.deliver = deliver;
    this.connected = connected;
  }

  /** Connect, and again whenever the connection is lost, until `close`. */
  async open() {
    try {
      const { after, user } = await this.prepare();
      if (!this.#closed) this.#connect(after, user);
    } catch (error) {
      console.info("sandbox unreachable", error);
      this.#lost();
    }
  }

  /** Stop for good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  /** @param {number} after @param {string} user */
  #connect(after, user) {
    const address = new URL(`/sandbox/events?after=${after}&user=${user}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#pause = FIRST_PAUSE;
      this.connected(true);
    });
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket === socket && !this.#closed) this.deliver(JSON.parse(data));
    });
    socket.addEventListener("close", () => this.#lost());
  }

  #lost() {
    if (this.#closed) return;
    this.connected(false);
    this.#timer = setTimeout(() => void this.open(), this.#pause * (0.75 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}
