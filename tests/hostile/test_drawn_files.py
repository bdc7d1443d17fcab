"""Good files with one value changed at random: every reader of YAML and JSON answers in words, whatever stands where.

What is drawn: a value anywhere in the file becomes another kind of value, goes, or stands twice. Cells of tables are
changed in the same way. Many more are drawn among the long tests.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compendium.errors import STEERING, CompendiumError
from tests.hostile.readers import DESKS, SOMEBODY, Reader, readers

FEW, MANY = 8, 300
READERS = {reader.name: reader for reader in readers()}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "../..", "a\0b", "\x1b[2J", "=1+1", "0000-00-00", "9999-99", "{{< env HOME >}}", "é" * 300]
    ),
    st.just([]),
    st.just({}),
    st.lists(st.integers(0, 3), max_size=3),
    st.just([[[]]]),
    st.just({"a": {"b": []}}),
    st.just([{"id": "x"}, None]),
)
Place = tuple[Any, ...]


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """The way to every value in a document."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*at, key))


def changed(document: Any, at: Place, how: str, odd: Any) -> Any:
    """The document with one value become `odd`, gone, under another name, or there twice."""
    if not at:
        return odd
    whole = json.loads(json.dumps(document))
    within = whole
    for key in at[:-1]:
        within = within[key]
    last = at[-1]
    if how == "gone":
        del within[last]
    elif how == "twice" and isinstance(within, list):
        within.append(within[last])
    elif how == "renamed" and isinstance(within, dict):
        within[str(odd)[:40] or "x"] = within.pop(last)
    else:
        within[last] = odd
    return whole


def document_of(reader: Reader) -> Any:
    return json.loads(reader.good) if reader.shape == "json" else yaml.load(reader.good, Loader=yaml.BaseLoader)


def answered(reader: Reader, data: bytes, folder: Path) -> None:
    """Read a file in the test's own process: anything but an answer in words fails the test."""
    path = folder / reader.within
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    shutil.rmtree(folder / "out", ignore_errors=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of nbformat, about what it mends
            reader.read(path)
    except CompendiumError as refused:
        said = str(refused)
        assert said.strip() and len(said) < 300_000
        assert not STEERING.search(said)
        assert not (reader.sensitive and SOMEBODY in said)


def drawn(number: int) -> Callable[[Any], Any]:
    return settings(
        max_examples=number, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
    )  # fmt: skip


def laid(name: str, folder: Path) -> Reader:
    reader = READERS[name]
    if reader.desk:
        DESKS[reader.desk](folder)
    return reader


DOCUMENTS = [
    name for name, reader in READERS.items() if reader.shape in ("yaml", "json") and len(reader.good) < 200_000
]
TABLES = [name for name, reader in READERS.items() if reader.shape == "csv" and len(reader.good) < 30_000]


def _document(name: str, folder: Path, number: int) -> None:
    reader = laid(name, folder)
    document = document_of(reader)
    where = st.sampled_from(sorted(places(document), key=repr))

    @drawn(number)
    @given(where, st.sampled_from(["value", "value", "gone", "twice", "renamed"]), ODD)
    def answers(at: Place, how: str, odd: Any) -> None:
        made = changed(document, at, how, odd)
        text = json.dumps(made) if reader.shape == "json" else yaml.dump(made, allow_unicode=True, Dumper=_Plain)
        answered(reader, text.encode("utf-8", "surrogatepass"), folder)

    answers()


class _Plain(yaml.SafeDumper):
    """Without anchors, which every reader refuses at once."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _table(name: str, folder: Path, number: int) -> None:
    reader = laid(name, folder)
    rows = reader.good.decode().replace("\r\n", "\n").rstrip("\n").split("\n")
    separator = max(",;\t", key=rows[0].count)

    @drawn(number)
    @given(st.integers(0, min(len(rows), 30) - 1), st.integers(0, 400), st.one_of(st.text(max_size=30), ODD))
    def answers(row: int, column: int, odd: Any) -> None:
        cells = rows[row].split(separator)
        cells[column % len(cells)] = '"' + str(odd).replace('"', '""') + '"'
        made = [*rows[:row], separator.join(cells), *rows[row + 1 :]]
        answered(reader, ("\n".join(made) + "\n").encode("utf-8", "surrogatepass"), folder)

    answers()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_with_one_value_changed_is_answered(name: str, tmp_path: Path) -> None:
    _document(name, tmp_path, FEW)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_with_one_cell_changed_is_answered(name: str, tmp_path: Path) -> None:
    _table(name, tmp_path, FEW // 2)


@pytest.mark.long
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_changed_in_many_ways_is_answered(name: str, tmp_path: Path) -> None:
    _document(name, tmp_path, MANY)


@pytest.mark.long
@pytest.mark.parametrize("name", TABLES)
def test_a_table_changed_in_many_ways_is_answered(name: str, tmp_path: Path) -> None:
    _table(name, tmp_path, MANY // 2)
