"""What follows from a person's answers, in words: what is left out and why, and what to do first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from voiceguide.commands._speaking import LANGUAGE
from voiceguide.errors import VoiceguideError
from voiceguide.gate import sign_of
from voiceguide.leaflet import Leaflet
from voiceguide.library import load_leaflet, load_points
from voiceguide.profile import Profile
from voiceguide.scheduler.point import CONDITIONS, NO_COLD, ZONES

_FIRST = {"hands": "hand", "arms": "arm"}
"""Routines to begin with, and what each presses."""


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
    yield from (words[key] for key in ("only_for", "referred", "medicine", "others", "more"))
    if profile.answers["able"] == "no":
        yield words["practitioner"]
        yield from next(section.text for section in leaflet.about if section.id == "practitioner")
    yield ""
    yield words["no_promise"]
    left_out = {zone for one in profile.cautions for zone in zones_without(one)}
    routine = next((name for name, zone in _FIRST.items() if zone not in left_out), None)
    if routine:
        yield words["start"].format(routine=routine)


def standing(profile: Profile, leaflet: Leaflet) -> Iterator[str]:
    """Yield what the answers that stay lead to: what is left out, what a doctor lifted, side and help."""
    words = leaflet.setup
    left_out = {zone for one in profile.cautions for zone in zones_without(one)}
    for condition in sorted(profile.cautions, key=CONDITIONS.index):
        zones = zones_without(condition)
        what = [words[f"zone_{zone}"] for zone in zones] + [words["cold"]] * (condition in NO_COLD)
        why = leaflet.word("conditions", condition)
        if set(zones) == set(ZONES):
            yield words["all_out"].format(why=why)
        else:
            yield words["out"].format(why=why, what=", ".join(what))
        if condition == "pregnancy" and "arm" not in left_out:
            yield words["pregnant"]
    if not profile.cautions:
        yield words["nothing_out"]
    yield from (words["agreed"].format(why=leaflet.word("conditions", one)) for one in profile.agreed)
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


def agreed_line(agreed: Iterable[str]) -> str:
    """Return the line that reminds somebody of what they said a doctor lifted."""
    leaflet = load_leaflet(LANGUAGE)
    why = "; ".join(leaflet.word("conditions", one) for one in agreed)
    return leaflet.setup["also_agreed"].format(why=why)


def _sign(profile: Profile) -> str:
    sign = sign_of(profile.answers)
    return sign.id if sign else ""
