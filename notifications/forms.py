"""Which mails a person wants."""

from collections.abc import Mapping

from django import forms
from django.utils.html import format_html, format_html_join

from notifications.enums import Group
from notifications.kinds import all_kinds

SENTENCES = {
    Group.ORDERS: "Deliveries, revisions, decisions and due dates.",
    Group.OFFERS: "Requests for offers, and what becomes of offers.",
    Group.MESSAGES: "What people write to you.",
    Group.MONEY: "Payments that arrived, failed, or wait for you.",
    Group.ACCOUNT: "What we change or need to tell about your account and gigs.",
}


class PreferencesForm(forms.Form):
    """One switch per group that has kinds."""

    def __init__(self, data: Mapping[str, str] | None = None, *, wishes: Mapping[str, bool]) -> None:
        super().__init__(data)
        for group, labels in labels_by_group().items():
            self.fields[group] = forms.BooleanField(
                label=Group(group).label,
                help_text=describe(Group(group), labels),
                required=False,
                initial=wishes[group],
                widget=forms.CheckboxInput(attrs={"role": "switch"}),
            )


def describe(group: Group, labels: list[str]) -> str:
    """A sentence, and the kinds one by one for who wants to know."""
    kinds = format_html_join("", "<li>{}</li>", ((label,) for label in labels))
    if len(labels) == 1:
        return SENTENCES[group]
    return format_html(
        "{}<details><summary>See all {}</summary><ul>{}</ul></details>", SENTENCES[group], len(labels), kinds
    )


def labels_by_group() -> dict[str, list[str]]:
    labels: dict[str, list[str]] = {}
    for kind in all_kinds():
        own = labels.setdefault(str(kind.group), [])
        if kind.label not in own:
            own.append(kind.label)
    return labels
