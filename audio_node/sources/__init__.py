"""Where songs come from: what a link or a search leads to, and the bytes of a song."""
