// @ts-check
// What the views' buttons do: calls to the sandbox and what follows from them.

import { api } from "./api.js";
import { locale } from "./commands.js";
import { DIRECT, isVocal } from "./directory.js";
import { preferences } from "./preferences.js";
import { pickEmoji } from "./views/emoji.js";
import { openModal } from "./views/modal.js";
import { attempt } from "./views/toast.js";

/** @typedef {import("./types").Message} Message */
/** @typedef {import("./types").Channel} Channel */

export class Actions {
  /** @param {import("./store.js").Store} store @param {import("./requests.js").Requests} requests */
  constructor(store, requests) {
    this.store = store;
    this.requests = requests;
    store.on("modal", (interaction) => this.#modal(interaction));
  }

  /** Be who the visitor was last, where they were last. */
  restore() {
    const { directory } = this.store;
    const person = directory.people.find(({ id }) => id === preferences.person) ?? directory.state.me;
    this.store.person = person.id;
    const last = directory.channel(preferences.channel ?? "");
    const foreign = last?.type === DIRECT && last.id !== directory.directChannel(person.id)?.id;
    this.store.channel = (last && !foreign ? last.id : this.#firstChannel()) ?? "";
  }

  #firstChannel() {
    return this.#textChannels()[0]?.id;
  }

  #textChannels() {
    return this.store.directory.channels
      .filter(({ type, guild_id }) => guild_id && (type === 0 || type > 4))
      .sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  }

  openChannel = (/** @type {string} */ channel) => {
    preferences.channel = channel;
    this.store.openChannel(channel);
  };

  openDirect = async () => {
    const channel = await attempt(api.openDirectMessages(this.store.person));
    if (!channel) return;
    this.store.directory.addDirect(channel);
    this.openChannel(channel.id);
  };

  /** Go to the channel above or below. @param {number} by */
  step(by) {
    const channels = this.#textChannels();
    const at = channels.findIndex(({ id }) => id === this.store.channel);
    const next = channels[(at + by + channels.length) % channels.length];
    if (next) this.openChannel(next.id);
  }

  become = (/** @type {string} */ person) => {
    preferences.person = person;
    const direct = this.store.directory.channel(this.store.channel)?.type === DIRECT;
    this.store.become(person);
    if (direct) void this.openDirect();
  };

  voice = async (/** @type {Channel | null} */ channel, /** @type {{ self_mute?: boolean }} */ flags = {}) => {
    const { directory, person } = this.store;
    const guild = channel?.guild_id ?? directory.voiceStateOf(person)?.guild_id;
    if (guild) await attempt(api.voice({ user: person, guild, channel: channel?.id ?? null, ...flags }));
  };

  /** @param {import("./types").Invocable} invocable @param {Record<string, unknown>} options */
  async run(invocable, options) {
    const { person: user, channel } = this.store;
    const started = await attempt(
      api.command({ user, channel, name: invocable.path, options, locale: locale(preferences.language) }),
    );
    if (started) this.requests.follow(started.id, { channel, label: `/${invocable.label}` });
  }

  /** Try one of the welcome's examples. @param {import("./views/composer.js").Composer} composer @param {string} text @param {string} [voiceChannel] */
  async example(composer, text, voiceChannel) {
    const voice = voiceChannel && this.store.directory.channel(voiceChannel);
    if (voice && !this.store.directory.voiceStateOf(this.store.person)) await this.voice(voice);
    await composer.say(text);
  }

  /** What messages need. @param {import("./views/composer.js").Composer} composer @param {(id: string) => void} jump @returns {import("./views/message.js").Around} */
  around(composer, jump) {
    return {
      store: this.store,
      requests: this.requests,
      names: this.names(composer),
      entities: (component) => this.entities(component),
      useComponent: (message, customId, values) => void this.#use(message, customId, values),
      react: (message, emoji) => void attempt(api.react(message, this.store.person, emoji)),
      pickEmoji: (message, anchor) =>
        pickEmoji(anchor, (emoji) => void attempt(api.react(message, this.store.person, emoji))),
      reply: (message) => composer.reply(message),
      edit: (message) => composer.edit(message),
      remove: (message) => void attempt(api.remove(message, this.store.person)),
      jump,
    };
  }

  /** @param {import("./views/composer.js").Composer} composer @returns {import("./markdown/render.js").Names} */
  names(composer) {
    const { store } = this;
    return {
      get me() {
        return store.person;
      },
      user: (id) => {
        const user = store.directory.user(id);
        return user && store.directory.nameOf(user, store.directory.guildOf(store.channel));
      },
      role: (id) => store.directory.role(id),
      channel: (id) => store.directory.channel(id)?.name ?? undefined,
      openChannel: (id) => {
        const channel = store.directory.channel(id);
        if (!channel || !isVocal(channel)) this.openChannel(id);
      },
      openCommand: (name) => composer.write(`/${name} `),
    };
  }

  /** What a user, role, mentionable or channel select offers. @param {import("./types").Component} component @returns {import("./types").SelectOption[]} */
  entities(component) {
    const { directory, channel } = this.store;
    const guild = directory.guildOf(channel);
    const users = (guild?.members ?? []).map(({ user }) => ({
      label: `@${directory.nameOf(user, guild)}`,
      value: user.id,
    }));
    const roles = (guild?.roles ?? []).map(({ id, name }) => ({ label: `@${name}`.replace("@@", "@"), value: id }));
    const channels = (guild?.channels ?? [])
      .filter(({ type }) => !component.channel_types?.length || component.channel_types.includes(type))
      .map(({ id, name }) => ({ label: `#${name}`, value: id }));
    return { 5: users, 6: roles, 7: [...users, ...roles], 8: channels }[component.type] ?? [];
  }

  /** @param {Message} message @param {string} customId @param {string[]} [values] */
  async #use(message, customId, values) {
    const started = await attempt(
      api.component({
        user: this.store.person,
        channel: message.channel_id,
        message: message.id,
        custom_id: customId,
        values,
      }),
    );
    if (started)
      this.requests.follow(started.id, {
        channel: message.channel_id,
        label: customId,
        message: message.id,
        component: customId,
      });
  }

  /** @param {import("./types").Interaction} interaction */
  #modal(interaction) {
    const { modal } = interaction;
    if (!modal) return;
    const { person: user, channel } = this.store;
    const names = { ...this.names(/** @type {never} */ (null)), openCommand: () => undefined };
    openModal(modal, { names, entities: (component) => this.entities(component) }, async (values) => {
      const started = await attempt(api.modal({ user, interaction: interaction.id, values }));
      if (started) this.requests.follow(started.id, { channel, label: modal.title });
      return started !== undefined;
    });
  }
}
