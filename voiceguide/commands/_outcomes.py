"""What follows from a person's answers, in words: what is left out and why, and what to do first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import NothingLeft, VoiceguideError
from voiceguide.gate import NEVER_LIFTED, conditions_of, reasons_of, sign_of
from voiceguide.leaflet import Leaflet
from voiceguide.library import load_leaflet, load_points
from voiceguide.profile import Profile
from voiceguide.scheduler.point import CONDITIONS, NO_COLD, ZONES

_FIRST = {"hands": "hand", "arms": "arm"}
"""Routines to begin with, and what each presses."""
_TELL_FIRST = ("pregnancy", "thinners")
"""Conditions with which anti-inflammatories may do harm, whatever a doctor said of pressing."""


def refusal(profile: Profile) -> VoiceguideError:
    """Return the error that says where to get help; for answers with a sign of something serious."""
    words = load_leaflet(LANGUAGE).setup
    return VoiceguideError(
        words["refused"].format(help=where_to_get_help(profile), question=words[f"ask_{_sign(profile)}"]),
        hint=words["stopped"],
    )


def where_to_get_help(profile: Profile) -> str:
    """Return in words what to do at once, for answers with a sign of something serious."""
    words = load_leaflet(LANGUAGE).setup
    sign = _sign(profile)
    return words[sign if sign in words else profile.stop or ""]


def outcome(profile: Profile) -> Iterator[str]:
    """Yield all that follows from the answers, a paragraph each."""
    leaflet = load_leaflet(LANGUAGE)
    words = leaflet.setup
    if profile.stop:
        yield where_to_get_help(profile)
        yield words["stopped"]
        return
    yield words["follows"]
    yield from standing(profile, leaflet)
    yield ""
    yield words["before"]
    if profile.answers["long"] == "yes":
        if profile.answers["seen"] == "no":
            yield words["see_doctor"]
        yield words["explained"]
    yield from (words[key] for key in ("only_for", "referred"))
    known = [why(profile, one, words) for one in conditions_of(profile.answers) if one in _TELL_FIRST]
    yield words["medicine_first"].format(why=", and that ".join(known)) if known else words["medicine"]
    is_frail = not {*NO_COLD}.issuperset(conditions_of(profile.answers))
    yield words["others_first" if is_frail else "others"]
    yield words["more"]
    if profile.answers["able"] == "no":
        yield words["practitioner"]
        yield from next(section.text for section in leaflet.about if section.id == "practitioner")
    yield ""
    yield words["no_promise"]
    left_out = {zone for one in profile.cautions for zone in zones_without(one)}
    if not left_out >= _by_ball():
        yield words["ball_care"]
    routine = next((name for name, zone in _FIRST.items() if zone not in left_out), None)
    if routine is None:
        yield words["start_nothing"]
        return
    start = "start_ask" if left_out else "start"
    yield words["start_pregnant" if "pregnancy" in profile.cautions else start].format(routine=routine)


def standing(profile: Profile, leaflet: Leaflet) -> Iterator[str]:
    """Yield what the answers that stay lead to: what is left out, what a doctor lifted, side and help."""
    words = leaflet.setup
    left_out = {zone for one in profile.cautions for zone in zones_without(one)}
    for condition in sorted(profile.cautions, key=CONDITIONS.index):
        zones = zones_without(condition)
        what = [words[f"zone_{zone}"] for zone in zones] + [words["cold"]] * (condition in NO_COLD)
        told = "all_out" if {*zones} == {*ZONES} else "out" if condition in NEVER_LIFTED else "out_until"
        yield words[told].format(why=why(profile, condition, words), what=", ".join(what))
        if condition == "pregnancy" and "arm" not in left_out:
            yield words["pregnant"]
        if condition == "numbness":
            yield words["numb"]
    if not profile.cautions:
        yield words["nothing_out"]
    if left := [words[f"zone_{zone}"] for zone in ZONES if left_out and zone not in left_out]:
        yield words["still_left"].format(what=", ".join(left))
    yield from (words["agreed"].format(why=why(profile, one, words)) for one in profile.agreed)
    if left_out == set(ZONES):
        return
    side = profile.sore_side
    yield words["side_unsure"] if side == "unsure" else words["side"].format(side=side)
    if "back" in left_out:
        return  # so it matters little whether hands reach it
    if profile.assist:
        yield words[f"by_{profile.assist}"]
    elif profile.answers["reach"] == "no":
        yield words["by_nobody"]


def zones_without(condition: str) -> tuple[str, ...]:
    """Return the parts of the body at which a condition leaves nothing to press."""
    points = load_points().values()
    pressed = {point.zone for point in points if condition not in point.cautions}
    return tuple(zone for zone in ZONES if zone not in pressed)


def _by_ball() -> set[str]:
    """Return the parts of the body that a ball can press."""
    return {point.zone for point in load_points().values() if "ball" in point.methods}


def why(profile: Profile, condition: str, words: Mapping[str, str]) -> str:
    """Return in words what somebody answered that a condition follows from; of unsure answers, too."""
    return ", and ".join(words[f"why_{one}"] for one in reasons_of(profile.answers, condition))


def as_answered(error: NothingLeft, profile: Profile) -> NothingLeft:
    """Return the error with the reasons as this person gave them, a line each if there are several."""
    conditions = [one for one in CONDITIONS if one in error.why]
    if conditions and profile.cautions.issuperset(conditions):
        words = load_leaflet(LANGUAGE).setup
        reasons = [why(profile, one, words) for one in conditions]
        told = f" {reasons[0]}." if len(reasons) == 1 else ":" + "".join(f"\n  - {one}" for one in reasons)
        error.message = f"'{error.routine}' is not for you: nothing of it is left, because{told}"
    return error


def agreed_line(profile: Profile) -> str:
    """Return the line that reminds somebody of what they said a doctor lifted."""
    words = load_leaflet(LANGUAGE).setup
    known = ", and that ".join(why(profile, one, words) for one in profile.agreed)
    return words["also_agreed"].format(why=known)


def _sign(profile: Profile) -> str:
    sign = sign_of(profile.answers)
    return sign.id if sign else ""
