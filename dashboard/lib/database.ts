/** The parts of bot/supabase_schema.sql that the dashboard reads. Times are ISO 8601 with microseconds. */

export type SystemStat = {
  id: string;
  bot_id: string;
  /** Percent; null where it was not measured, like every figure here. */
  cpu_usage: number | null;
  ram_usage: number | null;
  /** MiB. */
  memory_rss: number | null;
  memory_heap: number | null;
  /** Milliseconds. */
  ping_gateway: number | null;
  ping_lavalink: number | null;
  server_count: number | null;
  guild_count: number | null;
  /** Seconds. */
  uptime: number | null;
  status: string;
  timestamp: string;
  updated_at: string;
  created_at: string;
};

export type NetworkStat = {
  id: string;
  bot_id: string;
  boot_id: string;
  sequence: number | null;
  interval_seconds: number;
  bytes_sent: number;
  bytes_recv: number;
  bytes_total: number;
  mb_sent: number;
  mb_recv: number;
  mb_total: number;
  recorded_at: string;
  created_at: string;
};

export type Play = {
  id: string;
  bot_id: string;
  guild_id: string;
  song_title: string;
  requested_by: string;
  requested_by_id: string;
  timestamp: string;
  created_at: string;
};

export type Conversation = {
  id: string;
  bot_id: string;
  user_id: string;
  user_name: string;
  prompt: string;
  response: string;
  guild_id: string | null;
  channel_id: string | null;
  model: string | null;
  prompt_tokens: number | null;
  response_tokens: number | null;
  timestamp: string;
  created_at: string;
};

export type LogLine = {
  id: string;
  bot_id: string;
  level: string;
  logger: string;
  message: string;
  error_id: string | null;
  traceback: string | null;
  timestamp: string;
  created_at: string;
};

export type SystemPoint = {
  at: string;
  cpu_usage: number | null;
  ram_usage: number | null;
  memory_rss: number | null;
  ping_gateway: number | null;
  ping_lavalink: number | null;
  server_count: number | null;
  samples: number;
};

export type NetworkPoint = {
  at: string;
  bytes_sent: number;
  bytes_recv: number;
  seconds_covered: number;
  samples: number;
};

export type NetworkTotals = {
  bytes_sent: number;
  bytes_recv: number;
  bytes_total: number;
  samples: number;
  samples_expected: number;
  seconds_covered: number;
  first_sample_at: string | null;
  last_sample_at: string | null;
};

export type Gap = { bot_id: string; gap_from: string; gap_to: string };
export type Activity = {
  plays: number;
  conversations: number;
  prompt_tokens: number;
  response_tokens: number;
};
export type RankedSong = { song_title: string; play_count: number; last_played_at: string };
export type RankedListener = { requested_by_id: string; requested_by: string; play_count: number };
export type RankedGuild = { guild_id: string; play_count: number };

/** Whom a period's figures are of; null: of every bot. */
export type BotId = string | null;

type Table<Row> = { Row: Row; Insert: never; Update: never; Relationships: [] };
type Rows<Args, Row> = { Args: Args; Returns: Row[] };
type Period = { p_from?: string | null; p_to?: string; p_bot_id?: BotId };

export type Usage = { id: string; bot_id: string; timestamp: string; created_at: string };

/** What tells of its INSERTs by Realtime. */
export type LiveTables = {
  system_stats: SystemStat;
  network_stats: NetworkStat;
  music_logs: Play;
  conversation_logs: Conversation;
  bot_logs: LogLine;
  gemini_usage: Usage;
};
export type LiveTable = keyof LiveTables;

export type Database = {
  public: {
    Tables: { [Name in LiveTable]: Table<LiveTables[Name]> } & {
      dashboard_admins: Table<{ user_id: string; created_at: string }>;
    };
    Views: { popular_songs: { Row: { song_title: string; count: number }; Relationships: [] } };
    Functions: {
      latest_system_stats: Rows<Record<PropertyKey, never>, SystemStat>;
      system_points: Rows<Period, SystemPoint>;
      network_points: Rows<Period, NetworkPoint>;
      network_totals: Rows<{ p_from?: string | null; p_to?: string | null; p_bot_id?: BotId }, NetworkTotals>;
      network_gaps: Rows<Period, Gap>;
      activity: Rows<Period, Activity>;
      top_songs: Rows<{ p_from: string | null; p_bot_id: BotId; p_guild_id: string | null; p_limit?: number }, RankedSong>;
      top_listeners: Rows<
        { p_from: string | null; p_bot_id: BotId; p_guild_id: string | null; p_limit?: number },
        RankedListener
      >;
      top_guilds: Rows<{ p_from: string | null; p_bot_id: BotId }, RankedGuild>;
      search_conversations: Rows<
        {
          p_words: string;
          p_user_id: string | null;
          p_bot_id: BotId;
          p_before: string | null;
          p_before_id: string | null;
          p_limit: number;
        },
        Conversation
      >;
    };
    Enums: Record<never, never>;
    CompositeTypes: Record<never, never>;
  };
};
