"""Log: what goes into the journal of one session while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from voiceguide.entry import A_DAY_AT_MOST, Entry, is_of_today, stops
from voiceguide.errors import UnknownName, VoiceguideError

if TYPE_CHECKING:
    from voiceguide.journal import Journal


_TRY_AGAIN = 300
"""Calls of `write` in half a minute. A locked file is waited for, and meanwhile no key is answered."""


class Log:
    """Writes one session into the journal. If that fails it says so once, and the session goes on.

    What could not be written is kept, and written with what comes next, now and then, and at the end.
    """

    def __init__(
        self,
        journal: Journal | None,
        entry: Entry,
        *,
        tell: Callable[[str], None],
        needed: Mapping[str, float] | None = None,
        continues: int | None = None,
        too_little: Collection[str] = (),
    ) -> None:
        """Without a journal nothing is written.

        `entry` says what is going to be played, `tell` is called with what went wrong, `needed` says how
        many seconds of a stop have to be heard for it to count as done (else: any at all), `continues` is the
        number of a session in the journal that goes on, if it is of the same day and the same routine, and
        `too_little` names the stops that it passed before enough of them was heard.
        """
        self._journal = journal
        self._tell: Callable[[str], None] | None = tell
        self._needed = needed or {}
        self._too_little = too_little
        self._number: int | None = None
        self._has_begun = False
        self._opened = 0
        self._calls = 0
        self._stays: list[tuple[str, float]] = []
        self._changes: dict[str, Any] = {}
        self.entry = self._resumed(entry, continues)
        """What is known of the session."""

    @property
    def number(self) -> int | None:
        """The session's number in the journal; None if it is not there."""
        return self._number

    @property
    def is_kept(self) -> bool:
        """True if there is a journal to write to."""
        return self._journal is not None

    def means_stop(self) -> bool:
        """Return True if its answers mean stop for today, by themselves or with those of earlier that day."""
        return self._means_stop(self.entry, self._number)

    def begin(self, when: datetime) -> None:
        """Write that the session begins to sound, unless it has begun before."""
        if not self._has_begun:
            self._has_begun = True
            self.entry = replace(self.entry, began=when)
            self._write()

    def write(self, stays: Sequence[tuple[str, float]]) -> None:
        """Write stays that are over: the stop, and the seconds of its dose that were heard.

        It is called all the time, without one, too.
        """
        if stays:
            self._has_begun = True
            self.entry = replace(self.entry, done=_with(self.entry.done, stays))
            self._stays += stays
        self._calls += 1
        if stays or self._calls % _TRY_AGAIN == 0:
            self._write()

    def keep(self, **changes: Any) -> None:
        """Write fields of the entry that are known by now; if it has not begun, as soon as it does."""
        self.entry = replace(self.entry, **changes)
        self._changes |= changes
        self._write()

    def finish(self, *, is_through: bool) -> None:
        """Write what is left; whole, if the session was gone through and enough was heard of every stop."""
        if self._has_begun and is_through and all(map(self._is_done, self.entry.stops)):
            self.keep(is_whole=True)
        else:
            self._write()

    def too_little(self, passed: Iterable[str]) -> tuple[str, ...]:
        """Return those of the stops that were passed of which not enough was heard, here or before."""
        heard, needed = self.entry.done, self._needed
        short = (stop for stop in needed if heard.get(stop, 0.0) < needed[stop])
        found = {*self._too_little, *short}
        return tuple(stop for stop in passed if stop in found)

    def _is_done(self, stop: str) -> bool:
        return self.entry.done.get(stop, 0.0) > 0 and not self.too_little((stop,))

    def _resumed(self, entry: Entry, number: int | None) -> Entry:
        """Return the entry of the session that goes on, or the one of a new one."""
        if self._journal is None or number is None:
            return entry
        try:
            found = self._journal.get(number)
        except UnknownName:
            return entry  # removed since
        except VoiceguideError as error:
            self._complain(error)
            return entry
        # What meant stop stays as it was told: answers after what is played all the same do not replace it.
        if not _goes_on(found, entry) or self._means_stop(found, number):
            return entry
        self._number, self._has_begun, self._opened = number, True, self._journal.opened
        return found

    def _means_stop(self, entry: Entry, number: int | None) -> bool:
        others: list[Entry] = []
        try:
            since, journal = entry.began - A_DAY_AT_MOST, self._journal
            found = journal.entries(since, left_out=lambda _: None) if journal else []
            others += (one for one in found if one.id != number and is_of_today(one, entry.began))
        except VoiceguideError:
            pass  # that nothing can be kept is told where it is written
        return any(one is entry for one in stops([*others, entry]))

    def _write(self) -> None:
        journal = self._journal
        if journal is None or not self._has_begun:
            return
        try:
            if not self._is_there(journal):
                self._number = journal.begin(self.entry)
            elif self._changes or self._stays:
                journal.update(self._number or 0, stays=self._stays, **self._changes)
        except UnknownName:
            if self._opened == journal.opened:
                self._journal = None  # it was removed by hand meanwhile, and stays so
                return
            self._number = None  # the file was moved aside or went away: all of it goes into the new one
            self._write()
        except VoiceguideError as error:
            self._complain(error)
            return
        self._opened = journal.opened
        self._stays, self._changes = [], {}

    def _is_there(self, journal: Journal) -> bool:
        return self._number is not None and self._opened == journal.opened

    def _complain(self, error: VoiceguideError) -> None:
        if self._tell is not None:
            self._tell(f"What is played cannot be kept: {error}")
        self._tell = None


def _goes_on(found: Entry, entry: Entry) -> bool:
    """Return True if what is going to be played is the rest of a session that was found."""
    is_same = found.routine == entry.routine and {*entry.stops} <= {*found.stops}
    return is_same and is_of_today(found, entry.began)


def _with(done: Mapping[str, float], stays: Sequence[tuple[str, float]]) -> dict[str, float]:
    more = dict(done)
    for stop, seconds in stays:
        more[stop] = round(more.get(stop, 0.0) + seconds, 3)
    return more
