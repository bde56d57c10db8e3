"""Proposals from a language model, for those who ask for them: never on by itself.

A model may only point: what it says has to rest on words that it quotes from the document, and a
quote that is not there is dropped with everything that rests on it.
"""

from comity.reader.llm.client import LlmError, Settings
from comity.reader.llm.propose import LlmRead, propose

__all__ = ["LlmError", "LlmRead", "Settings", "propose"]
