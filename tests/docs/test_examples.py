"""The pages are true: examples, help texts and derived sections are what the program gives."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from scripts import generate_reference as reference

PAGES = reference.pages()
COMMANDS = reference.ROOT / "docs" / "reference" / "commands"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reference.load_template(tmp_path_factory.mktemp("pages").resolve())


def _name(page: Path) -> str:
    return str(page.relative_to(reference.ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_the_examples_of_a_page(page: Path, template: Path) -> None:
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        desk = reference.Desk(Path(folder).resolve(), template)
        for block in reference.blocks(page.read_text(encoding="utf-8")):
            for one in reference.examples(block, desk):
                if not one.holds:
                    shown = "\n".join(("  shown:", *one.wanted, "  printed:", *one.got))
                    wrong.append(f"{_name(page)}:{one.line}: {one.typed[0]}\n{shown}")
    assert not wrong, "\n\n".join(
        [*wrong, "Where the program is right: python scripts/generate_reference.py"]
    )


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_derived_sections_are_current(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert reference.with_sections(text) == text, "run scripts/generate_reference.py"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_example_is_run(page: Path) -> None:
    """A block that shows the program either runs, or is marked `sh` and shows no output."""
    for block in reference.blocks(page.read_text(encoding="utf-8")):
        if block.language == "console" and any("comity " in line for line in block.lines):
            assert block.runs, f"line {block.first}: begin the block with “$ comity”, or mark it sh"
        assert block.language != "python", f"line {block.first}: mark it pycon, so that it runs"


def commands() -> list[str]:
    """Every command, as it is typed: `pack load`."""
    import typer

    from comity.cli.app import app

    found: list[str] = []
    for name, command in sorted(typer.main.get_command(app).commands.items()):  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [f"{name} {sub}" for sub in sorted(inner)] if inner else [name]
        if inner and command.invoke_without_command:  # does something by itself
            found.append(name)
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_has_a_page(command: str) -> None:
    page = COMMANDS / f"{command.replace(' ', '-')}.md"
    assert page.exists(), f"write {_name(page)}"
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# comity {command}\n")
    helps = [
        block
        for block in reference.blocks(text)
        if block.lines and block.lines[0] == f"$ comity {command} --help"
    ]
    assert len(helps) == 1
    assert reference.MORE not in [line.strip() for line in helps[0].lines]
    for heading in ("## Examples", "## Exit codes", "## See also"):
        assert heading in text
    assert f"({page.name})" in (COMMANDS / "index.md").read_text(encoding="utf-8")


def test_no_page_for_a_command_that_is_not_there() -> None:
    there = {f"{command.replace(' ', '-')}.md" for command in commands()}
    assert {page.name for page in COMMANDS.glob("*.md")} - {"index.md"} == there


def test_every_option_is_in_the_help_of_its_page() -> None:
    """The help is whole: nothing is cut off at the width of the pages."""
    for page in COMMANDS.glob("*.md"):
        assert "…  " not in page.read_text(encoding="utf-8").split("## Examples")[0]


def test_links_between_pages_hold() -> None:
    for page in PAGES:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (page.parent / target).exists(), f"{_name(page)}: {target}"
