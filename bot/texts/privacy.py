"""What users read of ``/privacy``."""

from bot.texts import Text

NAME_JA = "プライバシー"
DESCRIPTION = Text(
    ja="あなたについて保存されている内容を確認・書き出し・削除します",
    en="See, export or delete what is stored about you",
)

TITLE = Text(ja="🔐 あなたについて保存されている内容", en="🔐 What is stored about you")
INTRODUCTION = Text(
    ja="この画面はあなたにだけ見えています。保存先はこのボットの管理者のデータベースで、"
    "会話の内容を読めるのは管理者だけです。",
    en="Only you can see this. It is kept in the database of this bot's owner; conversations can be read by"
    " its administrators only.",
)
NOT_STORED = Text(
    ja="このボットは会話や再生の記録を保存していません。",
    en="This bot does not record conversations or plays.",
)
TABLES = {
    "conversation_logs": Text(ja="💬 会話（90日間保存）", en="💬 Conversations (kept 90 days)"),
    "gemini_usage": Text(
        ja="🪙 回答のトークン数（90日間保存）", en="🪙 Token counts of answers (kept 90 days)"
    ),
    "music_logs": Text(ja="🎵 再生した曲（90日間保存）", en="🎵 Songs you asked for (kept 90 days)"),
}
ROWS = Text(ja="{count}件", en="{count}")
SINCE = Text(ja="{count}件（{since} から）", en="{count}, since {since}")
WAITING = Text(ja="うち{count}件は送信待ち", en="{count} of them wait to be sent")
REMEMBERED = {
    "conversation_memory": Text(
        ja="🧠 会話の流れの記憶（再起動まで）", en="🧠 Memory of conversations (until a restart)"
    ),
    "favourites": Text(ja="♥️ お気に入りの曲（削除するまで）", en="♥️ Favourite songs (until you delete them)"),
    "requested_songs": Text(
        ja="🎵 リクエストした曲（再生待ちと履歴にある間）",
        en="🎵 Songs you asked for (while queued or in the history)",
    ),
}
DATABASE_AWAY = Text(
    ja="⚠️ いまデータベースに問い合わせできないため、送信待ちの分だけを数えています。",
    en="⚠️ The database cannot be reached right now: only what waits to be sent is counted.",
)
RECORDING = Text(ja="会話の記録", en="Recording of your conversations")
RECORDING_ON = Text(ja="🔔 記録されます（会話の内容と回答）", en="🔔 on (your questions and the answers)")
RECORDING_OFF = Text(
    ja="🔕 記録されません。トークン数は匿名で、曲は再生履歴のために残ります。",
    en="🔕 off. Token counts are kept without your name; songs still count as plays.",
)
NOT_SENT_YET = Text(
    ja="このボットではすでに有効です。データベースにはできるだけ早く伝えます。",
    en="It holds here already; the database learns of it as soon as possible.",
)

EXPORT_BUTTON = Text(ja="ファイルに書き出す", en="Export as a file")
DELETE_BUTTON = Text(ja="すべて削除…", en="Delete everything…")
STOP_BUTTON = Text(ja="会話を記録しない", en="Do not record my conversations")
ALLOW_BUTTON = Text(ja="会話の記録を許可する", en="Allow recording again")
EXPORTED = Text(
    ja="あなたについて保存されているすべての内容です。", en="Everything that is stored about you."
)
EXPORT_IMPOSSIBLE = Text(
    ja="⚠️ いまデータベースに問い合わせできないため、書き出せません。しばらくしてからお試しください。",
    en="⚠️ The database cannot be reached right now, so the export would not be complete."
    " Please try again later.",
)
EXPORT_TOO_LARGE = Text(
    ja="⚠️ 内容が大きすぎて Discord で送れません。ボットの管理者にご連絡ください。",
    en="⚠️ There is too much for one file on Discord. Please ask the bot's owner for it.",
)

CONFIRM = Text(
    ja="**本当にすべて削除しますか？** 元には戻せません。\n"
    "・会話の記録、会話の流れの記憶、お気に入りの曲を消します。\n"
    "・再生履歴とトークン数からはあなたの名前とIDを消します。\n"
    "・Discord 上のメッセージそのものは残ります（ご自身で削除できます）。",
    en="**Delete everything?** This cannot be undone.\n"
    "• Your conversations, the memory of them and your favourite songs go.\n"
    "• Your name and id are taken out of plays and token counts.\n"
    "• The messages in Discord itself stay; you can delete those yourself.",
)
CONFIRM_BUTTON = Text(ja="すべて削除する", en="Delete everything")
CANCEL_BUTTON = Text(ja="やめる", en="Cancel")
CANCELLED = Text(ja="何も削除していません。", en="Nothing was deleted.")
DELETED = Text(ja="🗑️ 削除しました（記録{count}件）。", en="🗑️ Deleted ({count} records).")
DELETED_LATER = Text(
    ja="🗑️ このボットの中からは削除しました。データベースには接続でき次第、自動的に削除します。",
    en="🗑️ Deleted from this bot. It will be deleted from the database automatically, as soon as the database"
    " can be reached.",
)
DELETED_AFTER_UPDATE = Text(
    ja="🗑️ このボットの中からは削除しました。データベースは更新が必要なため、まだ削除が完了していません。"
    "ご依頼は保管してあり、管理者が更新したあと自動的に削除します。",
    en="🗑️ Deleted from this bot. The database has to be updated first, so it is not complete there yet. Your"
    " request is kept, and carried out by itself once the owner has updated it.",
)
