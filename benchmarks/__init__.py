"""Benchmarks: ``python -m benchmarks`` (or ``make bench``) measures every line beside its baseline."""
