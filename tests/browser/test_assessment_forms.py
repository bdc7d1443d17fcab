"""The self-assessment in a real browser, from a folder: by keyboard alone, nothing kept unless asked, out and in."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compendium import dictionary
from compendium.paths import Root
from compendium.report import assessment
from compendium.self_assessment import bring_in
from tests import assessment_samples as samples
from tests.assessment_samples import PLACE, rows
from tests.browser.waiting import until

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
FORMS = list(assessment.PAGES.values())
OWN, YOUNG = assessment.PAGES["self"], assessment.PAGES["youth"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    return samples.compendium(tmp_path_factory.mktemp("compendium"))


@pytest.fixture(scope="module")
def folder(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("forms")
    assessment.export(root, PLACE, made)
    return made


@pytest.fixture(autouse=True)
def _closed_after(browser: Any) -> Iterator[None]:
    yield
    for context in browser.contexts:
        context.close()


def opened(browser: Any, folder: Path, name: str, **options: Any) -> Any:
    """The page in a browser of its own that is without a network; what it says and asks for is written down."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    context.set_offline(True)
    page = context.new_page()
    page.said, page.asked = [], []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto((folder / name).as_uri())
    return page


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))


def tab_to(page: Any, wanted: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if focused(page) == wanted:
            return
    pytest.fail(f"the tab key never reaches {wanted}")


def by_keyboard(page: Any, levels: list[int], service: str = "A01", wave: int = 0) -> None:
    """Fill in a form with the tab key, the arrows, the space bar and letters."""
    if YOUNG in page.url:
        tab_to(page, "free_to_rate-yes")
        page.keyboard.press("Space")
    tab_to(page, "service_code")
    page.keyboard.type(service.lower())
    if OWN in page.url:
        tab_to(page, "pilot_area")
        page.keyboard.press("ArrowDown")
    tab_to(page, "wave-before")
    page.keyboard.press("Space")
    for _ in range(wave):
        page.keyboard.press("ArrowDown")
    for level in levels:
        page.keyboard.press("Tab")
        assert focused(page).endswith("-0")
        page.keyboard.press("Space")
        for _ in range(level):
            page.keyboard.press("ArrowDown")


def at_once(page: Any, level: int, service: str = "A01", wave: str = "after") -> None:
    """The same answers with the pointer."""
    if YOUNG in page.url:
        page.locator("#free_to_rate-yes").check()
    else:
        page.locator("#pilot_area").select_option("Pilot area 1")
    page.locator("#service_code").fill(service)
    for name in (f"wave-{wave}", *page.evaluate("JSON.parse(document.getElementById('asked').textContent).order")):
        page.locator(f"[id='{name}']" if name.startswith("wave") else f"[id='level-{name}-{level}']").check()


def said(page: Any, words: str) -> None:
    """Wait until the page's live region says something."""
    until(page, "words => document.getElementById('said').textContent.startsWith(words)", words)


def saved(page: Any, button: str, folder: Path) -> Path:
    """Press a button by keyboard and keep the file that comes."""
    page.locator(f"#{button}").focus()
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    path = folder / str(coming.value.suggested_filename)
    coming.value.save_as(path)
    return path


LEVELS = [0, 1, 2, 3, 4, 0, 1, 2, 3, 0, 1, 2]  # 4: can't say


def test_filled_in_by_keyboard_alone_saved_and_brought_into_the_ratings(
    browser: Any, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "root").mkdir()
    root = samples.compendium(tmp_path / "root")
    page = opened(browser, folder, OWN)
    by_keyboard(page, LEVELS)
    assert page.locator("#progress").inner_text() == "12 of 12 answered"
    tab_to(page, "save-json")
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    assert coming.value.suggested_filename == "assessment-A01-before-self.json"
    path = tmp_path / "answers.json"
    coming.value.save_as(path)
    said(page, "Saved to a file")
    found = bring_in(root, PLACE, [path, saved(page, "save-csv", tmp_path)])
    assert (found.forms["self"], found.cannot_say, len(found.added)) == (2, 2, 11)
    names = list(samples.forms(root)["self"].items)
    assert {row["criterion_id"]: int(row["level"]) for row in rows(root)} == {
        name: level for name, level in zip(names, LEVELS, strict=True) if level != 4
    }
    assert page.said == []
    assert page.asked == [(folder / OWN).as_uri()] or all(url.startswith(("file:", "blob:")) for url in page.asked)


def test_what_young_people_saved_becomes_a_rating_that_the_analysis_of_the_pilot_reads(
    browser: Any, folder: Path, tmp_path: Path
) -> None:
    from compendium.analysis import youth_ratings

    (tmp_path / "root").mkdir()
    root = samples.compendium(tmp_path / "root")
    own = opened(browser, folder, OWN)
    at_once(own, 3)
    paths = [saved(own, "save-json", tmp_path)]
    for level in (1, 1, 2, 2, 3):
        page = opened(browser, folder, YOUNG)
        at_once(page, level)
        paths.append(saved(page, "save-csv", tmp_path))
        assert page.said == []
    assert len(set(paths)) == 6, "each form has a number of its own"
    bring_in(root, PLACE, paths)
    home, dictionaries = root.localities / PLACE, dictionary.load(root.dictionaries)
    tables = {name: home / f"data/{name}.csv" for name in ("pilot_services", "pilot_waves")}
    tables["assessments"] = root.path / samples.TABLE
    read = dictionary.read_tables(tables, dictionaries)
    assert read.problems == []
    records = {
        name: dictionary.to_checked(dictionaries[name], frame, provenance="synthetic", file=name)
        for name, frame in read.tables.items()
    }
    both = youth_ratings.self_and_youth(records, evaluated_on="2025-01-31", delay_months=3)
    assert (both["self"].tolist(), both["youth"].tolist(), set(both["gap"])) == ([3] * 12, [2] * 12, {1})


# Kept only when asked


@pytest.mark.parametrize("name", FORMS)
def test_after_a_reload_nothing_is_left_unless_it_was_asked_to_be_kept(browser: Any, folder: Path, name: str) -> None:
    page = opened(browser, folder, name)
    by_keyboard(page, [2] * 12)
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    page.reload()
    assert page.locator("#progress").inner_text() == "0 of 12 answered"
    assert page.locator("input:checked").count() == 0
    assert page.locator("#service_code").input_value() == ""
    by_keyboard(page, [2] * 12)
    page.locator("#keep").focus()
    page.keyboard.press("Space")
    page.reload()
    assert page.locator("#progress").inner_text() == "12 of 12 answered"
    assert page.locator("#service_code").input_value() == "A01"
    assert page.locator("#keep").is_checked()
    page.locator("#keep").focus()
    page.keyboard.press("Space")
    assert page.evaluate("Object.keys(localStorage).length") == 0, "taking the tick away takes the answers away"


@pytest.mark.parametrize("name", FORMS)
def test_clearing_the_device_leaves_nothing_in_the_form_and_nothing_in_the_browser(
    browser: Any, folder: Path, name: str
) -> None:
    page = opened(browser, folder, name)
    page.on("dialog", lambda dialog: dialog.accept())
    by_keyboard(page, [1] * 12)
    page.locator("#keep").check()
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.locator("#clear").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("Object.keys(localStorage)") == ["theme"], "what others keep is not ours"
    assert page.locator("input:checked").count() == 0
    said(page, "Cleared.")
    page.reload()
    assert page.locator("#progress").inner_text() == "0 of 12 answered"


def test_a_browser_that_keeps_nothing_says_so(browser: Any, folder: Path) -> None:
    page = opened(browser, folder, OWN)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full') } }")
    page.locator("#keep").click()
    assert not page.locator("#keep").is_checked()
    said(page, "This browser does not allow it. Nothing is kept.")


# A young person who may not rate


def test_who_uses_the_service_is_thanked_and_nothing_can_be_saved_or_kept(browser: Any, folder: Path) -> None:
    page = opened(browser, folder, YOUNG)
    assert not page.locator("#items").is_visible()
    page.locator("#keep").check()
    by_keyboard(page, [2, 2, 2])
    page.locator("#free_to_rate-no").check()
    assert page.get_by_text("Then please do not rate this service.").is_visible()
    assert not page.locator("#items").is_visible()
    assert page.evaluate("Object.keys(localStorage).length") == 0
    page.locator("#save-json").click()
    assert focused(page) == "problems"
    page.locator("#free_to_rate-yes").check()
    assert page.locator("#progress").inner_text() == "0 of 12 answered", "what was chosen before is gone"


def test_the_way_out_comes_first_and_leaves_no_answers_to_come_back_to(browser: Any, folder: Path) -> None:
    page = opened(browser, folder, YOUNG)
    page.keyboard.press("Tab")
    assert "bbc.co.uk/weather" in page.evaluate("document.activeElement.href")
    by_keyboard(page, [1, 1])
    page.context.set_offline(False)
    asked: list[dict[str, str]] = []

    def answer(route: Any) -> None:
        asked.append(route.request.headers)
        route.fulfill(body="<title>Weather</title>", content_type="text/html")

    page.route("https://www.bbc.co.uk/**", answer)
    before = page.evaluate("history.length")
    page.locator(".quick-exit a").click()
    page.wait_for_url("https://www.bbc.co.uk/weather")
    assert page.evaluate("history.length") == before
    assert "referer" not in asked[0]


# Wrong and missing


def test_what_is_missing_is_listed_with_links_that_lead_there(browser: Any, folder: Path) -> None:
    page = opened(browser, folder, OWN)
    by_keyboard(page, [2] * 10, service="A1")
    page.keyboard.press("Enter")
    assert focused(page) == "problems"
    links = page.locator("#problems-list a")
    assert links.all_inner_texts() == [
        "Write the code of your service, such as A05", "Item 6.1 is not answered", "Item 6.2 is not answered",
    ]  # fmt: skip
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "service_code"
    assert page.locator("#service_code").get_attribute("aria-invalid") == "true"
    links.nth(1).focus()
    page.keyboard.press("Enter")
    assert focused(page) == "level-6.1-0"


@pytest.mark.parametrize("shape", ["json", "csv"])
def test_a_saved_file_is_opened_again_with_every_answer(browser: Any, folder: Path, tmp_path: Path, shape: str) -> None:
    page = opened(browser, folder, OWN)
    by_keyboard(page, LEVELS[:10], wave=2)
    path = saved(page, f"save-{shape}", tmp_path)
    again = opened(browser, folder, OWN)
    again.locator("#open").set_input_files(path)
    until(again, "document.getElementById('progress').textContent === '10 of 12 answered'")
    second = saved(again, f"save-{shape}", tmp_path / "again")
    assert second.read_bytes() == path.read_bytes()


def test_a_file_that_is_no_form_or_another_wording_is_refused_and_changes_nothing(
    browser: Any, folder: Path, root: Root, tmp_path: Path
) -> None:
    data = samples.filled(samples.forms(root)["self"])
    older = json.loads(json.dumps(data))
    older["answers"][3]["wording"] = "0" * 12
    twice = {**data, "answers": [data["answers"][0], data["answers"][0]]}
    refusals = {
        "older.json": (json.dumps(older), "Item 2.2: its wording is another one in this version."),
        "twice.json": (json.dumps(twice), "Item 1.1: answered twice."),
        "other.json": (json.dumps({**data, "locality": "birch"}), "It is a file of another form."),
        "proto.json": (
            json.dumps({**data, "answers": [{"criterion_id": "__proto__", "wording": "", "level": 1}]}),
            "It holds an item that this form doesn’t have.",
        ),
        "broken.json": ("{", "It is no file that this form has saved."),
        "broken.csv": ("a,b\n1,2\n", "It is no file that this form has saved."),
    }
    page = opened(browser, folder, OWN)
    page.locator("[id='level-1.1-3']").check()
    for name, (text, why) in refusals.items():
        (tmp_path / name).write_text(text)
        page.locator("#open").set_input_files(tmp_path / name)
        until(
            page,
            "why => !document.getElementById('problems').hidden"
            " && document.getElementById('problems-list').textContent.includes(why)",
            why,
        )
        assert page.locator("#progress").inner_text() == "1 of 12 answered"
    assert page.said == []
    (tmp_path / "good.json").write_text(json.dumps(data))
    page.locator("#open").set_input_files(tmp_path / "good.json")
    until(page, "() => document.getElementById('said').textContent.includes('The file is open')")
    page.locator("#open").set_input_files(tmp_path / "broken.json")
    until(page, "() => !document.getElementById('problems').hidden")
    assert page.locator("#said").inner_text() == "", "it does not say of a refused file that it is open"


# For everybody


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.parametrize("name", FORMS)
def test_axe_finds_nothing(browser: Any, folder: Path, name: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe isn't installed (extra: dev)")
    page = opened(browser, folder, name, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    by_keyboard(page, [1, 2, 3])
    page.locator("button.main").click()
    found = axe.Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found] == []


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize("name", FORMS)
def test_a_form_never_scrolls_sideways_also_at_twice_the_size(
    browser: Any, folder: Path, name: str, width: int
) -> None:
    """1280 wide at 200 % is 640 wide, at 400 % it is 320: WCAG 1.4.10."""
    page = opened(browser, folder, name, viewport={"width": width, "height": 700})
    if name == YOUNG:
        page.locator("#free_to_rate-yes").check()
    page.locator("button.main").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_has_the_keyboard_is_seen_and_not_covered(browser: Any, folder: Path) -> None:
    page = opened(browser, folder, YOUNG, reduced_motion="reduce")
    page.locator("#free_to_rate-yes").check()
    covered = """() => { const e = document.activeElement, b = e.getBoundingClientRect();
      const box = e.closest('.choice') || e, s = getComputedStyle(box);
      const at = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
      return [e.id || e.outerHTML.slice(0, 60), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
              !!at && (e === at || e.contains(at) || at.contains(e) && at !== document.body)]; }"""
    page.locator("#service_code").focus()
    for _ in range(22):
        page.keyboard.press("Tab")
        if focused(page) == "BODY":
            break
        name, outlined, seen = page.evaluate(covered)
        assert (name, outlined, seen) == (name, True, True)


@pytest.mark.parametrize("name", FORMS)
def test_on_paper_every_question_is_there_and_no_button(browser: Any, folder: Path, name: str) -> None:
    page = opened(browser, folder, name)
    page.emulate_media(media="print")
    assert page.locator("legend").last.is_visible(), "also where the first question isn't answered yet"
    for gone in (".bar", ".quick-exit", "#save-json", "#clear"):
        assert page.locator(gone).count() == 0 or not page.locator(gone).is_visible()


@pytest.mark.parametrize("name", FORMS)
def test_without_scripts_the_form_can_be_read_and_printed(browser: Any, folder: Path, name: str) -> None:
    page = opened(browser, folder, name, java_script_enabled=False)
    assert page.locator("legend").last.is_visible()
    assert page.locator("noscript").inner_text() != ""
    assert not page.locator("#save-json").is_visible()


@pytest.mark.parametrize("name", FORMS)
def test_the_page_can_send_nothing_even_if_something_tried(browser: Any, folder: Path, name: str) -> None:
    page = opened(browser, folder, name)
    tried = page.evaluate(
        """async () => { const out = [];
        try { await fetch('https://example.org/'); out.push('fetched'); } catch (e) { out.push('no fetch'); }
        out.push(navigator.sendBeacon && navigator.sendBeacon('https://example.org/', 'x') ? 'beacon' : 'no beacon');
        const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s);
        out.push(window.ran ? 'ran' : 'no script');
        const b = document.createElement('b'); b.setAttribute('onclick', 'window.ran = true');
        document.body.append(b); b.click();
        out.push(window.ran ? 'ran' : 'no handler');
        return out; }"""
    )
    assert [tried[0], *tried[2:]] == ["no fetch", "no script", "no handler"]
    assert not any("example.org" in url for url in page.asked if not url.startswith("blob:"))
    policy = page.locator("meta[http-equiv]").get_attribute("content")
    for part in ("default-src 'none'", "connect-src 'none'", "form-action 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy


def test_a_link_can_bring_the_service_and_the_round_along(browser: Any, folder: Path) -> None:
    page = opened(browser, folder, OWN)
    page.goto((folder / OWN).as_uri() + "#service=B01&round=after")
    page.reload()
    assert page.locator("#service_code").input_value() == "B01"
    assert page.locator("#wave-after").is_checked()
    page.goto((folder / OWN).as_uri() + "#service=Smith")
    page.reload()
    assert page.locator("#service_code").input_value() == "", "a link brings a code and no name"
    with (folder / "self_assessment.json").open(encoding="utf-8") as stream:
        assert json.load(stream)["service_code"] == ""


def test_the_csv_has_one_row_an_item_and_no_cell_that_a_spreadsheet_would_run(
    browser: Any, folder: Path, tmp_path: Path
) -> None:
    page = opened(browser, folder, OWN)
    by_keyboard(page, LEVELS)
    with saved(page, "save-csv", tmp_path).open(encoding="utf-8", newline="") as stream:
        found = list(csv.reader(stream))
    assert len(found) == 13
    assert not [cell for row in found for cell in row if cell[:1] in "=+-@\t" and cell]
