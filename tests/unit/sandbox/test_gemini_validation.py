from __future__ import annotations

import pytest
from google.ai import generativelanguage_v1beta as glm

from sandbox.gemini import signatures
from sandbox.gemini.errors import ApiError, quota_exceeded
from sandbox.gemini.validation import MAX_REQUEST_BYTES, check_contents, check_request

CALL = glm.Part(function_call=glm.FunctionCall(name="play", args={"query": "Lemon"}))
RESPONSE = glm.Part(function_response=glm.FunctionResponse(name="play", response={"result": "ok"}))


def turn(role: str, *parts: glm.Part | str) -> glm.Content:
    return glm.Content(role=role, parts=[glm.Part(text=p) if isinstance(p, str) else p for p in parts])


def refusal(*contents: glm.Content, signatures_required: bool = True) -> str:
    with pytest.raises(ApiError) as caught:
        check_contents(contents, signatures_required=signatures_required)
    assert caught.value.code == "INVALID_ARGUMENT"
    return caught.value.message


def test_a_conversation_that_ends_on_the_user_is_accepted() -> None:
    check_contents([turn("user", "a"), turn("model", "b"), turn("user", "c")], signatures_required=True)


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [
        ([], "contents is not specified"),
        ([turn("user", "a"), turn("model", "b")], "end with a user turn"),
        ([turn("assistant", "a")], "valid role"),
        ([turn("user")], "parts must not be empty"),
        ([turn("user", "")], "required oneof field 'data'"),
        ([turn("user", RESPONSE)], "immediately after a function call"),
        ([turn("user", "a"), turn("model", CALL), turn("user", "b")], "number of function response parts"),
    ],
)
def test_what_the_api_refuses_is_refused(contents: list[glm.Content], sentence: str) -> None:
    assert sentence in refusal(*contents, signatures_required=False)


def test_an_unsupported_attachment_is_refused() -> None:
    zipped = glm.Part(inline_data=glm.Blob(mime_type="application/zip", data=b"PK"))
    assert refusal(turn("user", zipped)) == "Unsupported MIME type: application/zip"


def test_a_call_comes_back_with_its_signature() -> None:
    signed = signatures.signed(CALL)
    check_contents(
        [turn("user", "a"), turn("model", signed), turn("user", RESPONSE)], signatures_required=True
    )


def test_a_call_without_its_signature_is_refused() -> None:
    contents = [turn("user", "a"), turn("model", CALL), turn("user", RESPONSE)]
    assert "missing a thought_signature" in refusal(*contents)
    check_contents(contents, signatures_required=False)


def test_a_call_that_was_altered_is_refused() -> None:
    other = signatures.signed(glm.Part(function_call=glm.FunctionCall(name="play", args={"query": "x"})))
    altered = glm.Part.deserialize(glm.Part.serialize(other))
    altered.function_call = CALL.function_call
    assert refusal(turn("user", "a"), turn("model", altered), turn("user", RESPONSE)) == (
        "Corrupted thought signature."
    )


def test_calls_of_earlier_turns_need_no_signature() -> None:
    earlier = [turn("user", "a"), turn("model", CALL), turn("user", RESPONSE), turn("model", "done")]
    check_contents([*earlier, turn("user", "next")], signatures_required=True)


def test_a_request_above_the_size_limit_is_refused() -> None:
    request = glm.GenerateContentRequest(contents=[turn("user", "a")])
    check_request(request, MAX_REQUEST_BYTES, signatures_required=True)
    with pytest.raises(ApiError, match="exceeds the limit"):
        check_request(request, MAX_REQUEST_BYTES + 1, signatures_required=True)


def test_several_candidates_are_refused() -> None:
    config = glm.GenerationConfig(candidate_count=2)
    request = glm.GenerateContentRequest(contents=[turn("user", "a")], generation_config=config)
    with pytest.raises(ApiError, match="Multiple candidates"):
        check_request(request, 10, signatures_required=True)


def test_an_error_carries_its_details_in_the_status() -> None:
    error = quota_exceeded("gemini-3.5-flash", 3.5)
    assert b"google.rpc.RetryInfo" in error.status()
    assert "retry in 3.5s" in error.message
