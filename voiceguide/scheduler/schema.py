"""Shape -> JSON Schema: what an editor needs to complete and check a file while it is being written.

A schema is made from the same tables that read a file, so the two cannot drift apart. It says all that a
shape says but for one thing: a time is not held to its upper limit, as no pattern adds hours to minutes.
What lies beyond shapes, such as whether a body can do it, is for `check` alone.

An editor reads YAML in its own way. Where it takes for a number what the library takes for text, such as a
title `1.5`, it asks for quotes, which do no harm.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from voiceguide.scheduler.shape import Duration, Either, Flag, OneOf, Record, Seq, Shape, Table, Text, Whole
from voiceguide.units import DURATION

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MORE_THAN_NOTHING = r"(?=\S*[1-9])"
"""At the start of a duration: a digit that is not 0 makes it last, whatever its unit."""


def make_schema(shape: Shape, title: str) -> Schema:
    """Return the JSON Schema of files of a shape, as plain data for `json`."""
    return {"$schema": DIALECT, "title": title, **_schema(shape)}


@singledispatch
def _schema(shape: Shape) -> Schema:
    raise NotImplementedError(f"{type(shape).__name__} has no schema")


@_schema.register
def _text(shape: Text) -> Schema:
    if shape.choices:
        return {"enum": list(shape.choices)}
    if shape.pattern:
        return {"description": shape.noun, "type": "string", "pattern": f"^(?:{shape.pattern})$"}
    return {"type": "string", "pattern": r"\S"}


@_schema.register
def _whole(shape: Whole) -> Schema:
    if shape.smallest == shape.largest:
        return {"const": shape.smallest}
    return {"type": "integer", "minimum": shape.smallest, "maximum": shape.largest}


@_schema.register
def _flag(_: Flag) -> Schema:
    return {"type": "boolean"}


@_schema.register
def _duration(_: Duration) -> Schema:
    return {
        "description": "a time with its unit, such as 90s, 2m or 1m30s",
        "type": "string",
        "pattern": rf"^\s*{_MORE_THAN_NOTHING}{DURATION.pattern}\s*$",
    }


@_schema.register
def _seq(shape: Seq) -> Schema:
    several = {"type": "array", "items": _schema(shape.item), "minItems": shape.smallest}
    return {"anyOf": [_schema(shape.item), several]} if shape.single else several


@_schema.register
def _table(shape: Table) -> Schema:
    keys, values = _schema(shape.keys), _schema(shape.values)
    return {"type": "object", "propertyNames": keys, "additionalProperties": values}


@_schema.register
def _record(shape: Record) -> Schema:
    return {
        "type": "object",
        "properties": {key: _schema(inner) for key, inner in shape.fields.items()},
        "required": [key for key in shape.fields if key not in shape.defaults],
        "additionalProperties": False,
    }


@_schema.register
def _one_of(shape: OneOf) -> Schema:
    return {"oneOf": [_schema(kind) for kind in shape.kinds.values()]}


@_schema.register
def _either(shape: Either) -> Schema:
    return {"anyOf": [_schema(shape.short), _schema(shape.long)]}
