"""What any language model reads and answers: turns in, chunks out, tools between, errors of one tree.

Chat knows this package; each provider is a package below it, the only importer of its SDK (`bot.llm.gemini`).
"""
