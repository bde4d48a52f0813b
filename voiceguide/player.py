"""Score + keys -> Backend: plays a session. Knows neither devices nor keyboards.

A backend pulls frames; keys change what the next frame is. The frames pulled are the only clock, so what is
heard is a function of the session and of the frame at which each key was pressed: see `score` and `turns`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import chain, repeat
from threading import Lock, Thread
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voiceguide import turns
from voiceguide.backends import sit_out
from voiceguide.clip import Block, to_int16
from voiceguide.earcons import make_earcon
from voiceguide.errors import Unavailable, UnknownName
from voiceguide.loudness import shifted
from voiceguide.played import Played
from voiceguide.score import Score, advance, start
from voiceguide.stays import find_stays
from voiceguide.tape import Tape
from voiceguide.under import Under
from voiceguide.units import LOUDNESS, SAMPLERATE, Milliseconds, in_frames

if TYPE_CHECKING:
    from voiceguide.backends import Backend, Stream
    from voiceguide.scheduler.timeline import Event
    from voiceguide.session import Sound

RAMP = Milliseconds(12)
"""How long a sound that is broken off takes to fade: shorter clicks, longer is not instant."""
BACK_OFF = (0.5, 1.0, 2.0, 5.0)
"""Seconds before each attempt to open a device that went away; the last of them again and again."""
_NOT_THERE = (Unavailable, UnknownName)
"""What is raised where there is no device, or not the one that was chosen, at the moment."""
_LATEST_ANSWER = 0.25
"""Seconds: a sound that answers a key later than that is taken for the answer to another one."""
LOUDER = 3.0
"""Decibels by which a key changes the level."""
LOUDEST, SOFTEST = 6.0, -24.0
"""Decibels between which it can be."""


class Player:
    """A session being played. Every method may be called from any thread; none of them waits."""

    def __init__(
        self,
        session: Sound,
        *,
        greets: bool = False,
        starts_in: Milliseconds | None = None,
        is_answered: bool = False,
        waits_for_me: bool = False,
    ) -> None:
        """Make a player at the start of a session.

        Parameters
        ----------
        session
            What is played.
        greets
            True if a sentence is to be spoken first, to set the volume by; the session then waits for a key.
        starts_in
            Milliseconds of silence after that sentence, after which it starts by itself.
        is_answered
            True if somebody can press keys: then ice is called off until they do, or to the limit of that.
        waits_for_me
            True if it waits for a key once a point has been looked for, and wherever the script waits.
        """
        self.tape = Tape(
            session.timeline,
            session.samplerate,
            ways_up=session.ways_up,
            asides=session.asides,
            doses=session.doses,
        )
        self._mixer = session.mix(self.tape.timeline)
        self._lock = Lock()
        stays = find_stays(self.tape, waits_for_me=waits_for_me, busy=session.busy) if is_answered else {}
        self._score = turns.greet(start(self.tape, stays), starts_in) if greets else start(self.tape, stays)
        self.played = Played(self.tape)
        """What was really heard."""
        self._fading: Block = np.zeros(0, np.float32)
        """The rest of a sound that was broken off; heard before anything else."""
        self._level = self._wanted_level = 0.0
        is_usual = session.samplerate == SAMPLERATE
        tick = shifted(make_earcon("key"), session.loudness - LOUDNESS)
        self._tick: Block = tick.samples if is_usual else np.zeros(0, np.float32)
        self._ticking: Block = np.zeros(0, np.float32)
        """The rest of the answer to a key; heard beside everything else."""
        self.under = Under(self._mixer, self.tape.silent_from)
        """What lies under it all."""
        self.ticks = "beside"
        """Where keys are answered: `beside` what is played, `apart` by `pull_ticks`, or not at all (``)."""

    @property
    def score(self) -> Score:
        """What is still to be heard. A buffer ahead of what is heard now."""
        return self._score

    @property
    def is_paused(self) -> bool:
        """True from `pause` to `resume`."""
        return self._score.is_paused

    @property
    def is_ending(self) -> bool:
        """True once `end` or `stop` was called."""
        return self._score.is_ending

    @property
    def ended(self) -> bool:
        """True once everything there is to hear has been pulled."""
        with self._lock:
            return self._score.is_over and not len(self._fading)

    @property
    def position(self) -> Milliseconds:
        """How far into the session it stands. A buffer ahead of what is heard."""
        return self.tape.time(self._score.place)

    @property
    def level(self) -> float:
        """Decibels on top of the session's own level."""
        return self._wanted_level

    def current_event(self) -> Event | None:
        """Return the event that sounds now, also one of a detour; None in silence and after the end."""
        score = self._score
        return None if score.is_over else self.tape.event_at(score.now)

    def pull(self, frames: int) -> NDArray[np.int16]:
        """Return the next `frames` frames, shape (frames,): of the session, of a pause, or silence after it.

        Where nothing was pressed these are the very samples of `Mixer.blocks`. In a pause room tone goes on,
        and a background far away. For the backend's thread.
        """
        block = np.zeros(frames, np.float32)
        with self._lock:
            left = self._score.frames_to_end
            left = None if left is None else left + len(self._fading)
            hush = self.under.take_hush(frames, left)
            done = min(frames, len(self._fading))
            block[:done] = self._fading[:done]
            self._fading = self._fading[done:]
            fading, was_paused = done, self._score.is_paused
            pieces, self._score = advance(self._score, frames - done)
            self.played.add(pieces)
            for piece in pieces:
                count = piece.end - piece.start
                block[done : done + count] = self._mixer.read(piece.start, count)
                done += count
            block += self.under.take_background(
                frames, left, fading=fading, pieces=pieces, is_paused=was_paused
            )
            before, self._level = self._level, self._wanted_level
            ticking = self._take_tick(frames if self.ticks == "beside" else 0)
        if before or self._level:
            gains = np.linspace(10 ** (before / 20), 10 ** (self._level / 20), frames, dtype=np.float32)
            block = np.clip(block * gains, -1.0, 1.0)
        block[: len(ticking)] += ticking
        return to_int16(block + hush)

    def pull_ticks(self, frames: int) -> NDArray[np.int16]:
        """Return the next `frames` frames of the answers to keys, for a stream of their own."""
        if not len(self._ticking):
            return np.zeros(frames, np.int16)
        block = np.zeros(frames, np.float32)
        with self._lock:
            ticking = self._take_tick(frames)
        block[: len(ticking)] = ticking
        return to_int16(block)

    def tick(self) -> None:
        """Answer a key with a tiny sound, with the next frame pulled."""
        if self.ticks:
            with self._lock:
                self._ticking = self._tick

    def _take_tick(self, frames: int) -> Block:
        taken, self._ticking = self._ticking[:frames], self._ticking[frames:]
        return taken

    def turn(self, change: Callable[[Score], Score]) -> None:
        """Change what is heard next, as `turns` says; what is broken off fades within `RAMP`."""
        with self._lock:
            before = self._score
            self._score = change(before)
            if not before.is_over and (self._score.is_over or self._score.now != before.now):
                self._fade(before.now)
                if self._score.is_over and self.under.has_background:
                    # What lies under it has to fade, too, whether somebody spoke or not.
                    missing = in_frames(RAMP, self._mixer.samplerate) - len(self._fading)
                    self._fading = np.pad(self._fading, (0, max(missing, 0)))

    def pause(self) -> None:
        """Fall silent with the next frame pulled, within `RAMP`, and stay where the session is."""
        if not self.is_paused:
            self.turn(turns.pause)

    def resume(self) -> None:
        """Go on after `pause`, told where.

        No ramp is needed, nor wanted: this is always a silence or the start of an event, which begins softly
        by itself, and a ramp would take the first consonant off it.
        """
        self.turn(turns.resume)

    def toggle(self) -> None:
        """Pause, or resume."""
        if self.is_paused or self._score.is_waiting or self._score.staying is not None:
            self.resume()
        else:
            self.pause()

    def end(self) -> None:
        """Go on with a gentle end instead of the rest, also from a pause; called again, stop at once."""
        self.turn(turns.stop if self.is_ending else turns.end)

    def stop(self) -> None:
        """End within `RAMP`."""
        self.turn(turns.stop)

    def forget_fading(self) -> None:
        """Let nothing more be heard of what was broken off: there is no device to hear it from."""
        with self._lock:
            self._fading = np.zeros(0, np.float32)

    def pass_unheard(self, seconds: float) -> None:
        """Let time pass for the ice, which lies on the body whether anything is heard or not."""
        with self._lock:
            score = self._score
            ice = score.segment
            if score.is_paused and not score.detour and ice.action == "ice":
                left = self.tape.frame(ice.start + ice.duration) - score.place
                pieces, self._score = advance(score, min(round(seconds * self._mixer.samplerate), left))
                self.played.add(pieces)
                if not self._score.is_paused:
                    self._score = turns.pause(self._score)

    def make_louder(self, steps: int) -> None:
        """Change the level by so many steps of `LOUDER`."""
        self._wanted_level = min(max(self._wanted_level + steps * LOUDER, SOFTEST), LOUDEST)

    def _fade(self, frame: int) -> None:
        """Let what sounds at a frame fade away."""
        event = self.tape.event_at(frame)
        if event is None or self.tape.frame(event.start) == frame:
            return
        left = self.tape.frame(event.start + event.duration) - frame
        ramp = in_frames(RAMP, self._mixer.samplerate)
        fade = np.arange(ramp - 1, -1, -1, dtype=np.float32)[: min(ramp, left)] / np.float32(ramp)
        self._fading = self._mixer.read(frame, len(fade)) * fade


def play(
    player: Player,
    backend: Backend,
    *,
    samplerate: int,
    poll: Callable[[], None] = lambda: None,
    tick: float = 0.05,
    lost: Callable[[Unavailable], None] | None = None,
    found: Callable[[], None] = lambda: None,
) -> None:
    """Play to the end. Blocks until the last frame was heard.

    Parameters
    ----------
    player
        What to play.
    backend
        What to play it on.
    samplerate
        Hertz, of the player's session.
    poll
        Called between ticks, in this thread: reads keys, prints lines. What it raises ends the playing.
    tick
        Seconds between two polls.
    lost
        Called if the device goes away, once the player is paused. It is then opened again and again, until
        that works or the player is ended. Without this function the loss is raised.
    found
        Called when a device is open again, the player being paused unless a key has resumed it.

    Raises
    ------
    Unavailable
        If no device opens, or it goes away and there is no `lost`.
    """
    streams = _open(player, backend, samplerate)
    try:
        while not player.ended:
            poll()
            try:
                streams[0].wait(tick)
            except Unavailable as error:
                if lost is None:
                    raise
                player.pause()
                player.forget_fading()
                lost(error)
                _close(streams)
                streams = _open_again(player, backend, streams, samplerate=samplerate, poll=poll, tick=tick)
                if not player.ended:
                    found()
        streams[0].drain()
    finally:
        _close(streams)


def _open(player: Player, backend: Backend, samplerate: int) -> tuple[Stream, ...]:
    """Return the stream of a session and, if there can be one, a quicker one that answers keys.

    What is pulled for the session is heard a buffer later, which for the answer to a key is late.
    """
    stream = backend.open(player.pull, samplerate=samplerate)
    player.ticks = "beside" if backend.quickest <= _LATEST_ANSWER else ""
    if player.ticks:
        # A device that only one stream can have is no reason to be silent.
        with suppress(*_NOT_THERE):
            answers = backend.open(player.pull_ticks, samplerate=samplerate, buffer=backend.quickest)
            player.ticks = "apart"
            return stream, answers
    return (stream,)


def _close(streams: tuple[Stream, ...]) -> None:
    """Close streams at the same time, as each may take seconds that nobody should wait for twice."""
    closing = [Thread(target=stream.close, name="voiceguide-close") for stream in streams]
    for one in closing:
        one.start()
    for one in closing:
        one.join()


def _open_again(
    player: Player,
    backend: Backend,
    closed: tuple[Stream, ...],
    *,
    samplerate: int,
    poll: Callable[[], None],
    tick: float,
) -> tuple[Stream, ...]:
    """Return new streams as soon as a device opens; the closed ones if the player is ended before."""

    def sit_out_a_tick() -> bool:
        poll()
        if not player.score.is_over:
            sit_out(tick)
            player.pass_unheard(tick)
        return not player.score.is_over

    for delay in chain(BACK_OFF, repeat(BACK_OFF[-1])):
        waits = repeat(None, round(delay / tick))
        attempt = _Attempt(player, backend, samplerate)
        if all(sit_out_a_tick() for _ in waits):
            attempt.start()
            # A sound server that hangs lets nobody in and nobody go; keys are read meanwhile.
            while attempt.is_alive() and sit_out_a_tick():
                continue
        if player.score.is_over:
            attempt.give_up()
            player.forget_fading()
            return closed
        if attempt.streams:
            return attempt.streams
    raise AssertionError("there is always another attempt")


class _Attempt(Thread):
    """An attempt to open a device, which may hang."""

    def __init__(self, player: Player, backend: Backend, samplerate: int) -> None:
        super().__init__(name="voiceguide-open", daemon=True)
        self._open: Callable[[], tuple[Stream, ...]] = lambda: _open(player, backend, samplerate)
        self._given_up = False
        self.streams: tuple[Stream, ...] = ()
        """What was opened; empty as long as nothing was."""

    def run(self) -> None:
        """Open the device, or not."""
        with suppress(*_NOT_THERE):
            self.streams = self._open()
        if self._given_up:
            _close(self.streams)

    def give_up(self) -> None:
        """Let whatever opens late be closed again."""
        self._given_up = True
        _close(self.streams)
