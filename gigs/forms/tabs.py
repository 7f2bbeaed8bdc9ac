"""Forms of the tabs Overview, Pricing, Requirements and Gallery. What a draft may leave out, a form lets through."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.formsets import formset_factory

from gigs.drafts import PackageDraft, RequirementDraft
from gigs.enums import RequirementKind
from gigs.fields import DraftForm, LinesField, TagsField
from gigs.forms.placing import Placing
from gigs.forms.rows import MOST_ROWS, FormRows
from gigs.models import Gig, GigImage, Subcategory
from gigs.rules import LEAST_TITLE, MOST_REVISIONS, MOST_TAGS
from gigs.selectors import packages_of
from marketplace.kernel.money import Money
from marketplace.web.forms import DaysField, MoneyField
from milestones.enums import OrderType, PackageTier
from milestones.terms import PlanTerms

MOST_DAYS = 999  # what the input takes; how many are allowed is a rule
NO_REVISIONS = "Empty: none."


class OverviewForm(Placing, forms.Form):
    title = forms.CharField(
        max_length=80,
        help_text=f"Say what the buyer gets, in {LEAST_TITLE} to 80 characters: “I will film your product in 3D”.",
    )
    subcategory = forms.ModelChoiceField(
        queryset=Subcategory.objects.select_related("category"), empty_label="Choose one"
    )
    tags = TagsField(
        most=MOST_TAGS,
        each=30,
        required=False,
        help_text="Up to five that people search for, with commas; each up to 30 characters.",
    )

    def __init__(self, *args: Any, milestones: bool, **kwargs: Any) -> None:
        """`milestones`: whether gigs may have them at all, so that it is said in which subcategories (R-POL-4)."""
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[int, str]]] = {}
        for sub in Subcategory.objects.select_related("category"):
            marked = f"{sub.name} · milestones possible" if milestones and sub.allows_gig_milestones else sub.name
            groups.setdefault(sub.category.name, []).append((sub.pk, marked))
        field = self.fields["subcategory"]
        field.widget.choices = [("", "Choose one"), *groups.items()]
        if milestones:
            field.help_text = (
                "Buyers can pay a gig milestone by milestone where it says so; elsewhere a gig is one payment."
            )

    @staticmethod
    def stored(gig: Gig) -> dict[str, Any]:
        """What is stored, as if it had just been posted."""
        return {"title": gig.title, "subcategory": gig.subcategory_id, "tags": ", ".join(gig.tags)}

    @property
    def parts(self) -> list[forms.BaseForm]:
        return [self]


class PackageForm(DraftForm):
    """One package; Basic is always offered, the others when their box is ticked."""

    needed = ("name", "description", "price", "delivery_days", "revisions")

    offered = forms.BooleanField(required=False)
    name = forms.CharField(max_length=60, required=False)
    description = forms.CharField(
        label="What the buyer gets", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    price = MoneyField(required=False)
    delivery_days = DaysField(label="Delivered in", required=False, max_value=MOST_DAYS)
    revisions = forms.IntegerField(
        label="Revisions included",
        required=False,
        min_value=0,
        max_value=MOST_REVISIONS,
        help_text=NO_REVISIONS,
        error_messages={"invalid": f"Write a whole number of revisions, 0 to {MOST_REVISIONS}."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, tier: PackageTier, currency: str, plan: PlanTerms | None = None, **kwargs: Any
    ) -> None:
        """`plan`: the milestones that buyers of this package see and pay now."""
        kwargs["prefix"] = tier.value
        super().__init__(*args, **kwargs)
        self.tier = tier
        self.fields["price"].currency = currency  # type: ignore[attr-defined]
        self.fields["offered"].label = tier.label
        if tier == PackageTier.BASIC:
            del self.fields["offered"]
        if plan:
            days = self.fields["delivery_days"]
            days.help_text = f"Buyers see the days of its milestones instead: {plan.days} in all now."
            if plan.order_type == OrderType.MILESTONES and not plan.revisions:
                self.fields["revisions"].help_text = f"So many for each milestone. {NO_REVISIONS}"

    @property
    def whose(self) -> str:
        """Before the label of an input, where the three packages are spoken of together."""
        return self.tier.label

    def clean(self) -> dict[str, Any]:
        """What is written in a package that isn't offered would be lost without a word (R-GIG-3)."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        written = any(str(self[name].value() or "").strip() for name in self.needed)
        if written and not cleaned.get("offered", True):
            self.add_error("offered", "Tick “Offer it”, or clear these fields.")
        return cleaned

    @property
    def is_offered(self) -> bool:
        return self.tier == PackageTier.BASIC or bool(self.cleaned_data["offered"])

    @property
    def draft(self) -> PackageDraft:
        cleaned = self.cleaned_data
        return PackageDraft(
            tier=self.tier,
            name=cleaned["name"],
            description=cleaned["description"],
            price=cleaned["price"] or 0,
            delivery_days=cleaned["delivery_days"] or 0,
            revisions=cleaned["revisions"] or 0,
        )


class PricingForms(Placing):
    """The three packages side by side; always bound, to what was posted or to what is stored."""

    def __init__(self, data: Any, *, currency: str, plans: Mapping[PackageTier, PlanTerms]) -> None:
        self.packages = [PackageForm(data, tier=tier, currency=currency, plan=plans.get(tier)) for tier in PackageTier]

    @classmethod
    def of(cls, gig: Gig, *, plans: Mapping[PackageTier, PlanTerms]) -> "PricingForms":
        data: dict[str, str] = {}
        for package in packages_of(gig):
            data |= {
                f"{package.tier}-offered": "on",
                f"{package.tier}-name": package.name,
                f"{package.tier}-description": package.description,
                f"{package.tier}-price": Money(package.price, package.currency).major if package.price else "",
                f"{package.tier}-delivery_days": str(package.delivery_days or ""),
                f"{package.tier}-revisions": str(package.revisions),
            }
        return cls(data, currency=gig.currency, plans=plans)

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.packages]  # each is asked, so that each shows its errors
        return all(valid)

    @property
    def drafts(self) -> list[PackageDraft]:
        return [form.draft for form in self.packages if form.is_offered]

    @property
    def parts(self) -> list[forms.BaseForm]:
        return [*self.packages]


class RequirementForm(DraftForm):
    needed = ("question", "kind")

    question = forms.CharField(label="What do you need to know?", max_length=400, required=False)
    kind = forms.ChoiceField(label="Answered", choices=RequirementKind.choices, required=False)
    options = LinesField(label="Answers to choose from", each=120, required=False, help_text="One a line.")
    required = forms.BooleanField(label="The work can’t begin without it", required=False)

    @property
    def draft(self) -> RequirementDraft:
        cleaned = self.cleaned_data
        return RequirementDraft(
            question=cleaned["question"],
            kind=RequirementKind(cleaned["kind"] or RequirementKind.TEXT),
            options=cleaned["options"],
            required=cleaned["required"],
        )


RequirementFormSet = formset_factory(RequirementForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


class RequirementForms(Placing):
    """The questions of a gig; always bound."""

    prefix = "requirements"

    def __init__(self, rows: FormRows) -> None:
        rows.ensure(self.prefix)
        self.rows = RequirementFormSet(rows.data, prefix=self.prefix)

    @classmethod
    def of(cls, gig: Gig) -> "RequirementForms":
        rows = FormRows()
        for requirement in gig.requirements.all():
            values = {
                "question": requirement.question,
                "kind": requirement.kind,
                "options": "\n".join(requirement.options),
            }
            rows.add(cls.prefix, values | ({"required": "on"} if requirement.required else {}))
        return cls(rows)

    def is_valid(self) -> bool:
        return self.rows.is_valid()

    @property
    def drafts(self) -> list[RequirementDraft]:
        return [form.draft for form in self.rows.forms]

    @property
    def parts(self) -> list[forms.BaseForm]:
        return [*self.rows.forms]


class ImageForm(forms.Form):
    image = forms.FileField(
        label="Picture",
        help_text="JPEG, PNG or WebP, at least 600 × 400 pixels, up to 12 MB; eight pictures at most.",
    )
    alt = forms.CharField(
        label="What it shows", max_length=160, help_text="For people who can’t see it: “A green lamp on a white desk”."
    )


class WordsForm(forms.Form):
    """The words of a picture that is in the gallery already, among those of the others."""

    alt = forms.CharField(max_length=160, error_messages={"required": "Say in a few words what the picture shows."})

    def __init__(self, data: Mapping[str, Any] | None, *, image: GigImage, number: int) -> None:
        super().__init__(data, prefix=image.public_id, initial={"alt": image.alt})
        self.fields["alt"].label = f"What picture {number} shows"
