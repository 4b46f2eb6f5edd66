"""What is wrong with a Supabase project, and what mends it: log and doctor say it alike."""

from bot.texts import Text

PUBLISHABLE_KEY = Text(
    ja="SUPABASE_KEY は publishable キーです。ブラウザー用のもので、書き込めません",
    en="SUPABASE_KEY is the publishable key, which is made for browsers and may not write",
)
KEY_OF_ROLE = Text(
    ja="SUPABASE_KEY は {role} キーなので、書き込めません",
    en="SUPABASE_KEY is the {role} key, which may not write",
)
KEY_CURE = Text(
    ja="SUPABASE_KEY には、プロジェクトの secret キー（sb_secret_…）か service_role キーを書いてください: "
    "https://supabase.com/dashboard → プロジェクト → Project Settings → API Keys",
    en="SUPABASE_KEY must be the project's secret key (sb_secret_…) or its service_role key:"
    " https://supabase.com/dashboard → your project → Project Settings → API Keys",
)
URL_CURE = Text(
    ja="SUPABASE_URL がプロジェクトの URL（https://….supabase.co）かどうか、確かめてください: "
    "https://supabase.com/dashboard → プロジェクト → Project Settings → Data API",
    en="is SUPABASE_URL the project's URL (https://….supabase.co)?"
    " https://supabase.com/dashboard → your project → Project Settings → Data API",
)
EXPOSE_CURE = Text(
    ja="https://supabase.com/dashboard → プロジェクト → Project Settings → Data API で Data API を有効にし、"
    "Exposed schemas に public を加えてください",
    en="https://supabase.com/dashboard → your project → Project Settings → Data API: enable it, and add"
    " public to the exposed schemas",
)
QUOTA_CURE = Text(
    ja="使用量がプランの上限を超えていないか、確かめてください: "
    "https://supabase.com/dashboard → プロジェクト → Billing",
    en="is the project over its quota? https://supabase.com/dashboard → your project → Billing",
)
PAUSED_CURE = Text(
    ja="https://supabase.com/dashboard → プロジェクト → Restore project で再開してください"
    "（無料プランは1週間使われないと止まります）。再開すると、待っていた記録が送られます",
    en="https://supabase.com/dashboard → your project → Restore project (the free plan pauses what nobody"
    " used for a week); what waits here is sent then",
)
NAMELESS_CURE = Text(
    ja="インターネットにつながっているなら、プロジェクトが長く一時停止しているか、削除されたか、"
    "SUPABASE_URL が違います: https://supabase.com/dashboard で再開（Restore project）するか、"
    "そこにある URL を書いてください",
    en="if this machine is online, the project was paused long ago or deleted, or SUPABASE_URL is wrong:"
    " restore it at https://supabase.com/dashboard, or write the URL that stands there",
)
READ_ONLY_CURE = Text(
    ja="データベースが読み取り専用です: https://supabase.com/docs/guides/platform/database-size",
    en="the database is read-only: https://supabase.com/docs/guides/platform/database-size",
)
LOGS_CURE = Text(
    ja="プロジェクトのログに理由があります: https://supabase.com/dashboard → プロジェクト → Logs",
    en="the project's logs say why: https://supabase.com/dashboard → your project → Logs",
)
FULL_CURE = Text(
    ja="いっぱいになると読み取り専用になります。SUPABASE_DB_TRIM=on で古い計測値を間引くか、"
    "bot/supabase_schema.sql の retention_policy() を短くするか、プランを上げて SUPABASE_DB_LIMIT_MB を"
    "変えてください（https://supabase.com/docs/guides/platform/database-size）",
    en="a full project becomes read-only: thin old samples with SUPABASE_DB_TRIM=on, shorten"
    " retention_policy() in bot/supabase_schema.sql, or take a larger plan and set SUPABASE_DB_LIMIT_MB"
    " (https://supabase.com/docs/guides/platform/database-size)",
)
FAILURE = Text(ja="{meaning}（{words}）", en="{meaning} ({words})")
BUSY = Text(ja="いまは応答できません", en="it cannot answer now")
INCOMPLETE = Text(ja="テーブル・列・権限が足りません", en="a table, a column or a grant is missing")
LIMITED = Text(ja="プロジェクトの利用が制限されています", en="the project is restricted")
NAMELESS = Text(ja="この名前のプロジェクトが見つかりません", en="there is no project of this name")
NO_PROJECT = Text(ja="Supabase プロジェクトの応答ではありません", en="what answers is no Supabase project")
PAUSED = Text(ja="プロジェクトが一時停止しています", en="the project is paused")
READ_ONLY = Text(ja="データベースが読み取り専用です", en="the database is read-only")
REFUSED = Text(ja="受け付けられませんでした", en="it refuses")
UNEXPOSED = Text(
    ja="Data API で public スキーマが公開されていません", en="the Data API does not expose the schema public"
)
WRONG_KEY = Text(ja="キーが受け付けられません", en="the key is not accepted")
PROBLEMS = {
    "table_missing": Text(ja="テーブルがありません", en="the table is missing"),
    "grant_missing": Text(ja="ボットのロールに権限がありません:", en="the bot's role may not"),
    "rls_disabled": Text(
        ja="行レベルセキュリティが無効で、だれでも読めます",
        en="row level security is off, so that anybody may read it",
    ),
    "policy_missing": Text(ja="ポリシーがありません:", en="a policy is missing:"),
    "policy_unknown": Text(
        ja="bot/supabase_schema.sql にないポリシーがあります。だれが読めるのでしょうか?",
        en="has a policy that is not from bot/supabase_schema.sql; who may read it?",
    ),
    "not_published": Text(
        ja="Realtime で配信されていないため、ダッシュボードが更新されません:",
        en="Realtime does not publish it, so a dashboard stands still:",
    ),
    "deletions_published": Text(
        ja="更新と削除も配信するため、削除された行のIDと書かれた時刻を、ログインした人ならだれでも"
        "受け取れます",
        en="publishes updates and deletions, so whoever signs in can learn the ids of deleted rows, and when"
        " they were written",
    ),
    "trigger_missing": Text(
        ja="合計を計算する、または記録の拒否と削除を守るトリガーがありません:",
        en="the trigger that adds up the totals, or honours opt-outs and erasures, is missing:",
    ),
}
"""What `telemetry_health()` of bot/supabase_schema.sql finds."""
DELETIONS_CURE = Text(
    ja="ほかのテーブルも入っている publication は変えていません。更新と削除の配信がどこにも要らなければ:"
    " alter publication supabase_realtime set (publish = 'insert');",
    en="a publication with others' tables in it is left alone; if none of them needs updates and deletions:"
    " alter publication supabase_realtime set (publish = 'insert');",
)
