"""What is wrong with settings, told to whoever runs the bot; each follows the setting's name and a colon."""

from bot.texts import Text

CANNOT_START = Text(
    ja="Otonari を起動できません。環境変数または bot/.env の次の設定を直してください"
    "（それぞれの説明は bot/.env.example にあります）：",
    en="Otonari cannot start; please correct these settings in the environment or in bot/.env"
    " (bot/.env.example describes each):",
)
REQUIRED = Text(ja="必須です", en="is required")
REQUIRED_NO_FILE = Text(
    ja="必須です。bot/.env がまだありません: `{command}` で作り、そこに書いてください",
    en="is required; there is no bot/.env yet: make it with `{command}`, and write it there",
)
REQUIRED_EMPTY_FILE = Text(
    ja="必須です。bot/.env が空です: `{command}` で作り直し、そこに書いてください",
    en="is required; bot/.env is empty: make it again with `{command}`, and write it there",
)
REQUIRED_ELSEWHERE = Text(
    ja="必須です。{place} に書かれていますが、読まれるのは bot/.env だけです。"
    "移動するか、名前を変えてください",
    en="is required; it stands in {place}, but only bot/.env is read: move or rename that file",
)
REQUIRED_IN_TEMPLATE = Text(
    ja="必須です。見本の bot/.env.example に書かれていますが、読まれるのは bot/.env だけです: `{command}`",
    en="is required; it stands in bot/.env.example, the template, but only bot/.env is read: `{command}`",
)
REQUIRED_MISSPELT = Text(
    ja="必須です。代わりに {name} という、設定にない名前が書かれています",
    en="is required; in its place stands {name}, which is no setting",
)
FILE_UNREADABLE = Text(ja="読めません: {error}", en="cannot be read: {error}")
FILE_NOT_TEXT = Text(
    ja="プレーンテキストではありません。テキストエディターで、UTF-8 で保存し直してください",
    en="is not plain text; save it again with a text editor, as UTF-8",
)
LINE_UNREADABLE = Text(
    ja="この行は読み取れないので無視します。「名前=値」の形で書いてください",
    en="this line is not understood, and ignored; write NAME=value",
)
SET_TWICE = Text(
    ja="{file} に2回書かれています（{first}行目と{last}行目）。{last}行目を使います",
    en="stands in {file} twice, in lines {first} and {last}; line {last} counts",
)
UNKNOWN = Text(ja="という設定はありません（無視します）", en="unknown, and ignored")
UNKNOWN_NEAR = Text(
    ja="という設定はありません（無視します）。{near} のことですか？",
    en="unknown, and ignored; did you mean {near}?",
)
CONTROL_CHARACTER = Text(
    ja="改行やタブが入っています。値を一重引用符（'）で囲むか、\\ を / にしてください",
    en="contains a line break or a tab; put the value in single quotes, or write / in place of \\",
)

WHITE_SPACE = Text(ja="空白を入れないでください", en="must not contain white space")
LANGUAGE = Text(ja="ja か en にしてください", en="must be ja or en")
LEVEL = Text(ja="{levels} のどれかにしてください", en="must be one of {levels}")
BOT_ID = Text(
    ja="文字・数字・点・ハイフン・下線で1〜64文字にしてください",
    en="must be 1 to 64 letters, digits, dots, hyphens or underscores",
)
BOT_ID_ALL = Text(
    ja="all は使えません（/netstats ですべてのボットを表します）",
    en="must not be all, which stands for every bot in /netstats",
)
URL = Text(ja="{schemes} で始まる URL にしてください", en="must be a URL that starts with {schemes}")
DISCORD_API = Text(
    ja="https://discord.com/api/v10 か、そのプロキシの URL にしてください",
    en="must be https://discord.com/api/v10, or the URL of a proxy for it",
)
ENDPOINT_NEAR = Text(
    ja="スキームなしの「ホスト:ポート」にしてください。例: {endpoint}",
    en="must be host:port, without a scheme: {endpoint}",
)
ENDPOINT = Text(ja="スキームなしの「ホスト:ポート」にしてください", en="must be host:port, without a scheme")
IDS = Text(
    ja="ID（17〜20桁の数字）をコンマで区切って書いてください",
    en="must be ids (numbers of 17 to 20 digits), separated by commas",
)
MODEL = Text(
    ja="gemini-3.5-flash-lite のような、モデルの名前にしてください",
    en="must be the name of a model, such as gemini-3.5-flash-lite",
)
MODELS = Text(
    ja="モデルの名前をコンマで区切って書いてください", en="must be names of models, separated by commas"
)
TOO_MANY_MODELS = Text(ja="{most}個までにしてください", en="must be at most {most}")
LIMIT = Text(ja="0以上の整数にしてください（0 は無制限）", en="must be a whole number; 0 means no limit")
SWITCH = Text(ja="on か off にしてください", en="must be on or off")
MEGABYTES = Text(ja="1以上の整数（MB）にしてください", en="must be a whole number of megabytes from 1")
COUNT = Text(ja="1以上の整数にしてください", en="must be a whole number from 1")
SHARD_IDS = Text(
    ja="0以上のシャードの番号をコンマで区切って書いてください",
    en="must be shard numbers from 0, separated by commas",
)
TIMEZONE = Text(
    ja="Asia/Tokyo のような IANA のタイムゾーン名にしてください",
    en="must be a time zone of the IANA database, such as Asia/Tokyo",
)
LAVALINK_NODES = Text(
    ja="http://:password@127.0.0.1:2333 のような URI をコンマで区切って書いてください",
    en="must be URIs such as http://:password@127.0.0.1:2333, separated by commas",
)
MUSIC_URL_HOSTS = Text(
    ja="radio.example.org や *.example.org のようなホスト名をコンマで区切って書いてください",
    en="must be names of hosts such as radio.example.org or *.example.org, separated by commas",
)
LAVALINK_PASSWORD_MISSING = Text(
    ja="パスワードがありません。http://:パスワード@{host} の形で書いてください",
    en="has no password; write http://:PASSWORD@{host}",
)
PLACEHOLDER = Text(
    ja="見本のままです。あなた自身のものに書き換えてください",
    en="is still the example's placeholder; put your own in its place",
)
NOT_ASCII = Text(
    ja="全角文字や記号が混ざっています。もう一度コピーしてください",
    en="contains characters that none has; copy it again",
)
IS_ANOTHER = Text(
    ja="{what}が書かれています。ここに書くものではありません", en="is {what}, which does not belong here"
)
ANOTHERS_LINE = Text(
    ja="{name} の行が入っています。設定ごとに1行で書いてください",
    en="has the line of {name} in it; each setting has a line of its own",
)
A_DISCORD_TOKEN = Text(ja="Discord のボットのトークン", en="a Discord bot's token")
A_GEMINI_KEY = Text(ja="Gemini の API キー", en="a Gemini API key")
A_SUPABASE_KEY = Text(ja="Supabase のキー", en="a Supabase key")
A_SUPABASE_ACCESS_TOKEN = Text(
    ja="Supabase のアカウントのアクセストークン", en="an access token of a Supabase account"
)
AN_ID = Text(ja="ID（アプリケーションやユーザーの番号）", en="an id, such as an application's")
A_PUBLIC_KEY = Text(ja="Discord アプリの公開鍵", en="a Discord application's public key")
A_CLIENT_SECRET = Text(
    ja="Discord アプリのクライアントシークレットらしいもの",
    en="what looks like a Discord application's client secret",
)
AN_ADDRESS = Text(ja="アドレス（URL）", en="an address")
ANOTHER_SERVICES_KEY = Text(ja="別のサービスのキー", en="another service's key")
SUPABASE_URL = Text(
    ja="プロジェクトの URL（https://….supabase.co、Project Settings → Data API）か off にしてください",
    en="must be the project's URL (https://….supabase.co, Project Settings → Data API), or off",
)
LOCAL_SUPABASE = Text(
    ja="手元の Supabase の API ではなく、Studio やデータベースのアドレスです。"
    "代わりに {url} と書いてください",
    en="is the local Supabase's Studio or database, and not its API; write {url} in its place",
)
CONNECTION_STRING = Text(
    ja="データベースの接続文字列です。プロジェクトの URL（https://….supabase.co）を書いてください",
    en="is the database's connection string; put the project's URL there (https://….supabase.co)",
)
CONNECTION_STRING_NEAR = Text(
    ja="データベースの接続文字列です。代わりに {url} と書いてください",
    en="is the database's connection string; write {url} in its place",
)
KEY_WITHOUT_URL = Text(ja="SUPABASE_URL がないので、使われません", en="has no effect without SUPABASE_URL")
SHARD_IDS_BEYOND = Text(
    ja="SHARD_COUNT（{count}）より小さい番号にしてください", en="must be below SHARD_COUNT, {count}"
)
KEY_REQUIRED = Text(
    ja="SUPABASE_URL があるときは必須です（secret キーまたは service_role キー）",
    en="is required with SUPABASE_URL (the secret or service_role key)",
)
SHARD_COUNT_REQUIRED = Text(ja="SHARD_IDS があるときは必須です", en="is required with SHARD_IDS")
DATA_DIR_TAKEN = Text(
    ja="別の Otonari が {directory} で動いています", en="another Otonari is running with {directory}"
)
TOKEN_REFUSED = Text(
    ja="Discord に受け付けられません。Developer Portal → Bot → Reset Token で取り直してください",
    en="is not accepted by Discord; copy it again from the Developer Portal → Bot → Token",
)
INTENT_MISSING = Text(
    ja="このボットは Message Content Intent が無効です。"
    "https://discord.com/developers/applications → アプリ → Bot で有効にしてください",
    en="belongs to a bot without the Message Content Intent; switch it on at"
    " https://discord.com/developers/applications → your application → Bot",
)
GATEWAY_REFUSED = Text(
    ja="Discord のゲートウェイに拒まれました（クローズコード {code}）",
    en="was refused by Discord's gateway (close code {code})",
)
