"""Patterns of whole messages that ask for the bot's commands in Japanese. Pure."""

from __future__ import annotations

from bot.chat.actions.catalogue import HELP, NETSTATS

_PLEASE = (
    r"て?(?!くれるな|(?:ほしい|欲しい)か)"  # "do not", and "do you want that?"
    r"(?:ください|下さい|くれる|くれない|くれませんか|くれますか|くれ|もらえる|もらえますか|もらえませんか"
    r"|ほしい|欲しい|お願い(?:します)?|よ|ね|な|か)*"
)
_SONG = r"(?:曲|歌|音楽)"
_WHAT = r"(?:何|なに|なん|なんて|何て)"
_IS_IT = r"(?:です)?(?:か|だっけ|だろう)?"
_PLAYING = r"(?:流れて(?:い)?る|かかって(?:い)?る|再生(?:して(?:い)?る|中))"
_NUMBER = r"(?P<level>\d{1,3}) ?(?:%|パーセント)?"
_PERIOD = r"(?:(?:今日|今週|今月|全期間|これまで|今まで|全部|合計)(?:の|で|は|に)?、?)"
_TRAFFIC = r"(?:通信量|トラフィック量|ネットワーク(?:の)?(?:統計|使用量)|ネット統計)"
_SHOW = rf"を?(?:見せ|教え|表示し){_PLEASE}"
_HOW_MUCH = r"(?:どれ|どの)[くぐ]らい"
_QUOTED = r"(?P<title>[「『\"“][^「」『』\"“”]+[」』\"”])"
_LATIN = r"[A-Za-z](?:[A-Za-z0-9&+'./! -]{0,40}[A-Za-z0-9.!])?"
_VERB = r"[^、。,を]{1,40}に(?![聞聴眠寝泣踊歌乗合送配渡贈届見貸出行来着使])[一-鿿々][ぁ-ん]{0,2}[るむぶぐぬ]"
"""Such as 夜に駆ける; not what one can listen or dance to, which is any song, nor what one sends."""
_PLAY = rf"を?(?:流し|かけ|再生し|聴かせ){_PLEASE}"

PATTERNS: dict[str, tuple[str, ...]] = {
    HELP: (rf"(?:ヘルプ|コマンド一覧|使い方|使いかた)(?:を?(?:見せ|教え|表示し|出し){_PLEASE})?",),
    "skip": (
        rf"次の{_SONG}(?:[をにへ]|[をにへで]?お願い(?:します)?)?",
        rf"次の{_SONG}(?:[をにへで]?(?:流し|かけ|再生し|行っ|いっ|し)|[にへ]飛ばし){_PLEASE}",
        rf"次の{_SONG}[にへ]?進んで{_PLEASE}",
        rf"(?:この|今の|いまの){_SONG}を?(?:スキップ|スキップし|飛ばし){_PLEASE}",
    ),
    "pause": (
        rf"(?:(?:この)?{_SONG}|再生)を?(?:一時停止|ポーズ)し?{_PLEASE}",
        rf"(?:(?:この)?{_SONG}|再生)を?(?:ちょっと|少し|一旦|いったん)(?:止め|とめ){_PLEASE}",
    ),
    "resume": (rf"(?:{_SONG}|再生)[をの]?再開し?{_PLEASE}",),
    "stop": (rf"(?:{_SONG}|再生)を?(?:止め|とめ|停止|停止し|ストップ|ストップし){_PLEASE}",),
    "queue": (
        rf"(?:再生|曲の?)?キュー(?:の中身)?(?:{_SHOW})?",
        rf"(?:再生(?:待ち|リスト)|曲の?(?:待ち|リスト))(?:の中身)?{_SHOW}",
        rf"次は?{_WHAT}(?:が|の曲が?)?(?:流れる|かかる|流れます|かかります)の?か?",
        rf"次の{_SONG}(?:は|って){_WHAT}(?:の|という)?{_SONG}?{_IS_IT}",
    ),
    "nowplaying": (
        r"(?:今|いま)の曲",
        rf"(?:今|いま)、?{_PLAYING}の?{_SONG}(?:は|って)?{_WHAT}?(?:の|という)?{_SONG}?{_IS_IT}",
        rf"(?:今|いま)、?{_PLAYING}の?{_SONG}を?教え{_PLEASE}",
        rf"(?:今の|いまの|この){_SONG}(?:は|って)?{_WHAT}(?:の|という)?{_SONG}?{_IS_IT}",
        rf"今の{_SONG}(?:は|を)?教え{_PLEASE}",
        rf"これ(?:は|って)?{_WHAT}(?:の|という)?{_SONG}{_IS_IT}",
    ),
    "volume": (
        rf"音量[をは]? ?{_NUMBER}",
        r"ボリューム[をは]? ?(?P<level>\d{1,3}) ?(?:%|パーセント)",
        rf"(?:音量|ボリューム)[をは]? ?{_NUMBER}(?:に|まで)(?:し|上げ|下げ|変え|設定し){_PLEASE}",
    ),
    NETSTATS: (
        rf"{_PERIOD}?{_TRAFFIC}(?:は|って)?(?:{_SHOW}|{_HOW_MUCH}{_IS_IT})?",
        rf"{_PERIOD}の?トラフィック(?:は|って)?(?:{_SHOW}|{_HOW_MUCH}{_IS_IT})?",
        rf"{_PERIOD}{_HOW_MUCH}(?:の量を)?通信(?:した|してる|している|しました|したの)(?:か|の|っけ)?",
    ),
    "play": (
        rf"(?P<link><?https?://\S+?>?) ?{_PLAY}",
        rf"{_QUOTED}(?:って(?:いう)?{_SONG}|という{_SONG})?{_PLAY}",
        rf"(?P<query>[^、。,]+?)(?:って(?:いう)?{_SONG}|という{_SONG}){_PLAY}",
        rf"(?P<query>{_LATIN})の{_SONG}{_PLAY}",
        rf"(?P<query>{_VERB})を?(?:流し|再生し){_PLEASE}",
    ),
}
"""Each can be nothing else. Any noun may be what is poured or played back, so that a title has to be quoted,
said to be a song, or of a form that no noun has."""

BARE: dict[str, tuple[str, ...]] = {
    "skip": (rf"スキップ(?:し{_PLEASE})?",),
    "pause": (rf"一時停止(?:し{_PLEASE})?",),
    "resume": (rf"再開(?:し{_PLEASE})?",),
}
"""Names of commands that are nothing else only to somebody who hears music."""

GUESSES: dict[str, tuple[str, ...]] = {
    **BARE,
    "pause": (*BARE["pause"], r"ポーズ"),
    "volume": (rf"ボリューム ?{_NUMBER}",),
    "play": (rf"(?P<query>.+?)(?:の{_SONG})?{_PLAY}",),
}
"""What most probably asks for a command: where no model could tell better."""

_VAGUE = (
    r"何|なに|なん|どれ|どの|どんな|これ|それ|あれ|この|その|あの|ここ|そこ|さっき|適当|おすすめ|お勧め|もう一|人気|流行り"
    r"|最近|最新|お気に入り|プレイリスト|キュー|履歴|ランダム|シャッフル|ループ|リピート"
)
_ALONE = (
    r"今|いま|次|前|他|ほか|別|続き|全部|すべて|いつも|一番|私|わたし|俺|僕|君|きみ|あなた|みんな|誰か|自分"
)
_POURED = (
    r"水|湯|茶|酒|油|汁|涙|汗|血|電流|電気|空気|風|煙|ガス|泡|汚れ|シャンプー|トイレ|背中|髪|皿|川|罪|砂|灰"
)
_SPREAD = (
    r"噂|うわさ|デマ|嘘|情報|話|話題|件|発言|悪口|冗談|愚痴|失言|言葉|意見|声|通知|連絡|アナウンス|放送|ニュース|CM"
    r"|広告|番組|テレビ|映画|アニメ|ドラマ|動画|映像|録画|録音|音声|ビデオ|配信|ライブ|ラジオ|データ|ログ|スライド"
    r"|ゲーム|細胞|森|資源|YouTube|TikTok|Netflix|Twitch|TV|DVD|BD|CD|PV|MV|GIF|SNS|Zoom|mp[34]|ASMR"
)
_PUT_ON = (
    r"電話|迷惑|時間|手間|お金|圧力|鍵|カギ|醤油|ソース|塩|レモン|ドレッシング|エンジン|ブレーキ|保険|眼鏡|メガネ|布団"
    r"|アイロン|魔法|呪い|掃除機|ワックス|橋|罠|命|腰|心配|ロック|アラーム"
)
_SERVICES = (
    r"Spotify|YouTube(?: Music)?|SoundCloud|Apple(?: Music)?|Amazon(?: Music)?|LINE(?: MUSIC)?|niconico"
    r"|bot|Discord|Otonari|AI|Gemini|Lavalink|PC|iPhone|Android"
)
_GENRES = (
    r"[KJC]-?POP|pops?|rock|jazz|EDM|techno|house|trance|R&B|hip-?hop|rap|lo-?fi|chill|classic(?:al)?|metal|punk"
    r"|reggae|blues|soul|funk|country|folk|disco|ambient|bossa ?nova|vocaloid|V-?tuber|anime|disney|idol"
    r"|dance|ballad"
)
NO_TITLE = (
    # What is poured, spread, broadcast, washed or put on, and is no music; the verbs are the same.
    rf".*(?:{_POURED}|{_SPREAD})",
    rf"(?:.*に)?(?:{_PUT_ON})",
    # CD, URL and the like.
    r"(?-i:[A-Z0-9]{1,5})",
    # Who plays it, or a kind of music.
    rf"{_SERVICES}|{_GENRES}",
    # What is not the name of anything: the rest of a sentence, or a manner.
    r".*(?:[にはもがとでへてばやの]|から|まで|ので|けど|たら|だけ|ずに|軽く|さらっと|早く|速く|うまく|逆|倍速)",
    # What only somebody who knows the conversation can tell.
    rf"(?:{_VAGUE}).*|{_ALONE}",
    r".*(?:曲|歌|音楽|BGM|ソング|メロディー?|やつ|もの|音)",
)
"""Patterns of what is not the title of a song."""

PERIODS = {"month": r"今月", "week": r"今週", "all": r"全期間|これまで|今まで|全部|合計"}
