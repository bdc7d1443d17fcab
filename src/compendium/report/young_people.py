"""The page for young people who took part: what you said, and what changed. In words for a reader of about eleven.

Every sentence follows from released tables and from the standards; what is not shown there is said to be not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compendium.framework.standards import Framework
from compendium.markdown import escape, pipe_table
from compendium.report import front, helping, numbers
from compendium.report.place import Place
from compendium.report.read import Row, count, rows, table

PAGE = "young_people.qmd"
TITLE = "What you said, and what changed"
CHILDREN, ALL = "children", "all"
MADE_UP = (
    "**The workshops on this page did not happen.** Nobody took part, and nobody said these things. They are "
    "synthetic. That means they are made up, to show what such a page looks like. The places to get help are real."
)
REAL = "This page shows what young people said in the workshops. It shows no names, and nothing that one person said."
IDEAS = "suggestions_taken_up"
NOT_TAKEN = "not_taken"


def page(place: Place, framework: Framework, lines: Sequence[helping.Line]) -> str:
    """The page of one locality."""
    text = [
        *front.matter(TITLE, subtitle="For young people who took part", quick_exit=True, toc=False),
        "::: {.lead}",
        "You know best what helps. So the people who plan help asked young people first. Here you can see what young "
        "people said, and what came of it.",
        ":::",
        "",
        "::: {.content-note}",
        "This page talks about harm that people do to children online. You can stop reading at any time. "
        "[Here you can get help](#sec-help).",
        ":::",
        "",
        MADE_UP if table(place, "consensus_by_group")["provenance"] == "synthetic" else REAL,
        "",
        *_said(place, framework),
        *_split(place),
        *_ideas(place),
        *_checked(place, framework),
        *_missing(),
        *_help(place, lines),
    ]
    return "\n".join(text) + "\n"


def _said(place: Place, framework: Framework) -> Iterator[str]:
    yield from ("## What you said matters most {#sec-said}", "")
    children = _by_item(place, CHILDREN)
    wanted = [row for row in children.values() if row["verdict"] == "in"]
    if not wanted:
        yield from ("There is nothing to show here yet.", "")
        return
    yield "Young people gave each wish a score from 1 to 9. These wishes got a high score from most of them. Next to "
    yield from ("each one you can see what came of it.", "")
    found = [[escape(str(row["item_label"])), _came_of(str(row["item"]), framework)] for row in wanted]
    yield from (pipe_table(["What you said", "What came of it"], found, anchor="tbl-said", caption="What you said"), "")
    yield "The rules are called *standards*. A standard says what good help looks like. You can read all of them on "
    yield from ("[the page about the standards](framework.qmd).", "")


def _by_item(place: Place, group: str) -> dict[str, Row]:
    return {str(row["item"]): row for row in rows(place, "consensus_by_group") if row["group"] == group}


def _came_of(priority: str, framework: Framework) -> str:
    taken = [standard for standard in framework.standards if priority in standard.priority_ids]
    if not taken:
        return "No rule was made for this yet."
    return " ".join(f"There is now a rule: *{escape(one.title)}*. {escape(one.audiences.children)}" for one in taken)


def _split(place: Place) -> Iterator[str]:
    yield from ("## Where grown-ups did not see it as you did {#sec-split}", "")
    items = dict.fromkeys(str(row["item_label"]) for row in rows(place, "consensus_splits"))
    if not items:
        yield from ("Young people and grown-ups agreed, or too few people gave a score to tell.", "")
        return
    yield "There were many more grown-ups than young people. If all their scores are put in one pot, young people can "
    yield "lose every time. So we look at both sides apart. On these wishes, young people and the grown-ups who work "
    yield from ("with them did not say the same:", "", *(f"- {escape(item)}" for item in items), "")
    yield from ("This comes first on [the page about the workshops](04_workshops.ipynb). Nobody may hide it.", "")


def _ideas(place: Place) -> Iterator[str]:
    yield from ("## Your own ideas {#sec-ideas}", "")
    every = count(place, IDEAS)
    if not every:
        yield from ("There are no ideas to show here yet.", "")
        return
    told = numbers.link(f"{every} ideas", IDEAS)
    yield f"People in the workshops had **{told}**. {_taken_up(place)} Each idea gets an answer and a reason, also when"
    yield from ("the answer is no.", "")
    answers = [
        [escape(str(row["topic_label"])), escape(str(row["answer"])), escape(_sentences(str(row["reasons"])))]
        for row in rows(place, "suggestions_answered")
    ]
    if answers:
        head = ["Your ideas about", "What came of them", "Why"]
        yield from (pipe_table(head, answers, anchor="tbl-ideas", caption="Your ideas and the answers"), "")


def _taken_up(place: Place) -> str:
    """How many, where that may be said."""
    for dimension in table(place, IDEAS)["dimensions"]:
        taken = next((code for code in dimension["categories"] if code != NOT_TAKEN), None)  # stored in no order
        if taken and (number := count(place, IDEAS, **{dimension["name"]: taken})):
            return f"**{numbers.link(number, IDEAS)}** of them were taken up, in full or in part."
    return "We may not show how many were taken up: small numbers could point at somebody."


def _sentences(reasons: str) -> str:
    return f"{reasons.replace('; ', '. ')}." if reasons else ""


def _checked(place: Place, framework: Framework) -> Iterator[str]:
    yield from ("## Does it work? Young people looked {#sec-checked}", "")
    gaps = {str(row["measure"]): row for row in rows(place, "self_youth_gap")}
    if not gaps:
        yield from ("Nobody has looked yet.", "")
        return
    yield "Some services tried the rules. First each service said how well it does. Then young people said how well it "
    yield "does. They never rated a service that they go to themselves. The numbers are about "
    yield from (f"{'made-up' if table(place, 'self_youth_gap')['provenance'] == 'synthetic' else 'real'} services.", "")
    seen: dict[str, list[str]] = {}
    for criterion in (criterion for standard in framework.standards for criterion in standard.criteria):
        seen.setdefault(_gap(gaps, criterion.id), []).append(escape(criterion.plain or criterion.text))
    for verdict, criteria in seen.items():
        if len(seen) == 1:
            yield f"**It was the same for all the rules.** {verdict}"
        else:
            yield from (f"**{verdict}** That was so for these rules:", "", *(f"- {one}" for one in criteria))
        yield ""


def _gap(gaps: dict[str, Row], criterion: str) -> str:
    row = next((row for measure, row in gaps.items() if measure.split(" ")[-1] == criterion), None)
    if row is None or row.get("mean") is None:
        return "We may not show this: too few people rated it."
    low, high = row.get("low"), row.get("high")
    if low is None or high is None or low <= 0 <= high:
        return "Both saw about the same, or we can't be sure."
    return (
        "The services saw themselves better than young people saw them."
        if low > 0
        else "Young people saw the services better than they saw themselves."
    )


def _missing() -> Iterator[str]:
    yield from ("## Who was not there {#sec-not-there}", "")
    yield "Not all young people could come. Some never told anyone what happened to them. Some do not go to school, or "
    yield from (
        "live away from home. They may want other things. If that is you: what you think counts just as much.",
        "",
    )


def _help(place: Place, lines: Sequence[helping.Line]) -> Iterator[str]:
    yield from ("## If you need help {#sec-help}", "")
    yield "If something happened to you online, it is not your fault. You can talk to a grown-up you trust. You can "
    yield from ("also call or write to:", "", *helping.of_children(lines, place.locality), "")
