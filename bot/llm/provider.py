"""What chat needs of a language model; each provider is a package beside this module that implements it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bot.llm.chunks import Chunk
    from bot.llm.tools import Toolbox
    from bot.llm.turns import Turn


class Provider(Protocol):
    """A client of one service that runs language models; belongs to the event loop of its first call."""

    @property
    def replaced_model(self) -> str | None:
        """The last model that turned out not to exist, so that another one answers in its place."""
        ...

    def model_for(self, chosen: str | None) -> str:
        """Return the model that answers where ``chosen`` is wanted; None: the configured one."""
        ...

    def connect(self) -> None:
        """Begin to connect in the background, so that the first answer need not wait for that."""
        ...

    def stream(
        self,
        turns: Sequence[Turn],
        *,
        system_instruction: str = "",
        model: str | None = None,
        toolbox: Toolbox | None = None,
    ) -> AsyncGenerator[Chunk]:
        """Yield the answer to ``turns``, the last of which is the user's, as it is written.

        Runs the tools of ``toolbox`` that the model asks for, and goes on with their results. Wrap it in
        ``contextlib.aclosing``: leaving early cancels the call. Raises LLMError.
        """
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...
