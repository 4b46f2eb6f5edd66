"""What ``python -m bot.doctor`` prints."""

from bot.texts import Text

SETTINGS = Text(ja="設定", en="Settings")
SETTINGS_FINE = Text(ja="すべて正しく読み込めました。", en="every one could be read.")
SETTING_BAD = Text(ja="{problem}", en="{problem}")
SETTING_CURE = Text(
    ja="bot/.env（または環境変数）の {key} を直してください。説明は bot/.env.example にあります。",
    en="correct {key} in bot/.env or in the environment; bot/.env.example describes it.",
)

ENV_FILE_OPEN = Text(
    ja="{path} にはトークンやキーが入っていますが、このコンピューターのほかのユーザーも読めます。",
    en="other users of this machine can read {path}, in which tokens and keys are.",
)
ENV_FILE_OPEN_CURE = Text(ja="chmod 600 {path} を実行してください。", en="run chmod 600 {path}.")

DATA_DIR = Text(ja="保存先フォルダー", en="DATA_DIR")
DATA_DIR_FINE = Text(ja="{path} に書き込めます（空き {free}）。", en="{path} can be written ({free} free).")
DATA_DIR_BAD = Text(ja="{path} に書き込めません: {error}", en="{path} cannot be written: {error}")
DATA_DIR_CURE = Text(
    ja="フォルダーの持ち主と権限を確かめるか、DATA_DIR を変えてください。",
    en="check who owns the folder and its permissions, or change DATA_DIR.",
)
DATA_DIR_OPEN = Text(
    ja="{path} の中身を、このコンピューターのほかのユーザーも読めます（{names}）。",
    en="other users of this machine can read what is in {path} ({names}).",
)
DATA_DIR_OPEN_CURE = Text(
    ja="ボットは起動時に権限を直します。直らない場合は、そのファイルの持ち主として"
    " chmod -R go-rwx {path} を実行してください。",
    en="the bot mends that at its next start; where it cannot, run chmod -R go-rwx {path} as their owner.",
)
DATA_DIR_FULL = Text(ja="{path} の空きが残り {free} です。", en="only {free} are free at {path}.")
DATA_DIR_FULL_CURE = Text(
    ja="ディスクを空けてください。障害の間、最大 256 MB の記録がここに溜まります。",
    en="free some space: up to 256 MB of records wait here during an outage.",
)
SPOOL = Text(ja="送信待ちの記録", en="Spool and ledger")
SPOOL_EMPTY = Text(ja="まだ何も記録していません。", en="nothing was recorded yet.")
SPOOL_FINE = Text(
    ja="記録 {recorded:,} = 送信済み {delivered:,} + 重複 {duplicate:,} + 待機 {spooled:,}"
    " + 保留 {dead:,} + 破棄 {dropped:,}",
    en="recorded {recorded:,} = delivered {delivered:,} + duplicate {duplicate:,} + spooled {spooled:,}"
    " + dead {dead:,} + dropped {dropped:,}",
)
SPOOL_DEAD_CURE = Text(
    ja="データベースに拒まれた記録があります: {command} dead-letters",
    en="the database refused some rows: {command} dead-letters",
)
SPOOL_BROKEN = Text(ja="{path} を読めません: {error}", en="{path} cannot be read: {error}")
SPOOL_BROKEN_CURE = Text(
    ja="ボットを起動してください。読める記録を新しいファイルに移します。",
    en="start the bot: it saves what can be read into a new file.",
)

DISCORD = Text(ja="Discord のトークン", en="Discord token")
DISCORD_FINE = Text(ja="{user}（ID {id}）としてログインできます。", en="logs in as {user} (id {id}).")
DISCORD_REFUSED = Text(
    ja="Discord がトークンを受け付けません（HTTP {status}）。",
    en="Discord does not accept it (HTTP {status}).",
)
DISCORD_CURE = Text(
    ja="https://discord.com/developers/applications → アプリ → Bot → Reset Token で取り直し、"
    "DISCORD_TOKEN に書いてください。",
    en="https://discord.com/developers/applications → your application → Bot → Reset Token; put it into"
    " DISCORD_TOKEN.",
)
UNREACHABLE = Text(ja="{url} に接続できません: {error}", en="{url} cannot be reached: {error}")
NO_ANSWER = Text(ja="応答がありません", en="no answer in time")
NO_NAMES = Text(ja="名前を調べられません（DNS）", en="names cannot be looked up (DNS)")
NO_SUCH_NAME = Text(ja="この名前のサーバーはありません", en="there is no server of this name")
NO_TLS = Text(ja="安全な接続（TLS）ができません", en="there is no secure connection (TLS)")
CONNECTION_REFUSED = Text(ja="接続を拒まれました", en="the connection is refused")
NETWORK_CURE = Text(
    ja="ネットワーク・プロキシ・URL の設定を確かめてください。ボットは自動で再試行し続けます。",
    en="check the network, a proxy, and the URL in the settings; the bot itself goes on trying.",
)
BUSY = Text(ja="HTTP {status} が返りました。", en="it answered HTTP {status}.")
BUSY_CURE = Text(
    ja="サービス側の障害か制限です。しばらくしてからもう一度お試しください。",
    en="a fault or a limit on its side; try again in a while.",
)
DISCORD_STRANGE = Text(
    ja="DISCORD_API_URL（{url}）の応答は Discord の API のものではありません（HTTP {status}）。",
    en="what answers at DISCORD_API_URL ({url}) is not Discord's API (HTTP {status}).",
)
DISCORD_STRANGE_CURE = Text(
    ja="DISCORD_API_URL を消す（https://discord.com/api/v10 になります）か、"
    "プロキシの URL を /api/v10 まで正しく書いてください。",
    en="take DISCORD_API_URL out (it is https://discord.com/api/v10 then), or write the proxy's whole URL,"
    " with its /api/v10.",
)
INTENT = Text(ja="Message Content Intent", en="Message Content Intent")
INTENT_FINE = Text(ja="有効です。", en="is on.")
INTENT_MISSING = Text(
    ja="無効です。このままではボットは起動できません。", en="is off: the bot cannot start without it."
)
INTENT_CURE = Text(
    ja="https://discord.com/developers/applications → アプリ → Bot → Message Content Intent を"
    "有効にしてください。",
    en="https://discord.com/developers/applications → your application → Bot → switch on Message Content"
    " Intent.",
)
GUILDS = Text(ja="サーバー", en="Servers")
GUILDS_FINE = Text(ja="{count}個のサーバーに参加しています。", en="the bot is in {count}.")
GUILDS_NONE = Text(ja="どのサーバーにも参加していません。", en="the bot is in none yet.")
GUILDS_CURE = Text(ja="招待してください: {url}", en="invite it: {url}")

CLOCK = Text(ja="時計", en="Clock")
CLOCK_FINE = Text(ja="{host} との差は {seconds:.0f} 秒以内です。", en="is within {seconds:.0f} s of {host}.")
CLOCK_WRONG = Text(ja="{host} と {seconds:.0f} 秒ずれています。", en="is {seconds:.0f} s off {host}.")
CLOCK_CURE = Text(
    ja="時刻の自動同期（NTP、例: timedatectl set-ntp true）を有効にしてください。",
    en="switch time synchronisation (NTP) on, for example with timedatectl set-ntp true.",
)

GEMINI = Text(ja="Gemini", en="Gemini")
GEMINI_OFF = Text(
    ja="GEMINI_API_KEY がないため、チャットは使えません。", en="no GEMINI_API_KEY: there is no chat."
)
GEMINI_OFF_CURE = Text(
    ja="使うなら https://aistudio.google.com/apikey でキーを作り、GEMINI_API_KEY に書いてください。",
    en="to chat, make a key at https://aistudio.google.com/apikey and put it into GEMINI_API_KEY.",
)
GEMINI_FINE = Text(ja="キーは有効で、{model} を使えます。", en="the key works, and {model} is there.")
GEMINI_KEY_CURE = Text(
    ja="https://aistudio.google.com/apikey で新しいキー（AQ.…）を作り、GEMINI_API_KEY に書いてください。",
    en="make a new key (AQ.…) at https://aistudio.google.com/apikey and put it into GEMINI_API_KEY.",
)
GEMINI_OLD_KEY = Text(
    ja="キーは古い形式（AIza…）です。Googleはこの形式を廃止するので、突然使えなくなることがあります。",
    en="the key is of the old form (AIza…), which Google is withdrawing: it may stop working any day.",
)
GEMINI_RESTRICTED_CURE = Text(
    ja="https://aistudio.google.com/apikey で新しいキー（AQ.…）を作って GEMINI_API_KEY に書くか、"
    "https://console.cloud.google.com/apis/credentials でキーの API の制限に Generative Language API を加え、"
    "アプリケーションの制限を外してください。",
    en="make a new key (AQ.…) at https://aistudio.google.com/apikey and put it into GEMINI_API_KEY, or at"
    " https://console.cloud.google.com/apis/credentials let this one use the Generative Language API and take"
    " its application restrictions off.",
)
GEMINI_SUSPENDED_CURE = Text(
    ja="https://aistudio.google.com/apikey で別のプロジェクトにキーを作って GEMINI_API_KEY に書くか、"
    "https://console.cloud.google.com でプロジェクトの停止に異議を申し立ててください。",
    en="make a key in another project at https://aistudio.google.com/apikey and put it into GEMINI_API_KEY,"
    " or appeal against the suspension at https://console.cloud.google.com.",
)
GEMINI_DISABLED_CURE = Text(
    ja="https://console.cloud.google.com/apis/library/generativelanguage.googleapis.com で"
    "キーのプロジェクトを選び、有効にしてください。",
    en="choose the key's project at"
    " https://console.cloud.google.com/apis/library/generativelanguage.googleapis.com and enable the API.",
)
GEMINI_ACCESS_CURE = Text(
    ja="ボットのある国・地域（https://ai.google.dev/gemini-api/docs/available-regions）と、"
    "https://aistudio.google.com のプロジェクトの請求設定を確かめてください。",
    en="check the country that the bot runs in (https://ai.google.dev/gemini-api/docs/available-regions), and"
    " the project's billing at https://aistudio.google.com.",
)
GEMINI_MODEL_CURE = Text(
    ja="GEMINI_MODEL を https://ai.google.dev/gemini-api/docs/models にあるモデルにしてください。"
    "それまでは {fallback} が答えます。",
    en="set GEMINI_MODEL to a model of https://ai.google.dev/gemini-api/docs/models; until then {fallback}"
    " answers.",
)

LAVALINK = Text(ja="Lavalink {node}", en="Lavalink {node}")
LAVALINK_NONE = Text(ja="Lavalink", en="Lavalink")
LAVALINK_OFF = Text(
    ja="LAVALINK_NODES がありません。音楽は `make run` でだけ、付属の音楽ノードで使えます。",
    en="no LAVALINK_NODES: there is music with `make run` only, by the audio node that comes with it.",
)
LAVALINK_OFF_CURE = Text(
    ja="ほかの方法で起動するなら Lavalink 4 を動かし（https://lavalink.dev/getting-started/）、"
    "LAVALINK_NODES に書いてください。音楽を使わないなら LAVALINK_NODES=off とします。",
    en="otherwise run Lavalink 4 (https://lavalink.dev/getting-started/) and name it in LAVALINK_NODES;"
    " LAVALINK_NODES=off is for no music.",
)
LAVALINK_FINE = Text(ja="バージョン {version} が応答しました。", en="answers, version {version}.")
LAVALINK_STRANGE = Text(
    ja="応答は Lavalink のものではありません（HTTP {status}）。",
    en="what answers is no Lavalink (HTTP {status}).",
)
LAVALINK_OLD = Text(
    ja="バージョン {version} です。4 以降が必要です。", en="is version {version}; 4 or newer is needed."
)
LAVALINK_OLD_CURE = Text(
    ja="https://github.com/lavalink-devs/Lavalink/releases から新しいものに更新してください。",
    en="update it from https://github.com/lavalink-devs/Lavalink/releases.",
)
LAVALINK_PASSWORD = Text(
    ja="パスワードが違います（HTTP {status}）。", en="refuses the password (HTTP {status})."
)
LAVALINK_PASSWORD_CURE = Text(
    ja="LAVALINK_NODES のパスワードを、サーバーの application.yml の lavalink.server.password に"
    "合わせてください。",
    en="the password in LAVALINK_NODES must be lavalink.server.password of the server's application.yml.",
)
LAVALINK_SOURCES = Text(
    ja="ソース {sources} が有効です。ノードは自分のネットワークの何でも読めてしまいます。",
    en="has its sources {sources} on: it reads any address or file of its own network.",
)
LAVALINK_SOURCES_CURE = Text(
    ja="application.yml の lavalink.server.sources で false にしてください。"
    "http が要るのは MUSIC_URL_HOSTS を使うときだけです。",
    en="make them false in lavalink.server.sources of its application.yml; MUSIC_URL_HOSTS alone needs http.",
)
LAVALINK_DOWN_CURE = Text(
    ja="Lavalink は動いていますか？ URI のホストとポートを確かめてください。",
    en="is Lavalink running? Check host and port of its URI.",
)

LYRICS = Text(ja="歌詞（LYRICS_URL）", en="lyrics (LYRICS_URL)")
LYRICS_FINE = Text(ja="{url} が応答しました。", en="{url} answers.")
LYRICS_STRANGE = Text(
    ja="{url} の応答は LRCLIB の API のものではありません（HTTP {status}）。",
    en="what answers at {url} is not LRCLIB's API (HTTP {status}).",
)
LYRICS_CURE = Text(
    ja="LYRICS_URL を https://lrclib.net か、同じ API のサーバーのアドレスにしてください。",
    en="make LYRICS_URL https://lrclib.net, or the address of another server of that API.",
)

SUPABASE = Text(ja="Supabase", en="Supabase")
SUPABASE_OFF = Text(
    ja="SUPABASE_URL=off なので、記録は保存されません。", en="SUPABASE_URL is off: nothing is recorded."
)
SUPABASE_UNSET = Text(
    ja="SUPABASE_URL がありません。`make run` で起動したボットは組み込みの Supabase（{path}）に記録し、"
    "ほかの方法で起動したボットは記録しません。",
    en="no SUPABASE_URL: started with `make run` the bot records into an embedded Supabase in {path},"
    " started otherwise it records nothing.",
)
SUPABASE_OFF_CURE = Text(
    ja="自分のプロジェクトに記録するなら SUPABASE_URL と SUPABASE_KEY を設定してください"
    "（README の「Supabase」を参照）。",
    en="to record into a project of your own, set SUPABASE_URL and SUPABASE_KEY (README, “Supabase”).",
)
SUPABASE_STRANGE = Text(
    ja="{url} は Supabase プロジェクトの URL ではないようです（HTTP {status}）。",
    en="{url} does not answer as a Supabase project does (HTTP {status}).",
)
SUPABASE_STRANGE_CURE = Text(
    ja="https://supabase.com/dashboard → プロジェクト → Project Settings → Data API にある URL"
    "（https://….supabase.co、後ろのパスは不要）を SUPABASE_URL に書いてください。",
    en="put the URL from https://supabase.com/dashboard → your project → Project Settings → Data API into"
    " SUPABASE_URL: https://….supabase.co, without a path behind it.",
)
KEY = Text(ja="Supabase のキー", en="Supabase key")
KEY_FINE = Text(ja="プロジェクトに受け付けられました。", en="is accepted by the project.")
KEY_WRONG_PROJECT = Text(
    ja="キーは別のプロジェクト（{ref}）のものです。", en="belongs to another project ({ref})."
)
TABLE = Text(ja="テーブル {table}", en="Table {table}")
TABLE_FINE = Text(ja="読み書きできる列がすべてあります。", en="is there with every column.")
SCHEMA = Text(ja="テーブルと関数のバージョン", en="Schema version")
RIGHTS = Text(ja="権限・RLS・Realtime", en="Grants, RLS, Realtime")
RIGHTS_FINE = Text(
    ja="すべて bot/supabase_schema.sql のとおりです。", en="are as bot/supabase_schema.sql says."
)
SIZE = Text(ja="データベースの容量", en="Database size")
SIZE_FINE = Text(ja="{size} / {limit}（{percent}%）", en="{size} of {limit} ({percent}%).")
SIZE_CURE = Text(
    ja="SUPABASE_DB_TRIM=on で古い計測値を間引くか、保存期間（retention_policy）を短くするか、"
    "プランを上げて SUPABASE_DB_LIMIT_MB を変えてください。",
    en="thin old samples with SUPABASE_DB_TRIM=on, shorten retention_policy(), or take a larger plan and"
    " change SUPABASE_DB_LIMIT_MB.",
)

SUMMARY_FINE = Text(ja="問題は見つかりませんでした。", en="Nothing is wrong.")
SUMMARY = Text(ja="❌ {bad}件、⚠️ {warned}件", en="{bad} ❌, {warned} ⚠️")

LETTERS_NONE = Text(ja="拒まれた記録はありません。", en="There are no dead letters.")
LETTERS_HINT = Text(
    ja="くわしくは: {command} dead-letters explain ID",
    en="More about one: {command} dead-letters explain ID",
)
LETTER_UNKNOWN = Text(
    ja="{id} という記録は見つかりません（一覧: dead-letters list）。",
    en="There is no dead letter {id} (see: dead-letters list).",
)
LETTER_WHAT = Text(
    ja="{table} の記録（{recorded}）。{died} に次の理由で拒まれました:",
    en="A row of {table} from {recorded}, refused on {died}:",
)
LETTER_CURES = {
    "22": Text(
        ja="値がこの列に入りません（範囲や形式）。列の型を直せるなら直して replay、"
        "そうでなければ drop してください。",
        en="a value does not fit its column (range or format). If the column can be changed, change it and"
        " replay; otherwise drop it.",
    ),
    "23": Text(
        ja="制約に反しています（必須の値がない、CHECK など）。"
        "制約を直して replay するか、drop してください。",
        en="it breaks a constraint (a required value, a CHECK). Mend the constraint and replay, or drop it.",
    ),
    "413": Text(
        ja="1件だけで大きすぎます。受け付ける大きさを変えられなければ drop してください。",
        en="this one row is too large. Drop it, unless the limit can be raised.",
    ),
    "": Text(
        ja="理由の原因を直してから replay するか、不要なら drop してください。",
        en="correct what the reason names and replay it, or drop it.",
    ),
}
LETTERS_REPLAYED = Text(
    ja="{count}件を送信待ちに戻しました。", en="{count} put back in the queue to be sent."
)
LETTERS_DROPPED = Text(ja="{count}件を破棄しました。", en="{count} dropped.")
LETTERS_ASKED = Text(
    ja="動作中のボットに依頼しました（{count}件）。", en="the running bot was asked to do it ({count})."
)
LETTERS_LATE = Text(
    ja="動作中のボットからまだ応答がありません。依頼は残っているので、まもなく行われます。",
    en="the running bot has not answered yet; the request stays and will be done.",
)

OUTLIERS_NONE = Text(
    ja="{limit} Mbit/s より速い、ありえない通信量の記録はありません。\n"
    "回線がこれより遅いときは、その速さを --faster-than 1000 のように Mbit/s で指定します。",
    en="There are no impossible samples: none is faster than {limit} Mbit/s.\n"
    "For a slower line, give its speed in Mbit/s: --faster-than 1000",
)
OUTLIERS_HINT = Text(
    ja="1件ずつ（ID の末尾 8 文字以上）か --all で取り除けます。行とすべての合計から、その分だけが消えます:\n"
    "  {command} network-outliers remove --all\n"
    "回線の速さに合わせるには --faster-than 1000 のように Mbit/s で指定します。",
    en="Take them out one by one (the last 8 or more characters of an id) or with --all. They leave the rows"
    " and every total, and nothing else does:\n"
    "  {command} network-outliers remove --all\n"
    "For a slower line, give its speed in Mbit/s: --faster-than 1000",
)
OUTLIER_OF_MANY = Text(
    ja="（{count}件の合計。元の行はもうないので、まとめて取り除きます）",
    en=" ({count} together: their rows are gone, so that they leave as one)",
)
OUTLIER_UNKNOWN = Text(
    ja="{id} という記録は、ありえない通信量の中に見つかりません（一覧: network-outliers）。",
    en="There is no impossible sample {id} (see: network-outliers).",
)
OUTLIERS_REMOVED = Text(
    ja="{count}件を、行とすべての合計から取り除きました。",
    en="{count} taken out of the rows and of every total.",
)
OUTLIERS = Text(ja="通信量の記録", en="Traffic samples")
OUTLIERS_FOUND = Text(
    ja="ありえない大きさの記録が{count}件あり、合計に入っています。",
    en="{count} are impossible, and in the totals.",
)
OUTLIERS_CURE = Text(ja="{command} network-outliers", en="{command} network-outliers")
