"""The command line: a door to `comity.opened`, with no logic of its own."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line. Exit codes: 0 done, 2 bad input, 1 anything else that went wrong."""
    from comity.cli.app import app
    from comity.cli.output import error
    from comity.words.errors import ComityError

    sys.argv[1:] = _hoisted(sys.argv[1:])
    try:
        app(prog_name="comity")
    except ComityError as problem:
        error(problem)
        sys.exit(problem.exit_code)
    except BrokenPipeError:
        # The reader (head, less) went away: not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; the store is as it was before the command\n")
        sys.exit(130)


def _hoisted(words: list[str]) -> list[str]:
    """``--db`` may stand anywhere on the line: move it before the command, where typer wants it."""
    front: list[str] = []
    rest: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        if word == "--":
            rest += words[index:]
            break
        if word == "--db" and index + 1 < len(words):
            front += words[index : index + 2]
            index += 2
            continue
        (front if word.startswith("--db=") else rest).append(word)
        index += 1
    return front + rest
