"""What users read of ``/netstats`` and ``/status``."""

from bot.texts import Text

NETSTATS_DESCRIPTION = Text(ja="ネットワーク統計を表示", en="Show network statistics")
NETSTATS_NAME_JA = "ネット統計"
PERIOD_NAME_JA = "期間"
PERIOD_DESCRIPTION = Text(ja="期間", en="Period")
PERIOD_CHOICES = {
    "today": Text(ja="今日", en="Today"),
    "week": Text(ja="今週", en="This week"),
    "month": Text(ja="今月", en="This month"),
    "all": Text(ja="全期間", en="All time"),
}
STATUS_DESCRIPTION = Text(ja="ボットの状態を表示", en="Show how the bot is doing")
STATUS_NAME_JA = "状態"

NOT_CONNECTED = Text(
    ja="❌ Supabaseに接続されていません。", en="❌ The bot is not connected to a Supabase project."
)
NO_DATA = Text(ja="📊 データがありません。", en="📊 There is no data yet.")
COVERAGE = Text(ja="🧭 記録率", en="🧭 Coverage")
LAST_KNOWN = Text(
    ja="⚠️ データベースに接続できません。{as_of} 時点の集計に、その後このボットが記録した分を加えた値です。",
    en="⚠️ The database cannot be reached. These are its figures as of {as_of},"
    " with what this bot recorded since.",
)
INCOMPLETE = Text(
    ja="⚠️ データベースにまだ接続できていません。未送信の記録だけを集計した値です。",
    en="⚠️ The database has not been reached yet. Only records that wait to be sent are counted.",
)
BOT_NAME_JA = "ボット"
BOT_DESCRIPTION = Text(
    ja="どのボットの統計か（既定はこのボット）", en="Which bot's statistics (default: this one's)"
)
ALL_BOTS = Text(ja="すべてのボットの合計", en="All bots together")
BEFORE = {
    "today": Text(ja="📅 昨日の同じ時刻までとの比較", en="📅 Compared with yesterday until this time"),
    "week": Text(ja="📅 その前の7日間との比較", en="📅 Compared with the 7 days before"),
    "month": Text(ja="📅 その前の30日間との比較", en="📅 Compared with the 30 days before"),
}
NOTHING_BEFORE = Text(ja="比較できる記録がありません。", en="Nothing was recorded then.")
BEFORE_TOTAL = Text(ja="当時の合計: {total}", en="Total then: {total}")
BEFORE_PARTLY = Text(
    ja="（記録があるのは{percent}%の時間だけです）", en="(only {percent}% of that time was recorded)"
)
GAPS = Text(ja="🕳️ 記録のない時間", en="🕳️ Times without data")
MORE_GAPS = Text(ja="ほか{count}件、すべて合わせて{duration}", en="and {count} more; {duration} in all")
DURATION_UNITS = {
    0: Text(ja="{count}日", en="{count} d"),
    1: Text(ja="{count}時間", en="{count} h"),
    2: Text(ja="{count}分", en="{count} min"),
    3: Text(ja="{count}秒", en="{count} s"),
}
STORAGE = Text(ja="💾 データベースの容量", en="💾 Database size")
STORAGE_VALUE = Text(ja="{size} / {limit}（{percent}%）", en="{size} of {limit} ({percent}%)")
STORAGE_NEAR = Text(
    ja="上限に近づいています。いっぱいになると書き込めなくなります。保存期間を短くするか、プランを変更してください。",
    en="Nearly full: a full database cannot be written. Shorten the retention, or take a larger plan.",
)
PENDING = Text(ja="⏳ うち{count}件は送信待ちです。", en="⏳ {count} of the samples wait to be sent.")

STATUS_TITLE = Text(ja="🩺 ボットの状態", en="🩺 Bot status")
UPTIME = Text(ja="⏱️ 稼働時間", en="⏱️ Uptime")
UPTIME_VALUE = Text(ja="{days}日 {hours}時間 {minutes}分", en="{days} d {hours} h {minutes} min")
GATEWAY = Text(ja="📡 Discord", en="📡 Discord")
LAVALINK = Text(ja="🎵 Lavalink", en="🎵 Lavalink")
GUILDS = Text(ja="🏠 サーバー数", en="🏠 Servers")
CPU = Text(ja="🧮 CPU", en="🧮 CPU")
RAM = Text(ja="🧠 メモリ", en="🧠 Memory")
RAM_VALUE = Text(ja="{percent:.0f}%（ボット {rss:.0f} MB）", en="{percent:.0f}% (bot {rss:.0f} MB)")
TELEMETRY = Text(ja="🗄️ テレメトリー", en="🗄️ Telemetry")
TELEMETRY_OFF = Text(ja="オフ（SUPABASE_URL が未設定）", en="off (SUPABASE_URL is not set)")
LEDGER = Text(
    ja="記録 {recorded:,} = 送信済み {delivered:,} + 重複 {duplicate:,} + 待機 {spooled:,}"
    " + 保留 {dead:,} + 破棄 {dropped:,}",
    en="recorded {recorded:,} = delivered {delivered:,} + duplicate {duplicate:,} + spooled {spooled:,}"
    " + dead {dead:,} + dropped {dropped:,}",
)
LAST_DELIVERY = Text(ja="📬 最終送信", en="📬 Last delivery")
NEVER = Text(ja="まだありません", en="not yet")
NOT_AVAILABLE = Text(ja="なし", en="none")
SCHEMA = Text(ja="🧱 データベースのバージョン", en="🧱 Database version")
ERASURES_WAIT = Text(
    ja="⏳ 削除の依頼（/privacy）{count}件が、データベースでの実行を待っています。",
    en="⏳ {count} erasures (/privacy) wait to be carried out in the database.",
)
TROUBLE = Text(ja="⚠️ 送信の問題", en="⚠️ Delivery trouble")
NOT_DURABLE = Text(
    ja="⚠️ ディスクに書き込めないため、未送信の記録は再起動すると失われます。",
    en="⚠️ The disk cannot be written: records that wait would be lost in a restart.",
)
