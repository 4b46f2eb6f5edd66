"""The texts of ``/channel``, ``/persona``, ``/model`` and ``/usage``."""

from bot.texts import Text

CHANNEL_DESCRIPTION = Text(
    ja="すべてのメッセージに答えるチャンネルを選びます", en="Choose the channels in which I answer everything"
)
CHANNEL_ADD_DESCRIPTION = Text(
    ja="このチャンネルではすべてのメッセージに答えます", en="Answer every message of a channel"
)
CHANNEL_REMOVE_DESCRIPTION = Text(
    ja="チャンネルを外し、呼ばれたときだけ答えます", en="Go back to answering in a channel only when called"
)
CHANNEL_LIST_DESCRIPTION = Text(ja="選んだチャンネルを表示します", en="Show the chosen channels")
CHANNEL_OPTION = Text(
    ja="チャンネル・フォーラム・スレッド（省略: ここ）", en="Channel, forum or thread (default: this one)"
)
CHANNEL_ADDED = Text(
    ja="💬 {channel} では、すべてのメッセージに答えます。",
    en="💬 I will answer every message in {channel}.",
)
CHANNEL_REMOVED = Text(
    ja="🔕 {channel} では、呼ばれたときだけ答えます。",
    en="🔕 In {channel} I will answer only when I am called.",
)
CHANNEL_FIXED = Text(
    ja="🔒 {channel} は、ボットの所有者が `CHAT_CHANNEL_IDS` で決めています。",
    en="🔒 {channel} was chosen by the bot's owner, with `CHAT_CHANNEL_IDS`.",
)
CHANNELS = Text(
    ja="💬 すべてのメッセージに答えるチャンネル: {channels}",
    en="💬 I answer every message in: {channels}",
)
TOO_MANY_CHANNELS = Text(
    ja="選べるチャンネルは{limit}件までです。", en="{limit} channels can be chosen at most."
)
CHANNELS_GONE = Text(
    ja="🗑️ 削除されたチャンネル{count}件を、一覧から外しました。",
    en="🗑️ Channels that were deleted, and are no longer listed: {count}.",
)
NO_CHANNELS = Text(
    ja="💬 どのチャンネルでも、呼ばれたときだけ答えます。`/チャンネル 追加` で選べます。",
    en="💬 I answer only when called, everywhere. Choose channels with `/channel add`.",
)

CHANNEL_MUSIC_DESCRIPTION = Text(
    ja="書き込まれた曲名やリンクを再生するチャンネルを選びます",
    en="Choose the channel in which every message is a song",
)
CHANNEL_MUSIC_OPTION = Text(
    ja="チャンネル・スレッド（省略: ここ）", en="Channel or thread (default: this one)"
)
CHANNEL_MUSIC_SWITCH = Text(
    ja="オフにするとやめます（省略: オン）", en="Off: no channel any more (default: on)"
)
MUSIC_CHANNEL_CHOSEN = Text(
    ja="🎵 {channel} に書き込まれた曲名やリンクを再生します。書き込みとボットの返事は、しばらくすると"
    "消します。このチャンネルでは、会話には答えません。",
    en="🎵 Every message in {channel} is a song now. Messages and my answers tidy themselves away"
    " after a while, and I do not chat there.",
)
MUSIC_CHANNEL_UNTIDY = Text(
    ja="🧹 ボットに「{permission}」の権限がないため、消せるのはボットの返事だけです。",
    en="🧹 Without the permission {permission} I can tidy away my own answers only.",
)
MUSIC_CHANNEL_WITHOUT_MESSAGES = Text(
    ja="🎵 フォーラムは選べません。メッセージを書けるチャンネルを選んでください。",
    en="🎵 That cannot be a forum. Please choose a channel in which messages are written.",
)
NO_MUSIC_CHANNEL = Text(
    ja="🎵 書き込みをすべて曲として再生するチャンネルは、もうありません。",
    en="🎵 There is no channel any more in which every message is a song.",
)
MUSIC_CHANNEL = Text(
    ja="🎵 書き込まれた曲を再生するチャンネル: {channel}", en="🎵 Every message is a song in: {channel}"
)
CHANNEL_IS_MUSIC = Text(
    ja="🎵 {channel} では書き込みがすべて曲になります。会話をするには、先に `/チャンネル 音楽` で"
    "オフにしてください。",
    en="🎵 In {channel} every message is a song. To chat there, switch that off first: `/channel music`.",
)

PERSONA_DESCRIPTION = Text(ja="ボットのキャラ設定を変えます", en="Set the bot's character")
PERSONA_SET_DESCRIPTION = Text(
    ja="サーバー、またはチャンネルでのキャラ設定を変えます",
    en="Set the character in the server or in a channel",
)
PERSONA_CLEAR_DESCRIPTION = Text(ja="キャラ設定を元に戻します", en="Go back to the usual character")
PERSONA_SHOW_DESCRIPTION = Text(
    ja="ここでのキャラ設定を表示します", en="Show the character that applies here"
)
PERSONA_TEXT = Text(
    ja="例: 関西弁の陽気な料理人", en="For example: a cheerful cook who speaks in short sentences"
)
PERSONA_CHANNEL = Text(
    ja="このチャンネルだけ（省略: サーバー全体）", en="For this channel only (default: the whole server)"
)
PERSONA_SET = Text(
    ja="🎭 {place}でのキャラ設定を変えました:\n> {persona}",
    en="🎭 My character in {place} is now:\n> {persona}",
)
PERSONA_CLEARED = Text(
    ja="🎭 {place}でのキャラ設定を元に戻しました。", en="🎭 In {place} I am my usual self again."
)
PERSONA_SHOWN = Text(ja="🎭 ここでのキャラ設定:\n> {persona}", en="🎭 My character here:\n> {persona}")
PERSONA_EMPTY = Text(
    ja="見える文字がありません。キャラ設定を元に戻すには `/キャラ設定 解除` を使います。",
    en="There is nothing in it that can be seen. `/persona clear` goes back to the usual character.",
)
PERSONA_TOO_LONG = Text(
    ja="1つのメッセージに表示しきれません。あと{count}文字短くしてください。改行も数えます。",
    en="It does not fit into one message; please make it {count} characters shorter. Lines count, too.",
)
NO_PERSONA = Text(ja="🎭 いつもどおりです。", en="🎭 I am my usual self here.")
WHOLE_SERVER = Text(ja="サーバー全体", en="the whole server")

MODEL_DESCRIPTION = Text(
    ja="このサーバーで使うGeminiのモデルを選びます", en="Choose the Gemini model for this server"
)
MODEL_OPTION = Text(ja="モデル（省略: いまのモデルを表示）", en="Model (default: show the current one)")
MODEL_CHOSEN = Text(
    ja="🧠 このサーバーでは `{model}` が答えます。", en="🧠 `{model}` now answers in this server."
)
MODEL_SHOWN = Text(
    ja="🧠 いまは `{model}` が答えています。選べるモデル: {models}",
    en="🧠 `{model}` answers here. You can choose from: {models}",
)
NO_SUCH_MODEL = Text(
    ja="🧠 `{model}` は選べません。選べるモデル: {models}",
    en="🧠 `{model}` is not available. You can choose from: {models}",
)

USAGE_DESCRIPTION = Text(ja="今日の利用量を表示します", en="Show today's usage")
USAGE_TITLE = Text(ja="🪙 今日の利用量", en="🪙 Today's usage")
USAGE_YOU = Text(ja="あなた", en="You")
USAGE_SERVER = Text(ja="このサーバー", en="This server")
USAGE_VALUE = Text(ja="{tokens} トークン · 返答{answers}回", en="{tokens} tokens · answers: {answers}")
USAGE_OF_LIMIT = Text(
    ja="{tokens} / {limit} トークン · 返答{answers}回", en="{tokens} of {limit} tokens · answers: {answers}"
)
USAGE_RESETS = Text(ja="{when}にリセットされます。", en="Resets {when}.")
