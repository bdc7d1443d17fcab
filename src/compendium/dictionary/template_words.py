"""What a template says of a column, in plain words: on the heading, beside the cell, in the guide."""

from __future__ import annotations

from compendium.dictionary import forms
from compendium.dictionary.schema import Dictionary, Field

LONGEST_PROMPT, LONGEST_TITLE, LONGEST_ERROR = 250, 32, 220  # what Excel shows of a prompt and of an error
_KINDS = {
    "string": "Text",
    "integer": "Whole number",
    "number": "Number, with a point before the decimals",
    "boolean": "One of two values",
    "date": "Date as year-month-day",
    "year": "Year in four digits",
    "yearmonth": "Month as year-month",
}


def row_in_words(dictionary: Dictionary) -> str:
    """What a row of the table is."""
    text = sentence(dictionary.description)
    return text if text.startswith("One row") else f"One row is one {dictionary.unit}. {text}"


def is_required(field: Field, dictionary: Dictionary) -> bool:
    return field.constraints.required or field.name in dictionary.primary_key


def is_unique(field: Field, dictionary: Dictionary) -> bool:
    return field.constraints.unique or dictionary.primary_key == (field.name,)


def written_like(field: Field) -> str:
    """One example of the form, never of a record."""
    if field.example != "":
        return str(field.example)
    if field.codes:
        return field.codes[0]
    if field.constraints.pattern:
        return forms.example(field.constraints.pattern)
    if field.type == "integer":
        low = field.constraints.minimum
        return str(low if low is not None else 14)
    return {"number": "0.25", "date": "2023-04-30", "year": "2023", "yearmonth": "2023-04"}.get(field.type, "")


def allowed(field: Field, dictionary: Dictionary) -> str:
    """What a cell may hold."""
    limits = field.constraints
    kind = "One code of the list" if field.codes else _KINDS[field.type]
    low, high = limits.minimum, limits.maximum
    if low is not None and high is not None:
        kind += f" from {low} to {high}"
    elif low is not None:
        kind += f", at least {low}"
    elif high is not None:
        kind += f", at most {high}"
    if limits.max_length:
        kind += f" of up to {limits.max_length} characters"
    like = written_like(field) if limits.pattern or field.type in ("date", "yearmonth", "number") else ""
    parts = [f"{kind}, such as {like}" if like else kind]
    if is_unique(field, dictionary):
        parts.append("each value once")
    return "; ".join(parts) + "."


def takes(field: Field, dictionary: Dictionary) -> str:
    """What a cell may hold, and the table in which it must also stand."""
    target = leads_to(field, dictionary)
    return allowed(field, dictionary) + (f" Must also stand in the table {target}." if target else "")


def leads_to(field: Field, dictionary: Dictionary) -> str:
    """The table whose key this column repeats; empty where it leads nowhere."""
    return next((key.reference.resource for key in dictionary.foreign_keys if key.fields[-1] == field.name), "")


def when_not_known(field: Field, dictionary: Dictionary) -> str:
    """What to do where the value isn't known."""
    if field.missing_codes:
        return f"Choose {' or '.join(field.missing_codes)}."
    return "Must be known." if is_required(field, dictionary) else "Leave the cell empty."


def need(field: Field, dictionary: Dictionary) -> str:
    return "Must be filled in." if is_required(field, dictionary) else "May stay empty."


def heading_note(field: Field, dictionary: Dictionary) -> str:
    """The comment on a column's heading."""
    lines = [field.heading.upper(), sentence(field.description), need(field, dictionary), takes(field, dictionary)]
    if field.codes and len(field.codes) <= 12:
        lines.append("\n".join(_code(field, code) for code in field.codes))
    lines.append(f"Not known? {when_not_known(field, dictionary)}")
    return "\n".join(line for line in lines if line)


def prompt(field: Field, dictionary: Dictionary) -> str:
    """What is shown beside a cell when somebody goes to it."""
    first = sentence(field.description.split(". ")[0])
    parts = [first, need(field, dictionary), allowed(field, dictionary)]
    if field.missing_codes:
        parts.append(f"Not known? {when_not_known(field, dictionary)}")
    while len(" ".join(parts)) > LONGEST_PROMPT and len(parts) > 1:
        parts.pop(0)  # the description stands on the heading and in the guide as well
    return shortened(" ".join(part for part in parts if part), LONGEST_PROMPT)


def sentence(text: str) -> str:
    text = text.strip()
    return f"{text}." if text and text[-1] not in ".!?" else text


def shortened(text: str, longest: int) -> str:
    """At most so many characters, cut between words."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 1].rsplit(' ', 1)[0]}…"


def _code(field: Field, code: str) -> str:
    label = field.label(code)
    return f"• {code}" if label == code else f"• {code}: {label}"
