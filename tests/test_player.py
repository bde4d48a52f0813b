"""The player: what is heard is a function of the session and of the frame at which each key was pressed."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from threading import enumerate as enumerate_threads

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.made_up import MadeUp, Sound, Stretch, make_routine, make_session
from tests.test_mixer import sessions
from voiceguide.backends.null import Backend, Stream
from voiceguide.clip import to_int16
from voiceguide.earcons import make_earcon
from voiceguide.ending import ending
from voiceguide.errors import Unavailable, UnknownName, VoiceguideError
from voiceguide.player import Player, play
from voiceguide.units import Milliseconds

KEYS: dict[str, Callable[[Player], None]] = {
    "pause": Player.pause,
    "resume": Player.resume,
    "toggle": Player.toggle,
    "end": Player.end,
    "stop": Player.stop,
}


def heard(session: MadeUp, keys: list[tuple[int, str]], frames: int, blocksize: int) -> NDArray[np.int16]:
    """Return what a player gives if each key is pressed so many frames after the one before."""
    player = Player(session.as_session)
    blocks = [np.zeros(0, np.int16)]
    for wait, key in [*keys, (frames, "")]:
        left = wait
        while left:
            blocks.append(player.pull(min(left, blocksize)))
            left -= len(blocks[-1])
        if key:
            KEYS[key](player)
    return np.concatenate(blocks)


def expected(session: MadeUp, keys: list[tuple[int, str]], frames: int) -> NDArray[np.int16]:
    """Return the same by the rules alone, a piece at a time.

    Between two keys there is silence in a pause, else the session goes on. A pause in the middle of an event
    lets 12 ms of it fade, and the event starts again; the fade is heard whole even if the pause is shorter.
    """
    rate = session.samplerate // 1000
    mixer = session.mixer()
    sound = mixer.read(0, mixer.frames)
    pieces, fading = [np.zeros(0, np.float32)], np.zeros(0, np.float32)
    at, paused = 0, False
    for wait, key in [*keys, (frames, "")]:
        faded = fading[:wait]
        fading = fading[wait:]
        left = wait - len(faded)
        played = np.zeros(0, np.float32) if paused else sound[at : at + left]
        at += len(played)
        pieces += [faded, played, np.zeros(left - len(played), np.float32)]
        if key == "resume" or (key == "toggle" and paused):
            paused = False
        elif key in {"pause", "toggle"} and not paused and at < len(sound):
            paused = True
            for event in session.timeline.events:
                start, end = event.start * rate, (event.start + event.duration) * rate
                if start < at < end:
                    rest = sound[at : min(end, at + 12 * rate)]
                    ramp = 12 * rate
                    fading = rest * np.array([(ramp - n) / ramp for n in range(1, len(rest) + 1)], np.float32)
                    at = start
                    break
    return to_int16(np.concatenate(pieces))


@given(
    sessions(),
    st.lists(st.tuples(st.integers(0, 1_200), st.sampled_from(["pause", "resume", "toggle"])), max_size=8),
    st.integers(1, 2_000),
)
def test_the_sound_of_any_list_of_timed_keys_is_what_the_rules_say(
    session: MadeUp, keys: list[tuple[int, str]], blocksize: int
) -> None:
    assert np.array_equal(heard(session, keys, 3_000, blocksize), expected(session, keys, 3_000))


@given(sessions(), st.integers(1, 2_000))
def test_without_a_key_the_samples_are_those_of_an_export(session: MadeUp, blocksize: int) -> None:
    exported = [np.zeros(0, np.int16), *(block.copy() for block in session.mixer().blocks())]
    frames = session.mixer().frames
    assert np.array_equal(heard(session, [], frames + 100, blocksize)[:frames], np.concatenate(exported))


@given(sessions(), st.lists(st.tuples(st.integers(0, 1_200), st.sampled_from(list(KEYS))), max_size=8))
def test_every_list_of_keys_comes_to_an_end_and_pulls_what_was_asked(
    session: MadeUp, keys: list[tuple[int, str]]
) -> None:
    player = Player(session.as_session)
    for wait, key in [*keys, (0, "resume")]:
        assert len(player.pull(wait)) == wait
        KEYS[key](player)
    player.pull(session.mixer().frames + 1_000)
    assert player.ended
    assert not player.pull(100).any()


def test_a_pause_in_a_silence_keeps_the_hold_true_to_the_sample() -> None:
    session = make_session([Stretch("hold", 200, (Sound(0, 50), Sound(120, 50)))], 8_000)
    sound = heard(session, [(100 * 8, "pause"), (77, "resume")], 100 * 8, 100)
    exported = np.concatenate(list(session.mixer().blocks()))
    assert np.array_equal(np.delete(sound, np.s_[800:877]), exported)


def test_a_pause_in_a_word_fades_within_twelve_milliseconds_and_the_word_is_said_again_whole() -> None:
    session = make_session([Stretch("hold", 400, (Sound(100, 200),))], 8_000)
    exported = np.concatenate(list(session.mixer().blocks()))
    sound = heard(session, [(200 * 8, "pause"), (500 * 8, "resume")], 300 * 8, 480)
    assert np.array_equal(sound[: 200 * 8], exported[: 200 * 8])
    assert sound[200 * 8 : 212 * 8 - 1].all()
    assert not sound[212 * 8 : 700 * 8].any()
    assert np.array_equal(sound[700 * 8 :], exported[100 * 8 :])


def test_a_pause_just_before_a_word_lets_nothing_of_it_through() -> None:
    session = make_session([Stretch("hold", 400, (Sound(100, 200),))], 8_000)
    sound = heard(session, [(100 * 8, "pause"), (500, "resume")], 300 * 8, 480)
    assert not sound[: 100 * 8 + 500].any()
    assert np.array_equal(sound[100 * 8 + 500 :], np.concatenate(list(session.mixer().blocks()))[100 * 8 :])


def test_the_position_and_the_event_stand_still_in_a_pause() -> None:
    session = make_routine()
    player = Player(session.as_session)
    player.pull(250 * 48)
    assert player.position == 250
    assert player.current_event() is session.timeline.events[0]
    player.pause()
    for _ in range(3):
        assert player.is_paused
        assert player.position == 100
        assert player.current_event() is session.timeline.events[0]
        player.pull(4_800)
    player.toggle()
    assert not player.is_paused
    player.pull(200 * 48)
    assert player.current_event() is None
    assert player.position == 300


ROUTINE = make_routine().timeline


def at(action: str, stop: str | None = None, turn: int = 0) -> Milliseconds:
    """Return a moment in the middle of the segment with this action at this stop."""
    found = [s for s in ROUTINE.segments if s.action == action and s.stop == stop]
    return Milliseconds(found[turn].start + found[turn].duration // 2)


def spans(position: Milliseconds) -> list[tuple[int, int]]:
    """Return the ending at this position as plain numbers."""
    return [(span.start, span.end) for span in ending(ROUTINE, position, {})]


def of(action: str, stop: str | None = None) -> tuple[int, int]:
    """Return where the segment with this action at this stop starts and ends."""
    found = next(s for s in ROUTINE.segments if s.action == action and s.stop == stop)
    return found.start, found.start + found.duration


@pytest.mark.parametrize(("action", "turn"), [("press", 0), ("hold", 0), ("rest", 0), ("hold", 1)])
def test_a_hold_is_left_through_its_release(action: str, turn: int) -> None:
    assert spans(at(action, "li4.left", turn)) == [of("release", "li4.left")]


@pytest.mark.parametrize("action", ["massage", "press", "roll"])
def test_a_massage_and_a_ball_are_left_through_their_release_too(action: str) -> None:
    assert spans(at(action, "li4.right")) == [of("release", "li4.right")]


@pytest.mark.parametrize(
    ("action", "stop"),
    [
        ("move", None),
        ("locate", "li4.left"),
        ("switch_sides", "li4.right"),
        ("locate", "li4.right"),
        ("rest", "li4.right"),
    ],
)
def test_hands_that_press_nothing_have_nothing_to_let_go(action: str, stop: str | None) -> None:
    assert spans(at(action, stop)) == []


def test_a_release_that_is_under_way_goes_on_where_it_is() -> None:
    position = at("release", "li4.left")
    assert spans(position) == [(position, of("release", "li4.left")[1])]


@pytest.mark.parametrize("action", ["ice_on", "ice", "ice_off"])
def test_ice_comes_off_first_with_one_alarm_and_its_words(action: str) -> None:
    start = of("ice_off")[0]
    assert spans(at(action)) == [(start, start + 500)]


@pytest.mark.parametrize("action", ["open", "ready"])
def test_before_the_first_move_it_just_ends(action: str) -> None:
    assert spans(at(action)) == []


def test_after_the_end_there_is_nothing_to_end() -> None:
    assert spans(Milliseconds(12_000)) == []
    assert ending(make_session([Stretch("close", 100)]).timeline, Milliseconds(100), {}) == ()


@given(st.integers(0, 12_100))
def test_an_ending_goes_forward_cuts_no_word_and_lies_within_the_session(position: int) -> None:
    played = 0
    for start, end in spans(Milliseconds(position)):
        assert played <= start < end <= ROUTINE.duration
        played = end
        for event in ROUTINE.events:
            assert not event.start < end < event.start + event.duration
            assert start == position or not event.start < start < event.start + event.duration


def test_ending_in_the_middle_of_a_word_fades_it_first() -> None:
    session = make_routine(8_000)
    exported = np.concatenate(list(session.mixer().blocks()))
    word = (of("hold", "li4.left")[0] + 200) * 8
    sound = heard(session, [(word, "end")], 3_000 * 8, 480)[word:]
    start, end = (time * 8 for time in of("release", "li4.left"))
    assert sound[: 12 * 8 - 1].all()
    assert np.all(np.abs(sound[: 12 * 8]) < np.abs(exported[word : word + 12 * 8]))
    assert np.array_equal(sound[12 * 8 :][: end - start], exported[start:end])


def test_ending_in_the_middle_of_a_release_does_not_break_it_off() -> None:
    session = make_routine(8_000)
    exported = np.concatenate(list(session.mixer().blocks()))
    start, end = (time * 8 for time in of("release", "li4.left"))
    now = start + 1_003  # in the middle of a word and of a millisecond
    sound = heard(session, [(now, "end")], 100, 480)
    assert np.array_equal(sound, exported[: now + 100])
    assert np.array_equal(heard(session, [(now, "end")], end - now, 480), exported[:end])


def test_end_in_a_pause_goes_on_into_the_ending() -> None:
    session = make_routine(8_000)
    exported = np.concatenate(list(session.mixer().blocks()))
    hold = at("hold", "li4.left") * 8
    sound = heard(session, [(hold, "pause"), (5_000, "end")], 500 * 8, 480)
    start, end = (time * 8 for time in of("release", "li4.left"))
    assert not sound[hold : hold + 5_000].any()
    assert np.array_equal(sound[hold + 5_000 :], exported[start:end])


def test_end_twice_stops_at_once() -> None:
    player = Player(make_routine().as_session)
    player.pull(int(at("hold", "li4.left")) * 48)
    player.end()
    assert player.is_ending
    assert not player.ended
    player.pull(10_000)
    player.end()
    player.pull(12 * 48)
    assert player.ended
    assert player.current_event() is None


def test_every_line_is_seen_once_by_a_command_that_polls() -> None:
    session = make_routine()
    player = Player(session.as_session)
    seen: list[object] = []

    def look() -> None:
        event = player.current_event()
        if event is not None and (not seen or seen[-1] is not event):
            seen.append(event)

    play(player, Backend(), samplerate=session.samplerate, poll=look)
    assert seen == list(session.timeline.events)
    assert player.ended
    assert player.position == session.timeline.duration


def test_what_poll_raises_ends_the_playing_and_closes_the_device() -> None:
    player = Player(make_routine().as_session)

    def interrupt() -> None:
        if player.position >= 1_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(player, Backend(), samplerate=48_000, poll=interrupt)
    assert player.position == 1_000
    assert not player.ended


def test_keys_from_another_thread_lose_and_double_nothing() -> None:
    session = make_session([Stretch("hold", 20_000, (Sound(19_000, 500),))], 8_000)
    player = Player(session.as_session)
    exported = np.concatenate(list(session.mixer().blocks()))
    blocks: list[NDArray[np.int16]] = []
    finished = False

    def press_keys() -> None:
        while not finished:
            player.toggle()
        player.resume()

    keys = Thread(target=press_keys)
    keys.start()
    while player.position < 18_000:
        blocks.append(player.pull(80))
    finished = True
    keys.join()
    while not player.ended:
        blocks.append(player.pull(80))
    # Pauses in a silence add silence and nothing else: the word is there, once, whole.
    sound = np.concatenate(blocks)
    assert np.array_equal(np.trim_zeros(sound), np.trim_zeros(exported))


def test_a_key_is_answered_by_a_tiny_sound_with_the_next_frame_and_nothing_else_changes() -> None:
    session = make_session([Stretch("hold", 400, (Sound(100, 200),))])
    player = Player(session.as_session)
    exported = np.concatenate(list(session.mixer().blocks()))
    before = player.pull(50 * 48)
    player.tick()
    after = player.pull(350 * 48)
    tick = make_earcon("key").samples
    assert np.array_equal(before, exported[: 50 * 48])
    assert after[0] != 0
    changed = np.flatnonzero(after != exported[50 * 48 :])
    assert 0 < changed[-1] < len(tick)
    assert np.array_equal(
        after[50 * 48 : 50 * 48 + 1], exported[100 * 48 :][:1] + to_int16(tick[50 * 48 :][:1])
    )


def test_louder_and_softer_have_their_ends_and_the_usual_level_changes_no_sample() -> None:
    session = make_session([Stretch("hold", 400, (Sound(0, 400),))])
    exported = np.concatenate(list(session.mixer().blocks()))
    player = Player(session.as_session)
    player.make_louder(-1)
    player.make_louder(1)
    assert np.array_equal(player.pull(4_800), exported[:4_800])
    player.make_louder(-100)
    assert player.level == -24
    player.pull(480)  # it does not jump
    soft = player.pull(4_800).astype(float)
    ratio = np.abs(soft).max() / np.abs(exported[5_280:10_080].astype(float)).max()
    assert 20 * np.log10(ratio) == pytest.approx(-24, abs=0.1)
    player.make_louder(100)
    assert player.level == 6


class Flaky(Backend):
    """The reference backend with a plug that is pulled at certain frames and put back after some attempts."""

    quickest = 1.0  # so that there is one stream, and one plug

    def __init__(self, *pulled_at: int, attempts: int = 2, refuses: VoiceguideError | None = None) -> None:
        self.refuses = refuses or Unavailable("no sound device")
        self.pulled_at = [*pulled_at]
        self.attempts = attempts
        self.refused = 0
        self.frames = 0

    def open(
        self, pull: Callable[[int], NDArray[np.int16]], *, samplerate: int, buffer: float = 0.2
    ) -> Stream:
        if self.frames and self.refused < self.attempts:
            self.refused += 1
            raise self.refuses
        self.refused = 0

        def pull_while_plugged(frames: int) -> NDArray[np.int16]:
            if self.pulled_at and self.frames >= self.pulled_at[0]:
                self.pulled_at.pop(0)
                raise Unavailable("the sound device stopped answering")
            self.frames += frames
            return pull(frames)

        return super().open(pull_while_plugged, samplerate=samplerate, buffer=buffer)


def test_a_device_that_goes_away_pauses_is_opened_again_and_nothing_is_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("voiceguide.player.BACK_OFF", (0.0,))
    session = make_session([Stretch("hold", 9_000, (Sound(100, 200), Sound(8_500, 300)))])
    player = Player(session.as_session)
    told: list[str] = []

    def lost(error: Unavailable) -> None:
        assert player.is_paused
        told.append(error.message)

    backend = Flaky(48_000, 200_000)
    play(player, backend, samplerate=48_000, lost=lost, found=player.resume)
    assert told == ["the sound device stopped answering"] * 2
    assert player.ended
    assert backend.frames >= 9_000 * 48


def test_without_anybody_to_tell_a_lost_device_is_raised_and_who_ends_is_not_kept_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = make_session([Stretch("hold", 9_000, (Sound(100, 200),))])
    with pytest.raises(Unavailable, match="stopped answering"):
        play(Player(session.as_session), Flaky(48_000), samplerate=48_000)
    monkeypatch.setattr("voiceguide.player.BACK_OFF", (0.1,))
    player = Player(session.as_session)
    play(player, Flaky(48_000, attempts=10**9), samplerate=48_000, tick=0.05, lost=lambda _: player.stop())
    assert player.ended


@pytest.mark.parametrize("error", [Unavailable("no sound device"), UnknownName("device", "usb", [])])
def test_a_device_that_is_not_there_for_a_while_is_waited_for(
    error: VoiceguideError, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceguide.player.BACK_OFF", (0.05,))
    player = Player(make_session([Stretch("hold", 9_000, (Sound(100, 200),))]).as_session)
    backend = Flaky(48_000, attempts=3, refuses=error)
    play(player, backend, samplerate=48_000, lost=lambda _: None, found=player.resume)
    assert player.ended


def test_ice_lies_on_the_body_while_there_is_no_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.player.BACK_OFF", (0.05,))
    player = Player(make_session([Stretch("ice", 5_000), Stretch("close", 500)]).as_session)
    stood: list[int] = []

    def found() -> None:
        stood.append(player.position)
        player.resume()

    backend = Flaky(48_000, attempts=5)
    play(
        player,
        backend,
        samplerate=48_000,
        tick=0.05,
        lost=lambda _: stood.append(player.position),
        found=found,
    )
    assert stood[1] - stood[0] >= 5 * 50, "a look after each of the attempts, of fifty milliseconds"
    assert backend.frames < 5_500 * 48, "what went by in silence is not heard after it"


def test_ice_that_is_over_while_there_is_no_sound_waits_for_it() -> None:
    player = Player(make_session([Stretch("ice", 5_000), Stretch("ice_off", 500)]).as_session)
    player.pull(48_000)
    player.pause()
    player.pass_unheard(60)
    assert player.position == 5_000
    assert player.is_paused


class Hanging(Backend):
    """The reference backend, which hangs when it is opened again, as a sound server that is stopped does."""

    quickest = 1.0

    def __init__(self) -> None:
        self.goes_on = Event()
        self.opened: list[Stream] = []

    def open(
        self, pull: Callable[[int], NDArray[np.int16]], *, samplerate: int, buffer: float = 0.2
    ) -> Stream:
        if self.opened:
            self.goes_on.wait(60)
        flaky = Flaky(0) if not self.opened else Flaky()
        self.opened.append(flaky.open(pull, samplerate=samplerate, buffer=buffer))
        return self.opened[-1]


def test_while_a_sound_server_hangs_keys_are_read_and_what_opens_late_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("voiceguide.player.BACK_OFF", (0.05,))
    player = Player(make_session([Stretch("hold", 9_000, (Sound(100, 200),))]).as_session)
    backend = Hanging()
    looks = 0

    def poll() -> None:
        nonlocal looks
        looks += 1
        if looks == 10:
            player.stop()

    play(player, backend, samplerate=48_000, tick=0.02, poll=poll, lost=lambda _: None)
    assert player.ended
    assert looks >= 10
    backend.goes_on.set()
    while (
        late := next((one for one in enumerate_threads() if one.name == "voiceguide-open"), None)
    ) is not None:
        late.join(60)
    assert not backend.opened[-1]._open, "what opened late was closed"


class Twice(Backend):
    """The reference backend, which remembers what was opened, and may open one stream only."""

    def __init__(self, quickest: float, *, is_shared: bool = True) -> None:
        self.quickest = quickest
        self.is_shared = is_shared
        self.opened: list[tuple[str, float]] = []

    def open(
        self, pull: Callable[[int], NDArray[np.int16]], *, samplerate: int, buffer: float = 0.2
    ) -> Stream:
        if self.opened and not self.is_shared:
            raise Unavailable("somebody else has the device")
        self.opened.append((pull.__name__, buffer))
        return super().open(pull, samplerate=samplerate, buffer=buffer)


@pytest.mark.parametrize(
    ("backend", "opened", "ticks"),
    [
        (Twice(0.03), [("pull", 0.2), ("pull_ticks", 0.03)], "apart"),
        (Twice(0.03, is_shared=False), [("pull", 0.2)], "beside"),
        (Twice(2.0), [("pull", 0.2)], ""),
    ],
    ids=["quick", "one stream only", "slow"],
)
def test_a_key_is_answered_by_a_quicker_stream_if_there_can_be_one(
    backend: Twice, opened: list[tuple[str, float]], ticks: str
) -> None:
    player = Player(make_session([Stretch("hold", 500, (Sound(100, 200),))]).as_session)
    play(player, backend, samplerate=48_000)
    assert backend.opened == opened
    assert player.ticks == ticks
    player.tick()
    tick = to_int16(make_earcon("key").samples)[:100]
    assert np.array_equal(player.pull_ticks(100), tick if ticks else np.zeros(100, np.int16))
    assert not np.array_equal(player.pull_ticks(100), tick), "what was heard is not heard again"
