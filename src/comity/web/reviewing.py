"""Review: what documents propose, one at a time on its passage, and what is decided on it; and the
page that takes a document to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from comity.reader.proposal import TYPES
from comity.reader.queue import Item
from comity.reader.showing import COLUMNS, row, version
from comity.reader.slots import changed, text_of_value
from comity.report.tables import as_csv, as_json
from comity.web.asked import Asked, linked
from comity.web.runs import fresh
from comity.web.site import HEADERS, Site, form_of, page, status_of
from comity.words.catalogue import t
from comity.words.errors import (
    ComityError,
    ConflictError,
    FileError,
    InputError,
    Place,
    StoreError,
)
from comity.words.vocabulary import terms

if TYPE_CHECKING:
    from comity.opened import OpenRecord

PAGE = 50
_PREFIX = "f-"
_LONGEST_BYTES = 16 * 1024 * 1024
"""A document longer than this is not read into memory; the gate's own limit is lower."""
ROLE = "reviewer"


def listed(site: Site, request: Request) -> Response:
    """Open proposals in the order of review, by type and document; or all of them."""
    asked = Asked.of(request)
    chosen = {name: asked.text(name) for name in ("type", "document")}
    decided = asked.ticked("all")
    begin = asked.whole("from") or 0
    was = asked.text("was")

    def make(form: str) -> str:
        found = site.record.proposals(decided=decided, **chosen)
        if form == "json":
            return as_json([item.as_dict() for item in found])
        rows = [_row(item) for item in found]
        if form == "csv":
            return as_csv(rows, COLUMNS)
        first = next((item for item in found if item.verdict is None), None)
        more = begin + PAGE if begin + PAGE < len(rows) else None
        return page(
            "review_list.html", request, rows=rows[begin : begin + PAGE], count=len(rows),
            more=more, first=first, types=TYPES, decided=decided, chosen=chosen,
            was=_before(site, was),
        )  # fmt: skip

    return site.answer(request, make)


def one(site: Site, request: Request) -> Response:
    """One proposal with what it takes to decide on it."""
    item = site.record.proposal(str(request.path_params["proposal_id"]))
    if form_of(request) == "json":
        return fresh(as_json(site.record.review(item.id)), "json")
    return _shown(site, request, item.id)


def decide(site: Site, request: Request) -> Response:
    """Save, accept, reject, skip or merge, and go on to the next; what is wrong is said above the
    proposal, and what was typed still stands in it."""
    asked = Asked.of(request)
    item = site.record.proposal(str(request.path_params["proposal_id"]))
    author = site.caller(request)[1]
    sent = _sent(asked)
    act = asked.text("do") or "save"
    try:
        then = _next(site, item)
        _done(site, item, act, asked, sent, author)
    except StoreError:
        raise
    except ComityError as error:
        site.service.wrote()
        return _shown(site, request, item.id, sent=sent, error=error)
    finally:
        site.service.wrote()
    if act == "save":
        return _to(linked(f"/review/{item.id}", {"saved": 1}))
    return _to(linked(f"/review/{then}" if then else "/review", {"was": item.id}))


def read_form(site: Site, request: Request) -> Response:
    """A document to be read."""
    return _reading(request, {})


def read_document(site: Site, request: Request) -> Response:
    """Read a document that was sent or pasted, and show what it proposes."""
    asked = Asked.of(request)
    fields = ("published", "publisher", "speaker", "first", "second", "title", "address", "kind")
    sent = {name: asked.text(name) for name in fields}
    pasted = asked.long("text")
    try:
        data, name = _document(asked, pasted)
        first, second = sent["first"], sent["second"]
        if (first is None) != (second is None):
            raise InputError(
                "one economy is not a relation",
                where=Place(field="second" if second is None else "first"),
                mend="name two economies, or none",
            )
        _, stored = site.service.read_document(
            data, name, author=site.caller(request)[1],
            relation=(first, second) if first and second else None,
            source_kind=sent["kind"] or "press",
            **{name: sent[name] for name in fields[:3] + fields[5:7]},
        )  # fmt: skip
    except StoreError:
        raise
    except ComityError as error:
        return _reading(request, sent, pasted, error)
    finally:
        site.service.wrote()
    counts = {"new": stored.queued.new, "known": stored.queued.known}
    return _to(linked("/review", {"document": stored.document, "read": 1, **counts}))


# ----------------------------------------------------------------------------------------- parts


def _done(
    site: Site, item: Item, act: str, asked: Asked, sent: dict[str, str], author: str
) -> None:
    """Decide as the button that was pressed says."""
    record, why = site.record, asked.text("why") or ""
    if act == "skip":
        record.skip(item, author=author)
    elif act == "reject":
        record.reject(item.id, why=why, author=author)
    elif act == "merge":
        entry = asked.text("entry") or asked.text("like")
        if entry is None:
            raise InputError(
                "no entry is named",
                where=Place(field="entry"),
                mend="choose one that is like it, or write the id of one on record",
            )
        record.merge(item.id, entry, why=why, author=author)
    elif act not in ("save", "accept", "new"):
        raise InputError(f"{act!r} is no decision", mend="use the buttons of the page")
    else:
        _edited(record, item, asked, sent, author)
        if act != "save":
            record.accept(item.id, new=act == "new", why=why, author=author)


def _edited(
    record: OpenRecord, item: Item, asked: Asked, sent: dict[str, str], author: str
) -> None:
    """Save the slots that were changed. Raises `ConflictError` where they were edited since the
    form was opened."""
    slots = changed(item.proposal.slots, sent)
    if slots:
        if asked.text("version") != version(item):
            raise ConflictError(
                f"somebody else has edited the proposal {item.id} meanwhile",
                mend="your words still stand in the form; save them over the others, or reload",
            )
        record.edit_proposal(item.id, slots, author=author)


def _next(site: Site, item: Item) -> str | None:
    """The open proposal after one in the order of review; after the last, the first."""
    others = [other for other in site.record.proposals() if other.id != item.id]
    after = [other for other in others if other.place > item.place]
    found = after or others
    return found[0].id if found else None


def _shown(
    site: Site,
    request: Request,
    proposal_id: str,
    *,
    sent: dict[str, str] | None = None,
    error: ComityError | None = None,
) -> Response:
    item = site.record.proposal(proposal_id)
    data = site.record.review(proposal_id)
    review = data["review"]
    # What was typed is saved, so that it is the accepting that was refused.
    offers_new = (
        isinstance(error, ConflictError)
        and bool(sent and review["like"])
        and item.verdict is None
        and not changed(item.proposal.slots, sent or {})
    )
    if error is not None and offers_new:
        # The page has buttons for what the message would have one type.
        error = ConflictError(error.what, where=error.where, mend=t("web.review_either"))
    problems = _problems(error)
    order = [other.id for other in site.record.proposals()]
    asked = Asked(request.query_params)
    slots = {name: text_of_value(value) for name, value in review["slots"].items()}
    typed = {**slots, **(sent or {})}
    wrong = {p.where.field.partition(".")[0] for p in problems if p.where and p.where.field}
    names = [*slots, *(name for name in review["may_set"] if name not in slots)]
    near = [name for name in names if name in slots or typed.get(name) or name in wrong]
    body = page(
        "review.html", request, item=item, data=data, review=review, problems=problems,
        near=near, far=[name for name in names if name not in near], typed=typed, wrong=wrong,
        number=order.index(item.id) + 1 if item.id in order else None, of=len(order),
        later=_after(order, item.id), form=True, original={
            name: text_of_value(value) for name, value in review["was"].items()},
        may=site.may(request, ROLE), was=_before(site, asked.text("was")),
        saved=asked.ticked("saved"), why=Asked.of(request).text("why") if error else None,
        offers_new=offers_new,
    )  # fmt: skip
    answer = fresh(body, "html")
    answer.status_code = 200 if error is None else status_of(error)
    return answer


def _before(site: Site, name: str | None) -> Item | None:
    """The proposal that was decided before this page; what an old address names may be gone."""
    try:
        return None if name is None else site.record.proposal(name)
    except InputError:
        return None


def _after(order: list[str], proposal_id: str) -> str | None:
    at = order.index(proposal_id) + 1 if proposal_id in order else 0
    left = [name for name in (*order[at:], *order[:at]) if name != proposal_id]
    return left[0] if left else None


def _row(item: Item) -> dict[str, Any]:
    state = {"state": item.verdict or "open", "entry": item.entry}
    return {**row(item.id, item.proposal), **state}


def _sent(asked: Asked) -> dict[str, str]:
    """The texts of the slots, by slot."""
    return {
        name.removeprefix(_PREFIX): asked.long(name) or ""
        for name in asked.values
        if name.startswith(_PREFIX)
    }


def _problems(error: ComityError | None) -> list[ComityError]:
    return [] if error is None else list(getattr(error, "problems", ())) or [error]


def _document(asked: Asked, pasted: str | None) -> tuple[bytes, str]:
    """The bytes of a document that was sent, and the name of its file. Raises `FileError`."""
    file = asked.values.get("file")
    if file is not None and not isinstance(file, str) and file.filename:
        data: bytes = file.file.read(_LONGEST_BYTES + 1)
        if len(data) > _LONGEST_BYTES:
            raise FileError(
                f"the file has more than {_LONGEST_BYTES:,} bytes", mend="send it in parts"
            )
        return data, str(file.filename).replace("\\", "/").rpartition("/")[2][-200:]
    if pasted:
        return pasted.replace("\r\n", "\n").encode(), "pasted.txt"
    raise FileError(
        "no document was sent",
        where=Place(field="file"),
        mend="choose a file, or paste the text of one",
    )


def _reading(
    request: Request,
    sent: dict[str, str | None],
    pasted: str | None = None,
    error: ComityError | None = None,
) -> Response:
    problems = _problems(error)
    body = page(
        "read.html", request, sent=sent, pasted=pasted or "", problems=problems, form=True,
        sources=list(terms()["source_kind"].values()),
        wrong={p.where.field for p in problems if p.where and p.where.field},
    )  # fmt: skip
    answer = fresh(body, "html")
    answer.status_code = 200 if error is None else status_of(error)
    return answer


def _to(address: str) -> Response:
    return RedirectResponse(address, 303, headers=HEADERS)
