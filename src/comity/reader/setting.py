"""The setting of a proposal: its document on record, its sources, and what else was found there."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from comity.documents.passages import sha256_of
from comity.reader.proposal import ISSUE, MEETING, Evidence
from comity.reader.queue import Item, Text, items, text_of
from comity.reader.register import RecordRegister, person_named
from comity.record.entry import Entry
from comity.record.store.log import Log
from comity.record.view import View
from comity.words import economies
from comity.words.errors import ComityError, NotFound
from comity.words.text import tokens

_ENDS = re.compile(r"[.!?][\"'”’)\]]*\s+[\"'“‘(\[]?[A-Z]|\n")
_CODE = re.compile(r"[A-Z]{3}")


@dataclass
class Setting:
    """What accepting needs to know around one proposal; read from the store when asked for."""

    log: Log
    item: Item

    @cached_property
    def text(self) -> Text:
        return text_of(self.log, self.item.document)

    @cached_property
    def document(self) -> Entry:
        """The document's entry, by its hash. Raises `NotFound`."""
        found = document_of(self.log, self.item.document)
        if found is None:
            raise NotFound(
                "the document of this proposal is no longer on record",
                mend="read it again: comity read FILE",
            )
        return found

    @cached_property
    def sources(self) -> list[str]:
        """Ids of the sources that are this document."""
        return [entry.id for entry in sources_of(self.log, self.document.id)]

    @cached_property
    def published(self) -> str | None:
        day = self.document.day("published")
        return None if day is None or day.unknown else str(day)

    @cached_property
    def siblings(self) -> list[Item]:
        """All proposals of the document, decided or not."""
        return items(self.log, document=self.item.document, decided=True)

    @cached_property
    def parties(self) -> list[str]:
        """Between whom the document is: as given at reading, else those of its main meeting."""
        relation = self.text.given.get("relation")
        if relation:
            return list(relation)
        met = [one.proposal.slots for one in self.siblings if one.proposal.type == MEETING]
        met.sort(key=lambda slots: not slots.get("primary"))
        return codes(met[0].get("parties")) if met else []

    def passages(self, evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
        """Evidence as passages of the document's entry, each once, with pages where it has any."""
        out: list[dict[str, Any]] = []
        for one in evidence:
            passage: dict[str, Any] = {
                "document": self.document.id,
                "start": one.start,
                "end": one.end,
                "sha256": sha256_of(self.text.text[one.start : one.end].encode()),
            }
            pages = self.text.given.get("pages") or ()
            on = [number for number, start, end in pages if start <= one.start < end]
            if on:
                passage["page"] = on[0]
            if passage not in out:
                out.append(passage)
        return out

    def person(self, name: Any) -> str | None:
        """The id of the one person or body on record of that name."""
        if not isinstance(name, str) or not name.strip():
            return None
        found = person_named(self.log, name)
        if found is None and self.log.entries(View(), kinds=["body"], ids=[name]):
            return name
        return found.id if found else None

    def near(self, one: Item) -> bool:
        """Does another proposal rest on the same sentence as this?"""
        here, there = self.item.proposal.evidence[0], one.proposal.evidence[0]
        low, high = min(here.end, there.end), max(here.start, there.start)
        return low >= high or _ENDS.search(self.text.text, low - 1, high + 1) is None

    def meeting(self) -> Entry | None:
        """The main meeting of the document, where it is on record by now."""
        found = [
            one for one in self.siblings if one.proposal.type == MEETING and one.entry is not None
        ]
        found.sort(key=lambda one: not one.proposal.slots.get("primary"))
        return self.entry(str(found[0].entry)) if found else None

    def entry(self, name: str) -> Entry | None:
        found = self.log.entries(View(), ids=[name])
        return found[0] if found else None

    def issue(self, named: Any, about: Any, parties: list[str]) -> str | None:
        """The issue on record that a proposal belongs to: named by id or key, told by its words, or
        found in the same sentence."""
        if isinstance(named, str) and named:
            return self.issue_of_key(named, parties) or named
        by_words = self._issue_by_words(str(about or ""))
        if by_words is not None:
            return by_words
        for one in self.siblings:
            if one.proposal.type == ISSUE and self.near(one):
                found = one.entry or self.issue_of_key(str(one.proposal.slots.get("key")), parties)
                if found:
                    return found
        return None

    def issue_of_key(self, key: str, parties: Iterable[str]) -> str | None:
        """The issue on record of a key (or id) that lies between these parties."""
        wanted = set(parties)
        found = [
            one
            for one in RecordRegister(self.log).issues
            if one.id == key or (one.key == key and wanted <= set(one.parties))
        ]
        return found[0].id if len(found) == 1 or (found and wanted) else None

    def _issue_by_words(self, about: str) -> str | None:
        words = set(tokens(about))
        best: tuple[int, str] = (0, "")
        for issue in RecordRegister(self.log).issues:
            for name in issue.names:
                parts = set(tokens(name))
                if parts and parts <= words:
                    best = max(best, (len(parts), issue.id))
        return best[1] or None


def document_of(log: Log, sha256: str) -> Entry | None:
    """The document on record with this hash."""
    documents = log.entries(View(), kinds=["document"])
    return next((one for one in documents if one.value("sha256") == sha256), None)


def sources_of(log: Log, document: str) -> list[Entry]:
    """The sources on record that are a document."""
    found = log.entries(View(), kinds=["source"], naming=[document])
    return [one for one in found if one.value("document") == document]


def codes(value: Any) -> list[str]:
    """Codes of economies or ids of bodies from a slot: a list, or text with commas.

    Names become codes where they can; what cannot is left for the validation to name.
    """
    parts = value.split(",") if isinstance(value, str) else value or []
    out: dict[str, None] = {}
    for part in parts if isinstance(parts, list | tuple) else [parts]:
        name = str(part).strip()
        if not _CODE.fullmatch(name):
            with contextlib.suppress(ComityError):
                name = economies.resolve(name) if name != "EU" else "EUN"
        if name:
            out[name] = None
    return list(out)
