"""Adding, correcting and taking back entries, and taking in tables of them, by forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from comity.record.formed import Input, changed, from_table, inputs, values
from comity.web.asked import LONGEST_TEXT, Asked
from comity.web.runs import fresh
from comity.web.site import HEADERS, Site, error_page, page, status_of
from comity.words.errors import ComityError, FileError, StaleError
from comity.words.vocabulary import kinds

_PREFIX = "f-"
MOST_SHOWN = 200


def add_form(site: Site, request: Request) -> Response:
    """The kinds, or the form of one."""
    asked = Asked.of(request)
    kind = asked.text("kind")
    if kind is None:
        return fresh(page("add.html", request, kinds=list(kinds().values())), "html")
    return _form(request, kind, inputs(kind), entry_id=asked.text("id") or "")


def add(site: Site, request: Request) -> Response:
    """Add one entry, with the checks of the command line; what is wrong is said beside the form."""
    asked = Asked.of(request)
    kind = asked.text("kind") or ""
    form, sent = inputs(kind), _sent(asked)
    try:
        made = {"id": asked.text("id") or "", "kind": kind, **values(form, sent)}
        site.record.add_entries([made], author=site.caller(request)[1], why=asked.text("why"))
    except ComityError as error:
        return _form(request, kind, form, sent, error, entry_id=asked.text("id") or "")
    finally:
        site.service.wrote()
    return RedirectResponse(f"/entries/{made['id']}", 303, headers=HEADERS)


def correct_form(site: Site, request: Request) -> Response:
    """The form of an entry, filled with its newest revision."""
    kept = site.record.fields(str(request.path_params["entry_id"]))
    fields = kept["fields"]
    return _form(
        request, fields["kind"], inputs(fields["kind"], fields),
        entry_id=fields["id"], base=kept["received"],
    )  # fmt: skip


def correct(site: Site, request: Request) -> Response:
    """Revise an entry by the fields that were changed. Where somebody else was faster, both
    versions are shown, and what was written stands in the form."""
    asked = Asked.of(request)
    entry_id = str(request.path_params["entry_id"])
    kept = site.record.fields(entry_id)
    fields, sent = kept["fields"], _sent(asked)
    form = inputs(fields["kind"], fields)
    try:
        new, gone = changed(form, sent)
        change: dict[str, Any] = values(new, sent)
        if gone:
            change["remove"] = gone
        site.record.revise_entry(
            entry_id, change, base=asked.whole("base") or 0,
            author=site.caller(request)[1], why=asked.text("why"),
        )  # fmt: skip
    except ComityError as error:
        return _form(
            request, fields["kind"], form, sent, error, entry_id=entry_id, base=kept["received"]
        )
    finally:
        site.service.wrote()
    return RedirectResponse(f"/entries/{entry_id}", 303, headers=HEADERS)


def take_back(site: Site, request: Request) -> Response:
    """Retract an entry, with a reason."""
    asked = Asked.of(request)
    entry_id = str(request.path_params["entry_id"])
    try:
        site.record.retract(
            entry_id, why=asked.text("why") or "", author=site.caller(request)[1],
            base=asked.whole("base") or 0,
        )  # fmt: skip
    finally:
        site.service.wrote()
    return RedirectResponse(f"/entries/{entry_id}/history.json", 303, headers=HEADERS)


def table_form(site: Site, request: Request) -> Response:
    """A table of entries, to be looked at before it is taken."""
    asked = Asked.of(request)
    return _table(request, asked.text("kind") or "measure")


def table(site: Site, request: Request) -> Response:
    """What a table would add or, once that was looked at, its adding: all rows or none."""
    asked = Asked.of(request)
    kind = asked.text("kind") or "measure"
    author = site.caller(request)[1]
    text = ""
    try:
        text = _uploaded(asked) or asked.long("table") or ""
        made = from_table(kind, text)
        if asked.ticked("take"):
            site.record.add_entries(made, author=author, why=asked.text("why"))
            return RedirectResponse(f"/entries?kind={kind}", 303, headers=HEADERS)
        entries = site.record.check_entries(made, author=author)
    except ComityError as error:
        return _table(request, kind, text, error=error)
    finally:
        site.service.wrote()
    shown = [(entry.id, entry.title, list(entry.body)) for entry in entries[:MOST_SHOWN]]
    return _table(request, kind, text, shown=shown, count=len(entries))


# ----------------------------------------------------------------------------------------- parts


def _sent(asked: Asked) -> dict[str, str]:
    """The texts of the fields, by field."""
    found: dict[str, str] = {}
    for name in asked.values:
        if name.startswith(_PREFIX):
            found[name.removeprefix(_PREFIX)] = asked.long(name) or ""
    return found


def _form(
    request: Request,
    kind: str,
    form: Sequence[Input],
    sent: dict[str, str] | None = None,
    error: ComityError | None = None,
    *,
    entry_id: str = "",
    base: int | None = None,
) -> Response:
    """The form of an entry, with what was sent in it and what is wrong with that above."""
    problems = [] if error is None else list(getattr(error, "problems", ())) or [error]
    body = page(
        "write.html", request, kind=kinds()[kind], form=form, sent=sent or {}, problems=problems,
        stale=error if isinstance(error, StaleError) else None, entry_id=entry_id, base=base,
        wrong={p.where.field.partition(".")[0] for p in problems if p.where and p.where.field},
    )  # fmt: skip
    answer = fresh(body, "html")
    answer.status_code = 200 if error is None else status_of(error)
    return answer


def _table(
    request: Request,
    kind: str,
    text: str = "",
    *,
    error: ComityError | None = None,
    shown: Sequence[Any] = (),
    count: int = 0,
) -> Response:
    if kind not in kinds():
        return error_page(request, error or FileError(f"there is no kind {kind!r}"))
    problems = [] if error is None else list(getattr(error, "problems", ())) or [error]
    body = page(
        "table.html", request, kind=kind, kinds=list(kinds()), columns=inputs(kind), text=text,
        problems=problems, shown=shown, count=count,
    )  # fmt: skip
    answer = fresh(body, "html")
    answer.status_code = 200 if error is None else status_of(error)
    return answer


def _uploaded(asked: Asked) -> str | None:
    """The text of a file that was sent. Raises `FileError`."""
    file = asked.values.get("file")
    if file is None or isinstance(file, str) or not file.filename:
        return None
    data: bytes = file.file.read(LONGEST_TEXT * 4 + 1)
    if len(data) > LONGEST_TEXT * 4:
        raise FileError(
            f"the file has more than {LONGEST_TEXT * 4:,} bytes", mend="send it in parts"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(
            f"byte {error.start} is not UTF-8", mend="save the table as CSV in UTF-8"
        ) from None
