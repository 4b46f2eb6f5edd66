"""The buttons under the controller. They hold no state, so they work after a restart too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias, cast

import discord
from discord import ButtonStyle

from bot.deferral import deferring
from bot.error_handler import answer_privately
from bot.escaping import label
from bot.lavalink.music_queue import Loop
from bot.localization import language_for
from bot.music import actions
from bot.music.access import person_of, player_for, playing_for
from bot.music.embeds import queue_embed
from bot.reporting_view import ReportingView
from bot.texts import Language, music, music_library

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from bot.client import Bot
    from bot.lavalink import Player
    from bot.music.library import Library

Press: TypeAlias = "discord.Interaction[Bot]"
Action: TypeAlias = "Callable[[Press], Coroutine[object, object, str]]"
PREFIX = "music:"
"""Of every button's custom id; they must stay the same, for messages that were sent long ago."""
_ACTIONS: Sequence[tuple[str, str, Action]] = (
    ("previous", "⏮️", actions.previous),
    ("pause", "⏸️", actions.pause),
    ("skip", "⏭️", actions.skip),
    ("stop", "⏹️", actions.stop),
    ("loop", "🔁", actions.loop),
    ("shuffle", "🔀", actions.shuffle),
    ("quieter", "🔉", partial(actions.change_volume, by=-actions.VOLUME_STEP)),
    ("louder", "🔊", partial(actions.change_volume, by=actions.VOLUME_STEP)),
)
"""Name, emoji and action of each button; the controller itself shows the result."""
ROWS = (
    ("previous", "pause", "skip", "stop", "loop"),
    ("shuffle", "quieter", "louder"),
    ("favourite", "queue", "lyrics"),
)
_COMMANDS = {"quieter": "volume", "louder": "volume", "favourite": "favorites"}
"""Of the buttons that are not named after the command that does the same."""


class ControllerButton(discord.ui.Button["ControllerView"]):
    """A button whose custom id never changes."""

    def __init__(
        self,
        name: str,
        emoji: str,
        action: Callable[[Press], Coroutine[None, None, None]],
        language: Language,
    ) -> None:
        row = next(number for number, names in enumerate(ROWS) if name in names)
        super().__init__(
            emoji=emoji, label=music.BUTTONS[name](language), custom_id=f"{PREFIX}{name}", row=row
        )
        self._action = action

    async def callback(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Run the button's action; called by discord.py."""
        await self._action(cast("Press", interaction))


class ControllerView(ReportingView):
    """Three rows of buttons; registered once with `discord.Client.add_view`, it answers for every message."""

    def __init__(self, library: Library, language: Language, *, registered: bool = False) -> None:
        """Make the buttons: ``registered`` ones answer presses, the others are only sent with a message."""
        super().__init__(timeout=None)
        self._library = library
        self._language: Language = language
        self._registered = registered
        self._buttons = {
            name: ControllerButton(
                name, emoji, partial(_run, action=action, command=_COMMANDS.get(name, name)), language
            )
            for name, emoji, action in _ACTIONS
        }
        self._buttons["favourite"] = ControllerButton("favourite", "♥️", self._toggle_favourite, language)
        self._buttons["queue"] = ControllerButton("queue", "📜", self._show_queue, language)
        toggle = partial(_run, action=actions.toggle_lyrics, command="lyrics")
        self._buttons["lyrics"] = ControllerButton("lyrics", "🎤", toggle, language)
        for button in self._buttons.values():
            self.add_item(button)

    def is_dispatchable(self) -> bool:
        """Tell discord.py whether to keep this view; it would keep one for every message sent."""
        return self._registered

    def update(self, player: Player, *, follows_lyrics: bool = False) -> ControllerView:
        """Enable and draw the buttons as fits ``player`` now; returns itself."""
        playing, queue = player.track is not None, player.music_queue
        self._buttons["previous"].disabled = not queue.history
        for name in ("pause", "skip", "stop", "favourite", "lyrics"):
            self._buttons[name].disabled = not playing
        pause, loop = self._buttons["pause"], self._buttons["loop"]
        pause.emoji = "▶️" if player.paused else "⏸️"
        pause.label = music.BUTTONS["resume" if player.paused else "pause"](self._language)
        pause.style = ButtonStyle.success if player.paused and playing else ButtonStyle.secondary
        loop.emoji = "🔂" if queue.loop is Loop.TRACK else "🔁"
        loop.style = ButtonStyle.secondary if queue.loop is Loop.OFF else ButtonStyle.primary
        self._buttons["lyrics"].style = ButtonStyle.primary if follows_lyrics else ButtonStyle.secondary
        self._buttons["shuffle"].disabled = len(queue) < 2  # noqa: PLR2004 - one song has no order
        self._buttons["quieter"].disabled = player.volume <= 0
        self._buttons["louder"].disabled = player.volume >= actions.MAX_VOLUME
        return self

    async def _toggle_favourite(self, press: Press) -> None:
        """Add the current song to the favourites of whoever pressed, or take it out again."""
        await _check(press, _COMMANDS["favourite"])
        _player, track = await playing_for(press, same_channel=False)
        added = await self._library.toggle_favourite(person_of(press).id, track)
        text = music_library.FAVOURITE_ADDED if added else music_library.FAVOURITE_REMOVED
        await answer_privately(press, text(language_for(press), title=label(track.title)))

    async def _show_queue(self, press: Press) -> None:
        """Show the queue, privately."""
        await _check(press, "queue")
        player = await player_for(press, same_channel=False)
        embed = queue_embed(player.music_queue, language_for(press))
        await press.response.send_message(embed=embed, ephemeral=True)


async def _run(press: Press, action: Action, *, command: str) -> None:
    """Run an action; the controller itself shows the result, and a refusal is answered privately."""

    async def permitted() -> str:
        await _check(press, command)
        return await action(press)

    await deferring(press, permitted())
    if not press.response.is_done():
        await press.response.defer()


async def _check(press: Press, command: str) -> None:
    """Raise what keeps whoever pressed from the command that does the same."""
    if isinstance(press.channel, discord.abc.Messageable):
        await press.client.command_permissions.require(command, press.user, press.channel)
