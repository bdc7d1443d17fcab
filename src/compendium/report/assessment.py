"""The self-assessment form as pages: one file each, which works from a folder without a network and sends nothing.

The page's own policy forbids every request (`connect-src`, `form-action` and all else 'none'); style and script are
named by their hashes, so nothing that came in later would run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template

from compendium import site
from compendium.errors import CompendiumError, Problem
from compendium.framework.assessment import CANNOT_SAY, RATERS, Form, Rater, forms_of
from compendium.framework.assessment.reading import CSV_COLUMNS
from compendium.framework.assessment.workbook import workbook
from compendium.locality import Locality, load_locality
from compendium.markdown import escape
from compendium.paths import Root
from compendium.report import front, helping
from compendium.report.wording import day_in_words
from compendium.site.shell import content_hash
from compendium.writing import write_whole

TEMPLATES = resources.files("compendium.report") / "templates"
EXIT = "https://www.bbc.co.uk/weather"  # as in the frame of the site's pages
FOLDER = "forms"  # of a locality's pages
PAGES: Mapping[Rater, str] = {"self": "self_assessment.html", "youth": "young_people_form.html"}
SITE_PAGE = "self_assessment.qmd"
SHEET, PROGRAM = "self_assessment.xlsx", "self_assessment.json"


def files(forms: Mapping[Rater, Form], locality: Locality, *, home: str = "") -> dict[str, bytes]:
    """Every shape of the form by its file name; `home` is where a page of the site leads back to."""
    made = {PAGES[rater]: page(forms[rater], locality, home=home).encode() for rater in RATERS}
    return {**made, SHEET: workbook(forms["self"]), PROGRAM: forms["self"].as_json().encode()}


def write(folder: Path, root: Root, locality: Locality) -> None:
    """The page of the site and, beside it, every shape of the form.

    Where the answers could not be kept (a framework of the locality's own that its table does not know yet) or no help
    line is checked, no form is offered, and the page says what is missing.
    """
    try:
        forms = _offered(root, locality)
    except CompendiumError as missing:
        write_whole(folder / SITE_PAGE, _not_offered(missing.problems))
        return
    help = helping.short(helping.load(root), locality)
    write_whole(folder / SITE_PAGE, f"{helping.noted(site_page(forms['self']))}\n{help}\n")
    for file, data in files(forms, locality, home=f"../{SITE_PAGE.replace('.qmd', '.html')}").items():
        write_whole(folder / FOLDER / file, data)


def _offered(root: Root, locality: Locality) -> dict[Rater, Form]:
    """The forms of a locality that can take answers. Raises `CompendiumError`."""
    if not any(line.checked for line in locality.help_lines):
        message = "help_lines: the young people's form names one at least, with the day on which it was checked."
        file = f"localities/{locality.id}/locality.yml"
        raise CompendiumError(Problem(file, message=message, remedy="Add one, or check it and write the day."))
    return forms_of(root, locality)


def export(root: Root, name: str, folder: Path) -> list[Path]:
    """Write the blank forms of a locality. A file that somebody may have filled in is never overwritten."""
    locality = load_locality(root, name)
    made = {folder / file: data for file, data in files(_offered(root, locality), locality).items()}
    taken = [path for path, data in made.items() if path.exists() and (not path.is_file() or path.read_bytes() != data)]
    if taken:
        remedy = "It may be filled in: move it away, or name another folder with --out."
        raise CompendiumError([Problem(path.name, message="It is there already.", remedy=remedy) for path in taken])
    for path, data in made.items():
        if not path.exists():
            write_whole(path, data)
    return list(made)


def page(form: Form, locality: Locality, *, home: str = "") -> str:
    """One form as a page that stands alone."""
    youth = form.rater == "youth"
    words, style, script = _words(form.rater), _style(), _asset("assessment.js")
    return _template().render(
        form=form,
        youth=youth,
        words=words,
        place=locality.name,
        home=home,
        rounds={code: words.get("rounds", {}).get(code, label) for code, label in form.rounds.items()},
        help_lines=[
            {
                "name": line.name,
                "phone": line.phone,
                "url": line.url,
                "note": line.note,
                "day": day_in_words(line.checked),
            }
            for line in locality.help_lines
            if line.checked
        ],
        exit=EXIT,
        cannot_say=CANNOT_SAY,
        style=style,
        script=script,
        policy=_policy(script, style),
        asked=_asked(form),
    )


def _not_offered(problems: Sequence[Problem]) -> str:
    missing = [f"- {escape(str(problem))}" for problem in problems]
    return "\n".join([*_head(""), "No form is offered here yet. What is missing:", "", *missing, ""])


def _head(note: str) -> list[str]:
    band = {"provenance": "illustrative", "provenance_note": note} if note else {"provenance": ""}
    about = "A form for services, and one for young people"
    return front.matter("Self-assessment", subtitle=about, **band, quick_exit=True, print=False)


def site_page(form: Form) -> str:
    """The page of the site from which people fetch the forms."""
    lines = [
        *_head(form.statement if form.illustrative else ""),
        "::: {.lead}",
        "Services rate themselves against the standards. Young people, who do not use the service, rate it too.",
        ":::",
        "",
        "The forms send nothing to anyone. They work without a network, by keyboard alone and with a screen reader.",
        "Answers stay in a file that you save and pass on yourself.",
        "",
        "::: {.card-grid}",
        f"- [Form for services]({FOLDER}/{PAGES['self']}) {len(form.items)} items on four levels, as a web page. "
        "It can be saved to your device and opened from there.",
        "",
        f"- [Spreadsheet for services]({FOLDER}/{SHEET}) The same items, with lists and checks in its cells.",
        "",
        f"- [Form for young people]({FOLDER}/{PAGES['youth']}) The same items in plain words. Nobody is asked what "
        "happened to them, and there is no place to write.",
        "",
        f"- [Blank form for programs]({FOLDER}/{PROGRAM}) The same items as JSON.",
        ":::",
        "",
        "## What counts and what is shown {#sec-counts}",
        "",
        "- A service is known by a code that was agreed with it. No names are asked for.",
        "- No young person rates a service that they use, or to which they have told something.",
        "- A rating by young people is shown when at least five of them rated the same service.",
        "- What was rated in an earlier round is never changed by a later one.",
        "",
        f"This is version {escape(form.version)} of the form. Its wording has the fingerprint `{form.hash[:12]}`.",
        "",
    ]
    return "\n".join(lines)


def _asked(form: Form) -> str:
    """What the script needs to know of the form; nothing in it can end the block that it stands in."""
    head = {key: value for key, value in form.blank().items() if isinstance(value, str)}
    known = {
        **head,
        "service_pattern": form.service_pattern,
        "items": {item.criterion_id: item.wording for item in form.items.values()},
        "order": list(form.items),
        "levels": [choice.level for choice in form.levels],
        "rounds": list(form.rounds),
        "columns": list(CSV_COLUMNS),
        "words": _words(form.rater)["script"],
    }
    return json.dumps(known, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")


def _policy(script: str, style: str) -> str:
    return (
        f"default-src 'none'; style-src {content_hash(style)}; script-src {content_hash(script)}; connect-src 'none'; "
        "form-action 'none'; base-uri 'none'"
    )


@cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


@cache
def _words(rater: Rater) -> Mapping[str, Any]:
    """What a form says around its items, and what its script says."""
    words: Mapping[str, Any] = json.loads(_asset("assessment_words.json"))[rater]
    return words


@cache
def _style() -> str:
    """The site's colours and measures, then the form's own rules."""
    sheet = (Path(site.__file__).parent / "assets" / "site.css").read_text("utf-8")
    tokens = re.search(r"^:root \{.*?(?=^/\* Ground)", sheet, re.M | re.S)
    if tokens is None:
        raise CompendiumError("The site's style sheet has no colours.", "Restore it from the project.")
    return tokens[0] + _asset("assessment.css")


@cache
def _template() -> Template:
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(_asset("assessment.html.j2"))
