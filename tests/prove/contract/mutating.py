"""Faults put into a true request or answer, one at a time: a name misspelt, something left out, a value of the wrong
kind. Each must be noticed by Stripe's description.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mutant:
    fault: str  # "misspelt", "left_out", "wrong_kind", "not_listed"
    path: Path
    value: Any  # the whole request's parameters, or the whole answer

    @property
    def name(self) -> str:
        return f"{self.fault} {'.'.join(map(str, self.path))}"


class Described:
    """A JSON Schema with its references. `closed`: it has to refuse names that it doesn't list, whatever it says."""

    def __init__(self, schema: Json, definitions: Json, *, closed: bool) -> None:
        self._schema, self._definitions, self._closed = schema, definitions, closed

    def mutants(self, value: Any) -> Iterator[Mutant]:
        yield from self._of(value, value, self._schema, ())

    def _of(self, whole: Any, value: Any, schema: Json, path: Path) -> Iterator[Mutant]:
        options = self._options(schema)
        if isinstance(value, dict):
            described = [option for option in options if "properties" in option]
            for option in self._fitting(described, value):
                yield from self._of_object(whole, value, option, path)
        elif isinstance(value, list):
            items = [option["items"] for option in options if "items" in option]
            for number, each in enumerate(value[:1]):
                for option in items[:1]:
                    yield from self._of(whole, each, option, (*path, number))

    def _of_object(self, whole: Any, value: Json, schema: Json, path: Path) -> Iterator[Mutant]:
        properties = schema["properties"]
        for name, each in value.items():
            if name not in properties:
                continue
            here = (*path, name)
            if self._closed:
                yield Mutant("misspelt", here, _renamed(whole, here, f"{name[:-1]}_"))
            if name in schema.get("required", ()):
                yield Mutant("left_out", here, _without(whole, here))
            options = self._options(properties[name])
            if options and each is not None:
                yield from self._wrong(whole, each, options, here)
            yield from self._of(whole, each, properties[name], here)

    def _wrong(self, whole: Any, value: Any, options: list[Json], path: Path) -> Iterator[Mutant]:
        kinds = {option.get("type") for option in options}
        if None in kinds:
            return  # it may be anything
        for wrong, kind in ({"no": {"such": "thing"}}, "object"), (["x", ["y"]], "array"):
            if kind not in kinds:
                yield Mutant("wrong_kind", path, _replaced(whole, path, wrong))
        if not kinds & {"string", "object", "array"} or all(option.get("enum") for option in options):
            yield Mutant("not_listed", path, _replaced(whole, path, "no_such_thing"))

    def _options(self, schema: Json) -> list[Json]:
        """The schemas of which one must fit, references followed; what allows null alone is left aside."""
        if "$ref" in schema:
            return self._options(self._definitions[schema["$ref"].rsplit("/", 1)[-1]])
        if "anyOf" in schema:
            return [each for option in schema["anyOf"] for each in self._options(option) if each != {"type": "null"}]
        return [schema]

    def _fitting(self, options: list[Json], value: Json) -> list[Json]:
        """Of several kinds of object the one that `value` says it is; none when it doesn't say, and any would do."""
        if len(options) < 2:
            return options
        kinds = [option["properties"].get("object", {}).get("enum", ()) for option in options]
        return [option for option, kind in zip(options, kinds, strict=True) if value.get("object") in kind][:1]


def _parent(whole: Any, path: Path) -> Any:
    node = whole
    for part in path[:-1]:
        node = node[part]
    return node


def _replaced(whole: Any, path: Path, value: Any) -> Any:
    changed = copy.deepcopy(whole)
    _parent(changed, path)[path[-1]] = value
    return changed


def _without(whole: Any, path: Path) -> Any:
    changed = copy.deepcopy(whole)
    del _parent(changed, path)[path[-1]]
    return changed


def _renamed(whole: Any, path: Path, name: str) -> Any:
    changed = copy.deepcopy(whole)
    parent = _parent(changed, path)
    parent[name] = parent.pop(path[-1])
    return changed
