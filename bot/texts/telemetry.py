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
QUOTA_CURE = Text(
    ja="プロジェクトが停止しているか、上限を超えています: "
    "https://supabase.com/dashboard → プロジェクト → Billing",
    en="the project is paused or over its quota: https://supabase.com/dashboard → your project → Billing",
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
    ja="いっぱいになると読み取り専用になります。bot/supabase_schema.sql の retention_policy() を短くするか、"
    "プランを上げて SUPABASE_DB_LIMIT_MB を変えてください"
    "（https://supabase.com/docs/guides/platform/database-size）",
    en="a full project becomes read-only: shorten retention_policy() in bot/supabase_schema.sql, or take a"
    " larger plan and set SUPABASE_DB_LIMIT_MB (https://supabase.com/docs/guides/platform/database-size)",
)
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
    "trigger_missing": Text(
        ja="合計を計算する、または記録の拒否と削除を守るトリガーがありません:",
        en="the trigger that adds up the totals, or honours opt-outs and erasures, is missing:",
    ),
}
"""What `telemetry_health()` of bot/supabase_schema.sql finds."""
