"""Patterns of whole messages that ask for the bot's commands in English. Pure."""

from __future__ import annotations

from bot.chat.actions.catalogue import HELP, NETSTATS

_PERIOD = r"(?:today|this week|(?:in |over )?the last (?:7|seven) days|this month|in total|so far|all time)"
_NETWORK = r"(?:net(?:work)? ?(?:traffic )?(?:stats|statistics|usage)|traffic usage)"
_SHOW = r"(?:show (?:me )?)?(?:the )?"
_NOW = r"(?: (?:right )?now)?"
_SONG = r"(?:song|track|music)"
_THIS_SONG = rf"(?:(?:the|this|that|current|the current) )?{_SONG}"
_LEVEL = r"(?P<level>\d{1,3})"
_PERCENT = r" ?(?:%|percent)"

_NOT_A_NAME = (
    r"(?:of|that|from|again|one|we|you|i|he|she|they|about|with|for|in|by|on|to|please|back|backwards|now|next|over"
    r"|out|loud|louder|until|when|where|which|who|whose|as|at|if|like|while|then)\b"
)
"""What follows "the song" where no title does."""

_A_SONG = r"(?:the|a) (?:song|track)"
_QUOTED = r"[\"“「『][^\"“”「」『』]+[\"”」』]"
_WISH = (
    r"(?-i:(?:for|to|with) (?:me|us|him|her|them|you|everyone|everybody|my|our|his|their|the)"
    r"|(?:right )?now|again|instead|first|next|later|tomorrow|tonight|loudly|quietly|twice"
    r"|\w{1,12} times|pls|lol"
    r"|on (?:the|my|your|a|an|loop|repeat|shuffle|[Ss]potify|[Yy]ou[Tt]ube|[Ss]ound[Cc]loud)"
    r"|in|at|after|before|until|when|if|because|from|is|was|are|would)"
)
"""How a sentence goes on behind a title, in small letters: more than a search should be given."""
_NAME = rf"(?:(?! and | then |, | (?:{_WISH})\b)[^\"“”])+"
"""A title without quotes, where nothing else is wished for."""

PATTERNS: dict[str, tuple[str, ...]] = {
    HELP: (r"help", r"(?:show (?:me )?)?(?:the |your )?(?:help|commands|list of commands)"),
    "skip": (
        rf"skip {_THIS_SONG}",
        r"(?:(?:play|skip to|go to) )?(?:the )?next (?:song|track)",
    ),
    "pause": (rf"pause (?:{_THIS_SONG}|(?:the )?playback)",),
    "resume": (rf"(?:resume|unpause) (?:{_THIS_SONG}|(?:the )?playback)",),
    "stop": (rf"stop (?:playing )?(?:{_THIS_SONG}|(?:the )?playback)",),
    "queue": (
        rf"{_SHOW}(?:(?:music|song) )?queue",
        r"what(?:'s| is) (?:in|on) the queue",
        rf"(?:what|which) {_SONG} (?:is|comes) (?:up )?next",
        rf"what(?:'s| is) the next {_SONG}",
    ),
    "nowplaying": (
        r"now playing",
        rf"what(?:'s| is) (?:this {_SONG}(?: called)?|playing{_NOW}|the current {_SONG})",
        rf"(?:what|which) {_SONG} is (?:this|playing{_NOW})",
    ),
    "volume": (
        rf"(?:set|turn|change)(?: up| down)? (?:the )?volume(?: up| down)? (?:to|at) {_LEVEL}(?:{_PERCENT})?",
        rf"(?:the )?volume(?: to| at)? {_LEVEL}{_PERCENT}",
        rf"(?:the )?volume (?:to|at) {_LEVEL}",
    ),
    NETSTATS: (
        rf"{_SHOW}(?:your )?{_NETWORK}(?: (?:for |of )?{_PERIOD})?",
        rf"how much (?:network )?(?:traffic|data) (?:did you use|have you used|did you have)(?: {_PERIOD})?",
    ),
    "play": (
        r"(?:play|put on) (?P<link><?https?://\S+)",
        rf"(?:play|put on) {_A_SONG} (?:called |named )?(?P<title>{_QUOTED})",
        rf"(?:play|put on) (?P<query>{_QUOTED})",
        rf"(?:play|put on) {_A_SONG} (?:called|named) (?!after\b|{_NOT_A_NAME})(?P<title>{_NAME})",
        rf"(?:play|put on) {_A_SONG} (?!{_NOT_A_NAME})(?P<title>(?-i:(?=[A-Z0-9])){_NAME})",
    ),
}
"""Each can be nothing else. What is played is as often a game, so that a song has to be said to be one."""

BARE: dict[str, tuple[str, ...]] = {
    "skip": (r"skip",),
    "pause": (r"pause",),
    "resume": (r"resume", r"unpause"),
}
"""Names of commands that are nothing else only to somebody who hears music."""

_TITLE_BEFORE_A_WISH = rf"(?!{_NOT_A_NAME})(?P<query>{_NAME})(?: (?:{_WISH})\b.*)?"

GUESSES: dict[str, tuple[str, ...]] = {
    **BARE,
    "volume": (rf"volume {_LEVEL}",),
    "play": (
        rf"(?:play|put on) {_A_SONG} (?:called |named )?{_TITLE_BEFORE_A_WISH}",
        r"(?:play|put on) (?P<query>.+)",
    ),
}
"""What most probably asks for a command: where no model could tell better."""

_GAMES = (
    r"games?|chess|checkers|shogi|mahjong|cards?|poker|uno|tic[ -]?tac[ -]?toe|hangman|trivia|quiz|charades"
    r"|tag|catch|fetch|dice|darts|pool|golf|football|soccer|tennis|basketball|baseball|hide and seek"
    r"|simon says|floor is lava|would you rather|never have I ever|rock,? paper|truth or dare"
    r"|(?:20|twenty) questions|monopoly|scrabble|minecraft|pretend|house|doctor"
)
NO_TITLE = (
    # What is played, and is no music.
    rf".*\b(?:{_GAMES})\b.*",
    r".*\b(?:with|against) (?:me|us|him|her|them|you|fire)\b.*|the (?:piano|guitar|violin|drums|bass|flute)",
    r"(?:a |the )?(?:role|part|trick|devil|fool|victim|villain).*|(?:it )?(?:safe|cool|by).*",
    r"along|dumb|nice|fair|dead|around|out|god|hard|rough|dirty|favou?rites|hooky|(?:my|your|his|her|the) .*",
    # What only somebody who knows the conversation can tell.
    r"(?:an? |some |the |any |this |that |my |another )?(?:music|songs?|tracks?|one)",
    r"(?:it|that|this)?(?: ?again)?|(?:something|anything|me|us|some|any|more|an?)(?: .*)?",
)
"""Patterns of what is not the title of a song."""

PERIODS = {"month": r"month", "week": r"week|days", "all": r"total|so far|all time"}
