"""Everything the bot talks to, embedded: ``python -m sandbox`` (see sandbox/README.md)."""
