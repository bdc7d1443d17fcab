"""Labels and captions are data: nothing in them is carried out by pandoc, Quarto or a browser."""

from __future__ import annotations

import json
import re
import subprocess

import pypandoc
import pytest

from compendium.markdown import attribute, escape, pipe_table, plainly, slug

HOSTILE = [
    "{{< env HOME >}}",
    "{{< include /etc/passwd >}}",
    "<img src=x onerror=alert(1)>",
    "[link](javascript:alert(1))",
    "a | b",
    "`code` $x^2$ @citation *bold* _em_ ~~gone~~",
    "![](x.png)",
    "# heading\n\n- list",
    "\\begin{x}",
    "^[note]",
    "&lt;b&gt; &amp;",
    "https://example.org ::: {.x}",
    "nul\x00 and \u2028 separator",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    document = pandoc(f"Before {escape(text)} after.\n")
    kinds = {item["t"] for block in document["blocks"] for item in block["c"]}
    assert len(document["blocks"]) == 1
    assert kinds <= {"Str", "Space", "SoftBreak"}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_label_stays_in_its_cell(text: str) -> None:
    document = pandoc(pipe_table(["Area", "Count"], [[escape(text), "12"]], right=[1]) + "\n")
    assert [block["t"] for block in document["blocks"]] == ["Table"]
    body = document["blocks"][0]["c"][4][0][3]
    assert len(body) == 1
    assert len(body[0][1]) == 2


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("line", ["Before {} after.\n", "# {}\n", "- [{}](a.csv)\n"])
def test_in_a_file_that_is_read_as_it_stands_hostile_text_stays_text_too(text: str, line: str) -> None:
    kinds = set(re.findall(r'"t": "(\w+)"', json.dumps(pandoc(line.format(plainly(text))))))
    kinds -= {"Header", "BulletList", "Plain", "Para"} | ({"Link"} if "(a.csv)" in line else set())
    assert kinds <= {"Str", "Space", "SoftBreak"}


def test_a_title_is_read_as_it_was_written() -> None:
    title = "O'Neill & Sons (the town's \"second\" area): 1-9, under <10, snake_case; C+!"
    assert plainly(title) == title


def test_a_shortcode_is_broken_up() -> None:
    assert "{{<" not in escape("{{< env HOME >}}")
    assert "{{<" not in attribute("{{< env HOME >}}")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_in_an_attribute_stays_there_and_is_inert_when_it_is_read_again(text: str) -> None:
    document = json.dumps(pandoc(f'![caption](x.png){{#fig-x fig-alt="{attribute(text)}"}}\n'))
    (kept,) = re.findall(r'\["fig-alt", ("(?:[^"\\]|\\.)*")\]', document)
    assert not re.search(r"[<>{}\[\]]", json.loads(kept))
    again = json.dumps(pandoc(f"Callout: {json.loads(kept)}\n"))
    kinds = set(re.findall(r'"t": "(\w+)"', again))
    assert not kinds & {"RawInline", "RawBlock", "Link", "Image", "Code", "Note"}


def test_names_for_values() -> None:
    assert slug("10-13") == "10_13"
    assert slug("25-plus years") == "25_plus_years"
    assert slug("…") == "value"


def pandoc(text: str) -> dict:
    """The document as pandoc reads Quarto's markdown."""
    command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", "json"]
    made = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return json.loads(made.stdout)


def test_a_short_cell_beside_a_long_one_gets_the_width_of_a_line() -> None:
    rule = pipe_table(["Age", "Why"], [["14 or 15", "word " * 60]]).splitlines()[1]
    age, why = (cell.strip(" :").count("-") for cell in rule.strip("|").split("|"))
    assert age / (age + why) * 112 >= len("14 or 15")  # a page holds about 112 characters
