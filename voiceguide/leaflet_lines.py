"""The lines a leaflet has to have, by what they stand around, and what each leaves open. No words."""

from __future__ import annotations

from collections.abc import Mapping

from voiceguide.gate import CONDITION, QUESTIONS
from voiceguide.scheduler.actions import ACTIONS
from voiceguide.scheduler.point import ZONES

LABELS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("where", "differs", "how", "helps", "feel", "cautions", "aftercare", "sources"), ()),
    **dict.fromkeys(("together", "apart", "gradual", "at_once", "no_promise", "no_helps", "no_words"), ()),
    **dict.fromkeys(("rounds", "holds", "rest", "window", "massage_first", "press_in", "file_comment"), ()),
    **dict.fromkeys(
        ("play_it", "first", "everywhere", "fetch", "ice", "left_out", "names", "stops", "two_codes"), ()
    ),
    "ask_first": (),
    **dict.fromkeys(("start", "place", "lasts", "letting_go", "as_before"), ()),
    **dict.fromkeys(("why_excluded", "why_skipped", "why_later", "why_dropped"), ()),
    "takes": ("time",),
    "made_by": ("by",),
    "lies_on": ("posture", "side"),
    **dict.fromkeys(("index_title", "index_before", "index_play"), ()),
    "index_file": ("suffix",),
    "codes": ("code", "who"),
    "only_who": ("who",),
    "nickname": ("nickname",),
    "name": ("id",),
    "joins": ("points",),
    "postures": ("postures",),
    "gear": ("gear",),
    "range": ("what", "smallest", "usual", "largest"),
    "fixed": ("what", "usual"),
    "ice_time": ("time",),
}
"""What stands around the facts of points and of a session: headings and lines, by what a line leaves open."""
PAGE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("before", "tap", "play", "pause", "back", "next_part", "progress", "keys"), ()),
    **dict.fromkeys(("parts", "words", "no_sound"), ()),
    "next_words": ("time",),
    "left": ("time",),
}
"""What stands on a page that plays a session (`export -o session.html`), in the same way."""
PROMPTER: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("title", "how", "one", "progress", "next", "back", "go", "keys", "all"), ()),
    "place": ("number", "count", "file"),
}
"""What stands on the page that a voice is recorded from (`pack script --page`), in the same way."""
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
DATES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(MONTHS, ()),
    "day": ("day", "month", "year"),
    "day_of_year": ("day", "month"),
    "moment": ("day", "time"),
}
"""How a date is told wherever somebody reads one, in the same way."""
APPOINTMENTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), ()),
    "day": ("weekday", "moment"),
    **dict.fromkeys(("heading", "ask_first", "first_once", "unknown", "daily", "care", "look_back"), ()),
    "each": ("routine", "minutes"),
    "clock": ("zone",),
    **dict.fromkeys(("missing", "twice"), ("day",)),
    "summary": ("number", "count"),
    "alarm": ("minutes", "number", "count"),
    **dict.fromkeys(("start", "phone"), ("command",)),
    "written": ("file",),
    **dict.fromkeys(("to_write", "to_import", "to_update", "before_it"), ()),
}
"""What stands round the sessions of `plan`, on the screen and in a calendar, in the same way."""
PLOTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (f"lane_{one}" for one in "chapter minute left right both ice between voice".split()), ()
    ),
    **dict.fromkeys((f"action_{name}" for name in ACTIONS), ()),
    **dict.fromkeys((f"key_{one}" for one in "ramps find between voice check".split()), ()),
    **dict.fromkeys(("lane_pain", "lane_done", "lane_planned", "progress_title", "no_sessions"), ()),
    **dict.fromkeys(
        (f"key_{one}" for one in ("before", "after", "done", "part", "kept", "missed", "open")), ()
    ),
    "planned_kept": ("kept", "count"),
    **dict.fromkeys((f"planned_{one}" for one in ("missed", "open")), ("dates",)),
    "planned_rule": (),
    "chart": ("before", "after", "same", "count"),
    "progress_count": ("count", "told"),
    "timeline_title": ("title",),
    "timeline_description": ("time", "stops"),
}
"""What stands on pictures of time (`show --plot`, `progress`), in the same way."""
SETUP: Mapping[str, tuple[str, ...]] = {
    **{f"ask_{one.id}": () for one in QUESTIONS},
    **dict.fromkeys(
        ("intro", "unsure_yes", "unsure_no", "yes", "no", "left", "right", "unsure", "first", "go_back"), ()
    ),
    "place": ("number", "count"),
    **dict.fromkeys(("wrong_yes_no", "wrong_side"), ("text",)),
    "again": ("when",),
    "again_more": ("count",),
    **dict.fromkeys(("emergency", "doctor", "clot_signs", "stopped", "follows"), ()),
    **{f"why_{one.id}": () for one in QUESTIONS if one.kind == CONDITION},
    **dict.fromkeys(("out", "out_until"), ("why", "what")),
    "still_left": ("what",),
    **dict.fromkeys(("all_out", "agreed", "also_agreed", "medicine_first"), ("why",)),
    **dict.fromkeys(
        (
            "nothing_out",
            "both",
            "pregnant",
            "numb",
            "start_nothing",
            "ball_care",
            "side_unsure",
            "by_friend",
            "by_ball",
            "by_nobody",
        ),
        (),
    ),
    "side": ("side",),
    **{f"zone_{zone}": () for zone in ZONES},
    **dict.fromkeys(("cold", "before", "see_doctor", "explained", "only_for", "referred"), ()),
    **dict.fromkeys(("medicine", "others", "others_first", "more", "practitioner", "no_promise"), ()),
    **dict.fromkeys(("start", "start_ask", "start_pregnant"), ("routine",)),
    "refused": ("help", "question"),
    "kept": ("file",),
    "aside": ("file",),
}
"""What `voiceguide setup` asks and says, in the same way."""
PICTURES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("back", "buttocks", "hands", "forearms", "knees", "feet", "soles"), ()),
    **dict.fromkeys(("left", "right", "spine", "hip_bone", "dimple", "sacrum", "outer_hip", "pocket"), ()),
    **dict.fromkeys(("thumb", "first_finger", "long_bone", "elbow_crease", "four_fingers", "thumb_side"), ()),
    "finger_widths": (),
    **dict.fromkeys(("knee_crease", "cord", "knob", "big_toe", "second_toe", "ball", "hollow", "heel"), ()),
    **dict.fromkeys(("never", "both_sides", "no_picture"), ()),
    **dict.fromkeys(("sheet_title", "sheet_before", "sheet_helper", "sheet_list"), ()),
    "sheet_routine": ("routine",),
    "other": ("codes",),
    "title": ("place", "codes"),
    "picture_of": ("codes",),
}
"""What stands in pictures of points, and on the page of them (`points sheet`), in the same way."""
JOURNAL: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("ask_pain", "ask_leg", "ask_side", "wrong_key"), ("keys",)),
    **dict.fromkeys(("keys_pain", "keys_leg", "keys_side", "ask_note", "skipped", "no_more"), ()),
    **dict.fromkeys(("yes", "no", "left", "right", "both", "unsure"), ()),
    **dict.fromkeys(("stop_today", "stopped_today", "meant_stop", "play_anyway", "not_played"), ()),
    "stopped_before": ("day",),
    "play_since": (),
    **dict.fromkeys(("none_yet", "partial", "whole", "leg_worse", "has_note", "not_given"), ()),
    **dict.fromkeys(("began", "routine", "takes", "gone_through", "pain_before", "pain_after"), ()),
    **dict.fromkeys(("leg", "side", "heard", "not_heard", "note"), ()),
    **dict.fromkeys(
        ("review", "pairs", "varies", "lower", "same", "higher", "unknown", "go_on", "ask_somebody"), ()
    ),
    "pain": ("pain",),
    "kept": ("id",),
    **dict.fromkeys(("minutes", "part_of"), ("minutes",)),
    "pain_of": ("pair",),
    "hurts": ("side",),
    "session": ("id",),
    **dict.fromkeys(("mostly_more", "stop_these", "stop_advice", "after_one", "in_a_day"), ()),
    **dict.fromkeys(("after_more", "in_days", "later_unknown"), ("number",)),
    "to_come": ("sessions", "days"),
    "counted": ("sessions", "first", "partial", "without"),
    "pair": ("before", "after"),
    "pairs_left_out": ("number",),
    "how_often": ("less", "same", "more"),
    **dict.fromkeys(
        ("first_last_before", "first_last_after", "rise"), ("first", "first_day", "last", "last_day")
    ),
    "proves_little": ("number",),
    "one_proves_little": (),
    "stop_days": ("days",),
    "many_stop_days": ("number", "days"),
}
"""What the journal asks, shows and makes of its numbers, in the same way."""
GROUPS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "labels": LABELS,
    "page": PAGE,
    "journal": JOURNAL,
    "dates": DATES,
    "pictures": PICTURES,
    "prompter": PROMPTER,
    "appointments": APPOINTMENTS,
    "plots": PLOTS,
    "setup": SETUP,
}
"""All lines that stand around something, by what they stand around: a group has a field in `Leaflet`."""
