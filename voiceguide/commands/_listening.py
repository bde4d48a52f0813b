"""A session, heard by somebody: keys -> player -> screen, with what is kept of it on disk."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from voiceguide import turns
from voiceguide.awake import awake
from voiceguide.bookmark import Keeper
from voiceguide.commands._page import print_note
from voiceguide.commands._pain import Questions, is_seen
from voiceguide.commands._screen import TO_BEGIN
from voiceguide.controls import BY_KEY
from voiceguide.entry import Entry
from voiceguide.errors import Unavailable
from voiceguide.folders import private_folder
from voiceguide.keyboard import OneByOne, ReadKeys, keys, no_keys, watched
from voiceguide.media_keys import MediaKeys, Showing, media_keys
from voiceguide.played import needed
from voiceguide.score import DOSED, stops_of
from voiceguide.session_log import Log
from voiceguide.units import Milliseconds

# The player needs numpy, which `voiceguide --help` should not wait for.
if TYPE_CHECKING:
    from voiceguide.backends import Backend
    from voiceguide.commands._screen import Screen
    from voiceguide.journal import Journal
    from voiceguide.player import Player
    from voiceguide.scheduler.timeline import Segment
    from voiceguide.session import Session


_LOOK = 0.05
"""Seconds between two looks at the keys; that one was pressed is heard at once."""
_SHOW_EVERY = 2
"""Looks after which the screen and what is kept are brought up to date."""


_ASKED_FOR = round(10 / _LOOK)
"""Looks for which a first `q` is remembered: a later one is not its second."""


def listen(
    session: Session,
    device: Backend,
    words: Sequence[str],
    *,
    screen: Screen,
    preflight: bool,
    starts_in: Milliseconds | None,
    waits_for_me: bool,
    journal: Journal | None = None,
    continues: int | None = None,
    too_little: Sequence[str] = (),
) -> None:
    """Play a session to its end, doing what keys ask for, and ask before and after how it hurts. Blocks.

    Parameters
    ----------
    session
        What is played, made to be played live.
    device
        What it is played on.
    words
        What has to be typed after `voiceguide play` to go on with it.
    screen
        Where it is shown.
    preflight
        True if a sentence to set the volume by comes first, and a key begins it.
    starts_in
        Milliseconds after that sentence in which it begins by itself; None if it waits for the key.
    waits_for_me
        True if it waits for a key where something has to be found.

    journal
        Where it is kept; None if nothing is, and then nothing is asked.
    continues
        The number of the session in the journal that goes on; None if it is a new one.
    too_little
        The stops that it passed before enough of them was heard.

    Raises
    ------
    Unavailable
        If no device opens.
    """
    from voiceguide.player import Player

    is_shown = False

    def tell(line: str) -> None:
        if is_shown:
            screen.warn(line)
        else:
            print_note(line)

    if journal is not None:
        journal.tell = tell
    entry, enough = _entry(session), needed(session.timeline.segments)
    log = Log(journal, entry, tell=tell, needed=enough, continues=continues, too_little=too_little)
    questions: Questions | None = None
    with keys() as read_keys:
        typed = OneByOne(read_keys)
        has_keys = read_keys is not no_keys
        if has_keys and journal is not None and is_seen():
            questions = Questions(log, typed)
            if preflight and starts_in is None:  # otherwise it begins by itself
                questions.ask_before()
        with ExitStack() as stack, screen:
            is_shown = True
            player = Player(
                session,
                greets=(has_keys and preflight) or starts_in is not None,
                starts_in=starts_in,
                is_answered=has_keys,
                waits_for_me=waits_for_me,
            )
            if waits_for_me and not has_keys:
                screen.tell("Note: there is no terminal to press Space at, so nothing waits for you.")
            if player.is_paused:
                screen.tell(TO_BEGIN)
            seat = Seat(
                player,
                typed.read if has_keys else no_keys,
                screen,
                log=log,
                keeper=Keeper(private_folder(), words, tell=screen.warn),
                session=session,
            )
            _play(player, device, seat, stack, samplerate=session.samplerate)
        is_shown = False
        typed.read()  # what was meant for the session is no answer
        has_note = questions is not None and log.number is not None and questions.ask_after()
    if questions is not None and has_note:
        questions.ask_note()


def _entry(session: Session) -> Entry:
    """Return what the journal is told of a session that is going to be played."""
    timeline = session.timeline
    dosed = (one.stop for one in timeline.segments if one.stop and one.action in {*DOSED, "ice"})
    return Entry(
        id=0,
        began=datetime.now().astimezone(),
        routine=session.plan.routine.id,
        length=timeline.duration,
        stops=tuple(dict.fromkeys(dosed)),
    )


def _play(player: Player, device: Backend, seat: Seat, stack: ExitStack, *, samplerate: int) -> None:
    """Play it to its end; `stack` closes what is opened for it."""
    from voiceguide.player import play

    def poll() -> None:
        if seat.media is None:
            # Both take their time, and sound comes first.
            seat.media = stack.enter_context(media_keys(lambda: player.position, seat.showing()))
            if not stack.enter_context(awake()):
                seat.screen.tell(
                    "Note: nothing here can keep this machine from falling asleep. Set it to stay awake."
                )
        seat.poll()

    seat.ticks = not stack.enter_context(watched(player.tick))
    try:
        play(
            player,
            device,
            samplerate=samplerate,
            poll=poll,
            tick=_LOOK,
            lost=seat.lose,
            found=seat.find,
        )
    finally:
        seat.leave()


class Seat:
    """Where somebody listens: reads the keys, shows and keeps what is heard."""

    def __init__(
        self,
        player: Player,
        read_keys: ReadKeys,
        screen: Screen,
        *,
        log: Log,
        keeper: Keeper,
        session: Session | None = None,
    ) -> None:
        self._player = player
        self._read_keys = read_keys
        self.screen = screen
        self._log = log
        self._keeper = keeper
        self.ticks = True
        """True if a key of the keyboard is answered by a tick here, and not where it is typed."""
        self.media: MediaKeys | None = None
        """The keys of a headset; None before they were looked for."""
        self._title = session.title if session else ""
        self._done = session.options.done if session else ()
        self._ends = session.options.ends if session else None
        self._asked_to_end = -_ASKED_FOR - 1
        self._is_lost = False
        self._is_alarm = False
        self._told_late = 0
        self._has_told_of_background = False
        self._looks = 0
        self._segment: Segment | None = None
        self._passed: tuple[str, ...] | None = None

    def poll(self) -> None:
        """Act on the keys that were pressed, then, now and then, show and keep where the session stands."""
        for key in self._read_keys():
            self._press(key, ticks=self.ticks)
        for key in self.media.read() if self.media else ():
            self._press(key, ticks=True)
        self._looks += 1
        if self._looks % _SHOW_EVERY == 0:
            self._show()

    def showing(self) -> Showing:
        """Return what a desktop is shown of where the session stands."""
        score, tape = self._player.score, self._player.tape
        chapter = score.segment.chapter
        return Showing(
            self._title,
            tape.session.chapters[chapter].title,
            chapter + 1,
            tape.session.duration,
            is_playing=not (score.is_paused or score.is_over or score.staying),
        )

    def _show(self) -> None:
        player = self._player
        was_alarm, self._is_alarm = self._is_alarm, player.score.is_alarm
        if self._is_lost and self._is_alarm and not was_alarm:
            self.screen.warn("The ice is over: take it off now. There is no sound to say so.")
        if was_alarm and not self._is_alarm:
            self.screen.warn("Nobody answered. Is the ice still on? Take it off.")
        if player.under.lost and not self._has_told_of_background:
            self._has_told_of_background = True
            self.screen.warn(f"The background is gone: {player.under.lost.message}. The voice goes on.")
        self.screen.show(player)
        if self.media:
            self.media.show(self.showing())
        if player.score.is_under_way:
            self._log.begin(datetime.now().astimezone())
        self._log.write(player.played.take())
        if not (player.is_ending or player.score.is_waiting) and player.score.segment is not self._segment:
            self._segment = player.score.segment
            self._passed = (*self._done, *stops_of(player.score))
            self._keep()

    def _keep(self) -> None:
        """Keep where it stands, if it has begun."""
        if self._passed is not None:
            too_little, now = self._log.too_little(self._passed), datetime.now().astimezone()
            self._keeper.keep(self._passed, now, self._log.number, too_little=too_little)

    def lose(self, error: Unavailable) -> None:
        """Say that the device has gone."""
        self._is_lost = True
        self.screen.warn(f"Paused: {error.message}. Trying to open it again; q, three times, stops.")

    def find(self) -> None:
        """Say that it is back; go on by itself only where nobody could press a key."""
        self._is_lost = False
        if self._read_keys is no_keys or self._player.is_ending or self._player.score.is_alarm:
            self.screen.warn("The sound is back.")
            self._player.resume()
        else:
            self.screen.warn("The sound is back. Space goes on.")
            self._player.turn(turns.tell_return)

    def leave(self) -> None:
        """Keep the rest; forget where it stood if all of it was done."""
        player = self._player
        self._log.write(player.played.take(is_end=True))
        pressed = {one.stop for one in player.tape.session.segments if one.stop and one.points}
        is_through = not player.is_ending and pressed <= {*stops_of(player.score)}
        if is_through:
            self._keeper.forget()
        else:
            self._keep()  # what was heard of the last stop is known only now
        self._log.finish(is_through=is_through and player.ended)

    def _press(self, key: str, *, ticks: bool) -> None:
        player, control = self._player, BY_KEY.get(key)
        if ticks and (control is not None or player.score.is_alarm):
            player.tick()
        if player.score.is_alarm and not self._is_lost:
            # Whoever presses any key at all is awake.
            player.turn(turns.go_on)
            self._is_alarm = False
            return
        if control is None:
            return
        if control.id != "help":
            self.screen.clear()
        is_at_once = player.is_ending or player.score.is_waiting
        asked = 0 <= self._looks - self._asked_to_end <= _ASKED_FOR
        self._asked_to_end = self._looks if control.id == "end" else -_ASKED_FOR - 1
        if control.turn is not None:
            player.turn(control.turn)
        elif control.id == "pause":
            player.toggle()
            if player.is_paused:
                self.screen.tell("Paused. Space goes on.")
            else:
                self._tell_late()
        elif control.id == "end" and not (asked or is_at_once):
            player.turn(turns.ask_to_end)
        elif control.id == "end":
            self.screen.tell("Stopping." if is_at_once else "Ending. q once more stops at once.")
            player.end()
        elif control.id == "help":
            self.screen.list_keys()
        else:
            player.make_louder(1 if control.id == "louder" else -1)
            self.screen.tell(f"Level: {player.level:+g} dB")

    def _tell_late(self) -> None:
        """Say how much later it ends than it was to, if that is another minute than was said before."""
        if self._ends is None:
            return
        player = self._player
        left = timedelta(milliseconds=player.tape.time(player.score.frames_left))
        late = round((datetime.now(tz=UTC) + left - self._ends) / timedelta(minutes=1))
        if late > 0 and late != self._told_late:
            self._told_late = late
            player.turn(lambda score: turns.tell_late(score, late))
