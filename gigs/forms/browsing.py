"""The filters of the catalogue. A wrong filter is dropped and said, never an error page."""

from typing import Any

from django import forms
from django.conf import settings

from accounts.countries import COUNTRIES
from accounts.languages import LANGUAGES
from gigs.enums import Sorting
from gigs.fields import DraftForm
from gigs.models import Category, Subcategory
from gigs.selectors.browsing import Filters, without_each
from marketplace.kernel.money import Money
from marketplace.web.forms import MoneyField

DAYS = [
    *(("", "Any time"), ("1", "in a day"), ("3", "in 3 days")),
    *(("7", "in a week"), ("14", "in 2 weeks"), ("30", "in 30 days")),
]


def _countries() -> list[tuple[str, str]]:
    return [("", "Any"), *COUNTRIES.items()]


def _languages() -> list[tuple[str, str]]:
    return [("", "Any"), *LANGUAGES.items()]


class BrowseForm(DraftForm):
    needed = (
        "q",
        "category",
        "currency",
        "least",
        "most",
        "days",
        "country",
        "language",
        "sort",
    )  # none is, nor “optional”

    q = forms.CharField(label="Search", required=False, max_length=100)
    category = forms.SlugField(label="Category", required=False)
    currency = forms.ChoiceField(label="Currency", required=False)
    least = MoneyField(label="From", required=False)
    most = MoneyField(label="Up to", required=False)
    days = forms.TypedChoiceField(label="Delivered", coerce=int, empty_value=None, required=False, choices=DAYS)
    country = forms.ChoiceField(label="Seller’s country", required=False, choices=_countries)
    language = forms.ChoiceField(label="Seller’s language", required=False, choices=_languages)
    milestones = forms.BooleanField(label="Paid in milestones", required=False)
    sort = forms.ChoiceField(label="Sort by", choices=Sorting.choices, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = Category.objects.prefetch_related("subcategories")
        self.categories = list(categories)
        choices: list[tuple[str, Any]] = [("", "All categories")]
        for category in self.categories:
            inside = [(sub.slug, sub.name) for sub in category.subcategories.all()]
            choices.append((category.name, [(category.slug, f"All of {category.name}"), *inside]))
        self.fields["category"].widget = forms.Select(choices=choices)
        self._set_currencies()

    def _set_currencies(self) -> None:
        """One is no choice. Prices are read in the chosen currency, else in the operator's first."""
        codes = list(settings.CURRENCIES)
        asked = self.data.get("currency", "")
        for name in ("least", "most"):
            if asked in codes:
                self.fields[name] = MoneyField(label=self.fields[name].label, required=False, currency=asked)
        if len(codes) == 1:
            del self.fields["currency"]
        else:
            self.fields["currency"].choices = [("", "Any"), *((code, code) for code in codes)]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """What was asked for and understood."""
        self.is_valid()
        asked = self.cleaned_data
        category, subcategory = self._place(asked.get("category", ""))
        return Filters(
            words=asked.get("q", "").strip(),
            category=category,
            subcategory=subcategory,
            currency=self._currency(asked),
            least_price=asked.get("least"),
            most_price=asked.get("most"),
            milestones=asked.get("milestones", False),
            days=asked.get("days"),
            country=asked.get("country", ""),
            language=asked.get("language", ""),
            sorting=Sorting(asked.get("sort") or Sorting.BEST),
        )

    @staticmethod
    def _currency(asked: dict[str, Any]) -> str:
        """A price without a currency is meant in the operator's first."""
        priced = asked.get("least") is not None or asked.get("most") is not None
        return str(asked.get("currency") or (settings.CURRENCY if priced else ""))

    def _place(self, slug: str) -> tuple[Category | None, Subcategory | None]:
        for category in self.categories:
            if category.slug == slug:
                return category, None
            for subcategory in category.subcategories.all():
                if subcategory.slug == slug:
                    return category, subcategory
        return None, None

    def said(self, filters: Filters) -> dict[str, str]:
        """Each filter that narrows the list, by the inputs that it comes from, in words."""
        currency = filters.currency or settings.CURRENCY
        words = {
            "q": f"“{filters.words}”",
            "category": filters.place,
            "least": f"From {Money(filters.least_price or 0, currency)}",
            "most": f"Up to {Money(filters.most_price or 0, currency)}",
            "days": f"Delivered {dict(DAYS).get(str(filters.days), '')}",
            "milestones": "Paid in milestones",
            "country": COUNTRIES.get(filters.country, ""),
            "language": LANGUAGES.get(filters.language, ""),
        }
        return {name: words[name] for name in without_each(filters)}
