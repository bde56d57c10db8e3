"""Saved baselines: exact round trip; whatever else lies in the file is refused."""

from __future__ import annotations

import io
import json
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.trade.archive import from_bytes, load_saved, save, to_bytes
from comity.trade.baseline import ARRAYS
from comity.words.errors import FileError
from tests.trade.sample import world


def test_everything_comes_back_to_the_last_bit(tmp_path):
    made = world()
    path = save(made, tmp_path / "world.npz")
    back = load_saved(path)
    for name in ARRAYS:
        assert getattr(back, name).tobytes() == getattr(made, name).tobytes(), name
        assert not getattr(back, name).flags.writeable
    for name in made.schedules:
        assert (back.schedules[name] == made.schedules[name]).all()
    assert list(back.schedules) == ["free", "double"]
    for name in ("name", "names", "unit", "year", "source", "licence", "one_sector"):
        assert getattr(back, name) == getattr(made, name), name
    assert (back.notes, back.gaps, dict(back.goods)) == (made.notes, made.gaps, dict(made.goods))
    assert back.digest == made.digest
    assert sorted(p.name for p in tmp_path.iterdir()) == ["world.npz"]


def test_the_same_baseline_gives_the_same_bytes():
    made = world()
    assert to_bytes(made) == to_bytes(world()) == to_bytes(from_bytes(to_bytes(made)))
    assert to_bytes(made) != to_bytes(world(2))


def test_numpy_reads_it_without_pickle(tmp_path):
    path = save(world(), tmp_path / "world.npz")
    with np.load(path, allow_pickle=False) as archive:
        assert (archive["theta"] == [4.0, 6.5, 5.0]).all()
        assert archive["trade_share"].shape == (3, 4, 4)


def test_any_cut_is_refused():
    data = to_bytes(world())
    for length in [0, 1, 30, *range(100, len(data), 97), len(data) - 1]:
        with pytest.raises(FileError):
            from_bytes(data[:length])


@given(st.data())
def test_a_changed_byte_is_refused_or_changes_nothing(data):
    """Some bytes of a zip mean nothing (times, attributes); no other change may pass."""
    made = world()
    packed = bytearray(to_bytes(made))
    at = data.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= data.draw(st.integers(1, 255))
    try:
        back = from_bytes(bytes(packed))
    except FileError:
        return
    assert to_bytes(back) == to_bytes(made)


def _rewritten(change=lambda header: None, entries=lambda files: None):
    """The bytes of a saved world with its header or entries changed, as an adversary would."""
    files = {}
    with zipfile.ZipFile(io.BytesIO(to_bytes(world()))) as archive:
        for name in archive.namelist():
            files[name] = archive.read(name)
    header = json.loads(files["header.json"])
    change(header)
    files["header.json"] = json.dumps(header).encode()
    entries(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda h: h.update(version=2), "format 2, this Comity reads up to 1"),
        (lambda h: h.update(version="1"), "format version '1'"),
        (lambda h: h.update(format="other"), "not a saved baseline"),
        (lambda h: h.update(unit="EUR"), "seal is broken"),
        (lambda h: h["notes"].clear(), "seal is broken"),
        (lambda h: h.update(economies=["JPN"]), "seal|larger"),
        (lambda h: h.update(economies=["JPN"] * 100_000), "would take"),
        (lambda h: h.update(schedules=["free", "double", "third"]), "does not hold the arrays"),
        (lambda h: h.pop("seal"), "no seal"),
        (lambda h: h.update(sectors=[1, 2, 3]), "sectors is not a list"),
    ],
)
def test_a_header_that_was_changed(change, says):
    with pytest.raises(FileError, match=says):
        from_bytes(_rewritten(change))


def test_other_entries_and_arrays():
    def pickled(files):
        out = io.BytesIO()
        np.save(out, np.array([object()], dtype=object), allow_pickle=True)
        files["theta.npy"] = out.getvalue()

    def another(files):
        files["more.npy"] = files["theta.npy"]

    def none(files):
        del files["theta.npy"]

    for entries in (pickled, another, none):
        with pytest.raises(FileError):
            from_bytes(_rewritten(entries=entries))


def test_an_array_that_unpacks_to_too_much_is_not_read():
    """A small file that swells: 50 MB of zeros where 24 bytes of theta should be."""

    def bomb(files):
        files["theta.npy"] = bytes(50_000_000)

    data = _rewritten(entries=bomb)
    assert len(data) < 200_000
    with pytest.raises(FileError, match=r"theta\.npy is larger"):
        from_bytes(data)


def test_foreign_files(tmp_path):
    path = tmp_path / "x.npz"
    for content in (b"", b"hello", zlib.compress(b"hello"), b"PK\x03\x04" + bytes(100)):
        path.write_bytes(content)
        with pytest.raises(FileError) as caught:
            load_saved(path)
        assert caught.value.where is not None
        assert caught.value.where.file == str(path)
    np.savez(path, a=np.ones(3))
    with pytest.raises(FileError, match="no header"):
        load_saved(path)
    with pytest.raises(FileError, match="not there"):
        load_saved(tmp_path / "no.npz")
    with pytest.raises(FileError, match="cannot be read"):
        load_saved(tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path):
    with pytest.raises(FileError, match="cannot be written"):
        save(world(), tmp_path / "no" / "such" / "world.npz")
    assert list(tmp_path.iterdir()) == []
