"""What people read when music was interrupted, and goes on or not."""

from __future__ import annotations

from bot.texts import Text

REPLACED = Text(
    ja="🔀 **{title}** が再生できなかったため、別の音源（{source}）で続けます。",
    en="🔀 **{title}** could not be played from its source; going on with another one ({source}).",
)
REVIVED = Text(
    ja="🔄 再起動しました。**{title}** の続きから再生します。",
    en="🔄 I was restarted. Going on with **{title}**.",
)
FORGOTTEN = Text(
    ja="👋 再起動のあいだにだれもいなくなったので、音楽を終わりました。",
    en="👋 Nobody was left while I was restarted, so the music ended.",
)
SHUT_OUT = Text(
    ja="👋 再起動のあと、元のボイスチャンネルに入れなかったため、音楽を終わりました。",
    en="👋 I could not get back into the voice channel after my restart, so the music ended.",
)
VOICE_LOST = Text(
    ja="👋 {channel} の音声接続が何度も切れるため、退出しました。",
    en="👋 Left {channel}, since the voice connection kept breaking.",
)
SILENCED = Text(
    ja="🔇 サーバーでミュートされているか、ステージで発言できないため、一時停止しました。"
    "解除されたら、続きから再生します。",
    en="🔇 Paused, because I am muted here or may not speak on the stage. I will go on once I can be heard.",
)
HEARD_AGAIN = Text(ja="🔊 続きから再生します。", en="🔊 Going on from where we were.")
