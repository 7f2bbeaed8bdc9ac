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


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        *[("75,50", 7_550), ("900,00", 90_000), ("75,5", 7_550), ("1.180,00", 118_000), ("1 180,00", 118_000)],
        *[("1,180", 118_000), ("1,180.5", 118_050), ("12,345,678", 1_234_567_800), ("1’180.00", 118_000)],
    ],
)
def test_a_decimal_comma_is_no_hundredfold(typed: str, minor: int) -> None:
    assert MoneyField(currency="USD").clean(typed) == minor


@pytest.mark.parametrize(
    "typed", ["1.180", "1,18,0", "1,180,00", "12,3456", "1,1800", "1.1.1,00", "0,005", ",50", "5,"]
)
def test_what_could_be_read_in_two_ways_is_refused(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match=r"such as 120\.00"):
        MoneyField(currency="USD").clean(typed)


@pytest.mark.parametrize(("typed", "minor"), [("1.180", 1_180), ("1,18", 1_180), ("1,180.500", 1_180_500)])
def test_thousandths_are_read_where_there_are_some(typed: str, minor: int) -> None:
    assert MoneyField(currency="KWD").clean(typed) == minor
    with pytest.raises(forms.ValidationError):
        MoneyField(currency="KWD").clean("1,180")  # thousands or thousandths


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
