// Written by `make types` from bot/supabase_schema.sql; a test compares. Times are ISO 8601.

export type Json = string | number | boolean | null | { [key: string]: Json } | Json[];

export type Database = {
  public: {
    Tables: {
      /** level is a name of Python's logging; error_id is what the user was shown when something unexpected happened. */
      bot_logs: {
        Row: {
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
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** One row per answer. guild_id is null in a direct message. */
      conversation_logs: {
        Row: {
          id: string;
          user_id: string;
          user_name: string;
          prompt: string;
          response: string;
          timestamp: string | null;
          created_at: string | null;
          bot_id: string;
          guild_id: string | null;
          channel_id: string | null;
          model: string | null;
          prompt_tokens: number | null;
          response_tokens: number | null;
          is_private: boolean;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** Members read conversation_logs, music_logs, bot_logs, gemini_usage, discord_names, privacy_optouts and privacy_erasures. Being signed in is not enough: anyone can sign up. */
      dashboard_admins: {
        Row: {
          user_id: string;
          created_at: string;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** One row per server, channel or thread, by its Discord id; timestamp is when it was last heard of. */
      discord_names: {
        Row: {
          id: string;
          bot_id: string;
          discord_id: string;
          kind: string;
          name: string;
          timestamp: string;
          created_at: string;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** One row per attempt at an answer, failed ones included, as Gemini counted it; total_tokens holds hidden thoughts too. guild_id is null in a direct message. */
      gemini_usage: {
        Row: {
          id: string;
          bot_id: string;
          guild_id: string | null;
          user_id: string;
          model: string;
          prompt_tokens: number;
          answer_tokens: number;
          total_tokens: number;
          timestamp: string;
          created_at: string;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** One row per track that started, whatever started it. */
      music_logs: {
        Row: {
          id: string;
          guild_id: string;
          song_title: string;
          requested_by: string;
          requested_by_id: string;
          timestamp: string | null;
          created_at: string | null;
          bot_id: string;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** Fed by the same trigger as network_stats_rollup; counting is as in network_stats. Periods that were counted differently cannot be compared. */
      network_counting: {
        Row: {
          bot_id: string;
          boot_id: string;
          counting: string;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** Rows are facts: insert and delete them, never update them; the rollup counts each once, when it is inserted. */
      network_stats: {
        Row: {
          id: string;
          bytes_sent: number;
          bytes_recv: number;
          bytes_total: number;
          mb_sent: number;
          mb_recv: number;
          mb_total: number;
          recorded_at: string;
          created_at: string | null;
          bot_id: string;
          boot_id: string;
          sequence: number | null;
          interval_seconds: number;
          counting: string;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** Fed by a trigger on network_stats, and not touched by its clean-up. bucket_start is a multiple of 15 minutes. */
      network_stats_rollup: {
        Row: {
          bucket_start: string;
          bot_id: string;
          boot_id: string;
          bytes_sent: number;
          bytes_recv: number;
          bytes_total: number;
          samples: number;
          seconds_covered: number;
          first_sample_at: string;
          last_sample_at: string;
          sequence_min: number | null;
          sequence_max: number | null;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** Fed by the same trigger as network_stats_rollup; bucket_start is a midnight in UTC. */
      network_stats_rollup_daily: {
        Row: {
          bucket_start: string;
          bot_id: string;
          boot_id: string;
          bytes_sent: number;
          bytes_recv: number;
          bytes_total: number;
          samples: number;
          seconds_covered: number;
          first_sample_at: string;
          last_sample_at: string;
          sequence_min: number | null;
          sequence_max: number | null;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** People who used /privacy to delete: rows about them from before, which wait on another machine, are not taken in any more. */
      privacy_erasures: {
        Row: {
          user_id: string;
          erased_before: string;
          asked_at: string;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** People who used /privacy to say no: no bot that writes to this database records what they say. */
      privacy_optouts: {
        Row: {
          user_id: string;
          opted_out_at: string;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
      /** CPU and RAM in percent, memory in MiB, pings in milliseconds, uptime in seconds. status is online or offline. */
      system_stats: {
        Row: {
          id: string;
          bot_id: string | null;
          cpu_usage: number | null;
          ram_usage: number | null;
          memory_rss: number | null;
          memory_heap: number | null;
          ping_gateway: number | null;
          ping_lavalink: number | null;
          server_count: number | null;
          guild_count: number | null;
          uptime: number | null;
          status: string | null;
          timestamp: string | null;
          updated_at: string | null;
          created_at: string | null;
          lavalink_nodes: number | null;
        };
        Insert: never;
        Update: never;
        Relationships: [];
      };
    };
    Views: {
      /** Average CPU usage of each bot over the last 24 hours, in percent. */
      average_cpu_24h: {
        Row: {
          bot_id: string | null;
          avg_cpu: number | null;
        };
        Relationships: [];
      };
      /** Conversations per person over the last 7 days, with the name last used; empty for all but dashboard admins. */
      most_active_users_7d: {
        Row: {
          user_id: string | null;
          user_name: string | null;
          conversation_count: number | null;
        };
        Relationships: [];
      };
      /** Plays per server over the last 30 days. */
      plays_per_guild_30d: {
        Row: {
          guild_id: string | null;
          play_count: number | null;
        };
        Relationships: [];
      };
      /** How often each song was played. */
      popular_songs: {
        Row: {
          song_title: string | null;
          count: number | null;
        };
        Relationships: [];
      };
    };
    Functions: {
      /** What was done in a period, as far as the reader may know: conversations and tokens are 0 for all but dashboard admins. */
      activity: {
        Args: {
          p_from?: string | null;
          p_to?: string | null;
          p_bot_id?: string | null;
        };
        Returns: {
          plays: number;
          conversations: number;
          prompt_tokens: number;
          response_tokens: number;
        }[];
      };
      /** Where people talked with the bot, most first; @me stands for direct messages. */
      conversation_guilds: {
        Args: {
          p_bot_id?: string | null;
        };
        Returns: {
          guild_id: string;
          conversation_count: number;
        }[];
      };
      /** What the database's clock shows, by which created_at is set. */
      database_time: {
        Args: never;
        Returns: string;
      };
      /** How much time a point of a graph stands for, so that it has at most p_points (never more than 500). */
      graph_step: {
        Args: {
          p_from: string | null;
          p_to: string | null;
          p_points?: number | null;
        };
        Returns: string;
      };
      /** The last sample of every bot of the last seven days. */
      latest_system_stats: {
        Args: never;
        Returns: Database["public"]["Tables"]["system_stats"]["Row"][];
      };
      /** Every bot that ever sent a network sample. */
      network_bots: {
        Args: never;
        Returns: {
          bot_id: string;
          first_sample_at: string;
          last_sample_at: string;
        }[];
      };
      /** Seconds that samples cover, of those from a bot's first sample ever on, added up over the bots; and every way in which they were counted. One row, always. */
      network_coverage: {
        Args: {
          p_from?: string | null;
          p_to?: string | null;
          p_bot_id?: string | null;
        };
        Returns: {
          seconds_covered: number;
          seconds_expected: number;
          countings: string[];
        }[];
      };
      /** When a bot sent no sample for longer than p_longer, which is at least 30 seconds; the newest 10,000. */
      network_gaps: {
        Args: {
          p_from?: string | null;
          p_to?: string | null;
          p_bot_id?: string | null;
          p_longer?: string | null;
        };
        Returns: {
          bot_id: string;
          gap_from: string;
          gap_to: string;
        }[];
      };
      /** At most 500 sums of traffic; bytes divided by seconds_covered is the rate. Whole quarters of an hour in long periods. */
      network_points: {
        Args: {
          p_from?: string | null;
          p_to?: string | null;
          p_bot_id?: string | null;
          p_points?: number | null;
        };
        Returns: {
          at: string;
          bytes_sent: number;
          bytes_recv: number;
          seconds_covered: number;
          samples: number;
        }[];
      };
      /** Points [time, bytes sent per second, bytes received per second], each for step seconds, and the largest gaps; times in Unix seconds. */
      network_report: {
        Args: {
          p_from?: string | null;
          p_to?: string | null;
          p_bot_id?: string | null;
          p_points?: number | null;
          p_gaps?: number | null;
        };
        Returns: Json;
      };
      /** Traffic from p_from (inclusive) to p_to (exclusive) of p_bot_id; null means without that limit. One row, always. */
      network_totals: {
        Args: {
          p_from?: string | null;
          p_to?: string | null;
          p_bot_id?: string | null;
        };
        Returns: {
          bytes_sent: number;
          bytes_recv: number;
          bytes_total: number;
          samples: number;
          samples_expected: number;
          seconds_covered: number;
          first_sample_at: string;
          last_sample_at: string;
        }[];
      };
      /** What was played since p_from, newest first; the next page begins before the last row's time and id. */
      play_history: {
        Args: {
          p_from?: string | null;
          p_bot_id?: string | null;
          p_guild_id?: string | null;
          p_before?: string | null;
          p_before_id?: string | null;
          p_limit?: number | null;
        };
        Returns: {
          id: string;
          bot_id: string;
          guild_id: string;
          song_title: string;
          timestamp: string;
        }[];
      };
      /** How long the rows of each table are kept. */
      retention_policy: {
        Args: never;
        Returns: {
          table_name: string;
          time_column: string;
          keep: string;
        }[];
      };
      /** The version of the bot/supabase_schema.sql that was run last. */
      schema_version: {
        Args: never;
        Returns: number;
      };
      /** Conversations with p_words in question, answer or name, newest first; the next page begins before the last row's time and id. Direct messages are of p_guild_id @me. */
      search_conversations: {
        Args: {
          p_words?: string | null;
          p_user_id?: string | null;
          p_bot_id?: string | null;
          p_before?: string | null;
          p_before_id?: string | null;
          p_limit?: number | null;
          p_guild_id?: string | null;
          p_from?: string | null;
          p_to?: string | null;
        };
        Returns: Database["public"]["Tables"]["conversation_logs"]["Row"][];
      };
      /** At most 500 averages of system_stats; a bucket without a sample has no row. at is where the bucket begins. */
      system_points: {
        Args: {
          p_from?: string | null;
          p_to?: string | null;
          p_bot_id?: string | null;
          p_points?: number | null;
        };
        Returns: {
          at: string;
          cpu_usage: number;
          ram_usage: number;
          memory_rss: number;
          ping_gateway: number;
          ping_lavalink: number;
          server_count: number;
          samples: number;
        }[];
      };
      /** The servers that played most since p_from. */
      top_guilds: {
        Args: {
          p_from?: string | null;
          p_bot_id?: string | null;
          p_limit?: number | null;
        };
        Returns: {
          guild_id: string;
          play_count: number;
        }[];
      };
      /** Who asked for most songs since p_from, with the name last used; empty for all but dashboard admins. */
      top_listeners: {
        Args: {
          p_from?: string | null;
          p_bot_id?: string | null;
          p_guild_id?: string | null;
          p_limit?: number | null;
        };
        Returns: {
          requested_by_id: string;
          requested_by: string;
          play_count: number;
        }[];
      };
      /** The songs played most since p_from. */
      top_songs: {
        Args: {
          p_from?: string | null;
          p_bot_id?: string | null;
          p_guild_id?: string | null;
          p_limit?: number | null;
        };
        Returns: {
          song_title: string;
          play_count: number;
          last_played_at: string;
        }[];
      };
    };
    Enums: Record<never, never>;
    CompositeTypes: Record<never, never>;
  };
};
