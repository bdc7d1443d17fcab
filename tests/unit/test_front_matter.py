"""Nothing that a team wrote gets out of the front matter: not with quotes, not as another key, not as a shortcode."""

from __future__ import annotations

import pytest

from compendium.report import front
from compendium.site.project import read_yaml


@pytest.mark.parametrize(
    "title",
    [
        'Wells"\nquick-exit: false',
        "{{< include /etc/passwd >}}",
        "!!python/name:os.system",
        "2022-05-01",
        "[a](b): c",
        "on",
    ],
)
def test_a_title_stays_one_text(title: str) -> None:
    written = front.matter(title, quick_exit=True)
    assert written[0] == written[-2] == "---" and written[-1] == ""
    said = read_yaml("\n".join(written[1:-2]), "page").data
    assert set(said) == {"title", "quick-exit"}
    assert said["quick-exit"] is True
    assert isinstance(said["title"], str)
    assert "{{<" not in said["title"]


def test_values_keep_their_kind() -> None:
    written = front.matter("Where it is", subtitle="King's Lynn", toc_depth=2, locality="", print=False)
    assert written[1:3] == ['title: "Where it is"', 'subtitle: "King\'s Lynn"']
    assert written[3:] == ["toc-depth: 2", 'locality: ""', "print: false", "---", ""]
