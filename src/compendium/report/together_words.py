"""What the page of places together says in words."""

from __future__ import annotations

TITLE = "Places together"
LEAD = """\
::: {.lead}
Here places are added up from what each of them has released, and from nothing else. **No record left the place that it
comes from**, and nobody can learn more here about a small number than the place's own pages tell.
:::
"""
HOW = """\
- **A sum is a number only where every place shows its part.** Where a place hides a small number, the sum is given as
  the lowest and the highest that it can be.
- **Real and invented numbers are never added up.** A place that may count the same records as another is left out.
- **Nothing here is a ranking.** How much gets recorded differs more between places than what happens to children.
"""
TOO_FEW = """\
::: {.callout-note}
## So few places are not pooled

A pooled share asks how much places differ, and so few can't tell. Each place stands by itself, with its own interval.
:::
"""
BEFORE = """\
## Before you use these numbers {#sec-before}

- **Places chose themselves.** They are not a sample of all places, so a pooled share is about places like these.
- **Recording differs.** “Not recorded” is part of every whole. A share can rise because more was written down.
- **Persons are not independent.** Several victims of one case hang together, so the intervals are somewhat too narrow.
- **Months differ.** Rates are for a year of each place's own months; sums are not.
- **Hidden numbers are small ones.** A pool never leaves their places out: it holds for all that they could be, or there
  is none.
- **A prediction** says where the share of one more place of this kind would lie, not where that of yours does.
"""
