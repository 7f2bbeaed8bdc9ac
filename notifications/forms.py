"""Which mails a person wants."""

from collections.abc import Mapping

from django import forms

from notifications.enums import Group
from notifications.kinds import all_kinds


class PreferencesForm(forms.Form):
    """One switch per group that has kinds."""

    def __init__(self, data: Mapping[str, str] | None = None, *, wishes: Mapping[str, bool]) -> None:
        super().__init__(data)
        for group, labels in labels_by_group().items():
            self.fields[group] = forms.BooleanField(
                label=Group(group).label,
                help_text=" · ".join(labels),
                required=False,
                initial=wishes[group],
                widget=forms.CheckboxInput(attrs={"role": "switch"}),
            )


def labels_by_group() -> dict[str, list[str]]:
    labels: dict[str, list[str]] = {}
    for kind in all_kinds():
        own = labels.setdefault(str(kind.group), [])
        if kind.label not in own:
            own.append(kind.label)
    return labels
