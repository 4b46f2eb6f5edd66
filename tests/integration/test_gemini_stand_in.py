"""The Gemini stand-in, spoken to by the real google-generativeai over real TLS and gRPC."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.gemini import GeminiStandIn

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)  # the package announces the end of its life
    import google.generativeai as genai
    from google.ai import generativelanguage_v1beta as glm
    from google.api_core import exceptions
    from google.generativeai.client import get_default_generative_async_client
    from google.generativeai.types import RequestOptions, StopCandidateException

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from google.generativeai.types import AsyncGenerateContentResponse
    from typing_extensions import Unpack

    Content: TypeAlias = str | dict[str, object] | glm.Content

MODEL = "gemini-3.5-flash-lite"
PLAY = {
    "function_declarations": [
        {
            "name": "play_music",
            "description": "Play a song",
            "parameters": {
                "type": "object",
                "properties": {"query": {"type": "string"}},
                "required": ["query"],
            },
        }
    ]
}


class ModelOptions(TypedDict, total=False):
    system_instruction: str
    tools: list[dict[str, object]]


class Control:
    """The stand-in's control routes, over HTTP as a test in another process uses them."""

    def __init__(self, session: aiohttp.ClientSession, server: TestServer) -> None:
        self.session = session
        self.server = server

    async def post(self, path: str, **body: object) -> dict[str, Any]:
        async with self.session.post(self.server.make_url(path), json=body) as response:
            assert response.status in {200, 201}, await response.text()
            return await response.json()

    async def requests(self) -> list[dict[str, Any]]:
        async with self.session.get(self.server.make_url("/requests")) as response:
            return (await response.json())["requests"]


@pytest.fixture
async def stand_in(gemini_state_dir: Path) -> AsyncIterator[GeminiStandIn]:
    stand_in = GeminiStandIn(gemini_state_dir, pace=0)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest.fixture
async def control(stand_in: GeminiStandIn) -> AsyncIterator[Control]:
    app = web.Application()
    app.add_routes(stand_in.control_routes())
    server = TestServer(app)
    await server.start_server()
    async with aiohttp.ClientSession() as session:
        yield Control(session, server)
    await server.close()


def configure(stand_in: GeminiStandIn, api_key: str | None = None) -> None:
    environment = stand_in.environment()
    assert environment["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] == os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"]
    genai.configure(
        api_key=api_key or environment["GEMINI_API_KEY"],
        transport="grpc_asyncio",
        client_options={"api_endpoint": environment["GEMINI_API_ENDPOINT"]},
    )


async def ask(
    stand_in: GeminiStandIn,
    *contents: Content,
    name: str = MODEL,
    api_key: str | None = None,
    **kwargs: Unpack[ModelOptions],
) -> AsyncGenerateContentResponse:
    """Ask as most programs do, through the SDK's model; raises what the call raises."""
    configure(stand_in, api_key)
    chosen = genai.GenerativeModel(name, **kwargs)
    return await chosen.generate_content_async(list(contents), request_options=RequestOptions(timeout=60))


async def open_stream(
    stand_in: GeminiStandIn, prompt: str, max_output_tokens: int | None = None
) -> AsyncIterator[glm.GenerateContentResponse]:
    """Open the raw stream under the SDK's wrapper, as the bot does."""
    configure(stand_in)
    request = glm.GenerateContentRequest(
        model=f"models/{MODEL}",
        contents=[glm.Content(role="user", parts=[glm.Part(text=prompt)])],
        generation_config=glm.GenerationConfig(max_output_tokens=max_output_tokens),
    )
    client = get_default_generative_async_client()
    return await client.stream_generate_content(request, timeout=10, retry=None)


async def stream(
    stand_in: GeminiStandIn, prompt: str, max_output_tokens: int | None = None
) -> list[glm.GenerateContentResponse]:
    return [chunk async for chunk in await open_stream(stand_in, prompt, max_output_tokens)]


def text_of(chunks: list[glm.GenerateContentResponse]) -> str:
    parts = [part for chunk in chunks for candidate in chunk.candidates for part in candidate.content.parts]
    return "".join(part.text for part in parts)


async def test_it_answers_with_usage_and_a_finish_reason(stand_in: GeminiStandIn) -> None:
    response = await ask(stand_in, "こんにちは")
    assert response.text.startswith("こんにちは")
    assert response.candidates[0].finish_reason == glm.Candidate.FinishReason.STOP
    usage = response.usage_metadata
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count > 0


async def test_a_long_answer_streams_in_many_chunks(stand_in: GeminiStandIn) -> None:
    chunks = await stream(stand_in, "長い文章を書いて")
    assert len(chunks) > 20
    assert len(text_of(chunks)) > 4000
    reasons = [chunk.candidates[0].finish_reason for chunk in chunks]
    assert reasons[-1] == glm.Candidate.FinishReason.STOP
    assert not any(reasons[:-1])
    counts = [chunk.usage_metadata.candidates_token_count for chunk in chunks]
    assert counts == sorted(counts)


async def test_it_remembers_what_the_history_says(stand_in: GeminiStandIn) -> None:
    contents = [
        {"role": "user", "parts": ["My name is Alice"]},
        {"role": "model", "parts": ["Hello"]},
        {"role": "user", "parts": ["What is my name?"]},
    ]
    assert "Alice" in (await ask(stand_in, *contents)).text


async def test_an_attachment_is_seen(stand_in: GeminiStandIn) -> None:
    response = await ask(stand_in, "見て", {"mime_type": "image/png", "data": b"x" * 2048})
    assert "`image/png` (2,048 bytes)" in response.text


async def test_an_attachment_larger_than_grpc_takes_by_default_arrives(stand_in: GeminiStandIn) -> None:
    response = await ask(stand_in, "見て", {"mime_type": "image/png", "data": b"x" * 6_000_000})
    assert "6,000,000 bytes" in response.text


async def test_tokens_are_counted_and_models_listed(stand_in: GeminiStandIn) -> None:
    configure(stand_in)
    counted = await genai.GenerativeModel(MODEL).count_tokens_async(
        "hello there", request_options={"timeout": 10}
    )
    assert counted.total_tokens == 3
    client = glm.ModelServiceAsyncClient(
        client_options={
            "api_endpoint": stand_in.address,
            "api_key": stand_in.environment()["GEMINI_API_KEY"],
        }
    )
    names = [listed.name async for listed in await client.list_models()]
    assert f"models/{MODEL}" in names
    assert (await client.get_model(name=names[0])).name == names[0]


async def test_a_wrong_key_is_refused_as_the_real_one_is(stand_in: GeminiStandIn) -> None:
    with pytest.raises(exceptions.InvalidArgument, match="API key not valid") as caught:
        await ask(stand_in, "hi", api_key="wrong")
    assert caught.value.reason == "API_KEY_INVALID"


async def test_an_unknown_model_is_not_found(stand_in: GeminiStandIn) -> None:
    with pytest.raises(exceptions.NotFound, match=r"gemini-1\.5-flash is not found"):
        await ask(stand_in, "hi", name="gemini-1.5-flash")


async def test_contents_that_end_on_a_model_turn_are_refused(stand_in: GeminiStandIn) -> None:
    with pytest.raises(exceptions.InvalidArgument, match="end with a user turn"):
        await ask(stand_in, {"role": "model", "parts": ["hi"]})


async def test_the_limit_of_output_tokens_cuts_the_answer(stand_in: GeminiStandIn) -> None:
    chunks = await stream(stand_in, "長い文章を書いて", max_output_tokens=100)
    assert chunks[-1].candidates[0].finish_reason == glm.Candidate.FinishReason.MAX_TOKENS
    assert 50 < chunks[-1].usage_metadata.candidates_token_count <= 100


async def test_a_function_is_called_and_its_result_told(stand_in: GeminiStandIn) -> None:
    question = glm.Content(role="user", parts=[glm.Part(text="夜に駆ける流して")])
    called = (await ask(stand_in, question, tools=[PLAY])).candidates[0].content
    call = called.parts[0].function_call
    assert (call.name, dict(call.args)) == ("play_music", {"query": "夜に駆ける"})

    result = glm.FunctionResponse(name="play_music", response={"result": "再生中"})
    answered = glm.Content(role="user", parts=[glm.Part(function_response=result)])
    assert "再生中" in (await ask(stand_in, question, called, answered, tools=[PLAY])).text

    rebuilt = glm.Content(role="model", parts=[glm.Part(function_call=call)])
    with pytest.raises(exceptions.InvalidArgument, match="thought_signature"):
        await ask(stand_in, question, rebuilt, answered, tools=[PLAY])


async def test_what_was_sent_can_be_read_back(stand_in: GeminiStandIn, control: Control) -> None:
    await ask(stand_in, "hello", system_instruction="Be kind.", tools=[PLAY])
    (request,) = await control.requests()
    assert request["contents"] == [{"role": "user", "parts": [{"text": "hello"}]}]
    assert (request["system_instruction"], request["tools"]) == ("Be kind.", ["play_music"])
    assert (request["model"], request["outcome"]) == (f"models/{MODEL}", "OK")


async def test_quota_carries_the_wait(stand_in: GeminiStandIn, control: Control) -> None:
    await control.post("/faults", fault="quota", retry_delay=3.5, times=1)
    with pytest.raises(exceptions.ResourceExhausted) as caught:
        await ask(stand_in, "hi")
    delays = [d.retry_delay.ToMilliseconds() for d in caught.value.details if hasattr(d, "retry_delay")]
    assert delays == [3500]
    assert (await ask(stand_in, "hello")).text


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("overloaded", exceptions.ServiceUnavailable),
        ("deadline", exceptions.DeadlineExceeded),
        ("internal", exceptions.InternalServerError),
        ("invalid_key", exceptions.InvalidArgument),
        ("permission_denied", exceptions.PermissionDenied),
        ("unauthenticated", exceptions.Unauthenticated),
        ("not_found", exceptions.NotFound),
        ("drop", exceptions.ServiceUnavailable),
    ],
)
@pytest.mark.parametrize("after", [0, 2, 99])
async def test_every_error_can_come_before_between_and_after_chunks(
    stand_in: GeminiStandIn, control: Control, fault: str, error: type[Exception], after: int
) -> None:
    await control.post("/answers", chunks=["a", "b", "c"])
    await control.post("/faults", fault=fault, after_chunks=after)
    received: list[glm.GenerateContentResponse] = []
    with pytest.raises(error):  # noqa: PT012 - what came before the error is looked at
        async for chunk in await open_stream(stand_in, "hi"):
            received.append(chunk)  # noqa: PERF401 - a comprehension would lose what came before the error
    # a reset may overtake chunks that are still on their way
    assert text_of(received) == "abc"[: min(after, 3)] or fault == "drop"


@pytest.mark.parametrize(("fault", "reason"), [("safety_stop", "SAFETY"), ("max_tokens", "MAX_TOKENS")])
async def test_an_answer_can_end_in_the_middle(
    stand_in: GeminiStandIn, control: Control, fault: str, reason: str
) -> None:
    await control.post("/answers", chunks=["a", "b", "c"])
    await control.post("/faults", fault=fault, after_chunks=1)
    chunks = await stream(stand_in, "hi")
    assert text_of(chunks) == "a"
    assert chunks[-1].candidates[0].finish_reason.name == reason


@pytest.mark.parametrize("number", [10, 12, 77])
async def test_an_answer_can_end_for_any_reason_by_its_number(
    stand_in: GeminiStandIn, control: Control, number: int
) -> None:
    await control.post("/answers", chunks=["a", "b", "c"])
    await control.post("/faults", fault="finish", finish_reason=number, after_chunks=1)
    chunks = await stream(stand_in, "hi")
    assert text_of(chunks) == "a"
    assert glm.GenerateContentResponse.pb(chunks[-1]).candidates[0].finish_reason == number


async def test_a_blocked_prompt_has_a_reason_and_no_candidates(
    stand_in: GeminiStandIn, control: Control
) -> None:
    await control.post("/faults", fault="prompt_block")
    (chunk,) = await stream(stand_in, "hi")
    assert not chunk.candidates
    assert chunk.prompt_feedback.block_reason.name == "PROHIBITED_CONTENT"


async def test_odd_chunks_come_between_the_others(stand_in: GeminiStandIn, control: Control) -> None:
    await control.post("/answers", chunks=["a", "b"])
    shapes = {}
    for fault in ("empty_chunks", "partless_chunks", "usage_only"):
        await control.post("/faults", fault=fault, times=1)
        chunks = await stream(stand_in, "hi")
        assert text_of(chunks) == "ab"
        shapes[fault] = [[len(c.content.parts) for c in chunk.candidates] for chunk in chunks]
    assert shapes == {
        "empty_chunks": [[], [1], [], [1]],
        "partless_chunks": [[0], [1], [0], [1]],
        "usage_only": [[1], [1], []],
    }


@pytest.mark.parametrize("fault", [{"fault": "slow", "seconds": 30}, {"fault": "hang"}])
async def test_an_answer_can_come_too_late(
    stand_in: GeminiStandIn, control: Control, fault: dict[str, object]
) -> None:
    await control.post("/faults", **fault)
    configure(stand_in)
    request = glm.GenerateContentRequest(
        model=f"models/{MODEL}", contents=[glm.Content(role="user", parts=[glm.Part(text="hi")])]
    )
    client = get_default_generative_async_client()
    with pytest.raises(exceptions.DeadlineExceeded):
        async for _ in await client.stream_generate_content(request, timeout=0.2, retry=None):
            pass


async def test_a_cancelled_call_is_noted_as_such(stand_in: GeminiStandIn, control: Control) -> None:
    await control.post("/answers", chunks=["a", "b"])
    await control.post("/faults", fault="hang", after_chunks=1)
    call = await open_stream(stand_in, "hi")
    assert text_of([await anext(aiter(call))]) == "a"
    call.cancel()
    while (await control.requests())[-1]["outcome"] == "open":
        pass
    (noted,) = await control.requests()
    assert (noted["outcome"], noted["chunks_sent"]) == ("CANCELLED", 1)


async def test_a_fault_strikes_only_the_prompts_it_names(stand_in: GeminiStandIn, control: Control) -> None:
    await control.post("/faults", fault="safety_stop", prompt="forbidden")
    assert (await ask(stand_in, "hello")).text
    configure(stand_in)
    with pytest.raises(StopCandidateException):  # the SDK's chat raises where the raw stream only ends
        await genai.GenerativeModel(MODEL).start_chat().send_message_async("forbidden")


async def test_it_can_be_away_and_come_back_on_the_same_port(
    stand_in: GeminiStandIn, control: Control
) -> None:
    assert (await ask(stand_in, "hello")).text
    await control.post("/stop")
    with pytest.raises(exceptions.ServiceUnavailable):
        await ask(stand_in, "hello")
    await control.post("/start")
    environment = stand_in.environment()
    client = glm.GenerativeServiceAsyncClient(  # a fresh channel: the old one waits before it tries again
        client_options={
            "api_endpoint": environment["GEMINI_API_ENDPOINT"],
            "api_key": environment["GEMINI_API_KEY"],
        }
    )
    counted = await client.count_tokens(
        glm.CountTokensRequest(
            model=f"models/{MODEL}", contents=[glm.Content(role="user", parts=[glm.Part(text="hi")])]
        )
    )
    assert counted.total_tokens == 1


async def test_an_unknown_fault_is_refused(stand_in: GeminiStandIn, control: Control) -> None:
    async with control.session.post(
        control.server.make_url("/faults"), json={"fault": "nonsense"}
    ) as response:
        assert response.status == 400
    assert not stand_in.faults.rules


def test_the_certificate_is_kept(gemini_state_dir: Path) -> None:
    first = GeminiStandIn(gemini_state_dir).info()
    key = (gemini_state_dir / "gemini.key").read_bytes()
    assert GeminiStandIn(gemini_state_dir).info()["roots_file"] == first["roots_file"]
    assert (gemini_state_dir / "gemini.key").read_bytes() == key
