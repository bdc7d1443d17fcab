"""Sources and licences as a page shows them."""

from __future__ import annotations

from compendium import dictionary
from compendium.dictionary.schema import Dictionary, Field, Source
from compendium.dictionary.sources import OGL, sources_markdown
from tests.shared import ROOT


def table(name: str, source: Source, *, sensitivity: str = "public") -> Dictionary:
    return Dictionary(
        name=name,
        title=name.title(),
        description="d",
        unit="row",
        sensitivity=sensitivity,  # type: ignore[arg-type]
        fields=(Field(name="a"),),
        source=source,
    )


def test_a_public_table_names_publisher_licence_and_date() -> None:
    source = Source(title="Table C2", publisher="ONS", licence=OGL, date="June 2025", url="https://www.ons.gov.uk/x")
    page = sources_markdown({"crime": table("crime", source)})
    assert "[Table C2](https://www.ons.gov.uk/x)" in page
    assert "Contains public sector information licensed under the Open Government Licence v3.0." in page
    assert "Contains OS data © Crown copyright and database right" in page


def test_sensitive_tables_are_not_sources_of_the_site() -> None:
    source = Source(title="Case files", publisher="A force")
    assert "Case files" not in sources_markdown({"cases": table("cases", source, sensitivity="sensitive")})


def test_text_and_addresses_of_a_dictionary_cannot_bring_markup() -> None:
    source = Source(title="<b>x</b> {{< env HOME >}}", publisher="a|b", url="javascript:alert(1)", note="[x](y)")
    page = sources_markdown({"x": table("x", source)})
    assert "<b>" not in page
    assert "{{<" not in page
    assert "javascript" not in page
    assert r"a\|b" in page


def test_every_official_table_states_its_licence_and_date() -> None:
    tables = dictionary.load(ROOT / "data_dictionaries")
    official = [tables[path.stem] for path in (ROOT / "localities/blackpool/data/official").glob("*.csv")]
    assert len(official) == 10
    for found in official:
        assert (found.sensitivity, found.source.licence) == ("public", OGL)
        assert found.source.publisher
        assert found.source.date
        assert found.source.url.startswith("https://")
