"""The room that words take in a drawing: whatever they are written in, they fit, and none is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voiceguide.lettering import clipped, width_of, wrapped

WORDS = st.text(st.sampled_from("il aM—中あ\u0301\u200d"), max_size=60)


@given(WORDS, st.integers(11, 200))
def test_lines_fit_and_together_are_the_text(said: str, width: int) -> None:
    lines = wrapped(said, width, 10)
    assert "".join(lines).replace(" ", "") == "".join(said.split())
    assert all(line and width_of(line, 10) <= width for line in lines)


def test_a_mark_stays_on_its_letter_where_a_word_is_broken() -> None:
    assert wrapped("e\u0301" * 6, 13, 10) == ["e\u0301" * 2] * 3


def test_what_is_wider_than_there_is_room_gives_way_to_an_ellipsis() -> None:
    assert clipped("中" * 60, 100, 10) == "中" * 8 + "…"
    assert clipped("short", 100, 10) == "short"
