"""The wheel: every shared part is in it, its bytes depend on nothing but the sources, and a team can live on it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from compendium.repository import shipped
from tests.shared import ROOT

NEEDED = ("pyproject.toml", "README.md", "hatch_build.py", ".gitignore")
TEAM = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org"}
TEAM |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in TEAM.items()}


def copied(project: Path, folder: Path) -> Path:
    """A copy of what a wheel is built from."""
    shutil.copytree(project / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in (*NEEDED, *shipped.names(project)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project / name, folder / name)
    return folder


def built(folder: Path, *, target: str = "wheel", umask: int = 0o022, **environment: str) -> Path:
    """What the sources in `folder` are built into."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target]
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"} | environment
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, umask=umask, check=False
    )
    assert done.returncode == 0, done.stderr
    (made,) = (folder / "dist").iterdir()
    return made


def parts(folder: Path) -> dict[str, bytes]:
    """The shared parts as they lie in a folder."""
    return {name: (folder / name).read_bytes() for name in shipped.names(folder)}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(ROOT, tmp_path_factory.mktemp("a") / "sources")


@pytest.fixture(scope="module")
def wheel(sources: Path) -> Path:
    return built(sources, TZ="UTC", PYTHONHASHSEED="1")


def test_two_who_build_it_elsewhere_get_the_same_bytes(sources: Path, wheel: Path, tmp_path: Path) -> None:
    folder = copied(sources, tmp_path / "in another folder")
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    left = folder / "evidence" / "__pycache__"
    left.mkdir()
    (left / "make.cpython-311.pyc").write_bytes(b"left behind")
    (folder / "notebooks" / ".ipynb_checkpoints").mkdir()
    (folder / "notebooks" / ".ipynb_checkpoints" / "01.ipynb").write_text("{}")
    other = built(folder, umask=0o077, TZ="Pacific/Kiritimati", LANG="C", LC_ALL="C", PYTHONHASHSEED="2")
    assert other.name == wheel.name
    assert hashlib.sha256(other.read_bytes()).hexdigest() == hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_a_wheel_made_from_the_source_archive_is_the_same(sources: Path, wheel: Path, tmp_path: Path) -> None:
    folder = copied(sources, tmp_path / "sources")
    with tarfile.open(built(folder, target="sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    assert built(unpacked).read_bytes() == wheel.read_bytes()


def test_it_holds_each_part_as_it_is_and_the_whole_package(sources: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("compendium/")}
        inside = f"compendium/{shipped.INSIDE}/"
        shared = {name.removeprefix(inside): archive.read(name) for name in names if name.startswith(inside)}
    assert shared == parts(sources)
    package = sources / "src" / "compendium"
    files = (path.relative_to(package.parent) for path in package.rglob("*") if path.is_file())
    ours = {path.as_posix() for path in files if "__pycache__" not in path.parts}
    assert {name for name in names if not name.startswith(inside)} == ours


def test_nothing_of_a_locality_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if "/localities/" in name}
    assert found == {f"compendium/{shipped.INSIDE}/localities/twin_parameters.yml"}


def test_a_team_begins_with_nothing_but_the_wheel(sources: Path, wheel: Path, tmp_path: Path) -> None:
    """Unpacked alone: nothing of the checkout is on the path."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")

    def compendium(folder: Path, *words: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "COMPENDIUM_ROOT": ""}
        command = [sys.executable, "-m", "compendium", *words]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    assert "next: cd team" in compendium(tmp_path, "new", "leeds", "--empty", "--into", "team")
    clone = cloned(tmp_path / "team", tmp_path / "clone")
    assert not (clone / "notebooks").exists()
    assert f"laid out {len(parts(sources))} shared parts" in compendium(clone, "template", "areas")
    assert parts(clone) == parts(sources)


def cloned(team: Path, clone: Path) -> Path:
    """A clone of a team's repository after its first commit."""
    if not (team / ".git").exists():
        subprocess.run(["git", "init", "-q", "."], cwd=team, check=True)
    subprocess.run(["git", "add", "-A"], cwd=team, check=True)
    subprocess.run(["git", "commit", "-qm", "ours"], cwd=team, check=True, env={**os.environ, **TEAM})
    subprocess.run(["git", "clone", "-q", str(team), str(clone)], check=True)
    return clone


class Machine:
    """An environment into which nothing was installed but a wheel; the libraries it needs are those of the tests."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        self.python = folder / "bin" / "python"
        self.install(wheel)
        libraries = sysconfig.get_paths()["purelib"]  # a path within a .pth: the one of our own checkout isn't read
        site = self.said("-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])", cwd=folder)[1].strip()
        (Path(site) / "libraries.pth").write_text(libraries + "\n")

    def install(self, wheel: Path) -> None:
        words = ("-m", "pip", "install", "-q", "--no-deps", "--no-index", "--force-reinstall", str(wheel))
        assert self.said(*words, cwd=wheel.parent)[0] == 0

    def said(self, *words: str, cwd: Path) -> tuple[int, str]:
        environment = {**os.environ, "COMPENDIUM_ROOT": "", "PYTHONPATH": ""}
        done = subprocess.run(
            [self.python, *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def compendium(self, *words: str, cwd: Path) -> tuple[int, str]:
        return self.said("-m", "compendium", *words, cwd=cwd)


@pytest.mark.long
def test_a_clone_on_another_machine_reports_and_is_brought_to_a_newer_version(
    sources: Path, wheel: Path, tmp_path: Path
) -> None:
    machine = Machine(tmp_path / "machine", wheel)
    where = machine.said("-c", "import compendium; print(compendium.__file__)", cwd=tmp_path)[1]
    assert where.startswith(str(tmp_path / "machine"))
    code, said = machine.compendium("new", "leeds", "--force-area", "E23000010", "--into", "team", cwd=tmp_path)
    assert code == 0, said
    clone = cloned(tmp_path / "team", tmp_path / "clone")
    code, said = machine.compendium("report", cwd=clone)
    assert code == 0, said
    assert (clone / "outputs" / "site" / "index.html").is_file()
    assert machine.compendium("audit", "outputs/leeds", cwd=clone)[0] == 0

    with (clone / "styles.css").open("a") as stream:
        stream.write("\n/* ours */\n")
    newer = copied(sources, tmp_path / "newer")
    package = newer / "src" / "compendium" / "__init__.py"
    package.write_text(package.read_text().replace('__version__ = "', '__version__ = "99.'))
    project = newer / "pyproject.toml"
    project.write_text(project.read_text().replace('\nversion = "', '\nversion = "99.'))
    (newer / "styles.css").write_text("/* theirs */\n" + (newer / "styles.css").read_text())
    template = newer / "src" / "compendium" / "beginning" / "locality.yml.j2"
    template.write_text("# A line that came with a newer version.\n" + template.read_text())
    machine.install(built(newer))
    code, said = machine.compendium("check", cwd=clone)
    assert code == 1
    assert "compendium update" in said
    code, said = machine.compendium("update", cwd=clone)
    assert code == 0, said
    assert "merged    styles.css" in said
    styles = (clone / "styles.css").read_text()
    assert styles.startswith("/* theirs */\n")
    assert styles.endswith("\n/* ours */\n")
    assert (
        (clone / "localities/leeds/locality.yml").read_text().startswith("# A line that came with a newer version.\n")
    )
    assert machine.compendium("check", cwd=clone)[0] == 0
    assert machine.compendium("run", "--explain", cwd=clone)[0] == 0
