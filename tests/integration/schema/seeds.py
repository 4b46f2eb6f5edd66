"""What a database made from the first sketch holds, and what its documents ask of it."""

from tests.support.released_schemas import RELEASED

TABLES = RELEASED["0"]

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
