"""The body, from step to step: posture, hands, ball, pack and eyes. Refuses the step nobody could do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from voiceguide.errors import InvalidContent, Problem
from voiceguide.scheduler.actions import ACTIONS
from voiceguide.scheduler.plan import ICE_GEAR, Plan, Step, actions_of
from voiceguide.scheduler.point import POSTURE_GEAR
from voiceguide.scheduler.shape import Problems
from voiceguide.scheduler.visit import OTHER, Visit, in_words


@dataclass(frozen=True, slots=True)
class Body:
    """What a person's body is doing between two actions."""

    posture: str = "standing"
    """One of `point.POSTURES`."""
    lies_on: str = ""
    """The side it lies on; empty unless it lies on its side."""
    left: str = ""
    """What the left hand is busy with; empty if it is free."""
    right: str = ""
    """What the right hand is busy with; empty if it is free."""
    ball: str = "away"
    """`away`, `near`, `left` or `right` (in that hand), or `under` the body."""
    pack: str = "away"
    """`away`, `near`, `on` the body or `off` it again."""
    near: frozenset[str] = frozenset()
    """What lies ready: ids of `point.GEAR`."""
    eyes: str = "open"
    """`open` or `closed`."""
    pressing: bool = False
    """True while a point is pressed."""
    located: str = ""
    """The stop the hands, heel or ball are at; empty if none."""

    def hand(self, side: str) -> str:
        """Return what the hand of a side is busy with; empty if it is free."""
        return self.left if side == "left" else self.right

    def with_hands(self, sides: tuple[str, ...], what: str) -> Body:
        """Return the body with these hands busy with `what`, or free if it is empty."""
        left = what if "left" in sides else self.left
        return replace(self, left=left, right=what if "right" in sides else self.right)


def check(plan: Plan) -> tuple[Body, ...]:
    """Return the body after every action of the plan, in order.

    Raises
    ------
    InvalidContent
        With every step no body could do.
    """
    bodies, problems = walk(plan)
    if problems:
        raise InvalidContent(problems)
    return bodies


def walk(plan: Plan) -> tuple[tuple[Body, ...], Problems]:
    """Return the body after every action of the plan, in order, and every step no body could do."""
    problems: Problems = []
    body = Body()
    bodies = []
    for step in plan.steps:
        for action in actions_of(step):
            for need in ACTIONS[action].needs:
                fault = NEEDS[need](body, step)
                if fault and not any(problem.path == step.path for problem in problems):
                    problems.append(Problem(step.path, fault[0], hint=fault[1]))
            for leave in ACTIONS[action].leaves:
                body = LEAVES[leave](body, step)
            if ACTIONS[action].dosed or action == "press":
                body = replace(body, pressing=action != "massage")
            bodies.append(body)
        if step.kind == "treat":
            body = _leave_stop(body, step)
    return tuple(bodies), problems


def hands_of(visit: Visit) -> tuple[str, ...]:
    """Return the sides of the hands that are busy while a visit is pressed.

    A hand point keeps both busy, one pressed and one pressing; a ball keeps the hand that holds its sock;
    a heel or a helper leaves both free; one side of the back takes the hand of that side.
    """
    method = visit.method.name if visit.method else ""
    if method in {"heel", "friend"}:
        return ()
    if method == "ball" or (visit.zone in {"back", "hips"} and visit.side in OTHER):
        return (visit.side,) if visit.side in OTHER else ("left", "right")
    return ("left", "right")


Fault = tuple[str, str] | None


def _nothing_pressed(body: Body, step: Step) -> Fault:
    if body.pressing or (body.located and step.kind != "treat"):
        return f"{body.located} is still pressed here", "release it first."
    return None


def _gear_for_move(body: Body, step: Step) -> Fault:
    visit = step.visit
    if step.kind == "bring" and visit and visit.side:
        if body.ball == "away":
            return f"{visit.entry} wants a ball nobody has placed", "add ball_in_sock to 'ready'."
        if body.ball in OTHER and body.ball != visit.side:
            hint = "put the stops of the ball into one group: there_and_back."
            return f"the ball is in the {body.ball} hand, and {visit.stop} is the other side", hint
        if body.ball not in OTHER and body.hand(visit.side):
            return f"the {visit.side} hand is busy with {body.hand(visit.side)}", "free it first."
    elif body.ball in OTHER and not step.puts_ball_away:
        return f"the {body.ball} hand still holds the ball", "put it down before this move."
    missing = [thing for thing in POSTURE_GEAR.get(step.posture or "", ()) if thing not in body.near]
    if step.kind == "move" and missing and not step.leads_to_ice:  # the ice tells all that it wants
        what = f"{in_words(step.posture)} wants what nobody has ready: {', '.join(missing)}"
        return what, "add it to 'ready'."
    return None


def _posture(body: Body, step: Step) -> Fault:
    visit = step.visit
    if visit is None or visit.method is None:
        return None
    what = f"{visit.entry} by {visit.method.name} wants"
    if body.posture not in visit.method.postures:
        wanted = visit.method.postures[0]
        return f"{what} the body {in_words(wanted)}", f"put '- posture: {wanted}' before it."
    if body.lies_on and body.lies_on == visit.side:
        return f"{what} the {visit.side} side up, and the body lies on it", "roll over before it."
    missing = [thing for thing in visit.method.gear if thing not in body.near]
    if missing:
        return f"{what} what nobody has ready: {', '.join(missing)}", "add it to 'ready'."
    return None


def _hands_free(body: Body, step: Step) -> Fault:
    if step.visit is None:
        return None
    holds_sock = step.visit.method is not None and step.visit.method.name == "ball"
    for side in hands_of(step.visit):
        here_already = "the sock" if holds_sock else step.visit.entry
        if body.hand(side) not in {"", here_already}:
            return f"the {side} hand is busy with {body.hand(side)}", "free it before this step."
    return None


def _tool_in_place(body: Body, step: Step) -> Fault:
    if step.visit and step.visit.method and step.visit.method.name == "ball" and body.ball != "under":
        return f"{step.visit.entry} wants a ball nobody has placed", "add ball_in_sock to 'ready'."
    return None


def _at_this_stop(body: Body, step: Step) -> Fault:
    if step.visit and body.located != step.visit.stop:
        return f"{step.visit.stop} has not been found yet", "find the place before pressing it."
    return None


def _pressed(body: Body, step: Step) -> Fault:
    if step.visit and not body.pressing:
        return f"{step.visit.stop} is held before it is pressed", "press first."
    return None


def _pack_in_reach(body: Body, step: Step) -> Fault:
    things = ICE_GEAR[step.visit.zone] if step.visit else ()
    if not body.near.issuperset(things):
        return (
            f"the ice wants things nobody has ready: {', '.join(things)}",
            "add what is missing to 'ready'.",
        )
    return None


def _off_the_pack(body: Body, step: Step) -> Fault:
    zone = step.visit.zone if step.visit else ""
    if zone == "back" and body.posture != "on_side":
        return "nobody may lie on an ice pack", "put '- posture: on_side' before the ice."
    if zone == "arms" and body.posture not in {"sitting", "on_side"}:
        hint = "put '- posture: sitting' or '- posture: on_side' before it."
        return f"the arms cannot be iced {in_words(body.posture)}", hint
    return None


NEEDS: dict[str, Callable[[Body, Step], Fault]] = {
    "eyes_open": lambda body, _: None if body.eyes == "open" else ("the eyes are closed", "open them first."),
    "nothing_pressed": _nothing_pressed,
    "gear_for_move": _gear_for_move,
    "posture": _posture,
    "hands_free": _hands_free,
    "tool_in_place": _tool_in_place,
    "hands_placed": _at_this_stop,
    "pressed": _pressed,
    "pack_in_reach": _pack_in_reach,
    "off_the_pack": _off_the_pack,
    "pack_on": lambda body, _: None if body.pack == "on" else ("no ice is on", "put it on first."),
    "pack_off": lambda body, _: ("the ice is still on", "take it off first.") if body.pack == "on" else None,
}


def _gear_within_reach(body: Body, step: Step) -> Body:
    ball = "near" if "ball_in_sock" in step.items else body.ball
    pack = "near" if "cold_pack" in step.items else body.pack
    return replace(body, ball=ball, pack=pack, near=frozenset(step.items))


def _take_posture(body: Body, step: Step) -> Body:
    return replace(body, posture=step.posture or body.posture, lies_on=step.lies_on or "")


def _move_ball(body: Body, step: Step) -> Body:
    if step.kind == "bring" and step.visit and step.visit.side in OTHER:
        return replace(body, ball="under").with_hands((step.visit.side,), "the sock")
    if step.puts_ball_away and body.ball in OTHER:
        return replace(body, ball="near").with_hands((body.ball,), "")
    return body


def _eyes(body: Body, step: Step) -> Body:
    return replace(body, eyes="open" if step.kind == "rise" or step.leads_to_ice else "closed")


def _place_hands(body: Body, step: Step) -> Body:
    if step.visit is None:
        return body
    ball = step.visit.method is not None and step.visit.method.name == "ball"
    what = "the sock" if ball else step.visit.entry
    return replace(body, located=step.visit.stop).with_hands(hands_of(step.visit), what)


def _leave_stop(body: Body, step: Step) -> Body:
    """Return the body after the last round: the hands are free again, but for the one that holds the sock."""
    if step.visit is None:
        return body
    body = replace(body, pressing=False, located="").with_hands(hands_of(step.visit), "")
    if step.visit.method and step.visit.method.name == "ball" and step.visit.side in OTHER:
        return replace(body, ball=step.visit.side).with_hands((step.visit.side,), "the sock")
    return body


def _change_side(body: Body, step: Step) -> Body:
    body = replace(body, lies_on=step.lies_on or "")
    if body.ball not in OTHER:
        return body
    here, there = body.ball, OTHER[body.ball]
    return replace(body, ball=there).with_hands((here,), "").with_hands((there,), "the sock")


LEAVES: dict[str, Callable[[Body, Step], Body]] = {
    "gear_within_reach": _gear_within_reach,
    "posture": _take_posture,
    "ball": _move_ball,
    "eyes": _eyes,
    "hands_placed": _place_hands,
    "pressed": lambda body, _: replace(body, pressing=True),
    "eased": lambda body, _: replace(body, pressing=False),
    "other_side": _change_side,
    "eyes_closed": lambda body, _: replace(body, eyes="closed"),
    "pack_on": lambda body, _: replace(body, pack="on"),
    "pack_off": lambda body, _: replace(body, pack="off"),
}
