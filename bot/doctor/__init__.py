"""``python -m bot.doctor``: looks at every setting and service, and says what is right and what to do."""
