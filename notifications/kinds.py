"""The kinds of notices. Each app registers its own in `<app>/notices.py`, imported by its `ready()`.

A kind needs `templates/notifications/<name>.txt`: the first line is the title, the rest is the body.
"""

from dataclasses import dataclass

from notifications.enums import Group
from notifications.errors import UnknownKindError


@dataclass(frozen=True, slots=True)
class Kind:
    """`label` says in the settings what it is about; `action` is the mail's button: "Review the delivery".

    `receipt`: money was paid or went back, so its mail leads to the papers about it as well.
    """

    name: str
    group: str
    label: str
    action: str = "See it on Milepost"
    receipt: bool = False

    def __post_init__(self) -> None:
        Group(self.group)

    @property
    def template(self) -> str:
        return f"notifications/{self.name}.txt"


_registered: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Declare kinds. ValueError when another kind has the name."""
    for kind in kinds:
        if _registered.setdefault(kind.name, kind) != kind:
            raise ValueError(f"two kinds are called {kind.name!r}")


def kind_of(name: str) -> Kind:
    try:
        return _registered[name]
    except KeyError:
        raise UnknownKindError(name) from None


def all_kinds() -> list[Kind]:
    return sorted(_registered.values(), key=lambda kind: (list(Group).index(Group(kind.group)), kind.name))
