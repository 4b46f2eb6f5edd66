// @ts-check
// The sandbox's people API.

/** @typedef {import("./types").Message} Message */
/** @typedef {import("./types").Channel} Channel */

/** A call that the sandbox refused; its message is the sandbox's own. */
export class ApiError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @template T
 * @param {string} method
 * @param {string} path below /sandbox
 * @param {object} [body]
 * @returns {Promise<T>} the JSON answer; null where there is none
 */
async function call(method, path, body) {
  const response = await fetch(`/sandbox${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : null,
  });
  const text = await response.text();
  if (!response.ok) throw new ApiError(response.status, reason(text) ?? `${response.status} ${response.statusText}`);
  return JSON.parse(text || "null");
}

/** @param {string} text @returns {string | undefined} */
function reason(text) {
  try {
    return JSON.parse(text).error;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export const api = {
  /** @returns {Promise<import("./types").State>} */
  state: () => call("GET", "/state"),

  /**
   * @param {string} channel
   * @param {{ user: string, limit: number, before?: string }} query
   * @returns {Promise<Message[]>} newest last
   */
  messages(channel, { user, limit, before }) {
    const query = new URLSearchParams({ user, limit: String(limit), ...(before ? { before } : {}) });
    return call("GET", `/channels/${channel}/messages?${query}`);
  },

  /**
   * @param {string} channel
   * @param {{ user: string, content: string, reply_to?: string, attachments?: import("./types").Upload[] }} message
   * @returns {Promise<Message>}
   */
  send: (channel, message) => call("POST", `/channels/${channel}/messages`, message),

  /** @param {Message} message @param {string} user @param {string} content */
  edit: (message, user, content) =>
    call("PATCH", `/channels/${message.channel_id}/messages/${message.id}`, { user, content }),

  /** @param {Message} message @param {string} user */
  remove: (message, user) => call("DELETE", `/channels/${message.channel_id}/messages/${message.id}`, { user }),

  /** @param {Message} message @param {string} user @param {string} emoji */
  react: (message, user, emoji) =>
    call("POST", `/channels/${message.channel_id}/messages/${message.id}/reactions`, { user, emoji }),

  /** @param {string} channel @param {string} user */
  typing: (channel, user) => call("POST", `/channels/${channel}/typing`, { user }),

  /** @param {string} user @returns {Promise<Channel>} */
  openDirectMessages: (user) => call("POST", "/dms", { user }),

  /**
   * @param {{ user: string, channel: string, name: string, options: Record<string, unknown>, locale: string }} invocation
   * @returns {Promise<{ id: string }>}
   */
  command: (invocation) => call("POST", "/interactions/command", invocation),

  /**
   * @param {{ user: string, channel: string, name: string, options: Record<string, unknown>, focused: string, locale: string }} query
   * @returns {Promise<{ choices: import("./types").Choice[] }>}
   */
  autocomplete: (query) => call("POST", "/interactions/autocomplete", query),

  /**
   * @param {{ user: string, channel: string, message: string, custom_id: string, values?: string[] }} act
   * @returns {Promise<{ id: string }>}
   */
  component: (act) => call("POST", "/interactions/component", act),

  /**
   * @param {{ user: string, interaction: string, values: Record<string, string | string[]> }} submission
   * @returns {Promise<{ id: string }>}
   */
  modal: (submission) => call("POST", "/interactions/modal", submission),

  /** @param {string} id @returns {Promise<import("./types").Interaction>} */
  interaction: (id) => call("GET", `/interactions/${id}`),

  /** @param {{ user: string, guild: string, channel: string | null, self_mute?: boolean, self_deaf?: boolean }} state */
  voice: (state) => call("POST", "/voice", state),
};
