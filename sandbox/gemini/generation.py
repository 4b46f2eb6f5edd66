"""From a request to the parts and chunks of its answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from google.ai import generativelanguage_v1beta as glm

from sandbox.gemini import signatures
from sandbox.gemini.answers import answer
from sandbox.gemini.conversation import Attachment, Conversation, Turn, count_tokens
from sandbox.gemini.functions import Function, Parameter, choose, tell
from sandbox.gemini.scripts import cut
from sandbox.gemini.wire import as_dict, set_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.gemini.scripts import Scripts

FinishReason = glm.Candidate.FinishReason
_TOKENS_PER_FILE = 258
"""What one image counts (https://ai.google.dev/gemini-api/docs/tokens)."""
_LONGEST_RESULT = 300


class Generation:
    """The answer to one request, chunk by chunk; counts tokens as it goes."""

    def __init__(self, request: glm.GenerateContentRequest, scripts: Scripts) -> None:
        self.model = request.model
        self.conversation = conversation_of(request.contents)
        self.finish_reason = FinishReason.STOP
        self._prompt_tokens = prompt_tokens(request.contents, request.system_instruction)
        self._answer_tokens = 0
        self.chunks = self._within(
            request.generation_config.max_output_tokens, self._compose(request, scripts)
        )

    def chunk(
        self, parts: Sequence[glm.Part], finish_reason: int | None = None
    ) -> glm.GenerateContentResponse:
        """Return one chunk of the stream: content only where there are parts, usage so far in any case.

        ``finish_reason`` may be a number newer than the package.
        """
        self._answer_tokens += sum(_tokens_of(part) for part in parts)
        candidate = glm.Candidate(index=0)
        if parts:
            candidate.content = glm.Content(role="model", parts=parts)
        if finish_reason is not None:
            set_number(candidate, "finish_reason", finish_reason)
        return self._response(candidates=[candidate])

    def usage_only(self) -> glm.GenerateContentResponse:
        """Return a chunk without candidates."""
        return self._response(candidates=[])

    def partless(self) -> glm.GenerateContentResponse:
        """Return a chunk whose candidate has a content without parts."""
        return self._response(candidates=[glm.Candidate(index=0, content=glm.Content(role="model"))])

    def blocked(self) -> glm.GenerateContentResponse:
        """Return the whole answer to a prompt that the safety filter stops: no candidates, a reason."""
        feedback = glm.GenerateContentResponse.PromptFeedback(
            block_reason=glm.GenerateContentResponse.PromptFeedback.BlockReason.PROHIBITED_CONTENT
        )
        response = self._response(candidates=[])
        response.prompt_feedback = feedback
        return response

    def _response(self, *, candidates: list[glm.Candidate]) -> glm.GenerateContentResponse:
        return glm.GenerateContentResponse(
            candidates=candidates,
            model_version=self.model.removeprefix("models/"),
            usage_metadata=glm.GenerateContentResponse.UsageMetadata(
                prompt_token_count=self._prompt_tokens,
                candidates_token_count=self._answer_tokens,
                total_token_count=self._prompt_tokens + self._answer_tokens,
            ),
        )

    def _compose(self, request: glm.GenerateContentRequest, scripts: Scripts) -> list[list[glm.Part]]:
        scripted = scripts.take(self.conversation.prompt)
        if scripted is not None:
            return [[glm.Part(text=text)] for text in scripted]
        results = [part for part in request.contents[-1].parts if "function_response" in part]
        if results:
            text = "\n\n".join(self._result_text(part) for part in results)
        else:
            call = self._call(request)
            if call is not None:
                return [[call]]
            text = answer(self.conversation)
        return [[glm.Part(text=piece)] for piece in cut(text)]

    def _result_text(self, part: glm.Part) -> str:
        response = json.dumps(as_dict(part.function_response).get("response", {}), ensure_ascii=False)
        return tell(part.function_response.name, response[:_LONGEST_RESULT], self.conversation.language)

    def _call(self, request: glm.GenerateContentRequest) -> glm.Part | None:
        config = request.tool_config.function_calling_config
        modes = glm.FunctionCallingConfig.Mode
        if config.mode == modes.NONE:
            return None
        allowed = set(config.allowed_function_names)
        functions = [
            function_of(declaration)
            for tool in request.tools
            for declaration in tool.function_declarations
            if not allowed or declaration.name in allowed
        ]
        call = choose(self.conversation.text, functions, forced=config.mode == modes.ANY)
        if call is None:
            return None
        return signatures.signed(
            glm.Part(function_call=glm.FunctionCall(name=call.name, args=dict(call.arguments)))
        )

    def _within(self, limit: int, chunks: list[list[glm.Part]]) -> list[list[glm.Part]]:
        """Cut the answer at ``limit`` tokens (0: none), as max_output_tokens does."""
        if not limit:
            return chunks
        kept: list[list[glm.Part]] = []
        spent = 0
        for parts in chunks:
            spent += sum(_tokens_of(part) for part in parts)
            if spent > limit:
                self.finish_reason = FinishReason.MAX_TOKENS
                break
            kept.append(parts)
        return kept


def conversation_of(contents: Sequence[glm.Content]) -> Conversation:
    """Return the turns of ``contents``, free of protocol."""
    return Conversation(
        tuple(
            Turn(
                role="model" if content.role == "model" else "user",
                text="".join(part.text for part in content.parts),
                attachments=tuple(
                    Attachment(part.inline_data.mime_type, len(part.inline_data.data))
                    for part in content.parts
                    if "inline_data" in part
                ),
            )
            for content in contents
        )
    )


def function_of(declaration: glm.FunctionDeclaration) -> Function:
    """Return a declared function, free of protocol."""
    schema = declaration.parameters
    return Function(
        declaration.name,
        tuple(
            Parameter(name, value.type_.name.lower(), name in schema.required, tuple(value.enum))
            for name, value in schema.properties.items()
        ),
    )


def prompt_tokens(contents: Sequence[glm.Content], system_instruction: glm.Content | None = None) -> int:
    """Return what the prompt counts, its files and the system instruction included."""
    counted = [*contents, *([system_instruction] if system_instruction else [])]
    return sum(_tokens_of(part) for content in counted for part in content.parts)


def _tokens_of(part: glm.Part) -> int:
    if "text" in part:
        return count_tokens(part.text)
    if "inline_data" in part:
        return _TOKENS_PER_FILE
    return count_tokens(json.dumps(as_dict(part)))
