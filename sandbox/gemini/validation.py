"""The checks that the Gemini API makes before it answers, with its own sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.gemini import signatures
from sandbox.gemini.errors import invalid_argument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.ai import generativelanguage_v1beta as glm

MAX_REQUEST_BYTES = 20 * 1024 * 1024
_MIME_TYPES = re.compile(
    r"text/[\w.+-]+|application/(?:pdf|json|rtf|xml|x-javascript|x-python|javascript)"
    r"|image/(?:png|jpe?g|webp|heic|heif)"
    r"|audio/(?:wav|x-wav|mp3|mpeg|aiff|aac|ogg|flac|mp4|m4a|webm)"
    r"|video/(?:mp4|mpeg|mov|quicktime|avi|x-flv|mpg|webm|wmv|3gpp)"
)
"""https://ai.google.dev/gemini-api/docs/document-processing, …/image-understanding, …/audio, …/video"""


def check_request(request: glm.GenerateContentRequest, size: int, *, signatures_required: bool) -> None:
    """Raise ApiError (INVALID_ARGUMENT) if the API would refuse this request of ``size`` bytes."""
    if size > MAX_REQUEST_BYTES:
        raise invalid_argument(f"Request payload size exceeds the limit: {MAX_REQUEST_BYTES} bytes.")
    if request.generation_config.candidate_count > 1:
        raise invalid_argument("Multiple candidates is not enabled for this model")
    check_contents(request.contents, signatures_required=signatures_required)


def check_contents(contents: Sequence[glm.Content], *, signatures_required: bool) -> None:
    """Raise ApiError if the turns are not a conversation that a model can go on with."""
    if not contents:
        raise invalid_argument("* GenerateContentRequest.contents: contents is not specified")
    for position, content in enumerate(contents):
        if content.role not in {"user", "model", "function", ""}:
            raise invalid_argument("Please use a valid role: user, model.")
        _check_parts(position, content)
    if contents[-1].role == "model":
        raise invalid_argument(
            "Please ensure that multiturn requests end with a user turn or a function response."
        )
    _check_calls(contents, signatures_required=signatures_required)


def _check_parts(position: int, content: glm.Content) -> None:
    where = f"* GenerateContentRequest.contents[{position}].parts"
    if not content.parts:
        raise invalid_argument(f"{where}: contents.parts must not be empty.")
    for index, part in enumerate(content.parts):
        if "inline_data" in part:
            if not _MIME_TYPES.fullmatch(part.inline_data.mime_type):
                raise invalid_argument(f"Unsupported MIME type: {part.inline_data.mime_type}")
            if not part.inline_data.data:
                raise invalid_argument("Unable to process input image. Please retry or report.")
        elif not part.text and not any(name in part for name in _OTHER_DATA):
            raise invalid_argument(
                f"{where}[{index}].data: required oneof field 'data' must have one initialized field"
            )


_OTHER_DATA = ("function_call", "function_response", "file_data", "executable_code", "code_execution_result")


def _check_calls(contents: Sequence[glm.Content], *, signatures_required: bool) -> None:
    """Check that calls and responses pair up, and that calls of the current turn bear their signature."""
    current = max(
        (
            position
            for position, content in enumerate(contents)
            if content.role != "model" and _speaks(content)
        ),
        default=0,
    )
    calls = 0
    for position, content in enumerate(contents):
        responses = sum("function_response" in part for part in content.parts)
        if responses and not calls:
            raise invalid_argument(
                "Please ensure that function response turn comes immediately after a function call turn."
            )
        if responses != calls:
            raise invalid_argument(
                "Please ensure that the number of function response parts is equal to the number of function"
                " call parts of the function call turn."
            )
        called = [part for part in content.parts if "function_call" in part]
        if called and signatures_required and position > current:
            _check_signature(position, called[0])
        calls = len(called)


def _speaks(content: glm.Content) -> bool:
    return any("function_response" not in part for part in content.parts)


def _check_signature(position: int, part: glm.Part) -> None:
    """Check the first call of a turn: of parallel calls only that one is signed."""
    if signatures.signature_of(part) is None:
        raise invalid_argument(
            "Function call is missing a thought_signature in functionCall parts. This is required for tools"
            " to work correctly, and missing thought_signature may lead to degraded model performance."
            f" Additional data, function call `default_api:{part.function_call.name}` , position"
            f" {position + 1}. Please refer to"
            " https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
        )
    if not signatures.is_genuine(part):
        raise invalid_argument("Corrupted thought signature.")
