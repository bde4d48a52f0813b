"""The tables of the journal: what SQLite is told, and how rows become entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from voiceguide.entry import Entry
from voiceguide.errors import UnknownName, VoiceguideError
from voiceguide.units import Milliseconds

if TYPE_CHECKING:  # `play` looks whether there is a journal before it needs it
    import sqlite3

_MICROSECOND = timedelta(microseconds=1)
_START = datetime(1970, 1, 1, tzinfo=UTC)
"""What instants are counted from."""
EARLIEST, _LAST = -(2**63), 2**63 - 1
"""The smallest and the largest number that SQLite has."""

MIGRATIONS: Sequence[Sequence[str]] = (
    (
        # 10000: `LONGEST_NOTE` as it was then. What is written here never changes, whatever becomes of that.
        """
        CREATE TABLE sessions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            instant INTEGER NOT NULL,
            began TEXT NOT NULL,
            routine TEXT NOT NULL CHECK (routine <> ''),
            length INTEGER NOT NULL CHECK (typeof(length) = 'integer' AND length > 0),
            stops TEXT NOT NULL,
            is_whole INTEGER NOT NULL CHECK (is_whole IN (0, 1)),
            pain_before INTEGER CHECK (typeof(pain_before) <> 'text' AND pain_before BETWEEN 0 AND 10),
            pain_after INTEGER CHECK (typeof(pain_after) <> 'text' AND pain_after BETWEEN 0 AND 10),
            leg_worse INTEGER CHECK (leg_worse IN (0, 1)),
            side TEXT CHECK (side IN ('left', 'right', 'both', 'unsure')),
            note TEXT NOT NULL CHECK (length(note) <= 10000),
            UNIQUE (instant, routine)
        )
        """,
        """
        CREATE TABLE stays (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            stop TEXT NOT NULL CHECK (stop <> ''),
            seconds REAL NOT NULL CHECK (typeof(seconds) = 'real' AND seconds >= 0)
        )
        """,
        "CREATE INDEX stays_of_a_session ON stays (session)",
    ),
)
"""What leads from each version of the file to the next, the first from an empty one. Only ever added to.

`instant` is `began` in microseconds since 1970: what sessions are sorted and told apart by.
"""
COLUMNS = "began routine length stops is_whole pain_before pain_after leg_worse side note".split()
"""The columns that are fields of an `Entry`, too."""
NO_JOURNAL = "it is no journal"
"""What is said of anything else that lies there."""


class Broken(Exception):
    """What lies there is no journal that can be read; in words, why."""


class UnreadableEntry(VoiceguideError):
    """A session in the journal that this program never wrote."""


LeftOut = Callable[[UnreadableEntry], object]
"""What is told of a session that is left out."""


def decoded(text: bytes) -> str | bytes:
    """Return a text as SQLite hands it over; as bytes if it is no UTF-8, which this program never wrote."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text


def prepare(db: sqlite3.Connection) -> int:
    """Return the version of a file that was opened, and will keep what it is told to.

    Raises `Broken` if it is not whole.
    """
    import sqlite3

    db.text_factory = decoded
    try:
        db.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        # For this SQLite does not wait. Whoever has the file open right now sets it, and the file remembers.
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
    # What is stored is on disk when that is said, and what is removed is overwritten.
    for line in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        db.execute(f"PRAGMA {line}")
    return whole_version(db)


def whole_version(db: sqlite3.Connection) -> int:
    """Return the version of a file. Raises `Broken` if it is not whole."""
    if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise Broken(NO_JOURNAL)
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, migrations: Sequence[Sequence[str]]) -> None:
    """Bring a file from its version to the last one, each step wholly or not at all."""
    for version, statements in enumerate(migrations, start=1):
        if db.execute("PRAGMA user_version").fetchone()[0] >= version:
            continue
        with transaction(db):
            found = db.execute("PRAGMA user_version").fetchone()[0]
            if found >= version:
                continue  # another process was quicker
            if not found and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise Broken(NO_JOURNAL)
            for statement in statements:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {version}")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Store all that is written meanwhile, or none of it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def instant_of(when: datetime) -> int:
    """Return a time in microseconds since 1970."""
    return (when - _START) // _MICROSECOND


def row_of(entry: Entry) -> dict[str, object]:
    """Return the values of an entry's columns, by their names."""
    row: dict[str, object] = {name: getattr(entry, name) for name in COLUMNS}
    row["instant"] = instant_of(entry.began)
    row["began"] = entry.began.isoformat()
    row["stops"] = " ".join(entry.stops)
    return row


def insert_entry(db: sqlite3.Connection, entry: Entry) -> int:
    """Add an entry with its stays, and return its number."""
    names = ("instant", *COLUMNS)
    places = ", ".join(f":{name}" for name in names)
    sql = f"INSERT INTO sessions ({', '.join(names)}) VALUES ({places})"  # noqa: S608 - names of ours
    number = db.execute(sql, row_of(entry)).lastrowid or 0
    add_stays(db, number, entry.done.items())
    return number


def update_entry(db: sqlite3.Connection, entry: Entry) -> None:
    """Replace all of an entry but its stays."""
    columns = ", ".join(f"{name} = :{name}" for name in ("instant", *COLUMNS))
    sql = f"UPDATE sessions SET {columns} WHERE id = :id"  # noqa: S608 - names of ours
    db.execute(sql, {**row_of(entry), "id": entry.id})


def add_stays(db: sqlite3.Connection, number: int, stays: Iterable[tuple[str, float]]) -> None:
    """Add stays at stops: the stop, and the seconds of its dose that were heard."""
    rows = [(number, stop, float(seconds)) for stop, seconds in stays]
    db.executemany("INSERT INTO stays (session, stop, seconds) VALUES (?, ?, ?)", rows)


def find_id(db: sqlite3.Connection, began: datetime, routine: str) -> int | None:
    """Return the number of the session that began then with this routine; None if there is none."""
    sql = "SELECT id FROM sessions WHERE instant = ? AND routine = ?"
    found = db.execute(sql, (instant_of(began), routine)).fetchone()
    return int(found[0]) if found else None


def get_entry(db: sqlite3.Connection, number: int) -> Entry:
    """Return the session of a number. Raises `UnknownName` if there is none."""
    for entry in find_entries(db, "id = ?", number) if 0 < number <= _LAST else ():
        return entry
    raise unknown(number)


def delete_entry(db: sqlite3.Connection, number: int) -> None:
    """Remove a session, even one that cannot be read. Raises `UnknownName` if there is none."""
    if not 0 < number <= _LAST or not db.execute("DELETE FROM sessions WHERE id = ?", (number,)).rowcount:
        raise unknown(number)


def unknown(number: int) -> UnknownName:
    """Return the error that there is no session of that number."""
    return UnknownName("session", str(number), (), listing="voiceguide journal list")


def find_entries(
    db: sqlite3.Connection, where: str, value: object, left_out: LeftOut | None = None
) -> Iterator[Entry]:
    """Yield the sessions of which `where`, a condition with one `?`, is true, the oldest first.

    `left_out` is called with the fault of each that cannot be read; without it the first one is raised.
    """
    # One statement for both, so that nothing can be written in between.
    sql = f"""
        SELECT sessions.id, {", ".join(COLUMNS)}, stop, seconds
        FROM sessions LEFT JOIN stays ON stays.session = sessions.id
        WHERE sessions.{where} ORDER BY instant, sessions.id, stays.id
    """  # noqa: S608 - names of ours
    found: dict[int, tuple[dict[str, Any], dict[str, float]]] = {}
    for number, *values, stop, seconds in db.execute(sql, (value,)):
        _, done = found.setdefault(number, (dict(zip(COLUMNS, values, strict=True)), {}))
        if stop is not None:
            done[stop] = round(done.get(stop, 0.0) + seconds, 3)
    for number, (row, done) in found.items():
        try:
            yield _entry(number, row, done)
        except UnreadableEntry as error:
            if left_out is None:
                raise
            left_out(error)


def _entry(number: int, row: Mapping[str, Any], done: Mapping[str, float]) -> Entry:
    if any(isinstance(value, bytes) for value in (*row.values(), *done)):
        raise _unreadable(number)
    try:
        began = datetime.fromisoformat(row["began"])
        more = {
            "began": began,
            "length": Milliseconds(row["length"]),
            "stops": tuple(row["stops"].split()),
            "is_whole": bool(row["is_whole"]),
            "leg_worse": None if row["leg_worse"] is None else bool(row["leg_worse"]),
        }
    except (ValueError, TypeError, AttributeError):
        raise _unreadable(number) from None
    if began.tzinfo is None:
        raise _unreadable(number)
    return Entry(id=number, done=done, **{**row, **more})


def _unreadable(number: int) -> UnreadableEntry:
    return UnreadableEntry(
        f"session {number} in the journal cannot be read: somebody else wrote it",
        hint=f"`voiceguide journal delete {number}` removes it.",
    )
