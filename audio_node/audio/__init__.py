"""From a source to Opus packets of 20 ms: opening, seeking, filtering, encoding, buffering."""
