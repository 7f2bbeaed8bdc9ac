"""The composer: what the seller types, shown back to the letter, with each failure beside its field."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django import forms

from gigs.models import Gig
from marketplace.kernel.currencies import SYMBOLS
from marketplace.kernel.errors import DomainError, ManyInvalid
from marketplace.web.forms import ManyFilesField, MoneyField
from marketplace.web.numbers import read_number
from milestones.enums import OrderType, RevisionScope
from milestones.models import MilestonePolicy
from milestones.rules import longest_month
from offers.errors import RequestNeedsBrief
from offers.services.deciding import REASON_LIMIT
from offers.services.drafting import DESCRIPTION_LIMIT, NOTE_LIMIT, TITLE_LIMIT, Draft
from offers.services.requesting import BRIEF_LIMIT
from offers.terms import DESCRIPTION_LIMIT as ROW_DESCRIPTION_LIMIT
from offers.terms import NAME_LIMIT, DraftTerms, TypedMilestone

MOST_ROWS = 40  # of the form itself, so that a forged one stays small; the policy's limit is far below
NEEDED_TO_SEND = frozenset({"gig", "title", "name", "days", "amount", "months"})
ROW_FIELD = re.compile(r"milestones-(?P<row>\d+)-(?P<field>\w+)")


def _area(rows: int, limit: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": limit})


class HeadForm(forms.Form):
    """What is said of the offer as a whole. Nothing is required while it is a draft; its length the services judge."""

    use_required_attribute = False

    gig = forms.ChoiceField(label="Based on", required=False)
    order_type = forms.ChoiceField(label="How is it paid?", choices=OrderType.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="Title", required=False, widget=forms.TextInput(attrs={"maxlength": TITLE_LIMIT}))
    description = forms.CharField(label="About this offer", required=False, widget=_area(2, DESCRIPTION_LIMIT))
    note = forms.CharField(
        label="Why these changes?",
        required=False,
        help_text="A sentence that makes them easy to say yes to.",
        widget=_area(2, NOTE_LIMIT),
    )
    months = forms.CharField(
        label="For how many months?",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 3}),
    )
    revisions = forms.CharField(
        label="Revisions in all",
        required=False,
        help_text="They can be used at any step. Empty: none.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 3}),
    )


class RowForm(forms.Form):
    """One milestone, as text."""

    use_required_attribute = False

    name = forms.CharField(label="Name", required=False, widget=forms.TextInput(attrs={"maxlength": NAME_LIMIT}))
    description = forms.CharField(
        label="What the buyer gets", required=False, widget=_area(2, ROW_DESCRIPTION_LIMIT), strip=False
    )
    criteria = forms.CharField(
        label="Done when",
        required=False,
        strip=False,
        help_text="One criterion on each line.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    days = forms.CharField(
        label="Days", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 6})
    )
    amount = forms.CharField(
        label="Price", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 20})
    )
    revisions = forms.CharField(
        label="Revisions",
        required=False,
        help_text="Empty: none.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 3}),
    )


class Composer:
    """The head and its rows, always showing `draft` exactly; `show` adds what a service refused."""

    def __init__(self, *, draft: Draft, gigs: list[Gig], policy: MilestonePolicy, is_counter: bool = False) -> None:
        """`is_counter`: a buyer writes it, who chooses neither the gig nor the way of paying."""
        self.draft, self.policy, self.is_counter = draft, policy, is_counter
        self.has_one_row = draft.order_type != OrderType.MILESTONES
        self.by_order = policy.revision_scope == RevisionScope.ORDER
        self.symbol = SYMBOLS.get(policy.currency, policy.currency)
        self.head = HeadForm(
            {
                "gig": draft.gig.public_id if draft.gig else "",
                "order_type": draft.order_type,
                "title": draft.title,
                "description": draft.description,
                "note": draft.note,
                "revisions": draft.typed.revisions,
                "months": draft.typed.months,
            }
        )
        least, most = policy.subscription_min_months, policy.subscription_max_months
        self.head.fields["months"].help_text = f"{least} to {most}. Either of you can end it before the next month."
        choices = self.head.fields["gig"]
        choices.choices = [("", "Choose a gig"), *((gig.public_id, gig.title) for gig in gigs)]  # type: ignore[attr-defined]
        self.rows = [
            RowForm(
                {f"milestones-{index}-{key}": value for key, value in asdict(row).items()}, prefix=f"milestones-{index}"
            )
            for index, row in enumerate(draft.typed.milestones)
        ]
        self.row_errors: list[str] = []
        for form in (self.head, *self.rows):
            form.full_clean()
            for name in NEEDED_TO_SEND & form.fields.keys():
                form.fields[name].required = True  # only so that the page does not call them optional
        self.head.fields["description"].required = True

    @property
    def shown_rows(self) -> list[RowForm]:
        return self.rows[:1] if self.has_one_row else self.rows

    @property
    def unhurried_days(self) -> int:
        """With so many days for the work, its review too is over before the shortest month is."""
        return max(1, longest_month(self.policy) - self.policy.review_days)

    @property
    def has_room(self) -> bool:
        return len(self.rows) < self.policy.offer_max_milestones

    def show(self, refusal: DomainError) -> None:
        """Put each failure beside its field; what has none stands at the head."""
        for error in refusal.errors if isinstance(refusal, ManyInvalid) else [refusal]:
            match = ROW_FIELD.fullmatch(error.field)
            if error.field == "milestones":
                self.row_errors.append(error.message)
            elif match and int(match["row"]) < len(self.rows):
                row = self.rows[int(match["row"])]
                row.add_error(match["field"] if match["field"] in row.fields else None, error.message)
            else:
                self.head.add_error(error.field if error.field in self.head.fields else None, error.message)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Every failure as (id of the input, sentence), in the order of the page."""
        found = [("", str(message)) for message in self.head.non_field_errors()]
        for form in (self.head, *self.shown_rows):
            found += [
                (field.id_for_label or str(field.auto_id), str(error)) for field in form for error in field.errors
            ]
        return found + [("milestones", message) for message in self.row_errors]


def read_draft(*, posted: Mapping[str, str], gigs: list[Gig]) -> Draft:
    """What was posted, unread and unjudged. A gig that is not the seller's own counts as none."""
    chosen = posted.get("gig", "")
    order_type = posted.get("order_type", "")
    rows = []
    for index in range(MOST_ROWS):
        if f"milestones-{index}-name" not in posted and f"milestones-{index}-amount" not in posted:
            break
        rows.append(_read_row(posted, f"milestones-{index}"))
    return Draft(
        order_type=OrderType(order_type) if order_type in OrderType.values else OrderType.MILESTONES,
        title=posted.get("title", ""),
        description=posted.get("description", ""),
        note=posted.get("note", ""),
        gig=next((gig for gig in gigs if gig.public_id == chosen), None),
        typed=DraftTerms(
            milestones=tuple(rows), revisions=posted.get("revisions", ""), months=posted.get("months", "")
        ),
    )


def _read_row(posted: Mapping[str, str], prefix: str) -> TypedMilestone:
    blank = TypedMilestone()
    return TypedMilestone(**{key: posted.get(f"{prefix}-{key}", "") for key in asdict(blank)})


def change_rows(draft: Draft, action: str) -> tuple[Draft, int | None]:
    """`add`, `remove-2`, `up-2`, `down-2`: the changed draft, and the row where the hand should be now."""
    verb, _, number = action.partition("-")
    index = read_number(number) or 0
    typed, at = draft.typed, None
    if verb == "add":
        typed, at = typed.added(), len(typed.milestones)
    elif verb == "remove":
        typed, at = typed.removed(index), max(0, min(index, len(typed.milestones) - 2))
    elif verb in {"up", "down"}:
        by = -1 if verb == "up" else 1
        typed, at = typed.moved(index, by), max(0, min(index + by, len(typed.milestones) - 1))
    return replace(draft, typed=typed), at


def write_undo(typed: DraftTerms) -> str:
    """All rows as one hidden value, so that the page itself remembers what a button took away."""
    return json.dumps(typed.to_json())


def read_undo(stored: str, otherwise: DraftTerms) -> DraftTerms:
    """The rows as they were; `otherwise` for what no page of ours has written."""
    try:
        found = DraftTerms.from_json(json.loads(stored))
        rows = tuple(
            TypedMilestone(**{key: str(value) for key, value in asdict(row).items()})
            for row in found.milestones[:MOST_ROWS]
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        return otherwise
    return replace(found, milestones=rows)


class RequestForm(forms.Form):
    """A buyer asks for an offer."""

    brief = forms.CharField(
        label="What do you need?",
        help_text="What it is for, what you have already, how you will know that it is good.",
        error_messages={"required": RequestNeedsBrief.sentence},
        max_length=BRIEF_LIMIT,
        widget=_area(5, BRIEF_LIMIT),
    )
    budget = MoneyField(label="Budget", required=False, help_text="The most you would like to spend.")
    needed_by = forms.DateField(
        label="Needed by", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    attachments = ManyFilesField(label="Files", required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        """`currency` is the seller's, in which the offer will be."""
        super().__init__(*args, **kwargs)
        self.currency = currency
        budget = self.fields["budget"]
        self.fields["budget"] = MoneyField(
            label=budget.label, required=False, help_text=budget.help_text, currency=currency
        )


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label="Why not? It helps them to make a better offer.",
        required=False,
        max_length=REASON_LIMIT,
        widget=_area(2, REASON_LIMIT),
    )
