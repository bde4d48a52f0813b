"""X18, stop for today: watched for after a session, and said at once and again."""

from __future__ import annotations

from contextlib import redirect_stderr
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.requirements import CHECKS, requirement
from tests.test_journal import bare
from voiceguide.commands._pain import Questions, may_play
from voiceguide.journal import Journal
from voiceguide.library import load_leaflet
from voiceguide.review import review
from voiceguide.session_log import Log


@requirement("X18", "stop for today: asked after each session, said at once and before the next that day")
def x18() -> None:
    worse = [(4, "6", "n"), (0, "t", "n"), (None, "1", "y"), (9, "3", "y")]
    for before, pain, leg in worse:
        for is_resumed in (False, True):
            assert means_stop(before, pain, leg, is_resumed=is_resumed), (before, pain, leg, is_resumed)
    for before, pain, leg in [(4, "5", "n"), (4, "2", "n"), (None, "9", "n"), (8, "9", "n")]:
        for is_resumed in (False, True):
            assert not means_stop(before, pain, leg, is_resumed=is_resumed), (before, pain, leg, is_resumed)
    for earlier, pain, stops in [((3, 4), "5", True), ((6, 4), "5", False), ((4, 4), "5", False)]:
        assert means_stop(4, pain, "n", is_resumed=False, earlier=earlier) == stops, (earlier, pain)


def means_stop(
    before: int | None, pain: str, leg: str, *, is_resumed: bool, earlier: tuple[int, int] | None = None
) -> bool:
    """Return True if these answers lead to the rule everywhere, False if nowhere; else it is a fault.

    `earlier` is the pain before and after another session of the day.
    """
    now = datetime.now().astimezone()
    after, again = StringIO(), StringIO()
    with TemporaryDirectory() as folder, Journal(Path(folder)) as journal:
        if earlier is not None:
            journal.begin(bare(began=now, pain_before=earlier[0], pain_after=earlier[1]))
        log = Log(journal, bare(began=now, pain_before=before), tell=pytest.fail)
        log.begin(now)
        if is_resumed:
            log = Log(journal, bare(began=now), tell=pytest.fail, continues=log.number)
            log.begin(now)
        with redirect_stderr(after):
            Questions(log, iter((pain, leg, "enter"))).ask_after()
        if is_resumed:  # what is answered later, all the same, takes nothing back
            again_on = Log(journal, bare(began=now), tell=pytest.fail, continues=log.number)
            again_on.begin(now)
            with redirect_stderr(StringIO()):
                Questions(again_on, iter(("0", "n", "enter"))).ask_after()
        with redirect_stderr(again):
            may_play(journal, now, asks=False)
        entries = journal.entries()
    rule = "Press no more today, and ask a doctor."
    later = (now + timedelta(days=20)).date()  # when the look back is due
    looked_back = "\n".join(review(entries, later, load_leaflet("en")))
    # With fewer than two numbers, too, nobody is told to go on after it.
    assert not ("Tell a doctor" in looked_back and "go on as you like" in looked_back), (before, pain, leg)
    found = {rule in after.getvalue(), rule in again.getvalue(), "Tell a doctor" in looked_back}
    assert len(found) == 1, (before, pain, leg)
    return found.pop()


@pytest.mark.parametrize("number", ["X18"])
def test_a_rule_that_the_journal_watches_is_kept(number: str) -> None:
    CHECKS[number][1]()
