"""What a notebook says about a table is typed in its source."""

from __future__ import annotations

import nbformat
import pandas as pd
import pytest

from compendium.aggregate import Origin, Statistic
from compendium.proposals import Proposal
from compendium.release.typed import problems

ORIGIN = Origin("studies", "Studies", "public", "real", "", "Register")
STATISTIC = Statistic("listing", pd.DataFrame({"a": [1]}), {"a": "A"}, "study", 1, ORIGIN)


def found(source: str, **said: object) -> list[str]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    proposal = Proposal("listing", "01_toy", aggregate=STATISTIC, **{"title": "Studies", **said})  # type: ignore[arg-type]
    return [problem.message for problem in problems(notebook, "01_toy", {"listing": proposal})]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('study.publish("listing", x, title="Studies")', {}),
        ('study.publish("listing", x, title=("Stud" "ies"), caption="c")', {"caption": "c"}),
        (
            'study.publish("listing", f(n), title="Studies", options={"limits": [1, -5]})',
            {"options": {"limits": [1, -5]}},
        ),
        (
            'study.publish(name="listing", aggregate=x, title="Studies", options={"at": (1, 2)})',
            {"options": {"at": [1, 2]}},
        ),
    ],
    ids=["plain", "in two parts", "options", "by keyword"],
)
def test_typed_words_pass(source: str, said: dict[str, object]) -> None:
    assert found(source, **said) == []


@pytest.mark.parametrize(
    ("source", "said", "word"),
    [
        ('study.publish("listing", x, title=f"{n} studies")', {"title": "12 studies"}, "title"),
        ('study.publish("listing", x, title="Studies", caption=c)', {"caption": "C-00001"}, "caption"),
        ('study.publish("listing", x, title="Studies", note="a" + b)', {"note": "ab"}, "note"),
        ('study.publish("listing", x, title="Studies", options={"x": y})', {"options": {"x": 4}}, "options"),
        ('study.publish("listing", x, **words)', {}, "title"),
        ('study.publish("another", x, title="Studies")', {}, "name"),
        ("study.publish(name, x, title='Studies')", {}, "name"),
        ('%%time\nstudy.publish("listing", x, title="Studies")', {}, "name"),
        ('"Studies"', {}, "name"),
    ],
)
def test_computed_words_are_named_but_not_repeated(source: str, said: dict[str, object], word: str) -> None:
    (message,) = found(source, **said)
    assert word in message
    assert "C-00001" not in message
    assert "12" not in message


def test_one_table_may_not_borrow_the_words_of_another() -> None:
    source = 'study.publish("listing", x, title=t)\nstudy.publish("another", x, title="Studies")'
    assert found(source) == ["listing: its title is computed."]
