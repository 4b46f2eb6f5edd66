"""What users read when something goes wrong, whatever the feature."""

from __future__ import annotations

from bot.texts import Text

UNEXPECTED = Text(
    ja="❌ エラーが発生しました。続く場合は、管理者にこの番号をお伝えください: `{error_id}`",
    en="❌ Something went wrong. If it keeps happening, tell the bot's owner this number: `{error_id}`",
)
GUILD_ONLY = Text(
    ja="🏠 このコマンドはサーバーの中で使ってください。",
    en="🏠 This command only works in a server.",
)
MISSING_PERMISSIONS = Text(
    ja="🔒 このコマンドには次の権限が必要です: {permissions}",
    en="🔒 You need these permissions for that: {permissions}",
)
BOT_MISSING_PERMISSIONS = Text(
    ja="🔒 ボットに次の権限がありません: {permissions}。サーバーの管理者に付与をお願いしてください。",
    en="🔒 I am missing these permissions: {permissions}. Please ask a server administrator to grant them.",
)
CHECK_FAILED = Text(
    ja="🔒 このコマンドを使う権限がありません。",
    en="🔒 You are not allowed to use this command.",
)
NOT_INSTALLED = Text(
    ja="🏠 このコマンドは、ボットが参加しているサーバーで使ってください。",
    en="🏠 This command only works in a server that has added me.",
)
OWNER_ONLY = Text(
    ja="🔒 このコマンドはボットの所有者だけが使えます。",
    en="🔒 Only the bot's owner can use this command.",
)
MISSING_ARGUMENT = Text(
    ja="✏️ 「{argument}」を入力してください。使い方: `{usage}`",
    en="✏️ “{argument}” is missing. Usage: `{usage}`",
)
BAD_ARGUMENT = Text(
    ja="✏️ 入力を読み取れませんでした。使い方: `{usage}`",
    en="✏️ I could not read that. Usage: `{usage}`",
)
COOLDOWN = Text(
    ja="⏳ 少し待ってください。あと{seconds}秒で使えます。",
    en="⏳ Slow down a little: try again in {seconds} s.",
)
STALE_COMMAND = Text(
    ja="🔄 このコマンドは更新されました。少し待ってから、もう一度お試しください。",
    en="🔄 This command has changed. Please wait a moment and try again.",
)
DISCORD_FORBIDDEN = Text(
    ja="🔒 Discordに拒否されました。ボットの権限を確認してください。",
    en="🔒 Discord refused that. Please check the bot's permissions.",
)
DISCORD_DOWN = Text(
    ja="🌩️ Discordが一時的に応答していません。少し待ってからお試しください。",
    en="🌩️ Discord is having trouble right now. Please try again shortly.",
)

PERMISSION_NAMES = {
    "administrator": Text(ja="管理者", en="Administrator"),
    "manage_guild": Text(ja="サーバー管理", en="Manage Server"),
    "manage_channels": Text(ja="チャンネルの管理", en="Manage Channels"),
    "manage_messages": Text(ja="メッセージの管理", en="Manage Messages"),
    "view_channel": Text(ja="チャンネルを見る", en="View Channel"),
    "send_messages": Text(ja="メッセージを送信", en="Send Messages"),
    "embed_links": Text(ja="埋め込みリンク", en="Embed Links"),
    "attach_files": Text(ja="ファイルを添付", en="Attach Files"),
    "read_message_history": Text(ja="メッセージ履歴を読む", en="Read Message History"),
    "add_reactions": Text(ja="リアクションの追加", en="Add Reactions"),
    "connect": Text(ja="接続", en="Connect"),
    "speak": Text(ja="発言", en="Speak"),
    "move_members": Text(ja="メンバーを移動", en="Move Members"),
}
"""Discord's own names of its permissions, by their API name."""
