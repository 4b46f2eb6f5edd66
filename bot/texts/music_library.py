"""What people read about saved and past songs: favourites, playlists, history, lyrics, charts."""

from __future__ import annotations

from bot.texts import Text

# Favourites
FAVOURITE_ADDED = Text(
    ja="♥ **{title}** をお気に入りに追加しました。",
    en="♥ Added **{title}** to your favourites.",
)
ALREADY_FAVOURITE = Text(
    ja="♥ **{title}** は、もうお気に入りに入っています。",
    en="♥ **{title}** is already one of your favourites.",
)
FAVOURITE_REMOVED = Text(
    ja="♡ **{title}** をお気に入りから外しました。",
    en="♡ Removed **{title}** from your favourites.",
)
FAVOURITES_TITLE = Text(ja="♥ {name}のお気に入り", en="♥ {name}’s favourites")
FAVOURITES_EMPTY = Text(
    ja="お気に入りはまだありません。再生中に ♥ を押すか `/お気に入り 追加` で追加できます。",
    en="You have no favourites yet. Press ♥ while a song is playing, or use `/favorites add`.",
)
FAVOURITES_FULL = Text(
    ja="お気に入りがいっぱいです（{limit}曲まで）。",
    en="Your favourites are full ({limit} at most).",
)
NO_SUCH_FAVOURITE = Text(
    ja="その番号のお気に入りはありません（全{count}曲）。",
    en="There is no favourite with that number (you have {count}).",
)

# Playlists
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
    ja="プレイリストはまだありません。`/プレイリスト 保存` でキューを保存できます。",
    en="There are no playlists yet. Save the queue with `/playlist save`.",
)
PLAYLIST_LINE = Text(ja="**{name}**（{songs}）", en="**{name}** ({songs})")
PLAYLISTS_FULL = Text(
    ja="プレイリストは{limit}個までです。",
    en="There can be {limit} playlists at most.",
)
NAME_EMPTY = Text(ja="名前に見える文字がありません。", en="That name has nothing in it that can be seen.")
NAME_TOO_LONG = Text(ja="名前は{limit}文字までです。", en="A name has {limit} characters at most.")
NO_SUCH_PLAYLIST = Text(
    ja="「{name}」というプレイリストはありません。",
    en="There is no playlist called “{name}”.",
)
NOT_YOUR_PLAYLIST = Text(
    ja="このプレイリストを変更できるのは、作った人とサーバー管理者だけです。",
    en="Only its creator and people who can manage the server may change this playlist.",
)
NOTHING_TO_SAVE = Text(ja="保存する曲がありません。", en="There is nothing to save.")
LIBRARY_UNREACHABLE = Text(
    ja="保存したデータを読み書きできませんでした。ボットの管理者に知らせてください。",
    en="The saved songs could not be read or written. Please tell the bot's owner.",
)

# History and lyrics
HISTORY_TITLE = Text(ja="🕘 再生した曲", en="🕘 Recently played")
HISTORY_EMPTY = Text(ja="まだ何も再生していません。", en="Nothing has been played yet.")
PAGE_FOOTER = Text(ja="{songs}・{page}/{pages}ページ", en="{songs} · page {page} of {pages}")
LYRICS_FOOTER = Text(
    ja="歌詞：{provider}・{page}/{pages}ページ", en="Lyrics: {provider} · page {page} of {pages}"
)
LYRICS_TITLE = Text(ja="🎤 歌詞", en="🎤 Lyrics")
LYRICS_FOLLOWED = Text(ja="🎤 歌詞を曲に合わせて表示します。", en="🎤 The lyrics follow the song.")
LYRICS_LEFT = Text(ja="🎤 歌詞の表示を止めました。", en="🎤 The lyrics are no longer shown.")
LYRICS_LOOKED_UP = Text(ja="🔎 歌詞を探しています…", en="🔎 Looking for the lyrics…")
LYRICS_UNTIMED = Text(
    ja="この曲の歌詞には時間の情報がないため、曲に合わせて表示できません。全文は `/歌詞` で見られます。",
    en="The lyrics of this song have no times, so they cannot follow it. `/lyrics` shows them all.",
)
INSTRUMENTAL = Text(
    ja="この曲には歌詞がありません（インストゥルメンタル）。", en="This song has no words (instrumental)."
)

# Charts
TOP_TITLES = {
    "today": Text(ja="🏆 今日のランキング", en="🏆 Top of today"),
    "week": Text(ja="🏆 今週のランキング", en="🏆 Top of the last 7 days"),
    "month": Text(ja="🏆 今月のランキング", en="🏆 Top of the last 30 days"),
    "all": Text(ja="🏆 全期間のランキング", en="🏆 Top of all time"),
}
TOP_SONGS = Text(ja="よく再生された曲", en="Most played songs")
TOP_LISTENERS = Text(ja="よくリクエストした人", en="Top requesters")
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
HISTORY = Text(ja="再生した曲を表示します", en="Show recently played songs")
LYRICS = Text(ja="再生中の曲の歌詞を表示します", en="Show the lyrics of the current song")
TOP = Text(
    ja="よく再生された曲とリクエストした人を表示します", en="Show the most played songs and top requesters"
)
FAVOURITES = Text(ja="お気に入りの曲を表示します", en="Show your favourite songs")
FAVOURITES_ADD = Text(ja="再生中の曲をお気に入りに追加します", en="Add the current song to your favourites")
FAVOURITES_REMOVE = Text(ja="お気に入りから外します", en="Remove a song from your favourites")
FAVOURITES_PLAY = Text(ja="お気に入りを再生します", en="Play your favourites")
FAVOURITE_NUMBER = Text(ja="お気に入りでの番号", en="Number in your favourites")
FAVOURITE_PLAY_NUMBER = Text(
    ja="お気に入りでの番号（省略するとすべて）",
    en="Number in your favourites (default: all)",
)
PLAYLIST = Text(ja="このサーバーのプレイリストを表示します", en="Show the playlists of this server")
PLAYLIST_SAVE = Text(ja="いまの曲とキューをプレイリストとして保存します", en="Save the queue as a playlist")
PLAYLIST_PLAY = Text(ja="プレイリストを再生します", en="Play a playlist")
PLAYLIST_DELETE = Text(ja="プレイリストを削除します", en="Delete a playlist")
PLAYLIST_NAME = Text(ja="プレイリストの名前", en="Name of the playlist")
