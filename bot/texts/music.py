"""What people read about playing music: the commands, their answers and refusals."""

from __future__ import annotations

from bot.texts import Text

# Refusals and failures
NOT_CONFIGURED = Text(
    ja="このボットでは音楽サーバー（Lavalink）が設定されていないため、音楽を再生できません。",
    en="Music is not set up on this bot: it has no Lavalink server.",
)
NO_NODE = Text(
    ja="音楽サーバーにつながっていません。少し待ってから、もう一度お試しください。",
    en="No music server can be reached at the moment. Please try again shortly.",
)
NODE_UNREACHABLE = Text(
    ja="音楽サーバーから応答がありません。少し待ってから、もう一度お試しください。",
    en="The music server is not responding. Please try again shortly.",
)
REQUEST_REFUSED = Text(
    ja="音楽サーバーがこの操作を受け付けませんでした。", en="The music server rejected that request."
)
TRACK_LOAD_FAILED = Text(ja="曲を読み込めませんでした：{reason}", en="Could not load that: {reason}")
NOTHING_FOUND = Text(ja="「{query}」に合う曲は見つかりませんでした。", en="No results for “{query}”.")
LYRICS_UNAVAILABLE = Text(
    ja="この音楽サーバーには歌詞のプラグインがないため、歌詞を表示できません。",
    en="This music server has no lyrics plugin, so I cannot show lyrics.",
)
NO_LYRICS = Text(
    ja="「{title}」の歌詞は見つかりませんでした。",
    en="No lyrics were found for “{title}”.",
)
REQUEST_EMPTY = Text(
    ja="🎵 このチャンネルには、曲名かリンクを書いてください。",
    en="🎵 Please write the name of a song, or a link, in this channel.",
)
REQUEST_TOO_LONG = Text(
    ja="🎵 曲名には長すぎます（{limit}文字まで）。",
    en="🎵 That is too long for a song’s name ({limit} characters at most).",
)
TOO_MANY_REQUESTS = Text(
    ja="⏳ リクエストが混み合っています。少し待ってから、もう一度書いてください。",
    en="⏳ Too many requests are waiting. Please write it again shortly.",
)
LYRICS_UNREACHABLE = Text(
    ja="歌詞のサービスから応答がありません。少し待ってから、もう一度お試しください。",
    en="The lyrics service is not responding. Please try again shortly.",
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
    en="I am missing permissions in {channel}: {permissions}",
)
CHANNEL_FULL = Text(
    ja="{channel} は満員のため入れません。",
    en="{channel} is full, so I cannot join.",
)
NOT_PLAYING = Text(ja="いまは何も再生していません。", en="Nothing is playing right now.")
RECOVERING = Text(
    ja="再起動前の再生を復元しています。少し待ってから、もう一度お試しください。",
    en="I am still restoring the music from before my restart. Please try again shortly.",
)
NOT_CONNECTED = Text(
    ja="ボイスチャンネルに入っていません。",
    en="I am not in a voice channel.",
)
QUEUE_FULL = Text(
    ja="キューがいっぱいです（{limit}曲まで）。",
    en="The queue is full ({limit} tracks at most).",
)
NO_SUCH_NUMBER = Text(
    ja="その番号の曲はありません（キューは{count}曲です）。",
    en="There is no song with that number (the queue has {count}).",
)
NO_PREVIOUS = Text(ja="前に再生した曲はありません。", en="There is no previous song.")
NOTHING_TO_UNDO = Text(ja="元に戻せる操作はありません。", en="There is nothing to undo.")
BAD_POSITION = Text(
    ja="位置は `1:23` や `+10`、`-10` のように入力してください。",
    en="Please enter a position such as `1:23`, `+10` or `-10`.",
)
NOT_SEEKABLE = Text(ja="この曲では位置を移動できません。", en="You cannot seek in this track.")
DJS_ONLY = Text(
    ja="この操作ができるのは {role} の人だけです。",
    en="Only people with {role} may do that.",
)
VOTE_DEAFENED = Text(
    ja="スピーカーミュート中の人の投票は数えません。",
    en="The votes of people who are deafened do not count.",
)
LINK_TOO_LONG = Text(
    ja="リンクが長すぎます（{limit}文字まで）。", en="That link is too long ({limit} characters at most)."
)
LINK_UNKNOWN = Text(
    ja="このリンクは再生できません。YouTube、SoundCloud、Bandcamp、Vimeo、Twitch、ニコニコ動画などのリンクか、"
    "曲名を入力してください。",
    en="I cannot play that link. Give me one of YouTube, SoundCloud, Bandcamp, Vimeo, Twitch or another music"
    " service, or the name of a song.",
)
NOT_YOURS = Text(
    ja="これを選べるのは、コマンドを使った本人だけです。",
    en="Only the person who used the command can choose here.",
)

# Answers
ONE_SONG = Text(ja="1曲", en="1 track")
SONGS = Text(ja="{count}曲", en="{count} tracks")
ADDED = Text(
    ja="🎵 **{title}** をキューに追加しました（{position}番目）。",
    en="🎵 Added **{title}** to the queue (number {position}).",
)
ADDED_COUNT = Text(ja="🎵 {songs}をキューに追加しました。", en="🎵 Added {songs} to the queue.")
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
VOTED = Text(
    ja="🗳️ スキップに投票しました（{votes}/{needed}）。",
    en="🗳️ Voted to skip ({votes} of {needed}).",
)
ALREADY_VOTED = Text(
    ja="🗳️ この曲のスキップには、もう投票しています（{votes}/{needed}）。",
    en="🗳️ You have already voted to skip this song ({votes} of {needed}).",
)
STOPPED = Text(ja="⏹️ 再生を止めて、キューを空にしました。", en="⏹️ Stopped the music and cleared the queue.")
VOLUME = Text(ja="🔊 音量は{volume}%です。", en="🔊 The volume is {volume}%.")
VOLUME_SET = Text(ja="🔊 音量を{volume}%にしました。", en="🔊 The volume is now {volume}%.")
JOINED = Text(ja="👋 {channel} に入りました。", en="👋 Joined {channel}.")
LEFT = Text(ja="👋 {channel} から退出しました。", en="👋 Left {channel}.")
REMOVED = Text(ja="🗑️ **{title}** をキューから外しました。", en="🗑️ Removed **{title}** from the queue.")
REMOVED_SOME = Text(ja="🗑️ {songs}をキューから外しました。", en="🗑️ Removed {songs} from the queue.")
MOVED = Text(ja="↕️ **{title}** を{place}番目に移しました。", en="↕️ Moved **{title}** to number {place}.")
SHUFFLED = Text(ja="🔀 {songs}をシャッフルしました。", en="🔀 Shuffled {songs}.")
POSITION_SET = Text(ja="⏩ {position} へ移動しました。", en="⏩ Now at {position}.")
UNDID_REMOVAL = Text(
    ja="↩️ {songs}をキューに戻しました。",
    en="↩️ Put {songs} back into the queue.",
)
LOOP_SET = Text(ja="🔁 ループ：{mode}", en="🔁 Loop: {mode}")
LOOP_OFF = Text(ja="オフ", en="off")
LOOP_TRACK = Text(ja="1曲", en="this song")
LOOP_QUEUE = Text(ja="キュー全体", en="the whole queue")

# Sound, autoplay, 24/7 and DJs
EFFECT_NAMES = {
    "bassboost": Text(ja="低音強調", en="Bass boost"),
    "nightcore": Text(ja="ナイトコア", en="Nightcore"),
    "vaporwave": Text(ja="ヴェイパーウェイヴ", en="Vaporwave"),
    "8d": Text(ja="8D", en="8D"),
    "karaoke": Text(ja="カラオケ", en="Karaoke"),
}
EFFECTS_SET = Text(ja="🎛️ サウンド：{effects}", en="🎛️ Sound: {effects}")
NO_EFFECTS = Text(ja="標準", en="normal")
RESET = Text(ja="リセット", en="Reset")
AUTOPLAY_ON = Text(
    ja="📻 自動再生をオンにしました。キューが終わると、似た曲を続けて再生します。",
    en="📻 Autoplay is on. Related songs will play after the queue ends.",
)
AUTOPLAY_OFF = Text(ja="📻 自動再生をオフにしました。", en="📻 Autoplay is off.")
STAY_ON = Text(
    ja="🌙 24時間モードをオンにしました。だれもいなくなっても退出しません。",
    en="🌙 24/7 is on. I will stay even when nobody is here.",
)
STAY_OFF = Text(
    ja="🌙 24時間モードをオフにしました。",
    en="🌙 24/7 is off.",
)
DJ_SETTINGS = Text(
    ja="🎧 操作できる人：{who}\n🗳️ スキップの投票：{votes}",
    en="🎧 Who controls the music: {who}\n🗳️ Votes to skip: {votes}",
)
DJ_ROLE_GONE = Text(
    ja="🗑️ DJのロールは削除されました。いまは聞いている全員が操作できます。",
    en="🗑️ The DJ role was deleted: everyone listening controls the music now.",
)
DJ_EVERYBODY = Text(ja="聞いている全員", en="everyone listening")
ON = Text(ja="オン", en="on")
OFF = Text(ja="オフ", en="off")

# What plays, the queue, the controller and the search menu
NOW_PLAYING = Text(ja="▶️ 再生中", en="▶️ Now playing")
PAUSED_TITLE = Text(ja="⏸️ 一時停止中", en="⏸️ Paused")
REQUESTED_BY = Text(ja="リクエスト：{name}", en="Requested by {name}")
LIVE = Text(ja="ライブ", en="live")
QUEUE_TITLE = Text(ja="🎶 再生キュー", en="🎶 Queue")
QUEUE_EMPTY = Text(ja="次の曲はありません。", en="Nothing is up next.")
QUEUE_NOW = Text(ja="再生中", en="Now")
QUEUE_FOOTER = Text(
    ja="{songs}・合計 {duration}・{page}/{pages}ページ",
    en="{songs} · {duration} in total · page {page} of {pages}",
)
QUEUE_ENDED = Text(
    ja="✅ キューの最後まで再生しました。",
    en="✅ That was the end of the queue.",
)
NOTHING_PLAYING = Text(ja="⏹️ 再生していません", en="⏹️ Nothing is playing")
HOW_TO_ADD = Text(ja="🎵 `/再生` で曲を追加できます。", en="🎵 Add songs with `/play`.")
REQUEST_HERE = Text(
    ja="🎵 ボイスチャンネルに入って、ここに曲名かリンクを書くと再生します。",
    en="🎵 Join a voice channel and write the name of a song, or a link, here.",
)
ENDS_AT = Text(ja="{when}に終了", en="ends {when}")
VOLUME_LINE = Text(ja="🔊 {volume}%", en="🔊 {volume}%")
LOOP_LINE = Text(ja="🔁 {mode}", en="🔁 {mode}")
EFFECTS_LINE = Text(ja="🎛️ {effects}", en="🎛️ {effects}")
AUTOPLAY_LINE = Text(ja="📻 自動再生", en="📻 Autoplay")
STAY_LINE = Text(ja="🌙 24時間", en="🌙 24/7")
VOTES_LINE = Text(ja="🗳️ スキップ {votes}/{needed}", en="🗳️ Skip {votes}/{needed}")
UP_NEXT = Text(ja="次の曲（{count}曲）", en="Up next ({count})")
PICK = Text(ja="「{query}」の検索結果から選んでください。", en="Choose from the results for “{query}”.")
PICK_PLACEHOLDER = Text(ja="曲を選ぶ（複数可）", en="Choose one or more songs")
PICK_TIMED_OUT = Text(ja="⌛ 選択の時間が切れました。", en="⌛ The time to choose has run out.")

# Buttons, by their name
BUTTONS = {
    "previous": Text(ja="前の曲", en="Previous"),
    "pause": Text(ja="一時停止", en="Pause"),
    "resume": Text(ja="再開", en="Resume"),
    "skip": Text(ja="スキップ", en="Skip"),
    "stop": Text(ja="停止", en="Stop"),
    "loop": Text(ja="ループ", en="Loop"),
    "shuffle": Text(ja="シャッフル", en="Shuffle"),
    "quieter": Text(ja="音量 −", en="Volume −"),
    "louder": Text(ja="音量 ＋", en="Volume +"),
    "favourite": Text(ja="お気に入り", en="Favourite"),
    "queue": Text(ja="キュー", en="Queue"),
    "lyrics": Text(ja="歌詞", en="Lyrics"),
}
"""Discord shows no tooltips, and screen readers no more than an emoji's name."""
PAGE_BUTTONS = {
    "first": Text(ja="最初", en="First"),
    "previous": Text(ja="前へ", en="Back"),
    "next": Text(ja="次へ", en="Next"),
    "last": Text(ja="最後", en="Last"),
}

# Descriptions of commands and options
PLAY = Text(ja="曲を再生します（曲名・URL・プレイリスト）", en="Play a song (title, URL or playlist)")
PLAY_QUERY = Text(ja="曲名またはURL", en="Title or URL")
PAUSE = Text(ja="再生を一時停止します", en="Pause the music")
RESUME = Text(ja="再生を再開します", en="Resume the music")
SKIP = Text(ja="いまの曲をスキップします", en="Skip the current song")
STOP = Text(ja="再生を止めてキューを空にします", en="Stop the music and clear the queue")
QUEUE = Text(ja="再生キューを表示します", en="Show the queue")
QUEUE_PAGE = Text(ja="ページ番号", en="Page number")
NOWPLAYING = Text(ja="再生中の曲を表示します", en="Show the current song")
SET_VOLUME = Text(ja="音量を表示・変更します", en="Show or change the volume")
VOLUME_LEVEL = Text(ja="音量（0〜200%）", en="Volume (0 to 200%)")
JOIN = Text(ja="ボイスチャンネルに入ります", en="Join your voice channel")
LEAVE = Text(ja="ボイスチャンネルから退出します", en="Leave the voice channel")
PLAYNEXT = Text(ja="次に再生する曲を追加します", en="Play a song right after this one")
PLAYNOW = Text(ja="いまの曲の代わりに今すぐ再生します", en="Play a song right away, instead of this one")
SKIPTO = Text(ja="キューの指定した曲まで飛ばします", en="Skip to a song in the queue")
PREVIOUS = Text(ja="前の曲を再生します", en="Play the previous song")
SEEK = Text(ja="曲の再生位置を移動します", en="Seek to a position in the song")
SEEK_POSITION = Text(ja="1:23、+10、-10 など", en="For example 1:23, +10 or -10")
MOVE = Text(ja="キューの曲を移動します", en="Move a song in the queue")
MOVE_TO = Text(ja="移動先の番号（省略すると1番目）", en="New number (default: 1)")
REMOVE = Text(ja="キューから曲を外します", en="Remove songs from the queue")
REMOVE_LAST = Text(ja="まとめて外すときの最後の番号", en="Last number, to remove several")
CLEAR = Text(
    ja="キューを空にします（再生中の曲はそのまま）", en="Clear the queue; the current song keeps playing"
)
SHUFFLE = Text(ja="キューをシャッフルします", en="Shuffle the queue")
UNDO = Text(ja="直前の削除・クリア・スキップを元に戻します", en="Undo the last remove, clear or skip")
LOOP = Text(ja="ループを設定します", en="Set what to repeat")
LOOP_MODE = Text(ja="繰り返すもの", en="What to repeat")
PLACE = Text(ja="キューでの番号", en="Number in the queue")
SEARCH = Text(ja="曲を検索して選びます", en="Search for songs and choose from the results")
FILTER = Text(ja="サウンドを切り替えます（もう一度選ぶとオフ）", en="Turn a sound effect on or off")
FILTER_EFFECT = Text(ja="サウンド", en="Sound effect")
AUTOPLAY = Text(ja="キューの後に似た曲を自動で再生します", en="Play related songs after the queue")
STAY = Text(ja="24時間ボイスチャンネルにとどまります", en="Stay in the voice channel around the clock")
SWITCH = Text(ja="オン・オフ（省略すると切り替え）", en="On or off (default: toggle)")
DJ = Text(
    ja="音楽を操作できるロールと投票を設定します",
    en="Choose who controls the music and whether skips need votes",
)
DJ_ROLE = Text(ja="DJのロール（@everyone で全員）", en="DJ role (@everyone for everybody)")
DJ_VOTES = Text(ja="スキップを投票で決めるかどうか", en="Whether skips need votes")
