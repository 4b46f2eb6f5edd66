"""What people read of ``/help``, and of the bot when it joins a server."""

from __future__ import annotations

from bot.texts import Text

NAME_JA = "ヘルプ"
DESCRIPTION = Text(ja="できることと使い方の例を表示します", en="Show what I can do, with examples")

TITLE = Text(ja="**{name}にできること**", en="**What {name} can do**")
CHAT = Text(
    ja="💬 **おしゃべり**\n"
    "・話しかける: `@{name} 今日の晩ごはん、何がいい？`（DMでは `@` も要りません）\n"
    "・どこでも: `/チャット 内容:おはよう`。`非公開` を付けると、自分だけに見えます\n"
    "・返事に返信すると、その話の続きになります。画像・PDF・音声も読めます\n"
    "・`/リセット` でここでの会話を忘れ、`/利用量` で今日使った量を見られます",
    en="💬 **Chat**\n"
    "• Talk to me: `@{name} what should I cook tonight?` (without the `@` in a direct message)\n"
    "• Anywhere: `/chat prompt:good morning`, with `private` for your eyes only\n"
    "• Reply to an answer to go on from there. I can read images, PDFs and audio, too\n"
    "• `/reset` makes me forget what was said here, `/usage` shows what you have used today",
)
MUSIC = Text(
    ja="🎵 **音楽**（ボイスチャンネルに入ってから）\n"
    "・曲を流す: `/再生 曲:夜に駆ける`、`{prefix}play 夜に駆ける`、または `@{name} 夜に駆ける流して`\n"
    "・選んで流す: `/検索 曲:YOASOBI`。次の曲へ: `/スキップ` または `@{name} 次の曲`\n"
    "・`/キュー` で順番を、`/歌詞` で歌詞を見られます。`/お気に入り 追加` で曲を取っておけます\n"
    "・再生中のメッセージのボタンでも操作できます",
    en="🎵 **Music** (join a voice channel first)\n"
    "• Play a song: `/play query:Lemon`, `{prefix}play Lemon`, or `@{name} play the song Lemon`\n"
    "• Choose from results: `/search query:YOASOBI`. Go on: `/skip` or `@{name} skip this song`\n"
    "• `/queue` shows what comes next, `/lyrics` the words; `/favorites add` keeps a song\n"
    "• The buttons below the current song do the same",
)
MANAGERS = Text(
    ja="🛠️ **サーバーを管理する人へ**\n"
    "・`/状態` でボットの調子を、`/ネット統計 期間:今日` または `@{name} 今日の通信量` で通信量を見られます",
    en="🛠️ **For those who manage this server**\n"
    "• `/status` shows how I am doing; `/netstats period:Today` or `@{name} network stats` my traffic",
)
MANAGE_CHAT = Text(
    ja="・`/チャンネル 追加` で選んだチャンネルでは、呼ばれなくても答えます\n"
    "・`/キャラ設定 変更 キャラ設定:関西弁の料理人` で話し方を変えられます",
    en="• In a channel chosen with `/channel add` I answer every message\n"
    "• `/persona set persona:a cheerful cook` changes the way I talk",
)
MANAGE_MUSIC = Text(
    ja="・`/dj` で、音楽を操作できるロールを決められます\n"
    "・`/チャンネル 音楽` で選んだチャンネルでは、曲名を書くだけで再生します",
    en="• `/dj` decides which role controls the music\n"
    "• In a channel chosen with `/channel music`, writing a song's name plays it",
)
OFF = Text(
    ja="・いまは使えません: {features}。ボットの所有者が設定すると使えます",
    en="• Switched off: {features}. The bot's owner can set them up",
)
CHAT_OFF = Text(ja="会話（`GEMINI_API_KEY`）", en="chat (`GEMINI_API_KEY`)")
MUSIC_OFF = Text(ja="音楽（`LAVALINK_NODES`）", en="music (`LAVALINK_NODES`)")
PRIVACY = Text(
    ja="🔐 `/プライバシー` で、あなたについて保存されている内容を確認・削除できます。",
    en="🔐 `/privacy` shows, exports or deletes what is stored about you.",
)

WELCOME = Text(
    ja="👋 はじめまして、{name}です。呼んでくださってありがとうございます。",
    en="👋 Hello, I am {name}. Thank you for having me.",
)
WELCOME_CHAT = Text(ja="・話しかける: `@{name} こんにちは`", en="• Talk to me: `@{name} hello`")
WELCOME_MUSIC = Text(
    ja="・ボイスチャンネルに入って曲を流す: `/再生 曲:夜に駆ける`",
    en="• Join a voice channel and play a song: `/play query:Lemon`",
)
WELCOME_HELP = Text(ja="・できること: `/ヘルプ`", en="• What I can do: `/help`")
