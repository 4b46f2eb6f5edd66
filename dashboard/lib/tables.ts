/** What the dashboard reads, by the schema's names; see bot/supabase_schema.sql for units. */

import type { Database } from "./database";

type Public = Database["public"];
type Row<Name extends keyof Public["Tables"]> = Public["Tables"][Name]["Row"];
type Answer<Name extends keyof Public["Functions"]> = Extract<Public["Functions"][Name]["Returns"], unknown[]>[number];

/** The first sketch's tables allow null where the bot never leaves a column out. */
type Given<Of, Column extends keyof Of> = Omit<Of, Column> & { [Name in Column]: NonNullable<Of[Name]> };
type Nullable<Of, Column extends keyof Of> = Omit<Of, Column> & { [Name in Column]: Of[Name] | null };

export type SystemStat = Given<Row<"system_stats">, "bot_id" | "status" | "timestamp" | "created_at">;
export type NetworkStat = Row<"network_stats">;
/** For whom is null where it is not for this visitor. */
export type Play = Answer<"play_history"> & { requested_by: string | null; requested_by_id: string | null };
export type Conversation = Given<Row<"conversation_logs">, "timestamp">;
export type LogLine = Row<"bot_logs">;
export type DiscordName = Row<"discord_names">;

/** Averages; null where nothing was measured. */
export type SystemPoint = Nullable<
  Answer<"system_points">,
  "cpu_usage" | "ram_usage" | "memory_rss" | "ping_gateway" | "ping_lavalink" | "server_count"
>;
export type NetworkPoint = Answer<"network_points">;
export type NetworkTotals = Answer<"network_totals"> & Answer<"network_coverage">;
export type Gap = Answer<"network_gaps">;
export type Activity = Answer<"activity">;
export type RankedSong = Answer<"top_songs">;
export type RankedListener = Answer<"top_listeners">;
export type RankedGuild = Answer<"top_guilds">;
export type TalkativeGuild = Answer<"conversation_guilds">;

/** Whom a period's figures are of; null: of every bot. */
export type BotId = string | null;

/** What tells of its INSERTs by Realtime. */
export type LiveTables = {
  system_stats: SystemStat;
  network_stats: NetworkStat;
  music_logs: Play;
  conversation_logs: Conversation;
  bot_logs: LogLine;
  gemini_usage: Row<"gemini_usage">;
  discord_names: DiscordName;
};
export type LiveTable = keyof LiveTables;

/** What is known of the answers beyond their catalogue. */
type Answers = { latest_system_stats: SystemStat; search_conversations: Conversation; system_points: SystemPoint };

/** The database as supabase-js is to see it. */
export type KnownDatabase = {
  public: Omit<Public, "Tables" | "Functions"> & {
    Tables: {
      [Name in keyof Public["Tables"]]: Omit<Public["Tables"][Name], "Row"> & {
        Row: Name extends LiveTable ? LiveTables[Name] : Row<Name>;
      };
    };
    Functions: {
      [Name in keyof Public["Functions"]]: Omit<Public["Functions"][Name], "Returns"> & {
        Returns: Name extends keyof Answers ? Answers[Name][] : Public["Functions"][Name]["Returns"];
      };
    };
  };
};
