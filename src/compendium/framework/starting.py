"""Begin a framework of your own: what to write into locality.yml, and a first file to fill in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal

from compendium.errors import CompendiumError
from compendium.framework import standards
from compendium.locality import Locality
from compendium.paths import Root
from compendium.writing import write_whole

Way = Literal["adopt", "adapt", "write"]
ADAPTATION, FOLDER = "framework.yml", "framework"
_ID = "{id}_standards"


def start(root: Root, locality: Locality, way: Way, version: str = "") -> list[str]:
    """Write the first files of a locality's own framework and say what is left to do, a line each.

    Raises `CompendiumError` when the locality names a framework already, or a file is there.
    """
    chosen = locality.framework
    if chosen.adopt or chosen.adapt or chosen.write:
        raise CompendiumError(
            f"{locality.id} names a framework already.", "Take framework: out of its locality.yml first."
        )
    base = standards.load(root.framework, root.evidence, version or standards.DEFAULT)
    if way == "adopt":
        newest = standards.load(root.framework, root.evidence).name
        todo = "Nothing else is to be done." if base.name == newest else _LINKS.format(id=locality.id)
        return [*_named(root, locality, f"{{adopt: {base.name}}}"), todo]
    target = locality.folder / (ADAPTATION if way == "adapt" else FOLDER)
    if target.exists():
        raise CompendiumError(f"{root.relative(target)} is there already.", "Move it away first.")
    if way == "adapt":
        write_whole(target, _adaptation(locality, base))
        todo = f"In {root.relative(target)} say what differs, why, and who decided it; core parts need core_change."
        return [*_named(root, locality, f"{{adapt: {ADAPTATION}}}"), todo, _LINKS.format(id=locality.id)]
    home = root.framework / base.outline.id / base.outline.version
    _write_anew(target, home, locality, base.name)
    todo = f"Rewrite {root.relative(target)}: it holds one standard of {base.name} as a pattern, marked so."
    return [*_named(root, locality, f"{{write: {FOLDER}}}"), todo, _LINKS.format(id=locality.id)]


def _named(root: Root, locality: Locality, value: str) -> list[str]:
    """Add the key to locality.yml, at its end: what a team wrote there stays as it is."""
    path = locality.folder / "locality.yml"
    text = path.read_text(encoding="utf-8")
    write_whole(path, f"{text.rstrip()}\nframework: {value}\n")
    return [f"{root.relative(path)}: framework: {value}"]


def _adaptation(locality: Locality, base: standards.Framework) -> str:
    """A file that adapts nothing yet, with the keys of an adaptation as comments."""
    adaptable = next((one for one in base.criteria if one.kind == "adaptable"), base.criteria[0])
    standard = f"S{adaptable.id.split('.')[0]}"
    levels = "\n".join(
        f"#         - {{level: {one.level}, meaning: {_quoted(one.meaning)}}}" for one in adaptable.levels
    )
    return f"""\
# yaml-language-server: $schema=../../framework/schema/adaptation.schema.json
# What differs here from {base.name}. What is not named stays as it is; every change is shown on the page.
base: {base.name}
id: {_ID.format(id=locality.id)}
version: "0.1"
title: Quality standards of this place
dated: {base.outline.dated.isoformat()}
status: {base.outline.status}
statement: >-
  Adapted from {base.name}. {_flat(base.outline.statement)}
adapt: []
# - id: {standard}
#   why: Say why in a sentence.
#   decided_by: Workshop W12, 2026-10-01
#   # core_change: needed where the title, the statement or a core criterion changes
#   criteria:
#     - id: "{adaptable.id}"
#       text: {_quoted(adaptable.text)}
#       plain: {_quoted(adaptable.plain)}
#       numerator: {_quoted(adaptable.numerator)}
#       levels:
{levels}
leave_out: []
# - {{id: S6, why: Say why in a sentence., decided_by: "Workshop W12, 2026-10-01"}}
add: []
"""


def _write_anew(target: Path, home: Path, locality: Locality, base: str) -> None:
    """An outline and one standard; each file says that it is a pattern, and where from."""
    (target / "standards").mkdir(parents=True)
    outline = (home / "framework.yml").read_text(encoding="utf-8")
    outline = re.sub(r"^id: .*$", f"id: {_ID.format(id=locality.id)}", outline, count=1, flags=re.M)
    outline = re.sub(r"^version: .*$", 'version: "0.1"', outline, count=1, flags=re.M)
    outline = re.sub(r"^title: .*$", "title: Quality standards of this place", outline, count=1, flags=re.M)
    first = min((home / "standards").glob("*.yml"))
    pattern = f"# A pattern, taken from {base}: make every line your own, then take this one away.\n"
    schema = "# yaml-language-server: $schema=../../../{up}framework/schema/{kind}.schema.json\n"
    write_whole(target / "framework.yml", schema.format(up="", kind="framework") + pattern + outline)
    text = schema.format(up="../", kind="standard") + pattern + first.read_text(encoding="utf-8")
    write_whole(target / "standards" / first.name, text)


def _quoted(text: str) -> str:
    """Text that stays text in YAML, whatever signs it holds."""
    return json.dumps(_flat(text), ensure_ascii=False)


def _flat(text: str) -> str:
    return " ".join(text.split())


_LINKS = "Then run `compendium framework links {id}` and `compendium check {id}`."
