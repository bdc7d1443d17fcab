"""National offence codes in international terms: classes of the ICCS and words of the Terminology Guidelines.

The codes are those of the locality; what is known of a code's class and term comes from `international_terms`. A code
nobody has looked up keeps its own label and the class that the locality gives it.
"""

from __future__ import annotations

import pandas as pd

from compendium.aggregate import CheckedTable, Statistic

CODES = {
    "national": "National code",
    "international": "ICCS class",
    "term": "Term of the Guidelines",
    "who": "Ages, online element, and whether a child can be the suspect",
    "differs": "What differs elsewhere",
    "read": "How class and term were read",
}
TERMS = {
    "avoid": "Avoid",
    "prefer": "Write",
    "why": "Why",
    "source": "Whose advice",
    "how_read": "How it was read",
}
NONE = "none"


def codes(offence_codes: CheckedTable, terms: CheckedTable) -> Statistic:
    """Every offence code of the locality with its class, its term and what differs elsewhere (kind `listing`)."""
    rows = offence_codes.frame
    known = terms.frame.drop(columns=["iccs_edition"]).drop_duplicates("code")
    found = rows[["code", "label", "iccs"]].merge(known, on="code", how="left")
    labels = {name: dict(terms.dimensions[name].categories) for name in ("child_suspect", "iccs_read", "term_read")}
    listed = pd.DataFrame(
        {
            "code": found["code"],
            "label": found["label"],
            "iccs": found["iccs"].fillna("").replace("", NONE),
            "class": found["iccs_label"],
            "term": found["term"],
            "age_rule": found["age_rule"],
            "child": found["child_suspect"].map(labels["child_suspect"]),
            "online": found["online"],
            "differs": found["differs"],
            "read": [
                f"Class: {labels['iccs_read'][a].lower()}. Term: {labels['term_read'][b].lower()}" if a and b else ""
                for a, b in found[["iccs_read", "term_read"]].fillna("").itertuples(index=False)
            ],
        }
    )
    listed = listed.astype(object).where(listed.notna(), "")
    listed["national"] = listed["code"] + ": " + listed["label"]
    listed["international"] = [
        ": ".join(filter(None, pair)) for pair in zip(listed["iccs"], listed["class"], strict=True)
    ]
    listed["who"] = [". ".join(filter(None, row)) for row in listed[["age_rule", "online", "child"]].to_numpy()]
    return Statistic("listing", listed, CODES, "offence code", 0, terms.origin)


def terms_to_avoid(terms: CheckedTable) -> Statistic:
    """What is avoided, what is written instead, and whose advice it is (kind `listing`)."""
    read = dict(terms.dimensions["read"].categories)
    listed = terms.frame.assign(how_read=terms.frame["read"].map(read))[list(TERMS)]
    return Statistic("listing", listed, TERMS, terms.unit, 0, terms.origin)
