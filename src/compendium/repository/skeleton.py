"""The few files that a team's repository holds besides its localities."""

from __future__ import annotations

from importlib import resources

from compendium import __version__

IGNORE = ".gitignore"
BLOCK = ("# <compendium> laid out by the package; it keeps these lines up to date\n", "# </compendium>\n")
_NAMES = {"README.md": "README.md", IGNORE: "gitignore", ".pre-commit-config.yaml": "pre-commit-config.yaml"}


def files() -> dict[str, bytes]:
    """Each by its name, as this version begins it."""
    here = resources.files("compendium.repository") / "begin"
    texts = {name: (here / file).read_text("utf-8") for name, file in _NAMES.items()}
    texts["README.md"] = texts["README.md"].replace("{version}", __version__)
    return {name: text.encode("utf-8") for name, text in texts.items()}


def with_block(text: bytes, names: list[str]) -> bytes:
    """A `.gitignore` with the block of laid-out files anew; what a team wrote around it stays.

    Without its two marks nothing is changed: whoever took them away keeps the list by hand.
    """
    begin, end = (mark.encode() for mark in BLOCK)
    before, begun, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    lines = "".join(f"/{name}\n" for name in names).encode()
    return before + begin + lines + end + after if begun and ended else text
