"""What people read of ``/netstats``."""

from __future__ import annotations

from bot.texts import Text

NETSTATS_DESCRIPTION = Text(ja="ネットワーク統計を表示", en="Show network statistics")
NETSTATS_NAME_JA = "ネット統計"
NOT_CONNECTED = Text(
    ja="❌ Supabaseに接続されていません。", en="❌ The bot is not connected to a Supabase project."
)
NO_DATA = Text(ja="📊 データがありません。", en="📊 There is no data yet.")
SUMMARY = {
    "today": Text(ja="今日の0:00から今までの通信量です。", en="This is the traffic since midnight."),
    "week": Text(ja="今週（直近7日間）の通信量です。", en="This is the traffic of the last 7 days."),
    "month": Text(ja="今月（直近30日間）の通信量です。", en="This is the traffic of the last 30 days."),
    "all": Text(ja="記録を始めてからの通信量です。", en="This is the traffic since the first record."),
}
FIELDS = Text(
    ja="Data Points は10秒ごとの記録の件数です。", en=" Data Points are the samples, one every ten seconds."
)
# The names of these fields are the same in every language.
SENT = Text(ja="{amount}（送信）", en="{amount}")
RECEIVED = Text(ja="{amount}（受信）", en="{amount}")
TOTAL = Text(ja="{amount}（合計）", en="{amount}")
AVERAGE = Text(ja="{amount}（10秒平均）", en="{amount}")
LEGEND = Text(
    ja="グラフ: 🟥 送信　🟦 受信　斜線は記録のない時間（時刻は {timezone}）",
    en="Chart: 🟥 sent, 🟦 received; hatched: times without data (clock of {timezone})",
)
CHART_SENT = Text(ja="送信", en="Sent")
CHART_RECEIVED = Text(ja="受信", en="Received")
CHART_GAP = Text(ja="記録なし", en="No data")
COVERAGE = Text(ja="🧭 記録率", en="🧭 Coverage")
COVERAGE_WHOLE = Text(ja="{percent}（{period}{lost}）", en="{percent} ({period}{lost})")
COVERAGE_GAPS = Text(
    ja="{percent}（{period}のうち{gap}の空白{lost}）", en="{percent} ({gap} missing of {period}{lost})"
)
COVERAGE_LOST = Text(ja="、欠けた記録{count}件", en="; lost samples: {count}")
COVERAGE_UNKNOWN = Text(ja="不明", en="unknown")
LAST_KNOWN = Text(
    ja="⚠️ データベースに接続できません。{as_of} 時点の集計に、その後このボットが記録した分を加えた値です。",
    en="⚠️ The database cannot be reached. These are its figures as of {as_of},"
    " plus what this bot has recorded since.",
)
INCOMPLETE = Text(
    ja="⚠️ データベースにまだ接続できていません。未送信の記録だけを集計した値です。",
    en="⚠️ The database has not been reached yet. Only records still waiting to be sent are counted.",
)
BOT_NAME_JA = "ボット"
BOT_DESCRIPTION = Text(
    ja="どのボットの統計か（既定はこのボット）",
    en="Which bot's statistics to show (default: this one's)",
)
ALL_BOTS = Text(ja="すべてのボットの合計", en="All bots together")
BEFORE = {
    "today": Text(ja="📅 昨日の同じ時刻までとの比較", en="📅 Compared with yesterday until this time"),
    "week": Text(ja="📅 その前の7日間との比較", en="📅 Compared with the 7 days before"),
    "month": Text(ja="📅 その前の30日間との比較", en="📅 Compared with the 30 days before"),
}
COUNTED_DIFFERENTLY = Text(
    ja="数え方が違う期間なので、比べられません。", en="They were counted differently and cannot be compared."
)
NOTHING_BEFORE = Text(ja="比較できる記録がありません。", en="There are no records to compare with.")
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
PENDING = Text(ja="⏳ うち{count}件は送信待ちです。", en="⏳ {count} of the samples are waiting to be sent.")
