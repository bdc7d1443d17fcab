"""Make the crate of a release, from its entry in the ledger and the project that it was made with."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from pathlib import Path

import pypandoc
from jinja2 import Environment, StrictUndefined

from compendium import __version__, zipped
from compendium.crate import bag, citation, contents, graph, metadata
from compendium.crate.contents import PROJECT, Contents
from compendium.disclosure.ledger import Entry
from compendium.errors import CompendiumError
from compendium.locality import Locality
from compendium.markdown import plainly
from compendium.paths import PACKAGE, Root
from compendium.release import kept, ledger_files
from compendium.writing import write_whole

HOME = "dist"  # below the root; ignored by git
README = "README.md"
_READER = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-yaml_metadata_block"
_STYLE = """<style>
body { font: 1rem/1.5 "Segoe UI", Arial, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; } th, td { border: 1px solid #767676; padding: .25rem .5rem; text-align: left; }
pre { overflow-x: auto; background: #f3f3f3; padding: .5rem; } code { font-family: Consolas, monospace; }
</style>"""


def name_of(locality: str, number: int) -> str:
    """What a release is called as a file and as the folder in it."""
    return f"{locality}-release-{number}"


def write(root: Root, locality: Locality, number: int | None = None, out: Path | None = None) -> Path:
    """Write the crate of release `number`, else of the one that stands, into the folder `out`, else into `dist/`.

    Raises `CompendiumError` when there is no such release, it was withdrawn, or the project isn't any more what it was
    made with: then the crate would say of other code that it made these tables.
    """
    ledger = ledger_files.read(root, locality.id)
    entry = _wanted(locality.id, ledger, number)
    archive = ledger.archive(entry)
    if not archive.exists():
        raise CompendiumError(f"The archive of release {entry.number} is missing.", ledger_files.BACK)
    released = kept.opened(archive.read_bytes(), str(entry.record["kept"]), archive.name)
    found = contents.gather(root, locality)
    _refuse_other_code(locality.id, entry, found)
    name = name_of(locality.id, entry.number)
    files = bag.bagged(payload(root, locality, entry, released, found), _info(locality, entry))
    path = place(root, locality.id, entry.number, out)
    write_whole(path, zipped.packed({f"{name}/{inner}": data for inner, data in files.items()}))
    return path


def place(root: Root, locality: str, number: int, out: Path | None = None) -> Path:
    """Where the crate of a release is written."""
    return (out or root.path / HOME) / f"{name_of(locality, number)}.zip"


def payload(
    root: Root, locality: Locality, entry: Entry, released: Mapping[str, bytes], found: Contents
) -> dict[str, bytes]:
    """Every file of the crate by its path in it."""
    project = dict(found.files)
    if found.reruns:
        project |= contents.ledger_before(root, locality.id, entry)
    cited = citation.cited(locality, entry, project.get(citation.FILE))
    files = {
        **released,
        **{f"{PROJECT}/{name}": data for name, data in project.items()},
        **{name: data for name, data in project.items() if name == "LICENSE" or name.startswith("LICENSES/")},
        citation.FILE: citation.as_cff(cited, entry).encode(),
        citation.DEPOSIT: citation.as_deposit(cited, locality, entry).encode(),
        README: _readme(locality, entry, cited, found, released).encode(),
    }
    lineage, package = json.loads(released[kept.LINEAGE]), json.loads(released["datapackage.json"])
    said = graph.Described(locality, entry, files, lineage, package, cited, found.reruns)
    page = pypandoc.convert_text(
        files[README].decode(),
        "html5",
        format=_READER,
        extra_args=[
            "--standalone",
            "--metadata",
            f"pagetitle={cited.title}",
            "--metadata",
            "lang=en-GB",
            "--variable",
            f"header-includes:{_STYLE}",
        ],
    )
    return {**files, metadata.FILE: metadata.describe(said).encode(), metadata.PREVIEW: page.encode()}


def _wanted(locality: str, ledger: ledger_files.Ledger, number: int | None) -> Entry:
    if number is None:
        if not ledger.shown:
            message = f"{locality} has no release that stands."
            raise CompendiumError(message, f"Approve one: `compendium release {locality} --approve`.")
        return ledger.shown
    standing = {entry.number: entry for entry in ledger.standing}
    if number not in standing:
        known = ", ".join(map(str, standing)) or "none"
        raise CompendiumError(f"{locality} has no release {number} that stands.", f"Releases that stand: {known}.")
    return standing[number]


def _refuse_other_code(locality: str, entry: Entry, found: Contents) -> None:
    was = entry.record.get(contents.MADE_WITH)
    if not isinstance(was, Mapping):
        message = f"Release {entry.number} of {locality} does not say what it was made with: it is older than crates."
        raise CompendiumError(message, "Run, check and approve it again.")
    now = contents.parts(found.files)
    if other := sorted(part for part in now if now[part] != was.get(part)):
        raise CompendiumError(
            f"{', '.join(other)}: not what release {entry.number} of {locality} was made with.",
            "Check out the version of the project that it was approved with (its ledger entry came with it), then "
            "make the crate there.",
        )


def _info(locality: Locality, entry: Entry) -> dict[str, str]:
    publisher = locality.publication.publisher
    return {
        "Bagging-Date": entry.date,
        "Bag-Software-Agent": f"ocsv-compendium {__version__}",
        "External-Description": f"{locality.name}: release {entry.number}",
        "External-Identifier": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, entry.release)}",
        **({"Source-Organization": publisher.name} if publisher else {}),
    }


def _readme(
    locality: Locality, entry: Entry, cited: citation.Cited, found: Contents, released: Mapping[str, bytes]
) -> str:
    template = (PACKAGE / "crate" / "README.md.j2").read_text("utf-8")
    words = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)  # noqa: S701 (markdown, of checked texts)
    first, last = entry.period
    licence = graph.LICENCES[cited.licence][1] if cited.licence else "No licence was given: ask the publisher"
    return words.from_string(template).render(
        title=plainly(cited.title),
        abstract=plainly(cited.abstract.removeprefix(citation.SYNTHETIC)),
        synthetic=not entry.real,
        tables=[
            (item["path"], plainly(item["title"])) for item in json.loads(released["datapackage.json"])["resources"]
        ],
        reruns=found.reruns,
        withheld=found.withheld,
        number=entry.number,
        date=entry.date,
        first=first,
        last=last,
        digest=entry.release,
        file=f"{name_of(locality.id, entry.number)}.zip",
        made_on=entry.record[contents.MADE_WITH][contents.MADE_ON],
        id=locality.id,
        licence=licence,
    )
