"""Patterns of whole messages that ask for the bot's commands in English. Pure."""

from __future__ import annotations

from bot.chat.actions.catalogue import HELP, NETSTATS

_PERIOD = r"(?:today|this week|(?:in |over )?the last (?:7|seven) days|this month|in total|so far|all time)"
_ASKED = r"(?: (?:did you use|have you used|was used|was there|did you have))?"
_SHOW = r"(?:show (?:me )?)?(?:the )?"
_NOW = r"(?: (?:right )?now)?"
_THE_MUSIC = r"(?: (?:the |this )?(?:music|song|track|playback|playing|it))"

PATTERNS: dict[str, tuple[str, ...]] = {
    HELP: (r"help", r"(?:show (?:me )?)?(?:the |your )?(?:help|commands|list of commands)"),
    "skip": (
        r"skip(?: (?:this|that|the|it))?(?: (?:song|track|one))?",
        r"(?:play )?(?:the )?next (?:song|track)",
    ),
    "pause": (rf"pause{_THE_MUSIC}?",),
    "resume": (rf"(?:resume|unpause){_THE_MUSIC}?",),
    "stop": (rf"stop{_THE_MUSIC}",),
    "queue": (
        rf"{_SHOW}queue",
        r"what(?:'s| is) (?:in the queue|(?:up |playing )?next)",
    ),
    "nowplaying": (
        r"now playing",
        rf"what(?:'s| is) (?:this song(?: called)?|playing{_NOW}|the (?:current )?song)",
        rf"what song is (?:this|playing{_NOW})",
    ),
    "volume": (
        r"(?:(?:set|turn) )?(?:the )?volume(?: (?:to|up to|down to|at))? (?P<level>\d{1,3}) ?(?:%|percent)?",
    ),
    NETSTATS: (
        rf"{_SHOW}(?:network|traffic|net) ?(?:stats|statistics|usage)(?: (?:for |of )?{_PERIOD})?",
        rf"how much (?:network )?(?:traffic|data){_ASKED}(?: {_PERIOD})?",
    ),
    "play": (r"(?:play|put on) (?P<query>.+)",),
}

NO_SONG = (
    # What is played, and is no music.
    r".*\b(?:games?|chess|shogi|cards?|poker|football|soccer|tennis|hide and seek|rock,? paper)\b.*",
    r".*\b(?:with|against) (?:me|us|him|her|them|you)\b.*",
    r"(?:a |the )?(?:role|part|trick|devil).*|along|dumb|nice|fair|(?:it )?(?:safe|cool)|dead|around|out",
    # What only somebody who knows the conversation can tell.
    r"(?:an? |some |the |any |this |that |my |another )?(?:music|songs?|tracks?|one)",
    r"(?:it|that|this)?(?: ?again)?|(?:something|anything|me|us)(?: .*)?",
)
"""Patterns of what is not the title of a song."""

PERIODS = {"month": r"month", "week": r"week|days", "all": r"total|so far|all time"}
