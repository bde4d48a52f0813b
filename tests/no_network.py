"""Watches a process for whatever would leave this computer: by name, by address, by any socket.

Every test runs under it, and `python -m tests.no_network "list voices" …` runs command lines under it. It
sees what Python asks for, not what a library in C does by itself: about that a slow test asks the kernel.
"""

from __future__ import annotations

import ipaddress
import json
import shlex
import sys
from typing import Any

TRIED: list[str] = []
"""What was tried, in order."""
_CONNECTS = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
"""Events with the socket first and the address second."""
_LOOKS_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
"""Events with a name or an address first."""


def is_local(host: object) -> bool:
    """Return True for this very computer, and for what is no host at all.

    >>> [is_local(host) for host in ("127.0.0.1", "127.8.9.1", "::1", "localhost", "", None)]
    [True, True, True, True, True, True]
    >>> [is_local(host) for host in ("192.168.0.2", "fe80::1", "pypi.org", "localhost.me", b"a.b")]
    [False, False, False, False, False]
    """
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else host
    if not isinstance(name, str) or name.lower() in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what would leave this computer, and fail it as an unplugged cable would."""
    if not event.startswith("socket."):
        return
    if event in _CONNECTS:
        # A path or a number is a socket of this system, not of a network.
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and address else None
        # To listen on every address is to be reached from elsewhere.
        is_here = is_local(host) and not (event == "socket.bind" and host == "")
    elif event in _LOOKS_UP:
        host = arguments[0][0] if isinstance(arguments[0], tuple) else arguments[0]
        is_here = is_local(host)
    else:
        return
    if not is_here:
        TRIED.append(f"{event} {host!r}")
        raise OSError(101, f"no network while testing: {event} {host!r}")


def main() -> None:
    """Run command lines of voiceguide under watch, and print for each its exit code and what it tried."""
    from voiceguide.commands import _run

    sys.addaudithook(watch)
    for line in sys.argv[1:]:
        TRIED.clear()
        code = _run(shlex.split(line))
        sys.stderr.write(json.dumps({"line": line, "code": code, "tried": TRIED}) + "\n")


if __name__ == "__main__":
    main()
