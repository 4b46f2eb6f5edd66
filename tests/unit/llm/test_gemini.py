"""Gemini's client against a gRPC server that speaks the real messages."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import grpc
import grpc.aio
import pytest
from google.ai.generativelanguage_v1beta.services.generative_service.transports import (
    GenerativeServiceGrpcAsyncIOTransport,
)
from google.protobuf import any_pb2, duration_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2

import bot.llm.gemini.sdk
from bot.config import load_settings
from bot.escaping import label
from bot.llm import errors
from bot.llm.chunks import Chunk, Usage
from bot.llm.gemini import FALLBACK_MODEL, Gemini
from bot.llm.gemini.client import ROUNDS
from bot.llm.gemini.finish_reasons import CONSEQUENCES, NAMES
from bot.llm.gemini.sdk import glm
from bot.llm.patience import Patience
from bot.llm.tools import Parameter, Tool
from bot.llm.turns import File, Turn
from sandbox.gemini.signatures import is_genuine, signed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from google.protobuf.message import Message

Context: TypeAlias = "grpc.aio.ServicerContext[object, object]"
E = TypeVar("E", bound=errors.LLMError)

SERVICE = "google.ai.generativelanguage.v1beta.GenerativeService"
HELLO = (Turn("user", "こんにちは"),)
QUICK = Patience(chunk=5.0, answer=10.0, tries=3, backoff=0.01, longest_wait=0.5)


class RefusalError(Exception):
    """A gRPC status that ends a call, with its details."""

    def __init__(self, code: grpc.StatusCode, message: str = "", *details: Message) -> None:
        self.code, self.message, self.details = code, message, details


class Server:
    """Plays one script per call: responses, a RefusalError, or the name of an event to wait for."""

    def __init__(self) -> None:
        self.scripts: deque[tuple[object, ...]] = deque()
        self.requests: list[glm.GenerateContentRequest] = []
        self.asked = asyncio.Semaphore(0)
        """Released once per call."""
        self.cancelled = asyncio.Event()
        self.never = asyncio.Event()

    def will(self, *script: object) -> None:
        self.scripts.append(script)

    async def stream(
        self, request: glm.GenerateContentRequest, context: Context
    ) -> AsyncIterator[glm.GenerateContentResponse]:
        self.requests.append(request)
        self.asked.release()
        try:
            for step in self.scripts.popleft():
                if isinstance(step, RefusalError):
                    await self._refuse(context, step)
                elif isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    yield step
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def _refuse(self, context: Context, refusal: RefusalError) -> None:
        status = status_pb2.Status(code=code_pb2.Code.Value(refusal.code.name), message=refusal.message)
        for detail in refusal.details:
            box = any_pb2.Any()
            box.Pack(detail)
            status.details.append(box)
        context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
        await context.abort(refusal.code, refusal.message)


def says(text: str = "", finish: int = 0, **more: object) -> glm.GenerateContentResponse:
    parts = [{"text": text}] if text else []
    return glm.GenerateContentResponse(
        candidates=[{"content": {"parts": parts}, "finish_reason": finish}], **more
    )


def client_of(port: int) -> glm.GenerativeServiceAsyncClient:
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
    return glm.GenerativeServiceAsyncClient(transport=GenerativeServiceGrpcAsyncIOTransport(channel=channel))


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    service = Server()
    listener = grpc.aio.server()
    handler = grpc.unary_stream_rpc_method_handler(
        service.stream,
        request_deserializer=glm.GenerateContentRequest.deserialize,
        response_serializer=glm.GenerateContentResponse.serialize,
    )
    listener.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(SERVICE, {"StreamGenerateContent": handler}),)
    )
    port = listener.add_insecure_port("127.0.0.1:0")
    await listener.start()

    # Without TLS, which the integration test covers: gRPC reads its roots once per process.
    monkeypatch.setattr(bot.llm.gemini.sdk, "get_default_generative_async_client", lambda: client_of(port))
    yield service
    await listener.stop(None)


@pytest.fixture
async def gemini(server: Server) -> AsyncIterator[Gemini]:
    settings = load_settings(
        {"DISCORD_TOKEN": "token", "GEMINI_API_KEY": "key", "GEMINI_MODEL": "gemini-test"}
    )
    client = Gemini(settings, patience=QUICK)
    yield client
    await client.close()


async def collect(gemini: Gemini, turns: Sequence[Turn] = HELLO, system_instruction: str = "") -> list[Chunk]:
    async with aclosing(gemini.stream(turns, system_instruction=system_instruction)) as chunks:
        return [chunk async for chunk in chunks]


async def failure(gemini: Gemini, kind: type[E]) -> E:
    with pytest.raises(kind) as caught:
        await collect(gemini)
    assert type(caught.value) is kind
    return caught.value


async def test_chunks_arrive_with_their_text_usage_and_ending(server: Server, gemini: Gemini) -> None:
    usage = {"prompt_token_count": 3, "candidates_token_count": 5, "total_token_count": 10}
    server.will(says("お"), says("隣さん", finish=1, usage_metadata=usage))

    assert await collect(gemini) == [Chunk("お"), Chunk("隣さん", Usage(3, 5, 10), "stop")]


async def test_a_chunk_arrives_before_the_next_one_is_written(server: Server, gemini: Gemini) -> None:
    server.will(says("first"), server.never)

    async with aclosing(gemini.stream(HELLO)) as chunks:
        assert await anext(chunks) == Chunk("first")


async def test_responses_without_candidates_content_or_parts_are_no_fault(
    server: Server, gemini: Gemini
) -> None:
    server.will(
        glm.GenerateContentResponse(),
        glm.GenerateContentResponse(candidates=[{}]),
        says("text"),
        glm.GenerateContentResponse(usage_metadata={"prompt_token_count": 1, "total_token_count": 1}),
        says(finish=1),
    )

    chunks = await collect(gemini)

    assert "".join(chunk.text for chunk in chunks) == "text"
    assert chunks[-1].ending == "stop"


async def test_the_request_carries_model_turns_and_instruction(server: Server, gemini: Gemini) -> None:
    server.will(says("ok", finish=1))
    turns = (Turn("user", "1"), Turn("model", "2"), Turn("user", "3"))

    await collect(gemini, turns, system_instruction="be kind")

    (request,) = server.requests
    assert request.model == "models/gemini-test"
    assert [(content.role, content.parts[0].text) for content in request.contents] == [
        ("user", "1"),
        ("model", "2"),
        ("user", "3"),
    ]
    assert request.system_instruction.parts[0].text == "be kind"
    assert "temperature" not in request.generation_config
    assert "candidate_count" not in request.generation_config


async def test_a_lone_surrogate_in_a_prompt_is_replaced(server: Server, gemini: Gemini) -> None:
    server.will(says("ok", finish=1))

    await collect(gemini, (Turn("user", "a\ud800b"),))

    assert server.requests[0].contents[0].parts[0].text == "a?b"


async def test_an_answer_at_the_length_limit_is_marked_and_no_fault(server: Server, gemini: Gemini) -> None:
    server.will(says("long", finish=2))

    assert (await collect(gemini))[-1].ending == "max_tokens"


async def test_a_blocked_prompt_is_reported_with_its_reason_and_not_repeated(
    server: Server, gemini: Gemini
) -> None:
    server.will(glm.GenerateContentResponse(prompt_feedback={"block_reason": 1}))

    error = await failure(gemini, errors.PromptBlockedError)

    assert error.reason == "SAFETY"
    assert len(server.requests) == 1


def stops(number: int, text: str = "") -> glm.GenerateContentResponse:
    """Return a response with a finish reason, also with one of which the wrapper would warn."""
    response = says(text)
    glm.GenerateContentResponse.pb(response).candidates[0].finish_reason = number
    return response


FAILURES: list[tuple[int, type[errors.LLMError], str]] = [
    (3, errors.AnswerBlockedError, "SAFETY"),
    (4, errors.AnswerBlockedError, "RECITATION"),
    (5, errors.AnswerBlockedError, "OTHER"),
    (6, errors.AnswerBlockedError, "LANGUAGE"),
    (7, errors.AnswerBlockedError, "BLOCKLIST"),
    (8, errors.AnswerBlockedError, "PROHIBITED_CONTENT"),
    (9, errors.AnswerBlockedError, "SPII"),
    (10, errors.AnswerBrokenError, "MALFORMED_FUNCTION_CALL"),
    (11, errors.AnswerBlockedError, "IMAGE_SAFETY"),
    (12, errors.AnswerBrokenError, "UNEXPECTED_TOOL_CALL"),
    (13, errors.AnswerBrokenError, "TOO_MANY_TOOL_CALLS"),
    (14, errors.AnswerBlockedError, "IMAGE_PROHIBITED_CONTENT"),
    (15, errors.AnswerBrokenError, "IMAGE_OTHER"),
    (16, errors.AnswerBrokenError, "NO_IMAGE"),
    (17, errors.AnswerBlockedError, "IMAGE_RECITATION"),
    (77, errors.UnknownEndingError, "77"),
]


@pytest.mark.parametrize(("number", "kind", "reason"), FAILURES, ids=[reason for *_, reason in FAILURES])
async def test_an_answer_that_is_stopped_midway_keeps_the_chunks_before_and_is_not_begun_again(
    server: Server, gemini: Gemini, number: int, kind: type[errors.LLMError], reason: str
) -> None:
    server.will(says("a"), stops(number, "b"))
    received: list[str] = []

    async def listen() -> None:
        async with aclosing(gemini.stream(HELLO)) as chunks:
            async for chunk in chunks:
                received.append(chunk.text)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(kind) as caught:
        await listen()

    assert received == ["a", "b"]
    assert type(caught.value) is kind
    assert label(reason) in caught.value.in_language("ja")
    assert label(reason) in caught.value.in_language("en")


@pytest.mark.parametrize(("number", "kind", "reason"), FAILURES, ids=[reason for *_, reason in FAILURES])
async def test_an_answer_that_ends_without_text_is_tried_again_where_that_may_help(
    server: Server, gemini: Gemini, number: int, kind: type[errors.LLMError], reason: str
) -> None:
    server.will(stops(number))
    server.will(says("here", finish=1))

    if kind is errors.AnswerBrokenError:
        assert "".join(chunk.text for chunk in await collect(gemini)) == "here"
    else:
        await failure(gemini, kind)
        assert len(server.requests) == 1


async def test_a_malformed_call_that_comes_every_time_is_told_in_the_end(
    server: Server, gemini: Gemini
) -> None:
    for _ in range(QUICK.tries):
        server.will(stops(10))

    assert (await failure(gemini, errors.AnswerBrokenError)).reason == "MALFORMED_FUNCTION_CALL"


def test_every_finish_reason_of_the_package_is_sorted() -> None:
    known = {*glm.Candidate.FinishReason.__members__} - {"FINISH_REASON_UNSPECIFIED"}

    assert known | {*NAMES.values()} <= CONSEQUENCES.keys()
    assert not known & {*NAMES.values()}, "the package has learnt these: take them out"


async def test_an_empty_or_blank_answer_is_asked_again(server: Server, gemini: Gemini) -> None:
    server.will(says(finish=1))
    server.will(says(" \n", finish=1))
    server.will(says("now", finish=1))

    assert (await collect(gemini))[-1].text == "now"


KEY_INVALID = error_details_pb2.ErrorInfo(reason="API_KEY_INVALID", domain="googleapis.com")


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (
            RefusalError(grpc.StatusCode.INVALID_ARGUMENT, "API key not valid.", KEY_INVALID),
            errors.BadKeyError,
        ),
        (RefusalError(grpc.StatusCode.UNAUTHENTICATED, "who?"), errors.BadKeyError),
        (RefusalError(grpc.StatusCode.PERMISSION_DENIED, "no"), errors.AccessRefusedError),
        (RefusalError(grpc.StatusCode.FAILED_PRECONDITION, "User location"), errors.AccessRefusedError),
        (RefusalError(grpc.StatusCode.INVALID_ARGUMENT, "too long"), errors.InvalidRequestError),
        (RefusalError(grpc.StatusCode.OUT_OF_RANGE, "too far"), errors.InvalidRequestError),
        (RefusalError(grpc.StatusCode.DEADLINE_EXCEEDED, "late"), errors.AnswerTimeoutError),
        (RefusalError(grpc.StatusCode.ALREADY_EXISTS, "odd"), errors.LLMError),
    ],
    ids=lambda value: getattr(value, "__name__", None) or value.message,
)
async def test_a_lasting_refusal_has_its_own_error_and_is_not_repeated(
    server: Server, gemini: Gemini, refusal: RefusalError, kind: type[errors.LLMError]
) -> None:
    server.will(refusal)

    error = await failure(gemini, kind)

    assert len(server.requests) == 1
    assert error.__cause__ is not None


def because(reason: str) -> error_details_pb2.ErrorInfo:
    return error_details_pb2.ErrorInfo(reason=reason, domain="googleapis.com")


OAUTH_EXPECTED = RefusalError(
    grpc.StatusCode.UNAUTHENTICATED,
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other"
    " valid authentication credential.",
    because("ACCESS_TOKEN_TYPE_UNSUPPORTED"),
)
BLOCKED = "Requests to this API generativelanguage.googleapis.com are blocked."
KEY_REFUSALS = [
    ("AIzaSyOldKey", OAUTH_EXPECTED, errors.OldKeyError),
    ("AQ.Ab8New", OAUTH_EXPECTED, errors.RevokedKeyError),
    ("of-nobody", OAUTH_EXPECTED, errors.BadKeyError),
    (
        "AIzaSyOldKey",
        RefusalError(grpc.StatusCode.INVALID_ARGUMENT, "API key not valid.", KEY_INVALID),
        errors.BadKeyError,
    ),
    (
        "AIzaSyOldKey",
        RefusalError(grpc.StatusCode.INVALID_ARGUMENT, "API key expired. Please renew the API key."),
        errors.ExpiredKeyError,
    ),
    (
        "AQ.Ab8New",
        RefusalError(grpc.StatusCode.INVALID_ARGUMENT, "API key expired. Renew it.", KEY_INVALID),
        errors.ExpiredKeyError,
    ),
    (
        "AQ.Ab8New",
        RefusalError(grpc.StatusCode.UNAUTHENTICATED, "The credential has expired."),
        errors.ExpiredKeyError,
    ),
    (
        "AQ.Ab8New",
        RefusalError(grpc.StatusCode.PERMISSION_DENIED, "API key expired."),
        errors.ExpiredKeyError,
    ),
    (
        "AIzaSyOldKey",
        RefusalError(
            grpc.StatusCode.PERMISSION_DENIED, "The Gemini API does not accept unrestricted API keys."
        ),
        errors.OldKeyError,
    ),
    (
        "AIzaSyOldKey",
        RefusalError(grpc.StatusCode.PERMISSION_DENIED, "Requests from keys without any restrictions."),
        errors.OldKeyError,
    ),
    (
        "AIzaSyOldKey",
        RefusalError(grpc.StatusCode.PERMISSION_DENIED, BLOCKED, because("API_KEY_SERVICE_BLOCKED")),
        errors.OldKeyError,
    ),
    (
        "AIzaSyOldKey",
        RefusalError(grpc.StatusCode.PERMISSION_DENIED, BLOCKED, because("API_KEY_IP_ADDRESS_BLOCKED")),
        errors.RestrictedKeyError,
    ),
    (
        "AQ.Ab8New",
        RefusalError(grpc.StatusCode.PERMISSION_DENIED, "Your API key was reported as leaked."),
        errors.LeakedKeyError,
    ),
    (
        "AQ.Ab8New",
        RefusalError(grpc.StatusCode.PERMISSION_DENIED, BLOCKED, because("API_KEY_SERVICE_BLOCKED")),
        errors.RestrictedKeyError,
    ),
    (
        "AQ.Ab8New",
        RefusalError(grpc.StatusCode.PERMISSION_DENIED, BLOCKED, because("API_KEY_IP_ADDRESS_BLOCKED")),
        errors.RestrictedKeyError,
    ),
    (
        "AQ.Ab8New",
        RefusalError(grpc.StatusCode.PERMISSION_DENIED, "It is disabled.", because("SERVICE_DISABLED")),
        errors.ApiDisabledError,
    ),
    (
        "AQ.Ab8New",
        RefusalError(grpc.StatusCode.PERMISSION_DENIED, "Stopped.", because("CONSUMER_SUSPENDED")),
        errors.SuspendedError,
    ),
    (
        "AQ.Ab8New",
        RefusalError(grpc.StatusCode.PERMISSION_DENIED, "Consumer 'api_key:AQ.Ab8New' has been suspended."),
        errors.SuspendedError,
    ),
    (
        "AQ.Ab8New",
        RefusalError(
            grpc.StatusCode.PERMISSION_DENIED,
            "Your project has been denied access. Please contact support.",
        ),
        errors.SuspendedError,
    ),
]


@pytest.mark.parametrize(("key", "refusal", "kind"), KEY_REFUSALS)
async def test_each_refusal_of_a_key_has_its_own_error(
    server: Server, key: str, refusal: RefusalError, kind: type[errors.LLMError]
) -> None:
    server.will(refusal)
    client = Gemini(load_settings({"DISCORD_TOKEN": "token", "GEMINI_API_KEY": key}), patience=QUICK)
    try:
        await failure(client, kind)
    finally:
        await client.close()


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (RefusalError(grpc.StatusCode.UNAVAILABLE, "The model is overloaded."), errors.OverloadedError),
        (RefusalError(grpc.StatusCode.INTERNAL, "An internal error"), errors.OverloadedError),
        (RefusalError(grpc.StatusCode.UNAVAILABLE, "Socket closed"), errors.UnreachableError),
        (RefusalError(grpc.StatusCode.CANCELLED, "gone"), errors.UnreachableError),
        (RefusalError(grpc.StatusCode.RESOURCE_EXHAUSTED, "quota"), errors.QuotaError),
    ],
    ids=lambda value: getattr(value, "__name__", None) or value.message,
)
async def test_a_passing_fault_is_tried_again_up_to_the_limit(
    server: Server, gemini: Gemini, refusal: RefusalError, kind: type[errors.LLMError]
) -> None:
    for _ in range(QUICK.tries):
        server.will(refusal)

    await failure(gemini, kind)

    assert len(server.requests) == QUICK.tries


async def test_a_fault_before_the_first_text_is_mended_by_another_try(server: Server, gemini: Gemini) -> None:
    server.will(RefusalError(grpc.StatusCode.UNAVAILABLE, "The model is overloaded."))
    server.will(glm.GenerateContentResponse(), RefusalError(grpc.StatusCode.UNAVAILABLE, "overloaded"))
    server.will(says("here", finish=1))

    assert "".join(chunk.text for chunk in await collect(gemini)) == "here"


async def test_a_fault_after_the_first_text_is_raised_and_nothing_is_said_twice(
    server: Server, gemini: Gemini
) -> None:
    server.will(says("half"), RefusalError(grpc.StatusCode.UNAVAILABLE, "overloaded"))

    await failure(gemini, errors.OverloadedError)

    assert len(server.requests) == 1


def retry_in(seconds: float) -> RefusalError:
    delay = duration_pb2.Duration()
    delay.FromNanoseconds(int(seconds * 1e9))
    return RefusalError(
        grpc.StatusCode.RESOURCE_EXHAUSTED, "quota", error_details_pb2.RetryInfo(retry_delay=delay)
    )


async def test_a_short_wait_that_the_service_asks_for_is_obeyed(server: Server, gemini: Gemini) -> None:
    server.will(retry_in(0.2))
    server.will(says("after", finish=1))
    loop = asyncio.get_running_loop()
    began = loop.time()

    await collect(gemini)

    assert loop.time() - began >= 0.2


async def test_a_long_wait_that_the_service_asks_for_is_passed_on(server: Server, gemini: Gemini) -> None:
    server.will(retry_in(31.4))

    error = await failure(gemini, errors.QuotaError)

    assert error.retry_after == 31.4
    assert "32" in error.in_language("ja")
    assert "32" in error.in_language("en")
    assert len(server.requests) == 1


async def test_a_model_that_is_gone_is_replaced_once_and_the_log_says_so(
    server: Server, gemini: Gemini, caplog: pytest.LogCaptureFixture
) -> None:
    gone = RefusalError(grpc.StatusCode.NOT_FOUND, "models/gemini-test is not found")
    server.will(gone)
    server.will(says("a", finish=1))
    server.will(says("b", finish=1))

    with caplog.at_level(logging.WARNING, "bot.llm.gemini"):
        await collect(gemini)
        await collect(gemini)

    assert [request.model for request in server.requests] == [
        "models/gemini-test",
        f"models/{FALLBACK_MODEL}",
        f"models/{FALLBACK_MODEL}",
    ]
    assert (gemini.replaced_model, gemini.model_for(None)) == ("gemini-test", FALLBACK_MODEL)
    assert len(caplog.records) == 1


async def test_two_calls_that_find_the_model_gone_both_get_their_answer(
    server: Server, gemini: Gemini
) -> None:
    gone = RefusalError(grpc.StatusCode.NOT_FOUND, "not found")
    both_asked = asyncio.Event()
    server.will(both_asked, gone)
    server.will(both_asked, gone)
    server.will(says("a", finish=1))
    server.will(says("b", finish=1))

    async with asyncio.TaskGroup() as group:
        answers = [group.create_task(collect(gemini)) for _ in range(2)]
        async with asyncio.timeout(60):
            await server.asked.acquire()
            await server.asked.acquire()
        both_asked.set()

    assert sorted(answer.result()[0].text for answer in answers) == ["a", "b"]


async def test_a_missing_fallback_model_is_named(server: Server, gemini: Gemini) -> None:
    gone = RefusalError(grpc.StatusCode.NOT_FOUND, "not found")
    server.will(gone)
    server.will(gone)

    error = await failure(gemini, errors.ModelNotFoundError)

    assert error.model == FALLBACK_MODEL


@pytest.mark.parametrize("script", [[], [says("half")]], ids=["before the first chunk", "between chunks"])
async def test_silence_ends_in_a_timeout(server: Server, gemini: Gemini, script: list[object]) -> None:
    gemini._patience = Patience(chunk=0.1, answer=10.0)
    server.will(*script, server.never)

    await failure(gemini, errors.AnswerTimeoutError)

    async with asyncio.timeout(60):
        await server.cancelled.wait()


async def test_an_answer_that_never_ends_is_ended(server: Server, gemini: Gemini) -> None:
    gemini._patience = Patience(chunk=10.0, answer=0.3)
    server.will(says("and"), server.never)

    await failure(gemini, errors.AnswerTimeoutError)


async def test_leaving_early_cancels_the_call(server: Server, gemini: Gemini) -> None:
    server.will(says("first"), server.never)

    async with aclosing(gemini.stream(HELLO)) as chunks:
        await anext(chunks)

    async with asyncio.timeout(60):
        await server.cancelled.wait()


async def test_cancelling_the_task_before_the_first_chunk_cancels_the_call(
    server: Server, gemini: Gemini
) -> None:
    server.will(server.never)
    task = asyncio.create_task(collect(gemini))
    async with asyncio.timeout(60):
        await server.asked.acquire()

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(60):
        await server.cancelled.wait()


class Tools:
    """Offers two tools, and notes what is asked of them."""

    tools = (
        Tool("play", "plays a song", (Parameter("query", "what"),)),
        Tool("volume", "sets it", (Parameter("level", "0 to 200", "integer", required=False),)),
    )

    def __init__(self) -> None:
        self.ran: list[tuple[str, dict[str, object]]] = []

    async def run(self, name: str, arguments: Mapping[str, object]) -> str:
        self.ran.append((name, dict(arguments)))
        return f"done {name}"


def asks_for(*calls: tuple[str, dict[str, object]]) -> glm.GenerateContentResponse:
    """Return a response that calls tools, the first with a thought signature, as the API sends it."""
    parts = [glm.Part(function_call=glm.FunctionCall(name=name, args=args)) for name, args in calls]
    return glm.GenerateContentResponse(
        candidates=[{"content": {"role": "model", "parts": [signed(parts[0]), *parts[1:]]}}]
    )


async def chunks_with(gemini: Gemini, toolbox: Tools) -> list[Chunk]:
    async with aclosing(gemini.stream(HELLO, toolbox=toolbox)) as chunks:
        return [chunk async for chunk in chunks]


async def test_tools_are_declared_run_in_order_and_answered_with_the_same_content(
    server: Server, gemini: Gemini
) -> None:
    server.will(
        says("えっと"), asks_for(("play", {"query": "夜"}), ("volume", {"level": 50.0})), says(finish=1)
    )
    server.will(says("どうぞ", finish=1))
    tools = Tools()

    chunks = await chunks_with(gemini, tools)

    assert "".join(chunk.text for chunk in chunks) == "えっと\n\nどうぞ"
    assert tools.ran == [("play", {"query": "夜"}), ("volume", {"level": 50.0})]
    first, second = server.requests
    (declared,) = first.tools
    assert [function.name for function in declared.function_declarations] == ["play", "volume"]
    assert list(declared.function_declarations[0].parameters.required) == ["query"]
    said, results = second.contents[1:]
    assert [part.text for part in said.parts if part.text] == ["えっと"]
    assert is_genuine(glm.Part.deserialize(glm.Part.serialize(said.parts[1])))
    assert [(p.function_response.name, dict(p.function_response.response)) for p in results.parts] == [
        ("play", {"result": "done play"}),
        ("volume", {"result": "done volume"}),
    ]


async def test_the_usage_of_every_call_to_the_model_is_added_up(server: Server, gemini: Gemini) -> None:
    server.will(asks_for(("play", {})), says(finish=1, **used(5)))
    server.will(says("a", **used(7)), says("b", finish=1, **used(8)))

    reported = [chunk.usage for chunk in await chunks_with(gemini, Tools()) if chunk.usage]

    assert [usage.total for usage in reported] == [5, 12, 13]


def used(total: int) -> dict[str, object]:
    return {"usage_metadata": {"prompt_token_count": 1, "total_token_count": total}}


async def usages(gemini: Gemini, toolbox: Tools | None = None) -> dict[int, int]:
    """Return the tokens that each attempt used in the end, whatever becomes of the answer."""
    totals: dict[int, int] = {}
    with contextlib.suppress(errors.LLMError):
        async with aclosing(gemini.stream(HELLO, toolbox=toolbox)) as chunks:
            async for chunk in chunks:
                if chunk.usage:
                    totals[chunk.attempt] = chunk.usage.total
    return totals


async def test_what_a_failed_attempt_used_is_kept_apart_from_the_next_one(
    server: Server, gemini: Gemini
) -> None:
    server.will(says(finish=2, **used(10)))
    server.will(says(finish=10, **used(7)))
    server.will(says("a", **used(4)), says("b", finish=1, **used(5)))

    assert await usages(gemini) == {0: 10, 1: 7, 2: 5}


async def test_an_attempt_that_reports_nothing_takes_no_share_of_the_one_before(
    server: Server, gemini: Gemini
) -> None:
    server.will(says(**used(10)), RefusalError(grpc.StatusCode.UNAVAILABLE, "overloaded"))
    server.will(RefusalError(grpc.StatusCode.UNAVAILABLE, "overloaded"))
    server.will(says("a", finish=1))

    assert await usages(gemini) == {0: 10}


async def test_what_failed_after_a_tool_had_run_is_counted_once(server: Server, gemini: Gemini) -> None:
    server.will(asks_for(("play", {})), says(finish=1, **used(5)))
    server.will(says(**used(3)), RefusalError(grpc.StatusCode.UNAVAILABLE, "overloaded"))
    server.will(says("done", finish=1, **used(8)))

    assert await usages(gemini, Tools()) == {0: 8, 1: 8}


@pytest.mark.parametrize(
    "last",
    [
        glm.GenerateContentResponse(prompt_feedback={"block_reason": 1}, **used(9)),
        says(finish=3, **used(9)),
        glm.GenerateContentResponse(
            candidates=[{"finish_reason": 3}], usage_metadata={"prompt_token_count": 9}
        ),
    ],
    ids=["blocked prompt", "blocked answer", "without a total"],
)
async def test_what_a_blocked_answer_used_is_reported(
    server: Server, gemini: Gemini, last: glm.GenerateContentResponse
) -> None:
    server.will(last)

    assert await usages(gemini) == {0: 9}


async def test_after_its_tools_the_model_may_have_nothing_to_add(server: Server, gemini: Gemini) -> None:
    server.will(asks_for(("play", {"query": "x"})))
    server.will(says(finish=1))

    assert "".join(chunk.text for chunk in await chunks_with(gemini, Tools())) == ""


async def test_a_fault_after_a_tool_has_run_does_not_run_it_again(server: Server, gemini: Gemini) -> None:
    server.will(asks_for(("play", {"query": "x"})))
    server.will(RefusalError(grpc.StatusCode.UNAVAILABLE, "overloaded"))
    server.will(says("done", finish=1))
    tools = Tools()

    await chunks_with(gemini, tools)

    assert len(tools.ran) == 1


async def test_a_model_that_calls_for_ever_must_answer_in_words_at_last(
    server: Server, gemini: Gemini
) -> None:
    for _ in range(ROUNDS + 1):
        server.will(asks_for(("play", {"query": "x"})))

    await chunks_with(gemini, Tools())

    modes = [request.tool_config.function_calling_config.mode.name for request in server.requests]
    assert modes == ["MODE_UNSPECIFIED"] * ROUNDS + ["NONE"]


async def test_files_go_before_the_words_and_texts_among_them_as_words(
    server: Server, gemini: Gemini
) -> None:
    server.will(says("ok", finish=1))
    files = (File("a.png", "image/png", b"\x89"), File("b.py", "text/plain", "あ".encode()))

    await collect(gemini, (Turn("user", "見て", files), Turn("model", "ok"), Turn("user", "")))

    image, text, words = server.requests[0].contents[0].parts
    assert (image.inline_data.mime_type, image.inline_data.data) == ("image/png", b"\x89")
    assert text.text == "b.py:\n\nあ"
    assert words.text == "見て"
    assert server.requests[0].contents[2].parts[0].text == "…"


async def test_a_chosen_model_answers_and_is_replaced_if_it_is_gone(server: Server, gemini: Gemini) -> None:
    server.will(RefusalError(grpc.StatusCode.NOT_FOUND, "gone"))
    server.will(says("a", finish=1))
    server.will(says("b", finish=1))

    async with aclosing(gemini.stream(HELLO, model="gemini-other")) as chunks:
        assert [chunk.text async for chunk in chunks] == ["a"]
    await collect(gemini)

    assert [request.model.removeprefix("models/") for request in server.requests] == [
        "gemini-other",
        FALLBACK_MODEL,
        "gemini-test",
    ]
    assert (gemini.replaced_model, gemini.model_for("gemini-other")) == ("gemini-other", FALLBACK_MODEL)


async def test_the_connection_is_opened_before_the_first_answer(
    gemini: Gemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = asyncio.Event()

    async def accept(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        writer.close()

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as listener:
        client = client_of(listener.sockets[0].getsockname()[1])
        monkeypatch.setattr(bot.llm.gemini.sdk, "get_default_generative_async_client", lambda: client)

        gemini.connect()

        async with asyncio.timeout(60):
            await connected.wait()


async def test_a_server_that_is_not_there_is_unreachable(
    monkeypatch: pytest.MonkeyPatch, gemini: Gemini, unused_tcp_port: int
) -> None:
    client = client_of(unused_tcp_port)
    monkeypatch.setattr(bot.llm.gemini.sdk, "get_default_generative_async_client", lambda: client)

    await failure(gemini, errors.UnreachableError)


def test_every_error_speaks_both_languages() -> None:
    samples = [
        errors.QuotaError(),
        errors.QuotaError(12),
        errors.OverloadedError(),
        errors.AnswerTimeoutError(),
        errors.UnreachableError(),
        errors.PromptBlockedError("SAFETY"),
        errors.AnswerBlockedError("SAFETY"),
        errors.UnknownEndingError("SAFETY"),
        errors.AnswerBrokenError("SAFETY"),
        errors.EmptyAnswerError(),
        errors.BadKeyError(),
        errors.OldKeyError(),
        errors.RevokedKeyError(),
        errors.ExpiredKeyError(),
        errors.SuspendedError(),
        errors.LeakedKeyError(),
        errors.AccessRefusedError(),
        errors.RestrictedKeyError(),
        errors.ApiDisabledError(),
        errors.ModelNotFoundError("x"),
        errors.InvalidRequestError(),
        errors.LLMError(),
    ]

    for language in ("ja", "en"):
        sentences = [sample.in_language(language) for sample in samples]
        assert len(set(sentences)) == len(samples)
        assert not any("{" in sentence for sentence in sentences)
