"""What any language model reads and answers: turns in, chunks out, tools between, errors of one tree.

Chat knows `bot.llm.provider`; each provider is a package below this one, and the only importer of its SDK.
"""
