"""The young people's form: plain words, measured; no place to write; says that it reaches nobody, and who listens."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from compendium.framework.assessment import Form
from compendium.locality import load_locality
from compendium.paths import Root
from compendium.release import words
from compendium.report import assessment, rules
from tests import assessment_samples as samples
from tests.reading_age import reading_age, text_of

ELEVEN, HARDEST = 11.0, 13.0  # years: of the whole page; of one sentence by itself, where a single word weighs much


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    return samples.compendium(tmp_path_factory.mktemp("compendium"))


@pytest.fixture(scope="module")
def form(root: Root) -> Form:
    return samples.forms(root)["youth"]


@pytest.fixture(scope="module")
def page(root: Root, form: Form) -> str:
    return assessment.page(form, load_locality(root, samples.PLACE))


class Controls(HTMLParser):
    """Every control of a page by its kind and name, and every link."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.controls: list[tuple[str, str]] = []
        self.links: list[dict[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("input", "textarea", "select", "button"):
            self.controls.append((given.get("type", tag), given.get("name") or given.get("id", "")))
        elif tag == "a":
            self.links.append(given)


def test_a_child_of_eleven_can_read_the_whole_page(page: str) -> None:
    assert reading_age(text_of(page)) < ELEVEN


def test_each_question_and_each_answer_is_plain_by_itself(form: Form) -> None:
    questions = " ".join(item.text for item in form.items.values())
    assert reading_age(questions) < ELEVEN, "all questions, without what is repeated beside them"
    said = {item.criterion_id: item.text for item in form.items.values()}
    said |= {f"level {choice.level}": f"{choice.name}. {choice.meaning}" for choice in form.levels}
    said |= {section.standard_id: section.text for section in form.sections}
    hard = {name: round(reading_age(text), 1) for name, text in said.items() if reading_age(text) >= HARDEST}
    assert hard == {}


def test_what_the_script_says_is_plain_too() -> None:
    said = assessment._words("youth")["script"].values()
    assert reading_age(" ".join(f"{text}." for text in said if text)) < ELEVEN


def test_there_is_no_place_to_write_but_the_code_of_the_service(page: str) -> None:
    kinds = Controls(page).controls
    assert [name for kind, name in kinds if kind in ("text", "textarea", "email", "search", "tel", "date")] == [
        "service_code"
    ]
    assert {kind for kind, _ in kinds} == {"text", "radio", "checkbox", "button", "submit", "file"}


def test_it_says_that_it_reaches_nobody_and_who_would_listen_with_the_day_of_the_check(page: str) -> None:
    text = " ".join(text_of(page).split())
    assert "This page sends nothing to anyone. If you tell it something, nobody will know." in text
    assert "An adult you trust." in text
    assert "Childline : 0800 1111" in text.replace("Childline:", "Childline :")
    assert "We checked this on 22 November 2026." in text
    assert text.index("nobody will know") < text.index("Which service?"), "before anything is asked"


def test_the_way_out_is_the_first_link_and_promises_no_more_than_it_does(page: str, tmp_path: Path) -> None:
    (tmp_path / "form.html").write_text(page)
    assert rules.built_problems(tmp_path, ["form.html"]) == []
    first = Controls(page).links[0]
    assert (first["href"], first["rel"]) == ("https://www.bbc.co.uk/weather", "nofollow noreferrer")
    frame = (Path(assessment.site.__file__).parent / "assets/page.html.j2").read_text()
    assert first["href"] in frame, "the same site as on all other pages"


def test_every_form_of_the_site_is_held_to_the_way_out(root: Root) -> None:
    home = root.places / samples.PLACE
    assessment.write(home, root, load_locality(root, samples.PLACE))
    assert f"places/{samples.PLACE}/forms/young_people_form.html" in rules.quick_pages(root)


def test_nobody_is_asked_what_happened_and_why_somebody_may_not_rate_is_not_asked(form: Form, page: str) -> None:
    assert list(dict.fromkeys(name for kind, name in Controls(page).controls if kind == "radio")) == [
        "free_to_rate", "wave", *(f"level-{name}" for name in form.items),
    ]  # fmt: skip
    reasons = re.findall(r'name="free_to_rate"[^>]*value="(\w+)"', page)
    assert reasons == ["yes", "no"], "one answer for all reasons together"


def test_neither_form_holds_a_word_that_pages_may_not_hold(root: Root) -> None:
    for made in samples.forms(root).values():
        text = text_of(assessment.page(made, load_locality(root, samples.PLACE)))
        assert [hit.word for hit in words.refused(text)] == []


def test_a_locality_without_a_checked_help_line_gets_no_form(tmp_path: Path) -> None:
    root = samples.compendium(tmp_path)
    settings = root.localities / samples.PLACE / "locality.yml"
    settings.write_text(settings.read_text().replace(", checked: 2026-11-22", ""))
    with pytest.raises(Exception, match="with the day on which it was checked"):
        assessment.export(root, samples.PLACE, tmp_path / "forms")
