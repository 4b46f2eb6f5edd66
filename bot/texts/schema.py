"""What people read where the database's tables and functions are of another version than the bot's."""

from bot.texts import Text

OLDER = Text(
    ja="データベースのバージョンは {version} ですが、このボットには {required} が必要です。"
    "bot/supabase_schema.sql をもう一度貼り付けて実行してください。それまで使えないもの:\n{missing}",
    en="your database has version {version}, this bot needs {required}: paste bot/supabase_schema.sql again."
    " Until then these do not work:\n{missing}",
)
NEWER = Text(
    ja="データベースのバージョンは {version} で、このボットの {required} より新しいです。"
    "そのままで使えます。ボットの更新もご検討ください。",
    en="your database has version {version}, newer than this bot's {required}: nothing has to be done; an"
    " update of the bot may be waiting.",
)
SAME = Text(
    ja="データベースのバージョンは {version} で、このボットに合っています。",
    en="your database has version {version}, as this bot needs it.",
)
CURE = Text(
    ja="https://supabase.com/dashboard → プロジェクト → SQL Editor に bot/supabase_schema.sql を全文"
    "貼り付けて実行してください。記録はそのまま残ります。",
    en="https://supabase.com/dashboard → your project → SQL Editor: paste the whole of"
    " bot/supabase_schema.sql and run it. Every row stays.",
)
BROUGHT = {
    1: Text(
        ja="会話・再生・通信量・ログの保存（送信待ちとして保管します）、/netstats の合計、古い記録の削除",
        en="storing conversations, plays, traffic and logs (they wait here), the totals of /netstats,"
        " deleting old rows",
    ),
    2: Text(
        ja="トークン数の保存、/netstats のグラフ、/privacy での確認・書き出し・記録の停止と許可、"
        "データベースの容量の確認、ダッシュボードのグラフ・ランキング・検索",
        en="storing token counts, the chart of /netstats, seeing, exporting and opting out with /privacy, the"
        " database's size, charts, rankings and search of the dashboard",
    ),
    3: Text(
        ja="記録の停止や削除を、遅れて届く記録やほかのボットの記録にも適用すること",
        en="opt-outs and erasures that hold for rows of other bots, too, and for rows that come late",
    ),
    4: Text(
        ja="/privacy での完全な削除（依頼は保管し、更新後に行います）、ダッシュボードでのバージョンの確認",
        en="complete erasures with /privacy (requests are kept, and carried out after the update), the"
        " dashboard's look at the version",
    ),
    5: Text(
        ja="会話と通信量の保存（送信待ちとして保管します）、サーバーとチャンネルの名前の保存、"
        "ダッシュボードでの名前・場所・日付による絞り込みと、正しい時刻での状態の表示、記録率、"
        "数え方の違う期間を比べないこと、ありえない通信量の一覧と取り除き"
        "（make doctor ARGS=network-outliers）",
        en="storing conversations and traffic (they wait here) and the names of servers and channels; names,"
        " places, dates and the bot's state by the right clock on the dashboard; coverage, comparing only"
        " what was counted alike, listing and removing impossible samples"
        " (make doctor ARGS=network-outliers)",
    ),
    6: Text(
        ja="だれがどの曲をリクエストしたかを管理者だけに見せること、削除された記録のIDを配信しないこと、"
        "SUPABASE_DB_TRIM による古い計測値の間引き",
        en="showing to admins alone who asked for which song, keeping the ids of deleted rows from Realtime,"
        " thinning old samples with SUPABASE_DB_TRIM",
    ),
}
"""By version: what it brought, so what a database from before it cannot do."""
