import pytest
from django import forms

from marketplace.kernel.errors import Invalid, ManyInvalid, Refused
from marketplace.web.forms import DaysField, ManyFilesField, MoneyField, add_domain_error
from tests.web.files import upload


class TooCheap(Invalid):
    sentence = "The least price is {least}."


class Closed(Refused):
    sentence = "It is closed."


class Offer(forms.Form):
    title = forms.CharField()
    price = MoneyField(currency="USD")
    days = DaysField()


def valid() -> Offer:
    form = Offer({"title": "Film", "price": "1,180.00", "days": "6"})
    assert form.is_valid(), form.errors
    return form


def test_an_error_stands_beside_its_field() -> None:
    form = valid()
    add_domain_error(form, TooCheap(field="price", least="$20.00"))
    assert form.errors == {"price": ["The least price is $20.00."]}


@pytest.mark.parametrize("exc", [TooCheap(field="elsewhere", least="$20.00"), TooCheap(least="$20.00")])
def test_an_error_without_a_field_of_the_form_stands_at_its_head(exc: Invalid) -> None:
    form = valid()
    add_domain_error(form, exc)
    assert form.non_field_errors() == ["The least price is $20.00."]


def test_many_errors_each_find_their_place() -> None:
    form = valid()
    add_domain_error(
        form,
        ManyInvalid([TooCheap(field="price", least="$5.00"), TooCheap(field="days", least="x"), TooCheap(least="y")]),
    )
    assert set(form.errors) == {"price", "days", "__all__"}


def test_a_refusal_stands_at_the_head() -> None:
    form = valid()
    add_domain_error(form, Closed())
    assert form.non_field_errors() == ["It is closed."]


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1,180.00", "USD", 118_000),
        ("$1180.5", "USD", 118_050),
        (" 20 ", "USD", 2_000),
        ("0", "USD", 0),
        ("500", "JPY", 500),
        ("1.234", "BHD", 1_234),
    ],
)
def test_an_amount_becomes_minor_units(typed: str, currency: str, minor: int) -> None:
    assert MoneyField(currency=currency).clean(typed) == minor


@pytest.mark.parametrize("typed", ["8 dollars", "-5", "1.005", "1e3", "NaN", "1.", "9" * 14])
def test_what_is_no_amount_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        MoneyField(currency="USD").clean(typed)
    assert refusal.value.messages == ["Write an amount such as 120.00."]


def test_the_example_has_the_currencys_decimals() -> None:
    with pytest.raises(forms.ValidationError, match=r"such as 120\.'"):
        MoneyField(currency="JPY").clean("1.5")


def test_an_amount_may_be_left_out_where_it_is_optional() -> None:
    assert MoneyField(required=False).clean("") is None


def test_a_stored_amount_is_shown_as_a_decimal_and_what_was_typed_stays() -> None:
    field = MoneyField(currency="USD")
    assert field.prepare_value(118_000) == "1180.00"
    assert field.prepare_value("8 dollars") == "8 dollars"


@pytest.mark.parametrize(
    ("initial", "data", "changed"), [(2_000, "20.00", False), (2_000, "20.01", True), (2_000, "x", True)]
)
def test_a_changed_amount_is_noticed_by_its_value(initial: int, data: str, changed: bool) -> None:
    assert MoneyField(currency="USD").has_changed(initial, data) is changed


@pytest.mark.parametrize("typed", ["soon", "1.5", "0", "-1"])
def test_days_are_whole_and_at_least_one(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        DaysField().clean(typed)


def test_several_files_come_as_a_list() -> None:
    one, two = upload("a.txt", b"a"), upload("b.txt", b"b")
    assert ManyFilesField().clean([one, two]) == [one, two]
    assert ManyFilesField(required=False).clean([]) == []
    assert ManyFilesField(required=False).clean(None) == []
    with pytest.raises(forms.ValidationError):
        ManyFilesField().clean([])


def test_of_several_files_the_empty_ones_are_refused_by_name() -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        ManyFilesField().clean([upload("a.txt", b""), upload("b.txt", b"b"), upload("c.txt", b"")])
    assert refusal.value.messages == [f"“{name}” is empty. Choose the file again." for name in ("a.txt", "c.txt")]
