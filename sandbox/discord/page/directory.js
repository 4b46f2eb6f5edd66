// @ts-check
// Guilds, channels, people, voice, players and commands: what names stand for.

/** @typedef {import("./types").Channel} Channel */
/** @typedef {import("./types").User} User */
/** @typedef {import("./types").Guild} Guild */

export const DIRECT = 1;
const VOICE = 2;
const STAGE = 13;
const ADMINISTRATOR = 1n << 3n;
const MANAGE_GUILD = 1n << 5n;

/**
 * Whether people are heard in a channel.
 * @param {{ type: number }} channel
 */
export const isVocal = ({ type }) => type === VOICE || type === STAGE;

/** Bidi controls, which would turn the sentence around a name. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** A name that leaves the direction of what is around it alone: without controls, isolated (FSI, PDI) if need be. @param {string} name */
function harmless(name) {
  const plain = name.replace(TURNING, "");
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}

export class Directory {
  /** @param {import("./types").State} state */
  constructor(state) {
    this.state = state;
    this.bot = state.bot;
    for (const player of state.players) player.heard = Date.now();
    this.commands = state.commands;
  }

  /** @returns {Channel[]} every channel, direct ones last */
  get channels() {
    return [
      ...this.state.guilds.flatMap((guild) => guild.channels.map((channel) => ({ guild_id: guild.id, ...channel }))),
      ...this.state.dms,
    ];
  }

  /** @param {string} id */
  channel(id) {
    return this.channels.find((channel) => channel.id === id);
  }

  /** @param {string | null | undefined} id */
  guild(id) {
    return this.state.guilds.find((guild) => guild.id === id);
  }

  /** @param {string} channel */
  guildOf(channel) {
    return this.guild(this.channel(channel)?.guild_id);
  }

  /** Everybody a visitor can be. @returns {User[]} */
  get people() {
    const users = new Map(this.#users().map((user) => [user.id, user]));
    return [...users.values()].filter(({ bot }) => !bot);
  }

  /** @returns {User[]} */
  #users() {
    return [
      this.state.me,
      ...(this.state.users ?? []),
      ...this.state.guilds.flatMap(({ members }) => members.map(({ user }) => user)),
      this.bot.user,
    ];
  }

  /** @param {string} id */
  user(id) {
    return this.#users().find((user) => user.id === id);
  }

  /** A member's nickname, global name or user name. @param {User} user @param {Guild} [guild] */
  nameOf(user, guild) {
    const nick = guild?.members.find((member) => member.user.id === user.id)?.nick;
    return harmless(nick || user.global_name || user.username);
  }

  /** @param {Channel} channel */
  channelName(channel) {
    return channel.type === DIRECT ? this.nameOf(this.bot.user) : (channel.name ?? "");
  }

  /** The channel that a person shares with the bot alone; the sandbox lists the recipients the bot sees. @param {string} person */
  directChannel(person) {
    return this.state.dms.find(({ recipients }) => recipients?.some(({ id }) => id === person));
  }

  /** @param {Channel} channel */
  addDirect(channel) {
    if (!this.state.dms.some(({ id }) => id === channel.id)) this.state.dms.push(channel);
  }

  /** @param {string} id */
  role(id) {
    return this.state.guilds.flatMap(({ roles }) => roles).find((role) => role.id === id);
  }

  /** Who is in a voice channel. @param {string} channel */
  voiceStates(channel) {
    return this.state.voice_states.filter((state) => state.channel_id === channel);
  }

  /** @param {string} user */
  voiceStateOf(user) {
    return this.state.voice_states.find((state) => state.user_id === user && state.channel_id);
  }

  /** What the bot plays in a voice channel. @param {Channel} channel */
  playerIn(channel) {
    const botIsThere = this.voiceStates(channel.id).some(({ user_id }) => user_id === this.bot.user.id);
    const player = this.state.players.find(({ guild_id }) => guild_id === channel.guild_id);
    return botIsThere && player?.title ? player : undefined;
  }

  /**
   * Tell whether Discord would show a command to this person here: by its default permissions and its contexts.
   *
   * @param {import("./types").ApplicationCommand} command
   * @param {string} person
   * @param {string} channel
   */
  mayUse(command, person, channel) {
    const guild = this.guildOf(channel);
    if (!guild) return command.contexts ? command.contexts.includes(1) : command.dm_permission !== false;
    if (command.contexts && !command.contexts.includes(0)) return false;
    const needed = command.default_member_permissions;
    return needed === null || needed === undefined || this.#holds(guild, person, BigInt(needed));
  }

  /** Whether a person may manage a server, as its owner or by a role. @param {string} person @param {Guild} guild */
  manages(person, guild) {
    return this.#holds(guild, person, MANAGE_GUILD);
  }

  /** @param {Guild} guild @param {string} person @param {bigint} needed */
  #holds(guild, person, needed) {
    if (guild.owner_id === person) return true;
    const roles = guild.members.find(({ user }) => user.id === person)?.roles ?? [];
    const granted = guild.roles
      .filter(({ id }) => id === guild.id || roles.includes(id))
      .reduce((sum, role) => sum | BigInt(role.permissions), 0n);
    // "0" means: administrators only.
    return Boolean(granted & ADMINISTRATOR) || (needed !== 0n && (granted & needed) === needed);
  }

  /**
   * @param {import("./types").DirectoryChange} change
   * @returns {import("./store.js").Topic | null} what changed
   */
  apply({ type, data }) {
    switch (type) {
      case "voice_state_update":
        this.#setVoiceState(data);
        return "voice";
      case "player_update":
        this.#setPlayer(data);
        return "voice";
      case "commands_update":
        this.commands = data.commands;
        return "commands";
      case "bot_status":
        this.bot = { ...this.bot, online: data.online };
        return "bot";
      case "channel_update":
        this.#setChannel(data);
        return "channels";
      default:
        return null;
    }
  }

  /** @param {import("./types").VoiceState} state */
  #setVoiceState(state) {
    const others = this.state.voice_states.filter(
      (known) => known.user_id !== state.user_id || (known.guild_id ?? null) !== (state.guild_id ?? null),
    );
    this.state.voice_states = state.channel_id ? [...others, state] : others;
  }

  /** @param {import("./types").Player} player */
  #setPlayer(player) {
    this.state.players = [
      ...this.state.players.filter(({ guild_id }) => guild_id !== player.guild_id),
      { ...player, heard: Date.now() },
    ];
  }

  /** @param {Channel & { change?: string }} channel */
  #setChannel({ change, ...channel }) {
    const list = channel.type === DIRECT ? this.state.dms : this.guild(channel.guild_id)?.channels;
    if (!list) return;
    const at = list.findIndex(({ id }) => id === channel.id);
    if (change === "delete") list.splice(at, at === -1 ? 0 : 1);
    else if (at === -1) list.push(channel);
    else list[at] = { ...list[at], ...channel };
  }
}
