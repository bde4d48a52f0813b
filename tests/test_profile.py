"""What a person answered, kept in a file: nothing that was tampered with, or is not whole, is trusted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.answers import answers_with, keep_answers
from tests.conftest import Run
from voiceguide.errors import VoiceguideError
from voiceguide.profile import FILE, Profile, load_profile, put_profile_aside, save_profile

TODAY = date(2026, 3, 1)


def good() -> dict[str, object]:
    """Return what a right file holds."""
    return {"version": 1, "when": "2026-02-20", "answers": dict(answers_with(thinners="yes"))}


def test_what_is_kept_is_what_is_read(tmp_path: Path) -> None:
    profile = Profile(answers_with(clots="yes", clots_agreed="yes", numbness="yes", side="right"), TODAY)
    path = save_profile(tmp_path / "private", profile)
    assert load_profile(tmp_path / "private", TODAY) == profile
    assert profile.cautions == {"numbness"}
    assert (profile.agreed, profile.sore_side) == (("clots",), "right")
    if os.name == "posix":
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_nobody_has_a_profile_before_they_were_asked(tmp_path: Path) -> None:
    assert load_profile(tmp_path / "nowhere", TODAY) is None


def test_what_stands_where_answers_would_be_is_never_taken_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    for folder in ("file", "nowhere"):
        with pytest.raises(VoiceguideError, match="needs a folder there") as caught:
            load_profile(tmp_path / folder, TODAY)
        assert caught.value.where == str(tmp_path / folder)
        assert "move it away, or name another folder" in (caught.value.hint or "")
    (tmp_path / FILE).symlink_to(tmp_path / "gone.json")
    assert f"it is a link to '{tmp_path / 'gone.json'}', which is not there" in fault_of(tmp_path).message


def test_answers_that_are_a_link_are_read_and_written_where_they_are(tmp_path: Path) -> None:
    (tmp_path / FILE).symlink_to(tmp_path / "disk" / "mine.json")
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "mine.json").write_text(json.dumps(good()))
    profile = load_profile(tmp_path, TODAY)
    assert profile is not None
    save_profile(tmp_path, Profile(answers_with(), TODAY))
    assert (tmp_path / FILE).is_symlink()
    assert "no" in json.loads((tmp_path / "disk" / "mine.json").read_text())["answers"]["thinners"]


@pytest.mark.skipif(os.name != "posix", reason="permission bits as POSIX has them")
def test_to_read_answers_closes_them_to_others(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps(good()))
    (tmp_path / FILE).chmod(0o666)
    tmp_path.chmod(0o777)
    assert load_profile(tmp_path, TODAY) is not None
    assert ((tmp_path / FILE).stat().st_mode & 0o777, tmp_path.stat().st_mode & 0o777) == (0o600, 0o700)
    (tmp_path / FILE).write_text("nonsense")
    (tmp_path / FILE).chmod(0o644)
    fault_of(tmp_path)
    aside = put_profile_aside(tmp_path)
    assert aside is not None
    assert aside.stat().st_mode & 0o777 == 0o600


def test_answers_hold_for_fourteen_days() -> None:
    profile = Profile(answers_with(), TODAY)
    assert [profile.is_old(TODAY + timedelta(days=days)) for days in (0, 14, 15)] == [False, False, True]


def without(*path: str) -> Callable[[dict[str, object]], object]:
    def change(found: dict[str, object]) -> object:
        inner: dict[str, object] = found
        for key in path[:-1]:
            inner = inner[key]  # type: ignore[assignment]
        del inner[path[-1]]
        return found

    return change


def with_(**changes: object) -> Callable[[dict[str, object]], object]:
    return lambda found: {**found, **changes}


def answering(**changes: object) -> Callable[[dict[str, object]], object]:
    return lambda found: {**found, "answers": {**found["answers"], **changes}}  # type: ignore[dict-item]


NONSENSE = [
    (lambda _: [], "nothing in it has a name"),
    (lambda _: None, "nothing in it has a name"),
    (lambda _: {}, "its version is not known"),
    (with_(version=2), "a newer voiceguide wrote it"),
    (with_(version=0), "its version is not known"),
    (with_(version=True), "its version is not known"),
    (with_(version="1"), "its version is not known"),
    (with_(version=1.0), "its version is not known"),
    (without("when"), "'when' is missing"),
    (without("answers"), "'answers' is missing"),
    (with_(cautions=[]), "'cautions' does not belong there"),
    (with_(when="2026-03-03"), "2026-03-03 is still to come"),
    (with_(when="9999-12-31"), "9999-12-31 is still to come"),
    (with_(when="yesterday"), "'yesterday' is no date"),
    (with_(when="\x1b[2J"), r"'\\x1b[2J' is no date"),
    (with_(when=20260220), "'20260220' is no date"),
    (with_(when=None), "'None' is no date"),
    (with_(when={"a": 1}), "is no date"),
    (with_(answers=[]), "its answers are no words"),
    (with_(answers={}), "the answer to 'long' is missing"),
    (with_(answers={"chest": True}), "its answers are no words"),
    (answering(chest=False), "its answers are no words"),
    (answering(chest="No"), "'No' is no answer to 'chest'"),
    (answering(chest=""), "'' is no answer to 'chest'"),
    (answering(chest="x" * 5000), "'" + "x" * 40 + "' is no answer to 'chest'"),
    (answering(side="both"), "'both' is no answer to 'side'"),
    (answering(mood="yes"), "there is no question 'mood'"),
    (answering(changed="no"), "there is no question 'changed'"),
    (answering(pregnancy_agreed="yes"), "there is no question 'pregnancy_agreed'"),
    (answering(seen="yes"), "'seen' is answered, which the other answers do not lead to"),
    (answering(clots_agreed="yes"), "'clots_agreed' is answered, which"),
    (answering(chest="yes"), "'accident' is answered, which"),
    (answering(thinners="no"), "'thinners_agreed' is answered, which"),
    (without("answers", "thinners"), "the answer to 'thinners' is missing"),
    (without("answers", "pregnancy"), "the answer to 'pregnancy' is missing"),
    (without("answers", "thinners_agreed"), "the answer to 'thinners_agreed' is missing"),
    (without("answers", "saddle"), "the answer to 'saddle' is missing"),
]
TEXTS = [
    (b"", "it is no JSON"),
    (b"{", "it is no JSON"),
    (b"yes", "it is no JSON"),
    (b"\xff\xfe\x00", "it is no JSON"),
    (b"\x00" * 100, "it is no JSON"),
    (b"[" * 15_000, "it is no JSON"),
    (b'{"version": ' + b"1" * 5_000 + b"}", "it is no JSON"),
    (b'{"version": NaN}', "its version is not known"),
    (b'{"version": 1, "version": 1}', "something is said twice in it"),
    (b" " * 100_000 + b"{}", "it is too large"),
]


def fault_of(folder: Path) -> VoiceguideError:
    with pytest.raises(VoiceguideError) as caught:
        load_profile(folder, TODAY)
    return caught.value


@pytest.mark.parametrize(("change", "told"), NONSENSE, ids=[told for _, told in NONSENSE])
def test_nonsense_is_named_and_not_trusted(
    change: Callable[[dict[str, object]], object], told: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text(json.dumps(change(good())), encoding="utf-8")
    error = fault_of(tmp_path)
    assert told.replace("\\\\", "\\") in error.message
    assert "\x1b" not in error.message
    assert error.where == str(tmp_path / FILE)
    assert "`voiceguide setup`" in (error.hint or "")
    assert error.exit_code == 1


@pytest.mark.parametrize(("text", "told"), TEXTS, ids=range(len(TEXTS)))
def test_a_file_that_is_no_profile_at_all_is_told(text: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(text)
    assert told in fault_of(tmp_path).message


def test_the_right_file_is_right(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps(good()), encoding="utf-8")
    profile = load_profile(tmp_path, TODAY)
    assert profile is not None
    assert profile.cautions == {"thinners"}


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    assert "it is no file" in fault_of(tmp_path).message or os.name == "nt"


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_nobody_waits_for_what_a_pipe_may_say(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FILE)
    assert "it is no file" in fault_of(tmp_path).message


def test_what_cannot_be_used_is_put_aside_and_nothing_put_aside_before_is_lost(tmp_path: Path) -> None:
    assert put_profile_aside(tmp_path) is None
    for number in (1, 2):
        (tmp_path / FILE).write_text(f"nonsense {number}")
        aside = put_profile_aside(tmp_path)
        assert aside is not None
        assert aside.read_text() == f"nonsense {number}"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VoiceguideError, match="needs a folder there") as caught:
        save_profile(tmp_path / "file", Profile(answers_with(), TODAY))
    assert "VOICEGUIDE_DATA" in (caught.value.hint or "")


@pytest.mark.parametrize("command", ["play", "show", "export"])
def test_no_session_is_made_for_whoever_has_a_profile_that_makes_no_sense(
    command: str, run: Run, stranger: Path, tmp_path: Path
) -> None:
    keep_answers(stranger)
    path = stranger / "private" / FILE
    path.write_text(path.read_text().replace('"pregnancy": "no",', ""))
    more = {"play": ("--backend", "null"), "show": (), "export": ("-o", str(tmp_path / "x.wav"))}[command]
    done = run(command, "hands", "--voice", "tone", *more)
    assert done.code == 1
    assert done.err.startswith(f"Error: {path}: your answers cannot be used: the answer to 'pregnancy' is")
    assert "Hint:  `voiceguide setup` asks for them again." in done.err
