"""What the bot says about music on its own account: failures, recovery, leaving."""

from __future__ import annotations

from bot.texts import Text

# Tracks
TRACK_FAILED = Text(
    ja="⚠️ **{title}** を再生できませんでした（{reason}）。次の曲へ進みます。",
    en="⚠️ **{title}** could not be played ({reason}). Moving on to the next one.",
)
STUCK = Text(ja="音声が届かなくなりました", en="the audio stopped arriving")
STREAM_ENDED = Text(
    ja="📻 **{title}** の配信が終わりました。",
    en="📻 The stream **{title}** has ended.",
)
UNKNOWN_REASON = Text(ja="原因不明", en="unknown reason")
TOO_MANY_FAILURES = Text(
    ja="⛔ 続けて{count}曲再生できなかったため、止めました。しばらくしてから `/再生` でお試しください。",
    en="⛔ Stopped because {count} tracks in a row could not be played. Please try `/play` again later.",
)
FALLBACK_TRACK = Text(
    ja="🔀 **{title}** が再生できなかったため、別の音源（{source}）で続けます。",
    en="🔀 **{title}** could not be played from its original source. Continuing with another one ({source}).",
)
AUTOPLAY_FAILED = Text(
    ja="📻 似た曲が見つからなかったため、自動再生を続けられません。",
    en="📻 No related songs were found, so autoplay cannot continue.",
)

# Music servers and restarts
INTERRUPTED = Text(
    ja="⏳ 音楽サーバーにつながっていません。つながりしだい、続きから再生します。",
    en="⏳ Lost the connection to the music server. Playback will resume as soon as it is back.",
)
RESTORED = Text(
    ja="▶️ 音楽サーバーにつながりました。続きから再生します。",
    en="▶️ The music server is back. Resuming where we left off.",
)
RECOVERED = Text(
    ja="🔄 再起動しました。**{title}** の続きから再生します。",
    en="🔄 I was restarted. Resuming **{title}**.",
)
NOT_RECOVERED_EMPTY = Text(
    ja="👋 再起動のあいだにだれもいなくなったので、再生を終了しました。",
    en="👋 Everyone left while I was restarting, so I stopped the music.",
)
NOT_RECOVERED_CLOSED = Text(
    ja="👋 再起動のあと、元のボイスチャンネルに入れなかったため、再生を終了しました。",
    en="👋 I could not rejoin the voice channel after my restart, so I stopped the music.",
)

# Leaving
VOICE_LOST = Text(
    ja="👋 {channel} の音声接続が繰り返し切れるため、退出しました。",
    en="👋 Left {channel} because the voice connection kept dropping.",
)
VOICE_REFUSED = {
    4004: Text(
        ja="👋 Discord の音声サーバーが認証を受け付けないため、{channel} から退出しました。"
        "しばらくしてから `/再生` でお試しください。",
        en="👋 Left {channel} because Discord's voice server did not accept my sign-in."
        " Please try `/play` again later.",
    ),
    4017: Text(
        ja="👋 Discord はエンドツーエンド暗号化（DAVE）を求めていますが、音楽サーバーが対応していないため、"
        "{channel} から退出しました。Lavalink を 4.2 以降に更新してください。",
        en="👋 Left {channel} because Discord requires end-to-end encryption (DAVE) and the music server"
        " does not support it. Please update Lavalink to 4.2 or newer.",
    ),
}
"""By the close code with which Discord's voice server refuses the connection.
https://discord.com/developers/docs/topics/opcodes-and-status-codes#voice-voice-close-event-codes"""
LEFT_ALONE = Text(
    ja="👋 だれもいなくなったので、{channel} から退出しました。",
    en="👋 Left {channel} because everyone had gone.",
)
LEFT_IDLE = Text(
    ja="👋 しばらく再生がなかったので、{channel} から退出しました。",
    en="👋 Left {channel} because nothing had been playing for a while.",
)

# Muted
MUTED = Text(
    ja="🔇 サーバーでミュートされているか、ステージで発言できないため、一時停止しました。"
    "解除されたら、続きから再生します。",
    en="🔇 Paused because I am muted here or not allowed to speak on the stage."
    " I will resume once I can be heard.",
)
UNMUTED = Text(ja="🔊 続きから再生します。", en="🔊 Resuming where we left off.")
