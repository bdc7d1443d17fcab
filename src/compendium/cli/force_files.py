"""A police force's own export, for `import`: the mapping, the key and the account of every row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from compendium import failures
from compendium.errors import CompendiumError
from compendium.paths import Root

if TYPE_CHECKING:
    from compendium.importers.force_export import Plan as ExportPlan
    from compendium.importers.force_export.pseudonyms import Key
    from compendium.locality import Locality


def brought_in(
    here: Root,
    locality: Locality,
    file: Path,
    mapping: Path | None,
    key: Path | None,
    new_key: Path | None,
    *,
    synthetic: bool,
    replace: bool,
    dry_run: bool,
) -> list[str]:
    """Read and, unless it is a dry run, write; the account of it line by line."""
    from compendium import dictionary
    from compendium.importers import force_export
    from compendium.importers.force_export import pseudonyms

    if mapping is None:
        raise CompendiumError(f"{force_export.NAME} needs a mapping.", "Name it with --mapping FILE.")
    plan = force_export.planned(
        file,
        mapping,
        locality,
        dictionary.load(here.dictionaries, locality.dictionary_files()),
        secret := _secret(here, key, new_key),
        provenance="synthetic" if synthetic else "real",
        replace=replace,
    )
    failures.print_problems(plan.warnings)
    if not dry_run:
        if new_key:
            pseudonyms.write_key(new_key, secret)
        if plan.changes:
            force_export.carry_out(plan, locality)
    return list(_said_of_export(plan, locality.id, "would write" if dry_run else "wrote"))


def _secret(here: Root, key: Path | None, new_key: Path | None) -> Key:
    from compendium.importers import force_export
    from compendium.importers.force_export import pseudonyms

    if key is not None and new_key is not None:
        raise CompendiumError("--key and --new-key were both given.", "Keep --key when there is a key already.")
    if new_key is not None:
        return pseudonyms.fresh_key(new_key, here)
    if key is None:
        remedy = "Name it with --key FILE; the first time, make one with --new-key FILE, outside the checkout."
        raise CompendiumError(f"{force_export.NAME} needs the key that makes numbers of persons and cases.", remedy)
    return pseudonyms.read_key(key, here)


def _said_of_export(plan: ExportPlan, locality: str, verb: str) -> Iterator[str]:
    yield from (f"{kind:<11} {line}" for kind, line in plan.account)
    if not plan.changes:
        yield "unchanged   the files hold these rows already"
        return
    where = "the folder data_root" if plan.provenance == "real" else f"localities/{locality}/data/imported"
    yield f"{verb:<11} {', '.join(file.name for file in plan.files)} in {where}"
    if plan.settings is not None:
        yield f"{verb:<11} localities/{locality}/locality.yml: the tables under sources"
