"""The same inputs give the same bytes whatever machine and whatever order: what only shows in a long run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from compendium.sameness import compare
from tests.acceptance.project import compendium, copy_project, elsewhere, somebody_else

pytestmark = pytest.mark.long
PLACE = "demo_area_b"
OLDER = {  # the code that numpy and OpenBLAS choose on a processor of 2008
    "OPENBLAS_CORETYPE": "Nehalem",
    "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of one locality, run at once."""
    folder = copy_project(tmp_path_factory.mktemp("first") / "project")
    done = compendium(folder, "run", PLACE, "--jobs", "2", PYTHONHASHSEED="1")
    assert done.returncode == 0, done.stderr
    return folder / "outputs" / PLACE


def same(made: Path, other: Path) -> None:
    found = compare(made, other / "outputs" / PLACE)
    assert found.alike, "\n".join(found.lines())
    assert found.same > 300


def test_notebooks_run_one_by_one_from_the_last_to_the_first_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    other = copy_project(tmp_path / "project")
    names = sorted(path.stem for path in (other / "notebooks").glob("*.ipynb"))
    for name in reversed(names):
        done = compendium(other, "run", PLACE, "--only", name, PYTHONHASHSEED="2", before=somebody_else("000"))
    assert done.returncode == 0, done.stderr  # of the last: those before it lack tables that others make
    same(made, other)


def test_books_of_site_and_locality_printed_elsewhere_by_somebody_else_have_the_same_bytes(
    made: Path, tmp_path: Path
) -> None:
    first, other = made.parents[1], tmp_path / "a folder with blanks"
    shutil.copytree(first, other)
    for folder, before, environment in (
        (first, [], {"PYTHONHASHSEED": "1", "TZ": "UTC"}),
        (other, somebody_else("077"), {"PYTHONHASHSEED": "77", "RAYON_NUM_THREADS": "1", **elsewhere(tmp_path)}),
    ):
        done = compendium(folder, "render", "--to", "pdf", before=before, **environment)
        assert done.returncode == 0, done.stderr
        assert {path.relative_to(folder / "outputs/site").as_posix() for path in folder.rglob("report.pdf")} == {
            "report.pdf",
            f"places/{PLACE}/report.pdf",
        }
    found = compare(first / "outputs", other / "outputs")
    assert found.alike, "\n".join(found.lines())


def test_kernels_started_anew_give_the_same_bytes_as_forked_ones(made: Path, tmp_path: Path) -> None:
    other = copy_project(tmp_path / "project")
    done = compendium(other, "run", PLACE, "--kernel", "ordinary", "--jobs", "1", PYTHONHASHSEED="3")
    assert done.returncode == 0, done.stderr
    same(made, other)


def test_an_older_processor_gives_the_same_tables(made: Path, tmp_path: Path) -> None:
    """Promised for one platform only; a number that is rounded for print must still not turn on its last bit."""
    other = copy_project(tmp_path / "project")
    done = compendium(other, "run", PLACE, "--jobs", "2", **OLDER)
    assert done.returncode == 0, done.stderr
    same(made, other)
