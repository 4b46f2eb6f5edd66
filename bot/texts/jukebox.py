"""What users read about steering music: rights, controller, collections, charts, sounds."""

from __future__ import annotations

from bot.texts import Text

# Rights and votes
DJS_ONLY = Text(
    ja="この操作ができるのは {role} の人だけです。",
    en="Only people with {role} may do that.",
)
VOTED = Text(
    ja="🗳️ スキップに投票しました（{votes}/{needed}）。",
    en="🗳️ Voted to skip ({votes} of {needed}).",
)
NOT_YOURS = Text(
    ja="これを選べるのは、コマンドを使った本人だけです。",
    en="Only the person who used the command may choose here.",
)

# The controller
ENDED = Text(ja="⏹️ 再生していません", en="⏹️ Nothing is playing")
WAITS = Text(ja="🎵 `/play` で曲を追加できます。", en="🎵 Add songs with `/play`.")
ENDS = Text(ja="{when}に終了", en="ends {when}")
VOLUME_LINE = Text(ja="🔊 {volume}%", en="🔊 {volume}%")
LOOP_LINE = Text(ja="🔁 {mode}", en="🔁 {mode}")
EFFECTS_LINE = Text(ja="🎛️ {effects}", en="🎛️ {effects}")
AUTOPLAY_LINE = Text(ja="📻 自動再生", en="📻 Autoplay")
STAY_LINE = Text(ja="🌙 24時間", en="🌙 24/7")
VOTES_LINE = Text(ja="🗳️ スキップ {votes}/{needed}", en="🗳️ Skip {votes}/{needed}")
NEXT_LINE = Text(ja="次の曲（{count}曲）", en="Up next ({count})")

# Picking and paging
PICK = Text(ja="「{query}」の検索結果から選んでください。", en="Choose from what “{query}” found.")
PICK_PLACEHOLDER = Text(ja="曲を選ぶ（複数可）", en="Choose songs (several if you like)")
PICK_TIMED_OUT = Text(ja="⌛ 選択の時間が切れました。", en="⌛ The time to choose is over.")
ADDED_COUNT = Text(ja="🎵 {songs}をキューに追加しました。", en="🎵 Added {songs} to the queue.")

# Sounds
EFFECT_NAMES = {
    "bassboost": Text(ja="低音強調", en="Bass boost"),
    "nightcore": Text(ja="ナイトコア", en="Nightcore"),
    "vaporwave": Text(ja="ヴェイパーウェイヴ", en="Vaporwave"),
    "8d": Text(ja="8D", en="8D"),
    "karaoke": Text(ja="カラオケ", en="Karaoke"),
}
EFFECTS_SET = Text(ja="🎛️ サウンド：{effects}", en="🎛️ Sound: {effects}")
PLAIN = Text(ja="標準", en="plain")
RESET = Text(ja="リセット", en="Reset")

# Autoplay, 24/7, DJs
AUTOPLAY_ON = Text(
    ja="📻 自動再生をオンにしました。キューが終わると、似た曲を続けて再生します。",
    en="📻 Autoplay is on. Related songs follow when the queue has ended.",
)
AUTOPLAY_OFF = Text(ja="📻 自動再生をオフにしました。", en="📻 Autoplay is off.")
AUTOPLAY_FAILED = Text(
    ja="📻 似た曲が見つからなかったため、自動再生を続けられません。",
    en="📻 No related song was found, so autoplay cannot go on.",
)
STAY_ON = Text(
    ja="🌙 24時間モードをオンにしました。だれもいなくなっても退出しません。",
    en="🌙 24/7 is on. I stay, even when nobody is here.",
)
STAY_OFF = Text(
    ja="🌙 24時間モードをオフにしました。",
    en="🌙 24/7 is off.",
)
DJ_SETTINGS = Text(
    ja="🎧 操作できる人：{who}\n🗳️ スキップの投票：{votes}",
    en="🎧 Who steers the music: {who}\n🗳️ Votes to skip: {votes}",
)
DJ_EVERYBODY = Text(ja="聞いている全員", en="everybody who listens")
ON = Text(ja="オン", en="on")
OFF = Text(ja="オフ", en="off")

# Collections
FAVOURITE_ADDED = Text(
    ja="♥ **{title}** をお気に入りに追加しました。",
    en="♥ Added **{title}** to your favourites.",
)
FAVOURITE_REMOVED = Text(
    ja="♡ **{title}** をお気に入りから外しました。",
    en="♡ Removed **{title}** from your favourites.",
)
FAVOURITES_TITLE = Text(ja="♥ {name}のお気に入り", en="♥ Favourites of {name}")
FAVOURITES_EMPTY = Text(
    ja="お気に入りはまだありません。再生中に ♥ を押すか `/favorites add` で追加できます。",
    en="There are no favourites yet. Press ♥ while a song plays, or use `/favorites add`.",
)
FAVOURITES_FULL = Text(
    ja="お気に入りがいっぱいです（{limit}曲まで）。",
    en="Your favourites are full ({limit} at most).",
)
NO_SUCH_FAVOURITE = Text(
    ja="その番号のお気に入りはありません（全{count}曲）。",
    en="There is no favourite with that number (you have {count}).",
)
PLAYLIST_SAVED = Text(
    ja="💾 プレイリスト **{name}** に{songs}を保存しました。",
    en="💾 Saved {songs} as the playlist **{name}**.",
)
PLAYLIST_DELETED = Text(
    ja="🗑️ プレイリスト **{name}** を削除しました。",
    en="🗑️ Deleted the playlist **{name}**.",
)
PLAYLISTS_TITLE = Text(ja="💾 このサーバーのプレイリスト", en="💾 Playlists of this server")
PLAYLISTS_EMPTY = Text(
    ja="プレイリストはまだありません。`/playlist save` でキューを保存できます。",
    en="There are no playlists yet. Save the queue with `/playlist save`.",
)
PLAYLIST_LINE = Text(ja="**{name}**（{songs}）", en="**{name}** ({songs})")
PLAYLISTS_FULL = Text(
    ja="プレイリストは{limit}個までです。",
    en="There can be {limit} playlists at most.",
)
NO_SUCH_PLAYLIST = Text(
    ja="「{name}」というプレイリストはありません。",
    en="There is no playlist called “{name}”.",
)
NOT_YOUR_PLAYLIST = Text(
    ja="このプレイリストを変更できるのは、作った人とサーバー管理者だけです。",
    en="Only its maker and those who manage the server may change this playlist.",
)
NOTHING_TO_SAVE = Text(ja="保存する曲がありません。", en="There is nothing to save.")
COLLECTION_UNREACHABLE = Text(
    ja="保存したデータを読み書きできませんでした。Botの管理者に知らせてください。",
    en="What is stored could not be read or written. Please tell the bot's owner.",
)

# History, lyrics, charts
HISTORY_TITLE = Text(ja="🕘 再生した曲", en="🕘 What was played")
HISTORY_EMPTY = Text(ja="まだ何も再生していません。", en="Nothing has been played yet.")
PAGE_FOOTER = Text(ja="{songs}・{page}/{pages}ページ", en="{songs} · page {page} of {pages}")
LYRICS_FOOTER = Text(
    ja="歌詞：{provider}・{page}/{pages}ページ", en="Lyrics: {provider} · page {page} of {pages}"
)
TOP_TITLES = {
    "today": Text(ja="🏆 今日のランキング", en="🏆 Top of today"),
    "week": Text(ja="🏆 今週のランキング", en="🏆 Top of the last 7 days"),
    "month": Text(ja="🏆 今月のランキング", en="🏆 Top of the last 30 days"),
    "all": Text(ja="🏆 全期間のランキング", en="🏆 Top of all time"),
}
TOP_SONGS = Text(ja="よく再生された曲", en="Most played songs")
TOP_LISTENERS = Text(ja="よくリクエストした人", en="Most requests")
TOP_LINE = Text(ja="{place} {name} — {count}回", en="{place} {name} — {count}×")
TOP_EMPTY = Text(ja="この期間の再生記録はありません。", en="Nothing was played in this period.")
TOP_WITHOUT_DATABASE = Text(
    ja="データベースが設定されていないため、ランキングを表示できません。",
    en="This bot has no database, so there is no ranking.",
)
TOP_UNREACHABLE = Text(
    ja="データベースにつながりませんでした。少し待ってから、もう一度お試しください。",
    en="The database cannot be reached. Please try again shortly.",
)

# Descriptions of commands and options
SEARCH = Text(ja="曲を検索して選ぶ", en="Search for songs and choose")
FILTER = Text(ja="サウンドを切り替える（もう一度選ぶとオフ）", en="Switch a sound on, or off again")
FILTER_EFFECT = Text(ja="サウンド", en="The sound")
AUTOPLAY = Text(ja="キューの後に似た曲を自動で再生する", en="Play related songs after the queue")
STAY = Text(ja="24時間ボイスチャンネルにとどまる", en="Stay in the voice channel around the clock")
SWITCH = Text(ja="オン・オフ（省略すると切り替え）", en="On or off (left out: the other one)")
DJ = Text(
    ja="音楽を操作できるロールと投票を設定する",
    en="Choose who steers the music, and whether skips are voted on",
)
DJ_ROLE = Text(ja="DJのロール（@everyone で全員）", en="The DJs' role (@everyone for everybody)")
DJ_VOTES = Text(ja="スキップを投票で決める", en="Vote on skips")
HISTORY = Text(ja="再生した曲を表示する", en="Show what was played")
LYRICS = Text(ja="再生中の曲の歌詞を表示する", en="Show the words of the current song")
TOP = Text(ja="よく再生された曲とリクエストした人", en="The most played songs and who asked for them")
TOP_PERIOD = Text(ja="期間", en="Period")
FAVOURITES = Text(ja="お気に入りの曲", en="Your favourite songs")
FAVOURITES_ADD = Text(ja="再生中の曲をお気に入りに追加する", en="Add the current song to your favourites")
FAVOURITES_REMOVE = Text(ja="お気に入りから外す", en="Remove a song from your favourites")
FAVOURITES_PLAY = Text(ja="お気に入りを再生する", en="Play your favourites")
FAVOURITE_NUMBER = Text(ja="お気に入りでの番号", en="Its number among your favourites")
FAVOURITE_PLAY_NUMBER = Text(
    ja="お気に入りでの番号（省略するとすべて）", en="Its number (left out: all of them)"
)
PLAYLIST = Text(ja="このサーバーのプレイリスト", en="Playlists of this server")
PLAYLIST_SAVE = Text(ja="いまの曲とキューをプレイリストとして保存する", en="Save the queue as a playlist")
PLAYLIST_PLAY = Text(ja="プレイリストを再生する", en="Play a playlist")
PLAYLIST_DELETE = Text(ja="プレイリストを削除する", en="Delete a playlist")
PLAYLIST_NAME = Text(ja="プレイリストの名前", en="The playlist's name")
