"""What workshops leave behind, for `import`: ratings, votes, coded material."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compendium import failures
from compendium.paths import Root

if TYPE_CHECKING:
    from compendium.locality import Locality


def listed() -> Iterator[tuple[str, str, str, str]]:
    """Name, title, example and what is filled, of each format."""
    from compendium.importers import qdpx, workshop

    for name, title, example in (workshop.RATINGS, workshop.VOTES):
        yield name, title, f"CSV or .xlsx, {example}", name
    yield qdpx.NAME, qdpx.TITLE, qdpx.EXAMPLE, "codes and coding_agreement"


def brought_in(
    here: Root,
    locality: Locality,
    format: str,
    file: Path,
    told: Mapping[str, Any],
    *,
    synthetic: bool,
    dry_run: bool,
) -> list[str]:
    """Read and, unless it is a dry run, write; the account of it line by line."""
    from compendium import dictionary
    from compendium.importers.workshop import bring_in

    planned = {"ratings": bring_in.planned_ratings, "votes": bring_in.planned_votes, "qdpx": bring_in.planned_codes}
    known = dictionary.load(here.dictionaries, locality.dictionary_files())
    wanted = bring_in.Wanted(provenance="synthetic" if synthetic else "real", **told)
    plan = planned[format](file, locality, known, wanted)
    failures.print_problems(plan.remarks)
    if plan.files and not dry_run:
        bring_in.carry_out(plan)
    lines = [f"{kind:<11} {line}" for kind, line in plan.account]
    if not plan.files:
        return [*lines, "unchanged   the files hold these rows already"]
    where = f"localities/{locality.id}" if synthetic else "the folder data_root"
    return [*lines, f"{'would write' if dry_run else 'wrote':<11} {', '.join(p.name for p in plan.files)} ({where})"]
