"""Importing by the name of a kind, and what to say of an import.

Input-output tables (``icio``, ``wiod``) hold flows of sectors, which are not goods of the
Harmonized System: they are handed to `comity.trade.reading`, which builds a world of them, and the
world is kept below ``worlds`` in the folder of trade data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from comity.trade.flows.asking import years_of
from comity.trade.flows.data import TradeData
from comity.trade.flows.flow_answer import spans
from comity.trade.flows.manifest import Imported
from comity.words.catalogue import t
from comity.words.errors import ConflictError, FileError, InputError, Place

KINDS = ("baci", "comtrade", "japan", "csv", "concordance", "icio", "wiod")
TAKES: Mapping[str, tuple[str, ...]] = {
    "baci": ("years", "counts", "replace"),
    "comtrade": ("counts", "replace"),
    "japan": ("edition", "counts", "replace"),
    "csv": ("mapping", "replace"),
    "concordance": (),
    "icio": ("years", "replace", "theta", "economies"),
    "wiod": ("years", "replace", "theta", "economies"),
}
"""Kind → the options that it takes; another one is an error, not silence."""
SEVERAL = ("comtrade", "japan")
WORLDS = "worlds"


def import_files(
    data: TradeData,
    kind: str,
    files: Sequence[Path],
    *,
    mapping: Path | None = None,
    years: str | None = None,
    edition: str | None = None,
    counts: Mapping[str, str] | None = None,
    replace: bool = False,
    theta: float = 4.0,
    keep: tuple[str, ...] | None = None,
) -> tuple[str, ...]:
    """Imports files of a kind; the lines that say what was done.

    `counts` maps codes of the files to our economies; `keep` and `theta` are for worlds. Raises
    `InputError` for an unknown kind, an option that it does not take and a number of files that it
    does not take, and what the import raises.
    """
    if kind not in KINDS:
        raise InputError(f"there is no import of {kind!r}", mend=f"one of {', '.join(KINDS)}")
    given = {
        "mapping": mapping,
        "years": years,
        "edition": edition,
        "counts": counts,
        "replace": replace or None,
        "theta": None if theta == 4.0 else theta,
        "economies": keep,
    }
    for name, value in given.items():
        if value is not None and name not in TAKES[kind]:
            takes = ", ".join(f"--{one}" for one in TAKES[kind]) or "no options"
            raise InputError(f"{kind} does not take --{name}", mend=f"it takes {takes}")
    if len(files) != 1 and kind not in SEVERAL:
        raise InputError(f"{kind} takes one file, not {len(files)}", mend="import one at a time")
    if kind == "baci":
        done = data.import_baci(files[0], years=years, economies=counts, replace=replace)
    elif kind == "comtrade":
        done = data.import_comtrade(files, economies=counts, replace=replace)
    elif kind == "japan":
        done = data.import_japan(files, edition=edition, economies=counts, replace=replace)
    elif kind == "csv":
        if mapping is None:
            raise InputError(
                "a plain CSV needs a mapping", mend="say what its columns are: --mapping FILE.yaml"
            )
        done = data.import_csv(files[0], mapping, replace=replace)
    elif kind == "concordance":
        return _concordance(data, files[0])
    else:
        return _world(data, kind, files[0], years, theta, keep, replace)
    return said_of(done)


def said_of(done: Imported) -> tuple[str, ...]:
    """What an import holds, what was left out and what to know, in lines."""
    what = t(
        "data.held",
        dataset=done.dataset,
        rows=f"{done.rows:,}",
        years=spans(done.years),
        editions=", ".join(done.editions),
        id=done.id,
    )
    if not done.new:
        return (t("data.unchanged", what=what),)
    lines = [t("data.imported", what=what)]
    lines += [
        t("data.left_out", number=f"{count:,}", reason=reason)
        for reason, count in done.dropped.items()
    ]
    lines += [t("data.note", text=note) for note in done.notes]
    lines += [t("data.replaces", id=old) for old in done.replaces]
    return tuple(lines)


def _concordance(data: TradeData, path: Path) -> tuple[str, ...]:
    table = data.import_concordance(path)
    kinds: dict[str, int] = {}
    for code in table.codes():
        kind = table.counterpart(code).kind
        kinds[kind] = kinds.get(kind, 0) + 1
    counted = ", ".join(f"{count:,} × {kind}" for kind, count in sorted(kinds.items()))
    held = t(
        "data.concordance",
        before=table.before,
        after=table.after,
        codes=f"{len(table.codes()):,}",
        kinds=counted,
    )
    lines = [t("data.imported", what=held)]
    lines += [t("data.disagrees", text=text) for text in table.disagreements]
    return tuple(lines)


def worlds(root: Path) -> list[Path]:
    """The worlds kept below a folder of trade data."""
    return sorted((root / WORLDS).glob("*.npz"))


def _world(
    data: TradeData,
    kind: str,
    path: Path,
    years: str | None,
    theta: float,
    keep: tuple[str, ...] | None,
    replace: bool,
) -> tuple[str, ...]:
    from comity.trade.archive import load_saved, save
    from comity.trade.reading import read

    wanted = years_of(years)
    if len(wanted) > 1:
        raise InputError("a world is of one year", mend="name one: --years 2018")
    options = {"theta": theta, "year": wanted[0] if wanted else None, "economies": keep}
    made = read(kind, path, **{k: v for k, v in options.items() if v is not None})
    folder = data.path / WORLDS
    target = folder / f"{made.name}.npz"
    said = t(
        "data.world",
        name=made.name,
        economies=made.shape[0],
        sectors=made.shape[1],
        digest=made.digest[:12],
    )
    if target.exists():
        if load_saved(target).digest == made.digest:
            return (t("data.unchanged", what=said),)
        if not replace:
            raise ConflictError(
                f"{target.name} is there already, from other data",
                where=Place(file=str(target)),
                mend="replace it: --replace",
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            f"the folder of worlds cannot be made: {error.strerror}", where=Place(file=str(folder))
        ) from error
    save(made, target)
    return (t("data.imported", what=said), t("data.world_note", file=target))
