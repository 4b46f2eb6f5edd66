// @ts-check
// A websocket to the sandbox that connects again, with a growing pause, whenever it is lost.

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 5000;

export class LiveSocket {
  /** @type {WebSocket | null} */
  #socket = null;
  #timer = 0;
  #pause = FIRST_PAUSE;
  #closed = false;

  /**
   * @param {object} hooks
   * @param {() => string | Promise<string>} hooks.path where to connect; awaited before each connection
   * @param {(data: string | ArrayBuffer) => void} hooks.deliver called with every message
   * @param {(connected: boolean) => void} hooks.connected
   */
  constructor({ path, deliver, connected }) {
    this.path = path;
    this.deliver = deliver;
    this.connected = connected;
  }

  /** Connect, and again whenever the connection is lost, until `close`. */
  async open() {
    try {
      const path = await this.path();
      if (!this.#closed) this.#connect(path);
    } catch (error) {
      console.info("sandbox unreachable", error);
      this.#lost();
    }
  }

  /** Stop for good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.close();
  }

  /** @param {string} path */
  #connect(path) {
    const address = new URL(path, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => {
      // Closed before it was open: browsers complain of that in the console, so it had to wait.
      if (this.#closed) return socket.close();
      this.#pause = FIRST_PAUSE;
      return this.connected(true);
    });
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket === socket && !this.#closed) this.deliver(data);
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
