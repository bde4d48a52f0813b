"""Headset buttons and media keys, and where the session stands on the lock screen: MPRIS, on Linux.

https://specifications.freedesktop.org/mpris-spec/2.2/. Where there is no bus, or dbus-fast is not installed,
there are no such keys, and nothing is said of it.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from voiceguide.units import Milliseconds

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

PATH = "/org/mpris/MediaPlayer2"
ROOT = "org.mpris.MediaPlayer2"
PLAYER = f"{ROOT}.Player"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_CONNECTING = 1.0
"""Seconds to wait for the bus. Whoever has none is told at once; a bus that hangs is not waited for."""
_KEYS = {"Next": "right", "Previous": "left"}
"""Methods of a player that are keys of ours whatever it does."""
_TRACK = "/org/voiceguide/session"


@dataclass(frozen=True, slots=True)
class Showing:
    """What is shown of a session where media keys are handled."""

    title: str
    """The session's title."""
    chapter: str
    """The title of the stop."""
    number: int
    """Of the stop, from 1 on."""
    length: Milliseconds
    """Milliseconds of the session."""
    is_playing: bool
    """False in a pause, and before it begins."""


class MediaKeys:
    """What was pressed since it was asked last, and what is shown. Without a bus, nothing ever is."""

    def __init__(self, position: Callable[[], Milliseconds], showing: Showing) -> None:
        """`position` tells where the session stands, from any thread; `showing` is what is shown first."""
        self._position = position
        self._pressed: deque[str] = deque()
        self._showing = showing
        self._is_playing = showing.is_playing
        self.changed: Callable[[], object] = lambda: None
        """Called when something else is shown."""

    def read(self) -> list[str]:
        """Return the keys pressed since the last call, as `keyboard` names them."""
        pressed = []
        while self._pressed:
            pressed.append(self._pressed.popleft())
        return pressed

    def show(self, showing: Showing) -> None:
        """Tell whoever handles media keys where the session stands."""
        self._is_playing = showing.is_playing
        if showing != self._showing:
            self._showing = showing
            self.changed()

    def press(self, method: str) -> bool:
        """Do what a method of a player asks for; return False if there is no such method."""
        is_playing = self._is_playing
        if method in _KEYS:
            self._pressed.append(_KEYS[method])
        elif (
            method == "PlayPause"
            or (method == "Play" and not is_playing)
            # A stop is no more than a pause: it must not leave anybody with a ball under the back.
            or (method in {"Pause", "Stop"} and is_playing)
        ):
            self._pressed.append("space")
            # A headset may send two at once, and the second must not undo the first.
            self._is_playing = not is_playing
        return method in {*_KEYS, "PlayPause", "Play", "Pause", "Stop", "Seek", "SetPosition", "OpenUri"}

    def properties(self, interface: str) -> dict[str, tuple[str, Any]]:
        """Return the properties of one of the two interfaces, by name: D-Bus's signature, and the value."""
        if interface == ROOT:
            return {
                "CanQuit": ("b", False),
                "CanRaise": ("b", False),
                "HasTrackList": ("b", False),
                "Identity": ("s", "voiceguide"),
                "SupportedUriSchemes": ("as", []),
                "SupportedMimeTypes": ("as", []),
            }
        shown = self._showing
        fixed = {
            **dict.fromkeys(("CanGoNext", "CanGoPrevious", "CanPlay", "CanPause", "CanControl"), ("b", True)),
            "CanSeek": ("b", False),
            **dict.fromkeys(("Rate", "MinimumRate", "MaximumRate", "Volume"), ("d", 1.0)),
        }
        return {
            **fixed,
            "PlaybackStatus": ("s", "Playing" if shown.is_playing else "Paused"),
            "Metadata": ("a{sv}", self._metadata()),
            "Position": ("x", self._position() * 1000),
        }

    def _metadata(self) -> dict[str, tuple[str, Any]]:
        shown = self._showing
        return {
            "mpris:trackid": ("o", _TRACK),
            "mpris:length": ("x", shown.length * 1000),
            "xesam:title": ("s", shown.chapter),
            "xesam:album": ("s", shown.title),
            "xesam:artist": ("as", ["voiceguide"]),
            "xesam:trackNumber": ("i", shown.number),
        }


@contextmanager
def media_keys(position: Callable[[], Milliseconds], showing: Showing) -> Iterator[MediaKeys]:
    """Give the media keys of this desktop for as long as a session plays, which is shown as it stands now."""
    found = MediaKeys(position, showing)
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") or find_spec("dbus_fast") is None:
        yield found
        return
    service = _Service(found)
    try:
        yield found
    finally:
        service.stop()


class _Service:
    """Answers on the bus from a thread of its own."""

    def __init__(self, found: MediaKeys) -> None:
        import asyncio  # a fiftieth of a second that nobody without a bus should wait for

        self._found = found
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        # A bus that goes away in the middle is no news to anybody who lies there.
        self._loop.set_exception_handler(lambda *_: None)
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="voiceguide-media-keys", daemon=True)
        self._thread.start()
        self._ready.wait(_CONNECTING)

    def stop(self) -> None:
        """Leave the bus."""
        with suppress(RuntimeError):  # the loop is over already: there was no bus
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(_CONNECTING)

    def _run(self) -> None:
        # Whatever goes wrong on the bus, nobody who lies there is to hear of it.
        with suppress(Exception):
            self._loop.run_until_complete(self._serve())
        self._found.changed = lambda: None
        self._ready.set()
        self._loop.close()

    async def _serve(self) -> None:
        import asyncio

        from dbus_fast.aio import MessageBus

        bus = await MessageBus().connect()
        bus.add_message_handler(self._answer)
        await bus.request_name(f"{ROOT}.voiceguide.instance{os.getpid()}")
        self._found.changed = lambda: self._loop.call_soon_threadsafe(self._tell, bus)
        self._ready.set()
        gone = asyncio.ensure_future(bus.wait_for_disconnect())
        over = asyncio.ensure_future(self._over.wait())
        await asyncio.wait((gone, over), return_when=asyncio.FIRST_COMPLETED)
        self._found.changed = lambda: None
        bus.disconnect()

    def _tell(self, bus: MessageBus) -> None:
        """Tell everybody what has changed."""
        from dbus_fast import Message

        now = self._found.properties(PLAYER)
        changed = _variants({name: now[name] for name in ("PlaybackStatus", "Metadata")})
        bus.send(
            Message.new_signal(PATH, _PROPERTIES, "PropertiesChanged", "sa{sv}as", [PLAYER, changed, []])
        )

    def _answer(self, message: Message) -> Message | None:
        """Return the reply to a call; None for what is not for us."""
        from dbus_fast import Message, MessageType

        if message.message_type is not MessageType.METHOD_CALL or message.path != PATH:
            return None
        found, body = self._found, message.body
        if message.interface == _PROPERTIES and message.member == "GetAll":
            return Message.new_method_return(message, "a{sv}", [_variants(found.properties(body[0]))])
        if message.interface == _PROPERTIES and message.member == "Get":
            known = _variants(found.properties(body[0]))
            if body[1] in known:
                return Message.new_method_return(message, "v", [known[body[1]]])
        if message.interface == PLAYER and found.press(message.member or ""):
            return Message.new_method_return(message)
        if message.interface in {_PROPERTIES, PLAYER, ROOT}:
            error = "org.freedesktop.DBus.Error.NotSupported"
            return Message.new_error(message, error, f"voiceguide cannot {message.member}")
        return None


def _variants(values: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    """Return values as D-Bus carries them."""
    from dbus_fast import Variant

    return {
        name: Variant(signature, _variants(value) if isinstance(value, dict) else value)
        for name, (signature, value) in values.items()
    }
