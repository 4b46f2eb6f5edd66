"""What can go wrong with a call to a language model, each with the sentence that the user reads.

* LLMError
  * QuotaError            too many requests or tokens; ``retry_after`` seconds where the service says so
  * OverloadedError       the service is busy or faulty
  * AnswerTimeoutError    no chunk in time, or no end of the answer
  * UnreachableError      the network, not the service
  * PromptBlockedError    refused before the answer; ``reason`` as the API names it
  * AnswerBlockedError    stopped midway; ``reason`` as the API names it
    * UnknownEndingError  … for a reason that this version does not know
  * AnswerBrokenError     the model failed midway; ``reason`` as the API names it
  * EmptyAnswerError      an answer without text
  * BadKeyError           the API key is unknown, or is none
    * OldKeyError         a key of the old form, which is no longer accepted
    * RevokedKeyError     a key of the new form that is no longer, or not wholly, there
    * ExpiredKeyError     its time is over
    * LeakedKeyError      stopped because it was seen in public
  * AccessRefusedError    the key may not use this model, region or service
    * RestrictedKeyError  the key's own restrictions forbid it
    * ApiDisabledError    the API is not switched on in the key's project
    * SuspendedError      the service has stopped the key's project
  * ModelNotFoundError    no such model, or no longer
  * InvalidRequestError   the request was malformed or too large

Codes and reasons: https://ai.google.dev/gemini-api/docs/troubleshooting
"""

from __future__ import annotations

import math
from typing import ClassVar

from bot.errors import SpokenError
from bot.escaping import code_label, label
from bot.texts import Text, Value, chat


class LLMError(SpokenError):
    """A call to a model failed; the vendor's exception, where there is one, is its cause."""

    sentence: ClassVar[Text] = chat.FAILED
    transient: ClassVar[bool] = False
    """Whether the same request may well succeed a little later."""

    def __init__(self, **values: Value) -> None:
        super().__init__(self.sentence, **values)


class QuotaError(LLMError):
    """Too many requests or tokens for the key; wait ``retry_after`` seconds, where it is known."""

    sentence = chat.QUOTA
    transient = True

    def __init__(self, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        if retry_after is None:
            super().__init__()
        else:
            SpokenError.__init__(self, chat.QUOTA_WITH_WAIT, seconds=max(1, math.ceil(retry_after)))


class OverloadedError(LLMError):
    """The service is busy or has a fault of its own."""

    sentence = chat.OVERLOADED
    transient = True


class AnswerTimeoutError(LLMError):
    """No chunk came in time, or the answer did not end in time."""

    sentence = chat.TIMEOUT


class UnreachableError(LLMError):
    """The service could not be reached, or the connection broke."""

    sentence = chat.NETWORK
    transient = True


class PromptBlockedError(LLMError):
    """The prompt was refused by a filter."""

    sentence = chat.PROMPT_BLOCKED

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason=label(reason))


class AnswerBlockedError(LLMError):
    """The answer was stopped midway; the chunks before it stand."""

    sentence = chat.ANSWER_BLOCKED

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason=label(reason))


class UnknownEndingError(AnswerBlockedError):
    """The answer was stopped midway for a reason that is none of those known here."""

    sentence = chat.UNKNOWN_ENDING


class AnswerBrokenError(LLMError):
    """The model wrote what the service could not use, such as a malformed call; what came before stands."""

    sentence = chat.ANSWER_BROKEN
    transient = True

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason=label(reason))


class EmptyAnswerError(LLMError):
    """The answer ended without text."""

    sentence = chat.EMPTY
    transient = True


class BadKeyError(LLMError):
    """The API key is not known to the service."""

    sentence = chat.BAD_KEY


class OldKeyError(BadKeyError):
    """The key is of the old form, which the service no longer accepts."""

    sentence = chat.OLD_KEY


class RevokedKeyError(BadKeyError):
    """The key is of the new form, and was deleted or copied in part."""

    sentence = chat.REVOKED_KEY


class ExpiredKeyError(BadKeyError):
    """The key was valid until a time that is over."""

    sentence = chat.EXPIRED_KEY


class LeakedKeyError(BadKeyError):
    """The service stopped the key because it was seen in public."""

    sentence = chat.LEAKED_KEY


class AccessRefusedError(LLMError):
    """The key may not use this service, region or model."""

    sentence = chat.REFUSED


class RestrictedKeyError(AccessRefusedError):
    """The key's own restrictions (APIs, addresses, apps) forbid the call."""

    sentence = chat.RESTRICTED_KEY


class ApiDisabledError(AccessRefusedError):
    """The API is not switched on in the project that the key belongs to."""

    sentence = chat.API_DISABLED


class SuspendedError(AccessRefusedError):
    """The service has stopped the project that the key belongs to."""

    sentence = chat.SUSPENDED


class ModelNotFoundError(LLMError):
    """There is no such model, or no longer."""

    sentence = chat.MODEL_NOT_FOUND

    def __init__(self, model: str) -> None:
        self.model = model
        super().__init__(model=code_label(model))


class InvalidRequestError(LLMError):
    """The request was malformed or too large."""

    sentence = chat.INVALID_REQUEST
