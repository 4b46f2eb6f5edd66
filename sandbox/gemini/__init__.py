"""Gemini on loopback: the real gRPC messages over TLS, with small talk for answers and faults on demand."""

import warnings

with warnings.catch_warnings():
    # google.api_core announces the end of life of the running Python (3.11: 2027) each time it is imported
    warnings.filterwarnings("ignore", message="You are using a Python version", category=FutureWarning)
    from sandbox.gemini.stand_in import GeminiStandIn

__all__ = ("GeminiStandIn",)
