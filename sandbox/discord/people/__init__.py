"""The people API: what persons and administrators do (sandbox/README.md)."""
