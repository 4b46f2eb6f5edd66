"""What users read about music."""

from __future__ import annotations

from bot.texts import Text

# Failures
NOT_CONFIGURED = Text(
    ja="このBotでは音楽サーバー（Lavalink）が設定されていないため、音楽を再生できません。",
    en="Music is not set up on this bot: it has no Lavalink server.",
)
NO_NODE = Text(
    ja="音楽サーバーにつながっていません。少し待ってから、もう一度お試しください。",
    en="No music server can be reached at the moment. Please try again shortly.",
)
NODE_UNREACHABLE = Text(
    ja="音楽サーバーから応答がありません。少し待ってから、もう一度お試しください。",
    en="The music server does not answer. Please try again shortly.",
)
REQUEST_REFUSED = Text(
    ja="音楽サーバーがこの操作を受け付けませんでした。",
    en="The music server refused to do that.",
)
TRACK_LOAD_FAILED = Text(
    ja="曲を読み込めませんでした：{reason}",
    en="That could not be loaded: {reason}",
)
NOTHING_FOUND = Text(
    ja="「{query}」に合う曲は見つかりませんでした。",
    en="Nothing was found for “{query}”.",
)
LYRICS_UNAVAILABLE = Text(
    ja="この音楽サーバーには歌詞のプラグインがないため、歌詞を表示できません。",
    en="This music server has no plugin for lyrics, so I cannot show any.",
)
NO_LYRICS = Text(
    ja="「{title}」の歌詞は見つかりませんでした。",
    en="No lyrics were found for “{title}”.",
)
JOIN_TIMEOUT = Text(
    ja="{channel} に接続できませんでした。少し待ってから、もう一度お試しください。",
    en="Joining {channel} took too long. Please try again shortly.",
)
NOT_IN_VOICE = Text(
    ja="先にボイスチャンネルに入ってください。",
    en="Please join a voice channel first.",
)
OTHER_CHANNEL = Text(
    ja="いまは {channel} で再生しています。同じチャンネルに入ってから操作してください。",
    en="I am playing in {channel}. Please join me there first.",
)
MISSING_VOICE_PERMISSIONS = Text(
    ja="{channel} で必要な権限が足りません：{permissions}",
    en="I lack permissions in {channel}: {permissions}",
)
CHANNEL_FULL = Text(
    ja="{channel} は満員のため入れません。",
    en="{channel} is full, so I cannot join.",
)
NOT_PLAYING = Text(ja="いまは何も再生していません。", en="Nothing is playing right now.")
COMING_BACK = Text(
    ja="再起動前の音楽を戻しているところです。少し待ってから、もう一度お試しください。",
    en="The music from before my restart is just coming back. Please try again shortly.",
)
NOT_CONNECTED = Text(
    ja="ボイスチャンネルに入っていません。",
    en="I am not in a voice channel.",
)
QUEUE_FULL = Text(
    ja="キューがいっぱいです（{limit}曲まで）。",
    en="The queue is full ({limit} tracks at most).",
)

NO_SUCH_PLACE = Text(
    ja="その番号の曲はありません（キューは{count}曲です）。",
    en="There is no song with that number (the queue has {count}).",
)
NO_PREVIOUS = Text(ja="前に再生した曲はありません。", en="No song was played before.")
NOTHING_TO_UNDO = Text(ja="元に戻せる操作はありません。", en="There is nothing to undo.")
BAD_POSITION = Text(
    ja="位置は `1:23` や `+10`、`-10` のように入力してください。",
    en="Please write a position such as `1:23`, `+10` or `-10`.",
)
NOT_SEEKABLE = Text(ja="この曲では位置を移動できません。", en="This track cannot be sought in.")

# Answers
ONE_SONG = Text(ja="1曲", en="1 track")
SONGS = Text(ja="{count}曲", en="{count} tracks")
ADDED = Text(
    ja="🎵 **{title}** をキューに追加しました（{position}番目）。",
    en="🎵 Added **{title}** to the queue (number {position}).",
)
PLAYING_SOON = Text(ja="🎵 **{title}** を再生します。", en="🎵 Here comes **{title}**.")
ADDED_PLAYLIST = Text(
    ja="🎶 プレイリスト **{name}** から{songs}を追加しました。",
    en="🎶 Added {songs} from the playlist **{name}**.",
)
ADDED_SOME = Text(
    ja="🎶 プレイリスト **{name}** から{songs}を追加しました（満杯のため、{left_out}曲は入りません）。",
    en="🎶 Added {songs} from the playlist **{name}** ({left_out} did not fit into the queue).",
)
PAUSED = Text(ja="⏸️ 一時停止しました。", en="⏸️ Paused.")
RESUMED = Text(ja="▶️ 再生を再開しました。", en="▶️ Resumed.")
SKIPPED = Text(ja="⏭️ **{title}** をスキップしました。", en="⏭️ Skipped **{title}**.")
STOPPED = Text(
    ja="⏹️ 再生を止めて、キューを空にしました。",
    en="⏹️ Stopped, and cleared the queue.",
)
VOLUME = Text(ja="🔊 音量は{volume}%です。", en="🔊 The volume is {volume}%.")
VOLUME_SET = Text(ja="🔊 音量を{volume}%にしました。", en="🔊 The volume is now {volume}%.")
JOINED = Text(ja="👋 {channel} に入りました。", en="👋 Joined {channel}.")
LEFT = Text(ja="👋 {channel} から退出しました。", en="👋 Left {channel}.")

REMOVED = Text(ja="🗑️ **{title}** をキューから外しました。", en="🗑️ Removed **{title}** from the queue.")
REMOVED_SOME = Text(ja="🗑️ {songs}をキューから外しました。", en="🗑️ Removed {songs} from the queue.")
MOVED = Text(ja="↕️ **{title}** を{place}番目に移しました。", en="↕️ Moved **{title}** to number {place}.")
SHUFFLED = Text(ja="🔀 {songs}をシャッフルしました。", en="🔀 Shuffled {songs}.")
SOUGHT = Text(ja="⏩ {position} へ移動しました。", en="⏩ Now at {position}.")
UNDID_REMOVAL = Text(
    ja="↩️ {songs}をキューに戻しました。",
    en="↩️ Put {songs} back into the queue.",
)
LOOP_SET = Text(ja="🔁 ループ：{mode}", en="🔁 Loop: {mode}")
LOOP_OFF = Text(ja="オフ", en="off")
LOOP_TRACK = Text(ja="1曲", en="this song")
LOOP_QUEUE = Text(ja="キュー全体", en="the whole queue")

# Announcements
NOW_PLAYING = Text(ja="▶️ 再生中", en="▶️ Now playing")
PAUSED_TITLE = Text(ja="⏸️ 一時停止中", en="⏸️ Paused")
TRACK_FAILED = Text(
    ja="⚠️ **{title}** を再生できませんでした（{reason}）。次の曲へ進みます。",
    en="⚠️ **{title}** could not be played ({reason}). Going on to the next one.",
)
STUCK = Text(ja="音声が届かなくなりました", en="the audio stopped arriving")
UNKNOWN_REASON = Text(ja="原因不明", en="unknown reason")
TOO_MANY_FAILURES = Text(
    ja="⛔ 続けて{count}曲再生できなかったため、止めました。しばらくしてから `play` でお試しください。",
    en="⛔ Stopped, because {count} tracks in a row could not be played. Please try `play` again later.",
)
QUEUE_ENDED = Text(
    ja="✅ キューの最後まで再生しました。",
    en="✅ That was the end of the queue.",
)
INTERRUPTED = Text(
    ja="⏳ 音楽サーバーにつながっていません。つながりしだい、続きから再生します。",
    en="⏳ The music server is out of reach. I will go on from here as soon as it is back.",
)
RESTORED = Text(
    ja="▶️ 音楽サーバーにつながりました。続きから再生します。",
    en="▶️ The music server is back. Going on from where we were.",
)
LEFT_ALONE = Text(
    ja="👋 だれもいなくなったので、{channel} から退出しました。",
    en="👋 Left {channel}, since nobody was there any more.",
)
LEFT_IDLE = Text(
    ja="👋 しばらく再生がなかったので、{channel} から退出しました。",
    en="👋 Left {channel}, since nothing was playing for a while.",
)

# Embeds
REQUESTED_BY = Text(ja="リクエスト：{name}", en="Requested by {name}")
QUEUE_TITLE = Text(ja="🎶 再生キュー", en="🎶 Queue")
QUEUE_EMPTY = Text(ja="次の曲はありません。", en="Nothing is up next.")
QUEUE_NOW = Text(ja="再生中", en="Now")
QUEUE_FOOTER = Text(
    ja="{songs}・合計 {duration}・{page}/{pages}ページ",
    en="{songs} · {duration} in total · page {page} of {pages}",
)
LIVE = Text(ja="ライブ", en="live")

# Descriptions of commands and options
PLAY = Text(ja="曲を再生する（曲名・URL・プレイリスト）", en="Play a song (words, URL or playlist)")
PLAY_QUERY = Text(ja="曲名またはURL", en="Words or a URL")
PAUSE = Text(ja="再生を一時停止する", en="Pause the music")
RESUME = Text(ja="再生を再開する", en="Resume the music")
SKIP = Text(ja="いまの曲をスキップする", en="Skip the current song")
STOP = Text(ja="再生を止めてキューを空にする", en="Stop the music and clear the queue")
QUEUE = Text(ja="再生キューを表示する", en="Show the queue")
QUEUE_PAGE = Text(ja="ページ番号", en="Page number")
NOWPLAYING = Text(ja="再生中の曲を表示する", en="Show the current song")
SET_VOLUME = Text(ja="音量を表示・変更する", en="Show or change the volume")
VOLUME_LEVEL = Text(ja="音量（0〜200%）", en="Volume (0 to 200%)")
JOIN = Text(ja="ボイスチャンネルに入る", en="Join your voice channel")
LEAVE = Text(ja="ボイスチャンネルから退出する", en="Leave the voice channel")
PLAYNEXT = Text(ja="次に再生する曲を追加する", en="Play a song right after this one")
PLAYNOW = Text(ja="いまの曲の代わりに今すぐ再生する", en="Play a song at once, instead of this one")
SKIPTO = Text(ja="キューの指定した曲まで飛ばす", en="Skip to a song in the queue")
PREVIOUS = Text(ja="前の曲を再生する", en="Play the song before")
SEEK = Text(ja="曲の再生位置を移動する", en="Go to a place in the song")
SEEK_POSITION = Text(ja="1:23、+10、-10 など", en="Such as 1:23, +10 or -10")
MOVE = Text(ja="キューの曲を移動する", en="Move a song in the queue")
MOVE_TO = Text(ja="移動先の番号（省略すると1番目）", en="Its new number (1 if left out)")
REMOVE = Text(ja="キューから曲を外す", en="Remove songs from the queue")
REMOVE_LAST = Text(ja="まとめて外すときの最後の番号", en="The last number, to remove several")
CLEAR = Text(ja="キューを空にする（再生中の曲はそのまま）", en="Clear the queue; the current song goes on")
SHUFFLE = Text(ja="キューをシャッフルする", en="Shuffle the queue")
UNDO = Text(ja="直前の削除・クリア・スキップを元に戻す", en="Undo the last remove, clear or skip")
LOOP = Text(ja="ループを設定する", en="Set what is repeated")
LOOP_MODE = Text(ja="繰り返すもの", en="What is repeated")
PLACE = Text(ja="キューでの番号", en="Its number in the queue")
