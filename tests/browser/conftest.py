"""A real browser on a site of two pages that holds every kind of block."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from compendium.site import render

ROOT = Path(__file__).resolve().parents[2]
pytest.importorskip("playwright.sync_api", reason="playwright isn't installed (extra: dev)")

CONFIG = """
project: {type: website, output-dir: out, render: [index.qmd, more.qmd]}
website:
  title: A site with a long name that wraps on a narrow screen
  navbar:
    title: Short name
    left: [index.qmd, {text: Places, menu: [{href: more.qmd, text: More}, {href: index.qmd, text: A longer entry}]}]
    right: [{text: How it was made, menu: [more.qmd]}]
  page-footer: {left: Words at the foot}
execute: {enabled: false}
format:
  html: {css: styles.css, toc: true, html-math-method: mathml}
"""
PAGE = """---
title: Everything on one page
subtitle: For a browser to look at
quick-exit: true
provenance: synthetic
provenance-note: Made by a generator.
locality: Alder
---

::: {.lead}
First words, with $x^2$.
:::

::: {.key-figures}
- **185** cases
- **fewer than 10** victims
:::

## Table {#sec-table}

| A long heading | Another long heading | A third | Fourth | Fifth | Sixth heading |
|:---|---:|---:|---:|---:|---:|
| A label of some length | 1000000 | 2000000 | 3000000 | 4000000 | 5000000 |

: A caption that is long enough to wrap on a narrow screen {#tbl-a}

![Bars](bars.svg){#fig-a fig-alt="Two bars"}

::: {.card-grid}
- [A card](more.qmd) with words

- **Another** with words
:::

## Blocks

::: {.panel-tabset}
### First tab
Words of the first.

### Second tab
Words of the second.
:::

::: {.callout-note collapse="true"}
## Closed at first
The body.
:::

::: {.synthetic-note}
Made up.
:::

```{.python}
a_name_so_long = "that a line of code is wider than a telephone, and has to scroll inside its own box"
```

averyveryverylongwordwithoutanyplacetobreakthatcouldpushthepagewiderthanthescreenitisshownon
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    bars = '<svg xmlns="http://www.w3.org/2000/svg" width="504pt" height="100pt"><rect width="90" height="50"/></svg>'
    files = {
        "_quarto.yml": CONFIG,
        "index.qmd": PAGE,
        "more.qmd": "---\ntitle: More\n---\n\nWords.\n",
        "bars.svg": bars,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "styles.css", folder)
    return render(folder, engine="pandoc").output_dir
