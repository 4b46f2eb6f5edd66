"""Conversations with people: what is remembered of them, and how an answer comes to be shown."""
