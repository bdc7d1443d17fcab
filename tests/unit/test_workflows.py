"""The example workflows: they parse, may do as little as they need, are pinned, and name commands that exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from compendium.cli import commands  # noqa: F401 (importing them registers them)
from compendium.cli.application import app
from tests.shared import ROOT

WORKFLOWS = sorted((ROOT / "docs" / "templates" / "workflows").glob("*.yml"))
MAY = {  # beside reading the repository: which job may do what, and why it must
    ("site.yml", "publish"): {"pages": "write", "id-token": "write"},
    ("doi.yml", "draft"): {},
}


def read(path: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


def steps(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in read(path)["jobs"].items():
        for step in job["steps"]:
            yield name, step


def test_there_is_one_for_checking_one_for_the_site_and_one_for_a_doi() -> None:
    assert [path.name for path in WORKFLOWS] == ["check.yml", "doi.yml", "site.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_each_may_read_the_repository_and_nothing_more_than_its_job_needs(path: Path) -> None:
    said = read(path)
    assert said["permissions"] == {"contents": "read"}
    for name, job in said["jobs"].items():
        assert job.get("permissions", {}) == MAY.get((path.name, name), {}), name
        assert job["timeout-minutes"] <= 30
        assert job["runs-on"].split("-")[-1][0].isdigit(), "a system that is named, not the latest"
    triggers = said[True]  # YAML 1.1 reads the key `on` as true
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(triggers)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_each_action_is_pinned_to_a_commit_with_its_version_beside(path: Path) -> None:
    lines = re.findall(r"uses: (.*)", path.read_text("utf-8"))
    assert lines
    for line in lines:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v[0-9.]+", line), line
    for _, step in steps(path):
        if str(step.get("uses", "")).startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_somebody_types_is_never_part_of_a_script_and_a_secret_meets_no_code_of_ours(path: Path) -> None:
    for name, step in steps(path):
        assert "${{" not in step.get("run", ""), step
        if "secrets." in str(step):
            assert (path.name, name) == ("doi.yml", "draft")
            assert "compendium" not in step["run"].replace("compendium.zip", "")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_each_command_target_and_option_exists(path: Path) -> None:
    group: Any = get_command(app)
    targets = set(re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    scripts = "\n".join(step.get("run", "") for _, step in steps(path))
    for target in re.findall(r"\bmake ([\w./-]+)", scripts):
        assert target in targets
    for line in re.findall(r"\.venv/bin/compendium ([^;\n]+)", scripts):
        words = shlex.split(line)
        options = {name for parameter in group.commands[words[0]].params for name in parameter.opts}
        assert {word for word in words[1:] if word.startswith("--")} <= options, line
