"""What a document says, as frozen JSON: words as they were, amounts in minor units, instants in ISO form and UTC."""

from typing import TypedDict


class Party(TypedDict):
    """Someone or something at the head: "Billed to", "Sold by", "For"."""

    label: str
    name: str
    lines: list[str]


class Line(TypedDict):
    """One row of a table. A cell for each column after the first; None leaves it empty. `date` may be ""."""

    name: str
    note: str
    date: str
    cells: list[int | None]


class Table(TypedDict):
    """`columns` names the first column too; `total` is the row below the rule."""

    title: str
    columns: list[str]
    lines: list[Line]
    total: Line | None


class Stone(TypedDict):
    """A milestone beside the road. `here`: this document is about it."""

    name: str
    state: str
    meta: str
    here: bool


class Content(TypedDict):
    """All that a page or a PDF of a document shows besides its number, its sum and when it was issued.

    `at` is the instant of the event that it is about; "" when it is about no single one.
    """

    heading: str
    sum_words: str
    at: str
    status: str
    tone: str
    parties: list[Party]
    tables: list[Table]
    stones: list[Stone]
    notes: list[str]


def line(name: str, *cells: int | None, note: str = "", date: str = "") -> Line:
    return {"name": name, "note": note, "date": date, "cells": list(cells)}
