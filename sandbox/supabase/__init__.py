"""The embedded Supabase: real PostgreSQL, REST and Auth by @supabase/lite, and a Realtime of its own."""

from sandbox.supabase.errors import StackError
from sandbox.supabase.stack import SupabaseStack

__all__ = ["StackError", "SupabaseStack"]
