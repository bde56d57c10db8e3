"""Answers kept: made once, let go by size, errors kept for nobody."""

from __future__ import annotations

import threading
import time

import pytest

from comity.service.kept import LONGEST_BYTES, Kept


def test_of_many_who_ask_at_once_one_makes_it() -> None:
    kept, made = Kept(), []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"x"

    threads = [threading.Thread(target=kept.get, args=("k", make)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_an_error_is_kept_for_nobody() -> None:
    kept = Kept()

    def broken() -> bytes:
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):
            kept.get("k", broken)
    assert kept.get("k", lambda: b"x") == b"x"
    assert kept.get("k", broken) == b"x"


def test_what_was_not_asked_for_longest_is_let_go() -> None:
    kept = Kept(most=10)
    for key in "abc":
        kept.get(key, lambda: b"xxxx")
    assert kept.get("c", lambda: b"new!") == b"xxxx"
    assert kept.get("a", lambda: b"new!") == b"new!"
    assert kept._size <= 10
    long = b"x" * (LONGEST_BYTES + 1)
    assert Kept().get("k", lambda: long) == long
