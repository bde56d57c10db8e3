"""The installed program, as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.door import Door

PROGRAM = Path(sys.executable).with_name("comity")
COMMANDS = (
    *("brief", "timeline", "issues", "measures", "commitments", "changes", "find", "show"),
    *("history", "applies", "add", "revise", "retract", "pack", "documents", "db"),
)


def run(door: Door, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *words],
        env={**os.environ, "COMITY_DB": str(door.store), "NO_COLOR": "1", "COLUMNS": "100"},
        cwd=door.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command(comity: Door) -> None:
    done = run(comity, "--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"│ {command} " in done.stdout


def test_version(comity: Door) -> None:
    from comity import __version__

    assert run(comity, "--version").stdout == f"comity {__version__}\n"


def test_an_answer_and_an_error(comity: Door) -> None:
    done = run(
        comity, "applies", "--from", "JPN", "--to", "CHN", "--goods", "0307", "--on", "2023-09"
    )
    assert done.returncode == 2
    assert done.stdout == ""
    done = run(
        comity, "measures", "--in-force", "2023-11-16", "--format", "csv", "--imposer", "CHN"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "cn-seafood-ban-2023" in done.stdout


def test_a_reader_that_leaves_early_is_no_error(comity: Door) -> None:
    with subprocess.Popen(
        [PROGRAM, "timeline", "CHN", "JPN", "--format", "json"],
        env={**os.environ, "COMITY_DB": str(comity.store)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert errors == b""
    assert process.returncode == 0


def test_it_runs_as_a_module(comity: Door) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "comity.cli", "--db", str(comity.store), "show", "gacc-103-2023"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert "GACC Announcement No. 103 of 2023" in done.stdout
