"""The review in the terminal: one proposal at a time, each decision kept at once."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from comity.cli.output import width
from comity.words.catalogue import t
from comity.words.errors import (
    ComityError,
    ConflictError,
    FileError,
    InputError,
    StoreError,
    ValidationError,
)

if TYPE_CHECKING:
    from comity.opened import OpenRecord
    from comity.reader.queue import Item, Text

ASKED = "accept (a), edit (e), reject (r), skip (s), merge (m), quit (q)? "


class _Quit(Exception):
    """The reviewer has had enough, or input ended."""


def run(opened: OpenRecord, author: str | None) -> None:
    """Ask about every open proposal, those skipped before last; Ctrl-C and `q` stop, keeping all
    that was decided. Exit code 130 after Ctrl-C."""
    items = opened.proposals()
    if not items:
        typer.echo("Open proposals: none")
        return
    asking = _Asking(opened, author)
    stopped = False
    try:
        for number, item in enumerate(items, 1):
            asking.about(item, number, len(items))
    except _Quit:
        typer.echo("")
    except KeyboardInterrupt:
        typer.echo("")
        stopped = True
    left = len(opened.proposals())
    if left:
        typer.echo(t("reader.review_left", count=left))
    else:
        typer.echo(t("reader.review_done", count=asking.decided))
    if stopped:
        raise typer.Exit(130)


class _Asking:
    def __init__(self, opened: OpenRecord, author: str | None) -> None:
        from comity.reader.measured import tallies

        self.opened = opened
        self.author = author
        self.decided = 0
        self.texts: dict[str, Text] = {}
        self.rules = tallies(opened.log)
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        self.color = sys.stdout.isatty() and not plain

    def about(self, item: Item, number: int, of: int) -> None:
        """Show one proposal and ask until it is decided or skipped."""
        self.show(item, number, of)
        while True:
            answer = ask(ASKED).lower()[:1]
            try:
                if answer == "q":
                    raise _Quit
                if answer == "s":
                    self.opened.skip(item, author=self.author)
                    return
                if answer == "e":
                    item = self.edited(item)
                    self.show(item, number, of)
                elif answer in ("a", "r", "m") and self.closed(item, answer):
                    self.decided += 1
                    return
            except StoreError:
                raise
            except ComityError as error:
                say(error)
                if self.opened.proposal(item.id).verdict is not None:
                    return  # somebody else was faster
                item = self.opened.proposal(item.id)

    def closed(self, item: Item, answer: str) -> bool:
        """Decide as answered; False where the reviewer thought better of it."""
        from comity.cli.proposing import done

        if answer == "r":
            why = ask("why? ")
            if not why:
                return False
            made = self.opened.reject(item.id, why=why, author=self.author)
        elif answer == "m":
            same = self.likely(item)
            entry = ask(f"with which entry{f' [{same}]' if same else ''}? ") or same
            if not entry:
                return False
            made = self.opened.merge(item.id, entry, author=self.author)
        else:
            accepted = self.accepted(item)
            if accepted is None:
                return False
            made = accepted
        typer.echo(done(made))
        typer.echo("")
        return True

    def accepted(self, item: Item) -> Any:
        """Accept, asking for what is missing and about what is on record already."""
        from comity.reader.slots import value_of

        new = False
        while True:
            try:
                return self.opened.accept(item.id, new=new, author=self.author)
            except ValidationError as error:
                say(error)
                slots = {}
                for one in error.problems or (error,):
                    name = (one.where.field if one.where else None) or ""
                    name = name.partition(".")[0]
                    if name == "issues" and "issue" in slots:
                        continue  # the one issue is among them
                    if name and name not in slots and (value := ask(f"{name}? ")):
                        slots[name] = value_of(value)
                if not slots:
                    return None
                self.opened.edit_proposal(item.id, slots, author=self.author)
            except ConflictError as error:
                same = self.likely(item)
                if new or not same or self.opened.proposal(item.id).verdict is not None:
                    raise
                say(error)
                answer = ask(f"merge with {same} (m), add as new (n)? ").lower()[:1]
                if answer == "m":
                    return self.opened.merge(item.id, same, author=self.author)
                if answer != "n":
                    return None
                new = True

    def edited(self, item: Item) -> Item:
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if editor and sys.stdin.isatty():
            slots = _in_editor(editor, item)
        else:
            from comity.reader.slots import slots_of

            pairs = []
            while pair := ask("key=value, or nothing to end: "):
                pairs.append(pair)
            slots = slots_of(pairs)
        if not slots:
            return item
        edited = self.opened.edit_proposal(item.id, slots, author=self.author)
        return replace(
            edited, proposal=replace(edited.proposal, confidence=item.proposal.confidence)
        )

    def likely(self, item: Item) -> str | None:
        from comity.reader.matching import matching
        from comity.reader.setting import Setting

        found = matching(Setting(self.opened.log, self.opened.proposal(item.id)))
        return found[0] if found else None

    def show(self, item: Item, number: int, of: int) -> None:
        from comity.reader.matching import matching
        from comity.reader.queue import text_of
        from comity.reader.screen import card
        from comity.reader.setting import Setting
        from comity.record.view import View

        if item.document not in self.texts:
            self.texts = {item.document: text_of(self.opened.log, item.document)}
        same = matching(Setting(self.opened.log, item))
        known = {one.id: one.title for one in self.opened.log.entries(View(), ids=same)}
        titles = {name: known[name] for name in same if name in known}  # the likeliest first
        tally = self.rules.get(item.proposal.rule)
        typer.echo(
            card(
                item,
                self.texts[item.document],
                number=number,
                of=of,
                confidence=item.proposal.confidence,
                cases=tally.number if tally else 0,
                titles=titles,
                color=self.color,
                width=width(),
            )
        )


def ask(words: str) -> str:
    """One line from the reviewer. Raises `_Quit` where input has ended."""
    try:
        said = input(words).strip()
    except EOFError:
        raise _Quit from None
    if not sys.stdin.isatty():
        typer.echo("")  # nobody's Return ended the line
    return said


def say(error: ComityError) -> None:
    """What is wrong and how to mend it, without leaving the review."""
    from comity.reader.screen import one_line, wrapped

    problems = error.problems if isinstance(error, ValidationError) and error.problems else (error,)
    for one in problems:
        field = f"{one.where.field}: " if one.where and one.where.field else ""
        for head, text in (("not yet: ", f"{field}{one_line(one.what)}"), ("  mend: ", one.mend)):
            if text:
                typer.echo(wrapped(one_line(text), min(width(), 100), head))


def _in_editor(editor: str, item: Item) -> dict[str, Any]:
    """The slots that differ after the reviewer's own editor has had them as YAML."""
    import yaml

    from comity.reader.accepting import slot_names
    from comity.reader.slots import bare
    from comity.record.yamlfile import parse_yaml, read_text

    before = dict(item.proposal.slots)
    more = ", ".join(name for name in slot_names(item.proposal.type) if name not in before)
    text = yaml.safe_dump(before, allow_unicode=True, sort_keys=False, width=95)
    with tempfile.TemporaryDirectory(prefix="comity-") as folder:
        file = Path(folder) / f"{item.proposal.type}-{item.id}.yaml"
        file.write_text(f"{text}# also: {more}\n", encoding="utf-8")
        try:
            code = subprocess.run([*shlex.split(editor), str(file)], check=False).returncode
        except (OSError, ValueError) as error:
            raise FileError(
                f"the editor cannot be run: {editor}: {error}", mend="set EDITOR to a program"
            ) from None
        if code:
            raise FileError(f"the editor ended with code {code}", mend="nothing was changed")
        written = bare(parse_yaml(read_text(file), file.name))
    if not isinstance(written, dict):
        raise InputError("the slots are not a mapping", mend="write key: value on each line")
    slots = {**dict.fromkeys(before), **written}
    # What YAML has as text may have been a number or a truth value: only what differs is new.
    same = bare(parse_yaml(text, file.name)) if before else {}
    return {name: value for name, value in slots.items() if same.get(name) != value}
