"""Conversion between the API's messages and ours.

Messages: https://ai.google.dev/api/generate-content
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, cast

from bot.llm import errors
from bot.llm.chunks import Chunk, Usage
from bot.llm.gemini.finish_reasons import NAMES, ending_of, failure_of
from bot.llm.gemini.sdk import glm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from google.protobuf.message import Message

    from bot.llm.tools import Parameter, Tool, Value
    from bot.llm.turns import Turn

_SILENCE = "…"
"""Stands for a turn without text, which the API refuses."""


class _Blob(Protocol):
    mime_type: str
    data: bytes


class _Part(Protocol):
    inline_data: _Blob


class _Parts(Protocol):
    def add(self, *, text: str = ...) -> _Part: ...


class _Content(Protocol):
    parts: _Parts


class _Contents(Protocol):
    def add(self, *, role: str) -> _Content: ...


class _Request(Protocol):
    """What is used of the protobuf below a request, which has no types."""

    contents: _Contents


class Reply:
    """The model's content in one call, kept as it came: tool calls are only valid with their signatures.

    https://ai.google.dev/gemini-api/docs/thought-signatures
    """

    def __init__(self) -> None:
        self.content = glm.Content(role="model")

    def add(self, response: glm.GenerateContentResponse) -> None:
        """Append a response's parts."""
        if response.candidates:
            # Below the wrapper, so that fields newer than the package stay.
            _plain(self.content).MergeFrom(_plain(response.candidates[0].content))

    @property
    def calls(self) -> list[tuple[str, dict[str, Value]]]:
        """The tools that the model wants to be run, each with its arguments."""
        calls = [part.function_call for part in self.content.parts if "function_call" in part]
        return [(call.name, _arguments(cast("Mapping[str, object] | None", call.args))) for call in calls]


def add_turn(request: glm.GenerateContentRequest, turn: Turn) -> None:
    """Append a turn as the API takes it: its files first, then its text.

    Built in its place: a finished part would be copied into the content, and that into the request.
    """
    content = cast("_Request", _plain(request)).contents.add(role=turn.role)
    for file in turn.files:
        if file.is_text:
            content.parts.add(text=_writable(f"{file.name}:\n\n{file.data.decode()}"))
        else:
            blob = content.parts.add().inline_data
            blob.mime_type, blob.data = file.mime_type, file.data
    if turn.text.strip() or not turn.files:
        content.parts.add(text=_writable(turn.text) if turn.text.strip() else _SILENCE)


def instruction_of(text: str) -> glm.Content:
    """Return a system instruction."""
    return glm.Content(role="user", parts=[_text(text)])


def results_of(results: Iterable[tuple[str, str]]) -> glm.Content:
    """Return the result of each tool, by its name, in the order of the calls."""
    return glm.Content(
        role="user",
        parts=[
            glm.Part(
                function_response=glm.FunctionResponse(name=name, response={"result": _writable(result)})
            )
            for name, result in results
        ],
    )


def declared(tools: Sequence[Tool]) -> list[glm.Tool]:
    """Return the declaration of ``tools``."""
    return [_declared(tuple(tools))] if tools else []


@lru_cache(maxsize=16)
def _declared(tools: tuple[Tool, ...]) -> glm.Tool:
    # The wrapper takes a millisecond to build it, and it is the same for every question.
    return glm.Tool(function_declarations=[_declaration(tool) for tool in tools])


def talking_only() -> glm.ToolConfig:
    """Return the configuration with which the model calls no tool."""
    mode = glm.FunctionCallingConfig.Mode.NONE
    return glm.ToolConfig(function_calling_config=glm.FunctionCallingConfig(mode=mode))


def read(response: glm.GenerateContentResponse) -> tuple[Chunk, errors.LLMError | None]:
    """Return a response's chunk, and what went wrong if the answer fails here.

    Any part may be missing: a response may carry usage alone, or a candidate without content.
    """
    usage = response.usage_metadata
    prompt, answer = usage.prompt_token_count, usage.candidates_token_count
    counted = Usage(prompt, answer, usage.total_token_count or prompt + answer)
    text, reason = "", ""
    if response.candidates:
        candidate = response.candidates[0]
        text = "".join(part.text for part in candidate.content.parts)
        reason = _enum_name(candidate, "finish_reason")
        reason = NAMES.get(int(reason), reason) if reason.isdecimal() else reason
    blocked = _enum_name(response.prompt_feedback, "block_reason")
    failure = errors.PromptBlockedError(blocked) if blocked else failure_of(reason)
    return Chunk(text, counted if counted.total else None, ending_of(reason)), failure


def _arguments(args: Mapping[str, object] | None) -> dict[str, Value]:
    """Return the plain values; no tool of ours takes lists or objects."""
    return {name: value for name, value in (args or {}).items() if isinstance(value, str | float | bool)}


def _text(text: str) -> glm.Part:
    return glm.Part(text=_writable(text))


def _writable(text: str) -> str:
    # A lone surrogate cannot be written as UTF-8, which protobuf does.
    return text.encode(errors="replace").decode()


def _declaration(tool: Tool) -> glm.FunctionDeclaration:
    declaration = glm.FunctionDeclaration(name=tool.name, description=tool.description)
    if tool.parameters:
        declaration.parameters = glm.Schema(
            type_=glm.Type.OBJECT,
            properties={parameter.name: _schema(parameter) for parameter in tool.parameters},
            required=[parameter.name for parameter in tool.parameters if parameter.required],
        )
    return declaration


def _schema(parameter: Parameter) -> glm.Schema:
    kind = glm.Type.INTEGER if parameter.kind == "integer" else glm.Type.STRING
    schema = glm.Schema(type_=kind, description=parameter.description)
    if parameter.choices:
        schema.format_, schema.enum = "enum", list(parameter.choices)
    return schema


def _plain(
    message: glm.Candidate
    | glm.Content
    | glm.GenerateContentRequest
    | glm.GenerateContentResponse.PromptFeedback,
) -> Message:
    """Return the protobuf below the wrapper."""
    return cast("Message", type(message).pb(message))  # pyright: ignore[reportUnknownMemberType] - untyped


def _enum_name(message: glm.Candidate | glm.GenerateContentResponse.PromptFeedback, field: str) -> str:
    """Return the name of an enum field's value, its number if the package does not know it, "" if unset."""
    # The wrapper warns of every value newer than the package.
    plain = _plain(message)
    number = cast("int", getattr(plain, field))
    kind = plain.DESCRIPTOR.fields_by_name[field].enum_type
    value = kind.values_by_number.get(number) if kind else None
    return "" if number == 0 else value.name if value else str(number)
