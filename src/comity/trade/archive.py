"""A baseline as one file: a zip of plain numpy arrays and a JSON header, sealed by a digest.

The file is an ``.npz`` that `numpy.load` reads without pickle; ``header.json`` beside the arrays
has everything that is no array. The same baseline always gives the same bytes. On loading, sizes
are checked before anything is unpacked, and the seal (SHA-256 of header and arrays) after it.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import ARRAYS, Baseline, Note
from comity.trade.files import ZIP_FAILURES, PathLike, in_file
from comity.trade.names import Names
from comity.trade.validate import AXES, check_arrays
from comity.words.errors import FileError, Place, ValidationError

Array = NDArray[np.float64]

FORMAT = "comity baseline"
VERSION = 1
HEADER = "header.json"
LARGEST_HEADER = 64_000_000
LARGEST = 8_000_000_000
"""Bytes that the arrays of one file may take in memory: 200 economies × 100 sectors take 0.1 GB."""
_DAY_ZERO = (1980, 1, 1, 0, 0, 0)
_MEND = "save the baseline again, or fetch the file again"


def save(baseline: Baseline, path: PathLike) -> Path:
    """Write `baseline` to `path`, replacing it at once or not at all. Raises `FileError`."""
    target = Path(path).expanduser()
    beside = target.with_name(target.name + f".{os.getpid()}.part")
    try:
        try:
            beside.write_bytes(to_bytes(baseline))
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(
            f"the baseline cannot be written: {error.strerror}",
            where=Place(file=str(target)),
            mend="make its folder first, or name another file",
        ) from error
    return target


def load_saved(path: PathLike) -> Baseline:
    """The baseline of a file that `save` wrote. Raises `FileError` for any other file, for one that
    is cut off or changed, and for one of a newer format."""
    file = Path(path).expanduser()
    place = Place(file=str(file))
    try:
        if file.stat().st_size > LARGEST:
            raise FileError(f"the file is larger than {LARGEST:,} bytes", where=place, mend=_MEND)
        data = file.read_bytes()
    except FileNotFoundError as error:
        raise FileError(
            "the file is not there",
            where=place,
            mend="name a file that World.save or comity world import wrote",
        ) from error
    except OSError as error:
        raise FileError(
            f"the file cannot be read: {error.strerror}", where=place, mend="name another file"
        ) from error
    with in_file(file):
        return from_bytes(data)


def to_bytes(baseline: Baseline) -> bytes:
    """The bytes of the file: the same for the same baseline, on every machine."""
    arrays = {name: getattr(baseline, name) for name in ARRAYS}
    for k, schedule in enumerate(baseline.schedules.values()):
        arrays[f"schedule_{k}"] = np.ascontiguousarray(schedule, dtype=np.float64)
    packed = {name: _packed(array) for name, array in arrays.items()}
    names = baseline.names
    header: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "name": baseline.name,
        "economies": names.economies,
        "economy_names": names.economy_names,
        "sectors": names.sectors,
        "sector_names": names.sector_names,
        "unit": baseline.unit,
        "year": baseline.year,
        "source": baseline.source,
        "licence": baseline.licence,
        "one_sector": baseline.one_sector,
        "goods": {sector: list(codes) for sector, codes in baseline.goods.items()},
        "schedules": list(baseline.schedules),
        "gaps": [list(pair) for pair in baseline.gaps],
        "notes": [note.as_dict() for note in baseline.notes],
        "digest": baseline.digest,
    }
    header["seal"] = _seal(header, packed)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        text = json.dumps(header, ensure_ascii=False, indent=1).encode()
        for name, data in ((HEADER, text), *((f"{k}.npy", v) for k, v in packed.items())):
            entry = zipfile.ZipInfo(name, _DAY_ZERO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=1)
    return out.getvalue()


def _packed(array: Array) -> bytes:
    out = io.BytesIO()
    little = np.ascontiguousarray(array, dtype="<f8")
    np.lib.format.write_array(out, little, version=(1, 0), allow_pickle=False)
    return out.getvalue()


def _seal(header: dict[str, Any], packed: dict[str, bytes]) -> str:
    """SHA-256 over the header without its seal, and over the arrays in their order."""
    plain = {key: value for key, value in header.items() if key != "seal"}
    seal = hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode())
    for name, data in packed.items():
        seal.update(f"\0{name}\0{len(data)}\0".encode())
        seal.update(data)
    return seal.hexdigest()


def from_bytes(data: bytes) -> Baseline:
    """The baseline that `to_bytes` packed. Raises `FileError` as `load_saved` does."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
            methods = {entry.compress_type for entry in archive.infolist()}
            if not methods <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise FileError("the file is packed by a method that is not read", mend=_MEND)
            if HEADER not in sizes:
                raise FileError("the file is not a saved baseline: it has no header", mend=_MEND)
            header = _header(_unpack(archive, HEADER, LARGEST_HEADER))
            wanted = _shapes(header)
            bytes_wanted = sum(8 * math.prod(shape) + 1_024 for shape in wanted.values())
            if bytes_wanted > LARGEST:
                raise FileError(f"the baseline would take {bytes_wanted:,} bytes", mend=_MEND)
            if set(sizes) != {HEADER, *(f"{name}.npy" for name in wanted)}:
                raise FileError("the file does not hold the arrays its header lists", mend=_MEND)
            packed = {
                name: _unpack(archive, f"{name}.npy", 8 * math.prod(shape) + 1_024)
                for name, shape in wanted.items()
            }
    except ZIP_FAILURES as error:
        raise FileError(
            f"the file is not a saved baseline, or is cut off: {error}", mend=_MEND
        ) from error
    if _seal(header, packed) != header["seal"]:
        raise FileError("the file was changed after it was saved: its seal is broken", mend=_MEND)
    return _rebuilt(header, {name: _array(packed[name], shape) for name, shape in wanted.items()})


def _unpack(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """One entry, of at most `limit` bytes whatever the zip directory says."""
    with archive.open(name) as entry:
        data = entry.read(limit + 1)
    if len(data) > limit:
        raise FileError(f"{name} is larger than it can be", mend=_MEND)
    return data


def _header(data: bytes) -> dict[str, Any]:
    try:
        header = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FileError("the header is not JSON", mend=_MEND) from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise FileError("the file is not a saved baseline", mend=_MEND)
    version = header.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FileError(f"the header gives the format version {version!r}", mend=_MEND)
    if version > VERSION:
        raise FileError(
            f"the file is of format {version}, this Comity reads up to {VERSION}",
            mend="update Comity",
        )
    lists = ("economies", "economy_names", "sectors", "sector_names", "schedules")
    for key in lists:
        value = header.get(key)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise FileError(f"the header's {key} is not a list of names", mend=_MEND)
    for key, kind in (("seal", str), ("digest", str), ("name", str), ("notes", list)):
        if not isinstance(header.get(key), kind):
            raise FileError(f"the header has no {key}", mend=_MEND)
    return header


def _shapes(header: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    n, j = len(header["economies"]), len(header["sectors"])
    sizes = {"n": n, "i": n, "j": j, "k": j}
    shapes = {name: tuple(sizes[axis] for axis in AXES[name]) for name in ARRAYS}
    for k in range(len(header["schedules"])):
        shapes[f"schedule_{k}"] = shapes["tariff"]
    return shapes


def _array(data: bytes, shape: tuple[int, ...]) -> Array:
    try:
        array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, SyntaxError) as error:
        raise FileError(f"an array cannot be read: {error}", mend=_MEND) from error
    if array.dtype != np.dtype("<f8") or array.shape != shape:
        raise FileError(f"an array has the shape {array.shape}, not {shape}", mend=_MEND)
    return np.asarray(array, dtype=np.float64)


def _rebuilt(header: dict[str, Any], arrays: dict[str, Array]) -> Baseline:
    """The baseline of a sealed header and its arrays, checked again like any other."""
    try:
        schedules = {}
        for k, name in enumerate(header["schedules"]):
            schedules[name] = arrays[f"schedule_{k}"]
            schedules[name].setflags(write=False)
        made = Baseline(
            name=header["name"],
            names=Names.of(
                header["economies"],
                header["sectors"],
                header["economy_names"],
                header["sector_names"],
            ),
            unit=header["unit"],
            year=header["year"],
            source=header["source"],
            licence=header["licence"],
            one_sector=header["one_sector"],
            goods={sector: tuple(codes) for sector, codes in header["goods"].items()},
            schedules=schedules,
            gaps=tuple((a, b) for a, b in header["gaps"]),
            notes=tuple(
                Note(
                    note["kind"],
                    note["text"],
                    tuple(note["economies"]),
                    tuple(note["sectors"]),
                    note["count"],
                )
                for note in header["notes"]
            ),
            **{name: arrays[name] for name in ARRAYS},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileError(f"the header is not that of a baseline: {error!r}", mend=_MEND) from error
    try:
        check_arrays(made, made.names)
    except ValidationError as error:
        raise FileError(f"the saved baseline cannot be: {error.what}", mend=_MEND) from error
    if made.digest != header["digest"]:
        raise FileError("the arrays are not those that were saved", mend=_MEND)
    return made
