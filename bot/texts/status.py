"""What people read of ``/status``."""

from __future__ import annotations

from bot.texts import Text

STATUS_DESCRIPTION = Text(ja="ボットの状態を表示します", en="Show how the bot is doing")
STATUS_NAME_JA = "状態"
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
NOT_MEASURED = Text(ja="まだ測定していません", en="not measured yet")
LAVALINK_OFF = Text(ja="オフ（LAVALINK_NODES なし）", en="off (no LAVALINK_NODES)")
LAVALINK_DOWN = Text(ja="⚠️ 応答がありません", en="⚠️ does not answer")
SCHEMA = Text(ja="🧱 データベースのバージョン", en="🧱 Database version")
ERASURES_WAIT = Text(
    ja="⏳ 削除の依頼（`/プライバシー`）{count}件が、データベースでの実行を待っています。",
    en="⏳ {count} erasures (`/privacy`) are waiting to be carried out in the database.",
)
TROUBLE = Text(ja="⚠️ 送信の問題", en="⚠️ Delivery trouble")
NOT_DURABLE = Text(
    ja="⚠️ ディスクに書き込めないため、未送信の記録は再起動すると失われます。",
    en="⚠️ The disk cannot be written to: unsent records would be lost in a restart.",
)
STORAGE = Text(ja="💾 データベースの容量", en="💾 Database size")
STORAGE_VALUE = Text(ja="{size} / {limit}（{percent}%）", en="{size} of {limit} ({percent}%)")
STORAGE_NEAR = Text(
    ja="上限に近づいています。いっぱいになると書き込めなくなります。保存期間を短くするか、プランを変更してください。",
    en="Nearly full: a full database rejects writes. Shorten the retention or choose a larger plan.",
)
