"""What a database made from the first sketch holds: its statements, word for word."""

TABLES = """
CREATE TABLE system_stats (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    bot_id TEXT DEFAULT 'primary',
    cpu_usage REAL DEFAULT 0,           -- CPU使用率（%）
    ram_usage REAL DEFAULT 0,           -- RAM使用率（%）
    memory_rss REAL DEFAULT 0,          -- プロセスメモリ（MB）
    memory_heap REAL DEFAULT 0,         -- ヒープメモリ（MB）
    ping_gateway REAL DEFAULT 0,        -- Discord Gateway Ping（ms）
    ping_lavalink REAL DEFAULT 0,       -- Lavalink Ping（ms）
    server_count INTEGER DEFAULT 0,     -- サーバー数
    guild_count INTEGER DEFAULT 0,      -- ギルド数（互換性）
    uptime INTEGER DEFAULT 0,           -- 稼働時間（秒）
    status TEXT DEFAULT 'online',       -- ステータス
    timestamp TIMESTAMPTZ DEFAULT NOW(),
    updated_at TIMESTAMPTZ DEFAULT NOW(),
    created_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE INDEX idx_system_stats_timestamp ON system_stats(timestamp DESC);
CREATE INDEX idx_system_stats_bot_id ON system_stats(bot_id, timestamp DESC);

CREATE TABLE conversation_logs (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id TEXT NOT NULL,              -- ユーザーID
    user_name TEXT NOT NULL,            -- ユーザー名
    prompt TEXT NOT NULL,               -- ユーザーの質問
    response TEXT NOT NULL,             -- AIの回答
    timestamp TIMESTAMPTZ DEFAULT NOW(),
    created_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE INDEX idx_conversation_logs_user_id ON conversation_logs(user_id, timestamp DESC);
CREATE INDEX idx_conversation_logs_timestamp ON conversation_logs(timestamp DESC);

CREATE TABLE music_logs (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    guild_id TEXT NOT NULL,             -- サーバーID
    song_title TEXT NOT NULL,           -- 曲名
    requested_by TEXT NOT NULL,         -- リクエストユーザー名
    requested_by_id TEXT NOT NULL,      -- リクエストユーザーID
    timestamp TIMESTAMPTZ DEFAULT NOW(),
    created_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE INDEX idx_music_logs_guild_id ON music_logs(guild_id, timestamp DESC);
CREATE INDEX idx_music_logs_timestamp ON music_logs(timestamp DESC);

CREATE TABLE IF NOT EXISTS network_stats (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    bytes_sent BIGINT NOT NULL,           -- 送信バイト数
    bytes_recv BIGINT NOT NULL,           -- 受信バイト数
    bytes_total BIGINT NOT NULL,          -- 合計バイト数
    mb_sent REAL NOT NULL,                -- 送信MB
    mb_recv REAL NOT NULL,                -- 受信MB
    mb_total REAL NOT NULL,               -- 合計MB
    recorded_at TIMESTAMPTZ DEFAULT NOW(),
    created_at TIMESTAMPTZ DEFAULT NOW()
);

-- インデックス
CREATE INDEX IF NOT EXISTS idx_network_stats_recorded_at
    ON network_stats(recorded_at DESC);

-- RLS設定
ALTER TABLE network_stats ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Allow authenticated read access" ON network_stats
    FOR SELECT TO authenticated USING (true);

CREATE POLICY "Allow service role full access" ON network_stats
    FOR ALL TO service_role USING (true);
"""

# The sketch shows policies for one table; whoever followed it gave the others the same.
SAME_POLICIES = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Allow authenticated read access" ON {table} FOR SELECT TO authenticated USING (true);
CREATE POLICY "Allow service role full access" ON {table} FOR ALL TO service_role USING (true);
"""

ANALYSIS = {
    "average_cpu_24h": """
SELECT AVG(cpu_usage) as avg_cpu
FROM system_stats
WHERE timestamp > NOW() - INTERVAL '24 hours';
""",
    "most_active_users_7d": """
SELECT user_name, COUNT(*) as conversation_count
FROM conversation_logs
WHERE timestamp > NOW() - INTERVAL '7 days'
GROUP BY user_name
ORDER BY conversation_count DESC
LIMIT 10;
""",
    "plays_per_guild_30d": """
SELECT guild_id, COUNT(*) as play_count
FROM music_logs
WHERE timestamp > NOW() - INTERVAL '30 days'
GROUP BY guild_id
ORDER BY play_count DESC;
""",
}

CLEAN_UP = """
DELETE FROM network_stats
WHERE recorded_at < NOW() - INTERVAL '30 days';
"""
