"""Supabase Realtime's ``postgres_changes``: Phoenix channels fed from PostgreSQL's write-ahead log."""

from sandbox.supabase.realtime.server import RealtimeServer

__all__ = ["RealtimeServer"]
