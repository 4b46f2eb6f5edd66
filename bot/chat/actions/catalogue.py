"""The commands that can be asked for in natural language, and their description for a model. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.llm.tools import Parameter, Tool, Value

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Request:
    """A call of a tool: its name, and its arguments."""

    name: str
    arguments: Mapping[str, Value] = field(default_factory=dict[str, Value])
    needs_music: bool = field(default=False, compare=False)
    """Whether it is a request only while music plays; else its words may mean anything."""


PERIODS = ("today", "week", "month", "all")
NETSTATS = "netstats"

MUSIC_TOOLS = (
    Tool(
        "play",
        "Find a song and play it in the asker's voice channel, or add it to the queue.",
        (Parameter("query", "Title and artist, or an address (URL)."),),
    ),
    Tool("skip", "Go on to the next song."),
    Tool("pause", "Pause the music."),
    Tool("resume", "Go on with paused music."),
    Tool("stop", "Stop the music and clear the queue."),
    Tool("queue", "Show which songs come next."),
    Tool("nowplaying", "Show which song is playing now."),
    Tool(
        "volume",
        "Set the volume; without a level, show it.",
        (Parameter("level", "Per cent, 0 to 200.", "integer", required=False),),
    ),
)
"""Named as the commands that they run; the one argument is the command's own."""
HELP = "help"
HELP_TOOL = Tool(HELP, "Show everything that you, the bot, can do here, with examples of how to ask for it.")
NETSTATS_TOOL = Tool(
    NETSTATS,
    "Show how much network traffic the bot has had.",
    (Parameter("period", "Which period.", required=False, choices=PERIODS),),
)


_HARMLESS = {"play", "queue", "nowplaying", HELP}
_TELLS_TITLES = {"play", "skip", "queue", "nowplaying"}


def takes_consent(request: Request) -> bool:
    """Tell whether its asker is to confirm a request that the words of others may have brought about.

    Everything but what adds or merely shows music. Traffic is shown to managers only, so that to show it is
    an act with their rights, too.
    """
    shows_volume = request.name == "volume" and "level" not in request.arguments
    return request.name not in _HARMLESS and not shows_volume


def tells_words_of_others(name: str) -> bool:
    """Tell whether a tool's result has titles, which whoever uploaded the songs wrote."""
    return name in _TELLS_TITLES


def command_line(arguments: Mapping[str, Value]) -> str:
    """Return arguments as they would be written behind a command."""
    return " ".join(_written(value) for value in arguments.values())


def _written(value: Value) -> str:
    # JSON knows no whole numbers: the model's 50 arrives as 50.0.
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if is_whole else value).strip()
