"""Scopes: which codes a rule means, also where the list is not known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comity.words.time import Truth


@dataclass(frozen=True, slots=True)
class Scope:
    """Which codes (economies, areas) are meant: only these, all, or all except these.

    `known` is False where the list itself is not on record; `codes` then holds what is known of
    it, `includes` what is known to be covered and `excludes` what is known not to be. `count` is
    the length the list is said to have.
    """

    mode: str = "all"
    codes: tuple[str, ...] = ()
    known: bool = True
    count: int | None = None
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.mode not in ("only", "all", "all_except"):
            raise ValueError(f"a scope is only, all or all_except, not {self.mode!r}")

    @classmethod
    def only(cls, codes: Iterable[str]) -> Scope:
        return cls("only", tuple(codes))

    @classmethod
    def all(cls) -> Scope:
        return cls()

    @classmethod
    def all_except(cls, codes: Iterable[str]) -> Scope:
        return cls("all_except", tuple(codes))

    @classmethod
    def unknown(
        cls,
        *,
        excepting: bool = False,
        count: int | None = None,
        includes: Iterable[str] = (),
        excludes: Iterable[str] = (),
    ) -> Scope:
        """A list that is not on record: of what is covered, or of what is left out."""
        mode = "all_except" if excepting else "only"
        return cls(mode, (), False, count, tuple(includes), tuple(excludes))

    def covers(self, code: str) -> Truth:
        """Is the code in the scope? Codes are compared as they stand: groups are the engine's."""
        if code in self.excludes:
            return Truth.NO
        if self.mode == "all" or code in self.includes:
            return Truth.YES
        listed = code in self.codes
        if self.mode == "only":
            return Truth.YES if listed else Truth.NO if self.known else Truth.MAYBE
        return Truth.NO if listed else Truth.YES if self.known else Truth.MAYBE

    @property
    def default(self) -> Truth:
        """What `covers` says of a code that is nowhere named."""
        if self.mode == "all":
            return Truth.YES
        if not self.known:
            return Truth.MAYBE
        return Truth.NO if self.mode == "only" else Truth.YES

    @property
    def named(self) -> tuple[str, ...]:
        """Every code that the scope names, each once."""
        return tuple(dict.fromkeys((*self.codes, *self.includes, *self.excludes)))

    def __str__(self) -> str:
        if self.mode == "all":
            return "all" + (f" except {', '.join(self.excludes)}" if self.excludes else "")
        of = f" of {self.count}" if self.count is not None else ""
        listed = ", ".join(self.codes) if self.codes else "none named"
        if self.known:
            return listed if self.mode == "only" else f"all except {listed}"
        words = f"a list{of} that is not on record"
        text = words if self.mode == "only" else f"all except {words}"
        if self.includes:
            text += f", {', '.join(self.includes)} known to be covered"
        if self.excludes:
            text += f", {', '.join(self.excludes)} known not to be"
        return text
