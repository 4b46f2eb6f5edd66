// Discord's JSON shapes (API v10, https://discord.com/developers/docs) as far as the page reads them,
// and the people API's own. Imported by JSDoc only; never served code.

export type Language = "ja" | "en";
export interface User {
  id: string;
  username: string;
  global_name?: string | null;
  bot?: boolean;
  avatar?: string | null;
}
export interface Role {
  id: string;
  name: string;
  color: number;
  permissions: string;
  position?: number;
}
export interface Member {
  user: User;
  nick?: string | null;
  roles: string[];
}
export interface Channel {
  id: string;
  type: number;
  name?: string | null;
  guild_id?: string | null;
  topic?: string | null;
  position?: number;
  recipients?: User[];
  parent_id?: string | null;
  /** Of a voice channel: what stands below its name. */
  status?: string | null;
}
export interface Guild {
  id: string;
  name: string;
  owner_id?: string;
  channels: Channel[];
  roles: Role[];
  members: Member[];
}
export interface VoiceState {
  guild_id?: string | null;
  channel_id: string | null;
  user_id: string;
  self_mute?: boolean;
  self_deaf?: boolean;
  mute?: boolean;
  deaf?: boolean;
}

/** What the Lavalink stand-in tells of a player; `title` null: nothing plays; `length_ms` null: a live stream. */
export interface Player {
  guild_id: string;
  channel_id?: string | null;
  title: string | null;
  author: string | null;
  artwork_url?: string | null;
  position_ms: number;
  length_ms: number | null;
  paused: boolean;
  volume: number;
  /** When this page learned of it, as Date.now(). */
  heard?: number;
}

export interface Emoji {
  id?: string | null;
  name: string | null;
  animated?: boolean;
}
export interface Media {
  url: string;
  width?: number;
  height?: number;
}
export interface Embed {
  type?: string;
  title?: string;
  description?: string;
  url?: string;
  timestamp?: string;
  color?: number;
  footer?: { text: string; icon_url?: string };
  author?: { name: string; url?: string; icon_url?: string };
  image?: Media;
  thumbnail?: Media;
  fields?: { name: string; value: string; inline?: boolean }[];
}
export interface Attachment {
  id: string;
  filename: string;
  size: number;
  url: string;
  content_type?: string | null;
  width?: number | null;
  height?: number | null;
  description?: string | null;
}
export interface SelectOption {
  label: string;
  value: string;
  description?: string;
  emoji?: Emoji;
  default?: boolean;
}
export interface Component {
  type: number;
  id?: number;
  custom_id?: string;
  components?: Component[];
  component?: Component;
  accessory?: Component;
  style?: number;
  label?: string;
  description?: string | null;
  emoji?: Emoji;
  url?: string;
  disabled?: boolean;
  options?: SelectOption[];
  placeholder?: string;
  min_values?: number;
  max_values?: number;
  channel_types?: number[];
  value?: string;
  required?: boolean;
  min_length?: number;
  max_length?: number;
  content?: string;
  accent_color?: number | null;
  divider?: boolean;
  spacing?: number;
  media?: Media;
  items?: { media: Media; description?: string | null }[];
  file?: Media;
  name?: string;
  spoiler?: boolean;
}
export interface Reaction {
  emoji: Emoji;
  count: number;
  me: boolean;
  users?: string[];
}
export interface Message {
  id: string;
  channel_id: string;
  type: number;
  author: User;
  content: string;
  timestamp: string;
  edited_timestamp: string | null;
  flags?: number;
  mentions: User[];
  mention_roles?: string[];
  mention_everyone?: boolean;
  attachments: Attachment[];
  embeds: Embed[];
  components?: Component[];
  reactions?: Reaction[];
  message_reference?: { message_id?: string };
  referenced_message?: Message | null;
  interaction_metadata?: { id: string; type: number; user: User; name?: string };
  interaction?: { id: string; type: number; name: string; user: User };
}

export interface Choice {
  name: string;
  name_localizations?: Record<string, string> | null;
  value: string | number;
}
export interface CommandOption {
  type: number;
  name: string;
  description: string;
  required?: boolean;
  autocomplete?: boolean;
  name_localizations?: Record<string, string> | null;
  description_localizations?: Record<string, string> | null;
  choices?: Choice[];
  options?: CommandOption[];
  min_value?: number;
  max_value?: number;
  min_length?: number;
  max_length?: number;
  channel_types?: number[];
}
export interface ApplicationCommand {
  id: string;
  type?: number;
  name: string;
  description: string;
  options?: CommandOption[];
  name_localizations?: Record<string, string> | null;
  description_localizations?: Record<string, string> | null;
  default_member_permissions?: string | null;
  dm_permission?: boolean;
  contexts?: number[] | null;
  guild_id?: string;
}
/** A command or subcommand as a person types it. */
export interface Invocable {
  path: string;
  label: string;
  description: string;
  options: CommandOption[];
  command: ApplicationCommand;
}

export interface Modal {
  title: string;
  custom_id: string;
  components: Component[];
}
export interface Interaction {
  id: string;
  state: "pending" | "deferred" | "answered" | "failed";
  ephemeral?: boolean;
  messages: Message[];
  modal?: Modal | null;
}
export interface State {
  bot: { user: User; online: boolean };
  me: User;
  users?: User[];
  guilds: Guild[];
  dms: Channel[];
  voice_states: VoiceState[];
  players: Player[];
  /** The services that are no real ones: discord, gemini, lavalink, supabase. */
  stand_ins: string[];
  /** Whether there is a voice server, whose channels can be listened to. */
  voice_server: boolean;
  commands: ApplicationCommand[];
  sequence: number;
}
export interface ReactionChange {
  channel_id: string;
  message_id: string;
  user_id: string;
  emoji: Emoji;
}
export type DirectoryChange =
  | { type: "voice_state_update"; data: VoiceState }
  | { type: "player_update"; data: Player }
  | { type: "commands_update"; data: { commands: ApplicationCommand[] } }
  | { type: "bot_status"; data: { online: boolean } }
  | { type: "channel_update"; data: Channel & { change: "create" | "update" | "delete" } };
export type SandboxEvent = { sequence: number } & (
  | { type: "message_create" | "message_update"; data: Message }
  | { type: "message_delete"; data: { id: string; channel_id: string } }
  | { type: "reaction_add" | "reaction_remove"; data: ReactionChange }
  | { type: "typing_start"; data: { channel_id: string; user_id: string } }
  | { type: "interaction_update"; data: Interaction }
  | { type: "guild_update"; data: { id: string } }
  | DirectoryChange
);
export interface Upload {
  filename: string;
  content_type: string;
  data: string;
}

/** What this page asked the bot for and is still waiting for, or what failed. */
export interface Request {
  id: string;
  channel: string;
  label: string;
  state: Interaction["state"];
  answered: boolean;
  message?: string;
  component?: string;
}

export type Node =
  | { type: "text"; text: string }
  | { type: "strong" | "em" | "u" | "s" | "spoiler" | "quote" | "subtext"; children: Node[] }
  | { type: "heading"; level: number; children: Node[] }
  | { type: "code"; text: string }
  | { type: "fence"; language: string; text: string }
  | { type: "list"; ordered: boolean; start: number; items: Node[][] }
  | { type: "link"; url: string; title: string; children: Node[] }
  | { type: "mention"; kind: "user" | "role" | "channel" | "command" | "everyone"; id: string; name: string }
  | { type: "emoji"; name: string; id: string }
  | { type: "time"; seconds: number; style: string };
