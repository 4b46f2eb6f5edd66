"""Patterns of whole messages that ask for the bot's commands in Japanese. Pure."""

from __future__ import annotations

from bot.chat.actions.catalogue import HELP, NETSTATS

_PLEASE = (
    r"て?(?:ください|下さい|くれる|くれない|くれませんか|くれ|もらえる|もらえますか|ほしい|欲しい"
    r"|お願い(?:します)?|よ|ね|な)*"
)
_SONG = r"(?:曲|歌|音楽)"
_WHAT = r"(?:何|なに|なん|なんて|何て)"
_IS_IT = r"(?:です)?(?:か|だっけ|だろう)?"
_PLAYING = r"(?:流れて(?:い)?る|かかって(?:い)?る|再生(?:して(?:い)?る|中))"
_VOLUME = r"(?:音量|ボリューム)[をは]? ?(?P<level>\d{1,3}) ?(?:%|パーセント)?"
_TRAFFIC = (
    r"(?:今日|今週|今月|全期間|これまで|全部で|の|は|に|で|どれ[くぐ]らい|どの[くぐ]らい|通信|量|トラフィック"
    r"|した|してる|している|しました|使った|ある|あった|教えて|見せて|を|ください|か|です|っけ|、)"
)

PATTERNS: dict[str, tuple[str, ...]] = {
    HELP: (rf"(?:ヘルプ|コマンド一覧|使い方|使いかた)(?:を?(?:見せ|教え|表示し|出し){_PLEASE})?",),
    "skip": (
        rf"次の{_SONG}[をにへで]?(?:お願い(?:します)?)?",
        rf"次の{_SONG}[をにへで]?(?:流し|かけ|再生し|行っ|いっ|し|飛ばし){_PLEASE}",
        rf"次の{_SONG}[にへ]?進んで{_PLEASE}",
        rf"(?:(?:この|今の){_SONG}を?)?(?:スキップ|スキップし|飛ばし){_PLEASE}",
    ),
    "pause": (
        rf"(?:(?:この)?{_SONG}|再生)?を?(?:一時停止|ポーズ)し?{_PLEASE}",
        rf"(?:(?:この)?{_SONG}|再生)を?(?:ちょっと|少し|一旦|いったん)(?:止め|とめ){_PLEASE}",
    ),
    "resume": (rf"(?:{_SONG}|再生)?[をの]?再開し?{_PLEASE}",),
    "stop": (rf"(?:{_SONG}|再生)を?(?:止め|とめ|停止|停止し|ストップ|ストップし){_PLEASE}",),
    "queue": (
        r"キュー",
        rf"(?:再生|曲の?)?(?:キュー|待ち|リスト)(?:の中身)?を?(?:見せ|教え|表示し?){_PLEASE}",
        rf"次は?{_WHAT}(?:が|の曲が?)?(?:流れる|かかる|流れます|かかります)の?か?",
    ),
    "nowplaying": (
        rf"今の{_SONG}",
        rf"今、?{_PLAYING}の?{_SONG}?(?:は|って)?{_WHAT}?(?:の|という)?{_SONG}?{_IS_IT}",
        rf"今、?{_PLAYING}の?{_SONG}?を?教え{_PLEASE}",
        rf"(?:今の|この){_SONG}(?:は|って)?{_WHAT}(?:の|という)?{_SONG}?{_IS_IT}",
        rf"(?:今の|この){_SONG}(?:は|を)?教え{_PLEASE}",
        rf"これ(?:は|って)?{_WHAT}(?:の|という)?{_SONG}{_IS_IT}",
    ),
    "volume": (
        _VOLUME,
        rf"{_VOLUME}(?:に|まで)(?:し|上げ|下げ|変え|設定し){_PLEASE}",
    ),
    NETSTATS: (rf"(?=.*(?:通信|トラフィック)){_TRAFFIC}+",),
    "play": (rf"(?P<query>.+?)(?:って(?:いう)?{_SONG}|の{_SONG})?を?(?:流し|かけ|再生し|聴かせ){_PLEASE}",),
}

NO_SONG = (
    # What is poured, rung, put on or spread, and is no music; the verbs are the same.
    r".+に",
    r"(?:.*に)?(?:電話|声|迷惑|時間|手間|お金|圧力|鍵|カギ|水|お湯|湯|醤油|ソース|塩|ドレッシング|エンジン|ブレーキ)",
    r"(?:.*に)?(?:保険|眼鏡|メガネ|布団|アイロン|トイレ|涙|汗|血|噂|うわさ|情報|魔法|呪い|掃除機|ワックス|動画|録画)",
    # What only somebody who knows the conversation can tell.
    r"(?:何|なに|なん)か.*|適当[にな].*|いい(?:感じ|曲|歌).*",
    r"(?:これ|それ|あれ|続き|もう一度|もう一回|最初から)",
    r"(?:この|その|あの|今の|さっきの|前の|別の|違う|もう一)?(?:曲|歌|音楽|BGM|続き|やつ)",
)
"""Patterns of what is not the title of a song."""

PERIODS = {"month": r"今月", "week": r"今週", "all": r"全期間|これまで|全部で"}
