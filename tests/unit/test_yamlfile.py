"""YAML from strangers: plain values with their lines, and what is refused."""

from __future__ import annotations

import pytest
import yaml

from compendium.errors import InputRefused
from compendium.yamlfile import parse_yaml, read_yaml


def refusal(text: str) -> str:
    with pytest.raises(InputRefused) as refused:
        parse_yaml(text, "x.yml")
    return str(refused.value)


def test_every_part_remembers_its_line():
    source = parse_yaml("a: 1\nb:\n  - x\n  - {c: 2022-05}\n", "x.yml")
    assert source.data == {"a": 1, "b": ["x", {"c": "2022-05"}]}
    assert (source.line(("b", 1, "c")), source.line(("b", 0)), source.line(("a", "unknown"))) == (4, 3, 1)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("~", None),
        ("", None),
        ("true", True),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("007", "007"),
        ("0x10", "0x10"),
        ("2022-05-01", "2022-05-01"),
        ("'3'", "3"),
        ("-4", -4),
    ],
)
def test_scalars_mean_what_yaml_1_2_says_and_dates_stay_text(written, value):
    assert parse_yaml(f"a: {written}", "x.yml").data == {"a": value}


def test_a_bare_yes_is_text_and_marked_because_other_tools_read_a_boolean():
    source = parse_yaml('a: yes\nb: "no"', "x.yml")
    assert source.data == {"a": "yes", "b": "no"}
    assert source.unquoted == {("a",)}


def test_aliases_that_could_grow_without_bound_are_refused():
    assert "line 1: anchors and aliases are refused" in refusal("a: &x [1, 2]\nb: [*x, *x]")


def test_tags_are_refused():
    assert "tags (!) are refused" in refusal("a: !!python/object:os.system x")


def test_an_ampersand_inside_a_text_is_no_anchor():
    assert parse_yaml("a: Avon & Somerset\nb: 5 * 3 !", "x.yml").data == {"a": "Avon & Somerset", "b": "5 * 3 !"}


def test_a_key_that_stands_twice_is_refused_with_its_line():
    assert "line 2: the key a stands twice" in refusal("a: 1\na: 2")


def test_a_key_that_is_a_list_is_refused():
    assert "a key must be plain text" in refusal("? [a, b]\n: 1")


def test_broken_yaml_is_told_with_its_line():
    assert "line 3: This isn't valid YAML: while parsing a flow sequence from line 1" in refusal("a: [1,\nb: 2\n")


def test_deep_nesting_is_refused():
    assert "nested too deep" in refusal("a: " + "[" * 40 + "]" * 40)


def test_very_deep_nesting_is_refused_and_not_a_crash():
    for hostile in ("[" * 200_000, "{a: " * 100_000, "- " * 200_000, "? " * 100_000):
        assert "deep" in refusal(hostile) or "plain text" in refusal(hostile) or "YAML" in refusal(hostile)


def test_a_second_document_is_refused():
    assert "line 2: a second document begins" in refusal("a: 1\n---\nb: 2")


def test_the_parser_in_python_gives_the_same(monkeypatch):
    text = "a: {b: [1, 'x', yes]}\nc: |\n  two\n  lines\nd: 2022-05-01 # why\n? e\n: - f\n  - ~\n"
    fast = parse_yaml(text, "x.yml")
    monkeypatch.setattr("compendium.yamlfile._PARSER", yaml.SafeLoader)
    assert parse_yaml(text, "x.yml") == fast
    assert fast.data == {"a": {"b": [1, "x", "yes"]}, "c": "two\nlines\n", "d": "2022-05-01", "e": ["f", None]}


def test_a_file_that_is_not_there_not_utf8_or_huge_is_refused(tmp_path):
    path = tmp_path / "x.yml"
    with pytest.raises(InputRefused, match="can't be read"):
        read_yaml(path)
    path.write_bytes("name: Café".encode("cp1252"))
    with pytest.raises(InputRefused, match="isn't UTF-8"):
        read_yaml(path)
    path.write_bytes(b"#" * 500_001)
    with pytest.raises(InputRefused, match="larger than"):
        read_yaml(path)


def test_an_empty_file_is_nothing():
    assert parse_yaml("", "x.yml").data is None
