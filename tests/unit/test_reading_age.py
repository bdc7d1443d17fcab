"""The measure of plain words, held against syllables counted by hand and the formula worked out on paper."""

from __future__ import annotations

import pytest

from tests.reading_age import reading_age, sentences, syllables, text_of

BY_HAND = {
    1: "the cat asked moved names wrote page rate rules there’s don’t you school trust worked caused strength",
    2: "about able apart listen people service table started promise only being trying needed places answer pages",
    3: "together remember computer important exactly yesterday",
    4: "information evaluation",
    5: "participation",
}


@pytest.mark.parametrize(("count", "words"), BY_HAND.items())
def test_syllables_are_those_that_are_spoken(count: int, words: str) -> None:
    assert {word: syllables(word) for word in words.split()} == dict.fromkeys(words.split(), count)


def test_a_sentence_of_short_words_is_for_the_youngest() -> None:
    """Six words, six syllables: 0.39 x 6 + 11.8 - 15.59 = -1.45."""
    assert reading_age("The cat sat on the mat.") == pytest.approx(5 - 1.45)


def test_long_words_and_long_sentences_make_it_older() -> None:
    plain = "You can stop. Nobody will mind."
    heavy = "Participation is voluntary and withdrawal at any subsequent juncture is without detrimental consequence."
    assert reading_age(plain) < 9
    assert reading_age(heavy) > 18


def test_each_line_of_a_list_is_a_sentence_and_scripts_are_not_read() -> None:
    html = "<script>var long = 1</script><ul><li>One thing</li><li>Another &amp; one</li></ul><p class='x'>not this</p>"
    assert sentences(text_of(html, leave_out=["x"])) == [["One", "thing"], ["Another", "one"]]
