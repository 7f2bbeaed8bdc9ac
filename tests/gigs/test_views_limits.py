"""Every limit of §2 by the pages of the editor: the last thing that is stored, and where the first refusal stands."""

from collections.abc import Mapping
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from gigs.enums import GigState, Tab
from gigs.models import Gig, GigImage, WorkflowTemplate
from gigs.selectors import plan_terms
from gigs.services import gallery
from gigs.services.templates import keep_template
from milestones.enums import OrderType, PackageTier
from milestones.fitting import template_of_workflow
from notifications.models import Notification
from tests.factories.gigs import make_draft, picture, subcategory
from tests.factories.milestones import make_design, put_in_force
from tests.gigs.test_views_milestones import address, description, stored

pytestmark = pytest.mark.django_db
Wrong = list[tuple[str, str]]


def save(client: Client, gig: Gig, tab: str, data: Mapping[str, object]) -> Wrong:
    """What the page says is wrong, each with the address of its input; nothing once it has gone on."""
    response = client.post(address(gig, tab), data)
    if response.status_code == 302:
        return []
    assert response.status_code == 422
    return [(wrong.href, wrong.message) for wrong in response.context["wrong"]]


def press(client: Client, gig: Gig, action: str, *parts: str) -> Wrong:
    """What is said of the milestones as a whole after a button of the builder."""
    response = client.post(address(gig, "description"), description(*parts, action=action))
    found = [(error.field, error.message) for error in response.context["forms"].homeless]
    assert response.status_code == (422 if found else 200)
    return found


# --- Overview and pricing ---------------------------------------------------------------------------------------------
def test_r_gig_3_the_tabs_are_a_sequence_and_save_leads_on(selling: Client, draft: Gig) -> None:
    assert [tab.label for tab in Tab] == [
        *("Overview", "Pricing", "Description & FAQ", "Requirements", "Gallery", "Publish"),
    ]
    posted: dict[str, dict[str, str]] = {
        "overview": {"title": "I will build your tool", "subcategory": str(subcategory().pk)},
        "pricing": {"basic-price": "260", "basic-name": "A", "basic-description": "B", "basic-delivery_days": "5"},
        "description": {"description": "Words."},
        "requirements": {},
        "gallery": {"action": "continue"},
    }
    for tab, onward in zip(Tab, [*Tab][1:], strict=False):
        assert selling.post(address(draft, tab), posted[tab])["Location"] == address(draft, onward)


PACKAGE = {"name": "Small", "description": "One window.", "price": "260", "delivery_days": "9", "revisions": "2"}


NEEDS = [
    ("price", "5.00", ""),
    ("price", "4.99", "Set a price for {} of at least $5.00."),
    ("delivery_days", "1", ""),
    ("delivery_days", "75", ""),
    ("delivery_days", "76", "Say in how many days you deliver {}: 1 to 75."),
    ("name", " ", "Give the {} package a name."),
    ("description", "", "Say what a buyer of {} gets."),
]


def test_r_gig_2_what_a_package_needs_by_form(selling: Client, draft: Gig) -> None:
    """In Basic and in Premium at once; the draft is stored either way."""
    for name, typed, said in NEEDS:
        package = PACKAGE | {name: typed}
        data = {f"{tier}-{key}": text for tier in ("basic", "premium") for key, text in package.items()}
        expected = [(f"#id_{tier}-{name}", said.format(tier.title())) for tier in ("basic", "premium")]
        wrong = save(selling, draft, "pricing", data | {"premium-offered": "on"})
        assert wrong == (expected if said else []), (name, typed)
        assert [package.tier for package in draft.packages.order_by("tier")] == ["basic", "premium"]


# --- Description, FAQ, requirements -----------------------------------------------------------------------------------
def test_r_gig_2_description_and_faq_by_form(selling: Client, draft: Gig) -> None:
    data = {"description": "Words.", "faq-TOTAL_FORMS": "1", "faq-0-question": "Why?", "faq-0-answer": "Because."}
    cases: list[tuple[dict[str, str], Wrong]] = [
        ({}, []),
        ({"description": " "}, [("#id_description", "Describe what you do and how you work.")]),
        ({"faq-0-question": ""}, [("#id_faq-0-question", "Write the question to this answer.")]),
        ({"faq-0-answer": ""}, [("#id_faq-0-answer", "Answer this question, or remove it.")]),
        ({"faq-0-answer": "", "faq-0-question": ""}, []),
    ]
    for change, wrong in cases:
        assert save(selling, draft, "description", data | change) == wrong, change


def test_r_gig_2_a_question_by_form(selling: Client, draft: Gig) -> None:
    two = [("#id_requirements-0-options", "List at least two answers, one a line.")]
    cases: list[tuple[dict[str, str], Wrong]] = [
        ({"options": "One\nTwo"}, []),
        ({"options": "One\n "}, two),
        ({"options": ""}, two),
        ({"kind": "text"}, []),
        ({"question": "", "options": "One\nTwo"}, [("#id_requirements-0-question", "Write what you need to know.")]),
    ]
    for change, wrong in cases:
        row = {"question": "Which?", "kind": "choice"} | change
        data = {f"requirements-0-{name}": text for name, text in row.items()} | {"requirements-TOTAL_FORMS": "1"}
        assert save(selling, draft, "requirements", data) == wrong, change


# --- Gallery ----------------------------------------------------------------------------------------------------------
def upload(content: BytesIO) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.png", content.getvalue(), "image/png")


def test_r_gig_2_the_size_of_a_picture_by_form(selling: Client, draft: Gig) -> None:
    said = "A picture needs at least 600 × 400 pixels; this one has {} × {}."
    for size in ((600, 400), (599, 400), (600, 399)):
        posted = {"image": upload(picture(*size)), "alt": "A window"}
        wrong = [] if size == (600, 400) else [("#id_image", said.format(*size))]
        assert save(selling, draft, "gallery", posted) == wrong


def test_r_gig_2_the_weight_of_a_picture_by_form(selling: Client, draft: Gig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve megabytes, which stand here for the weight of a small picture."""
    assert gallery.MOST_BYTES == 12 * 1024 * 1024
    content = picture()
    for spare, wrong in ((0, []), (-1, ["#id_image"])):
        monkeypatch.setattr(gallery, "MOST_BYTES", len(content.getvalue()) + spare)
        found = save(selling, draft, "gallery", {"image": upload(content), "alt": "A window"})
        assert [href for href, _ in found] == wrong
    assert found[0][1].startswith("A picture can have up to ")


def test_r_gig_2_eight_pictures_by_form(selling: Client, draft: Gig) -> None:
    rows = [
        GigImage(gig=draft, position=place, alt="Full", width=1, height=1, file="x", thumbnail="x")
        for place in range(1, 8)
    ]
    GigImage.objects.bulk_create(rows)
    full = [("#id_image", "A gallery holds 8 pictures. Remove one to add another.")]
    for wrong in ([], full):
        assert save(selling, draft, "gallery", {"image": upload(picture()), "alt": "A window"}) == wrong
    assert draft.images.count() == 8


# --- Draft, active, paused, archived ----------------------------------------------------------------------------------
BUTTONS = [
    (GigState.ACTIVE, "gigs:pause", 302, GigState.PAUSED),
    (GigState.DRAFT, "gigs:pause", 409, GigState.DRAFT),
    (GigState.PAUSED, "gigs:pause", 409, GigState.PAUSED),
    (GigState.DRAFT, "publish", 302, GigState.ACTIVE),
    (GigState.PAUSED, "publish", 302, GigState.ACTIVE),
    (GigState.ACTIVE, "publish", 409, GigState.ACTIVE),
    (GigState.DRAFT, "gigs:archive", 302, GigState.ARCHIVED),
    (GigState.ARCHIVED, "gigs:bring_back", 302, GigState.PAUSED),
    (GigState.ACTIVE, "gigs:bring_back", 409, GigState.ACTIVE),
    (GigState.PAUSED, "gigs:bring_back", 409, GigState.PAUSED),
]


def test_r_gig_2_every_state_by_its_button(selling: Client, gig: Gig) -> None:
    """What can't be done from a state is refused, and changes nothing."""
    for state, name, status, after in BUTTONS:
        Gig.objects.filter(pk=gig.pk).update(state=state)
        where = address(gig, name) if name == "publish" else reverse(name, args=[gig.public_id])
        assert (selling.post(where).status_code, Gig.objects.get(pk=gig.pk).state) == (status, after), (state, name)


# --- Milestones -------------------------------------------------------------------------------------------------------
def both(**changes: str) -> dict[str, str]:
    """Two milestones in Basic of 260.00 and Standard of 500.00."""
    more = {"in_standard": "on", "days_standard": "7"}
    data = description("100", "160")
    for index, part in enumerate(("200", "300")):
        data |= {f"stages-{index}-{name}": text for name, text in (more | {"part_standard": part}).items()}
    return data | changes


ONE = "stages-1-"
HIGH = "The parts of Standard add up to $500.01, which is $0.01 more than its price of $500.00."
LOW = "The parts of Standard add up to $499.99 of $500.00: $0.01 left to assign."
LONG = "A milestone takes up to 30 days; “Step 2” in Standard takes 31. Shorten it or divide it in two."


REFUSALS: list[tuple[dict[str, str], Wrong]] = [
    ({}, []),
    ({f"{ONE}name": " "}, [("#id_stages-1-name", "Give milestone 2 a name that says what is delivered.")]),
    ({f"{ONE}days_standard": "1"}, []),
    ({f"{ONE}days_standard": "30"}, []),
    ({f"{ONE}days_standard": "31"}, [("#id_stages-1-days_standard", LONG)]),
    ({f"{ONE}part_standard": "300.01"}, [("#matrix", HIGH)]),
    ({f"{ONE}part_standard": "299.99"}, [("#matrix", LOW)]),
    ({"stages-0-part_standard": "5.00", f"{ONE}part_standard": "495"}, []),
    (
        {"stages-0-part_standard": "4.99", f"{ONE}part_standard": "495.01"},
        [
            (
                "#id_stages-0-part_standard",
                "A milestone costs at least $5.00; “Step 1” in Standard costs $4.99.",
            )
        ],
    ),
    ({f"{ONE}in_standard": "", "stages-0-part_standard": "500"}, []),
    (
        {f"{ONE}in_standard": "", "stages-0-in_standard": ""},
        [("#matrix", "The Standard package has no milestone. Put at least one in it.")],
    ),
    (
        {
            f"{ONE}in_standard": "",
            f"{ONE}in_basic": "",
            "stages-0-part_standard": "500",
            "stages-0-part_basic": "260",
        },
        [("#id_stages-1-name", "Choose at least one package for “Step 2”: it is in none.")],
    ),
]


def test_r_gig_5_each_refusal_of_a_milestone_by_form(selling: Client, draft: Gig) -> None:
    for changes, wrong in REFUSALS:
        assert save(selling, draft, "description", both(**changes)) == wrong, changes


def test_r_gig_6_milestones_that_were_only_shown_need_parts_once_they_are_paid(selling: Client, draft: Gig) -> None:
    blank = {f"stages-{index}-part_{tier}": "" for index in (0, 1) for tier in ("basic", "standard")}
    off = both(**blank)
    del off["milestone_payments"]
    assert save(selling, draft, "description", off) == []
    assert save(selling, draft, "description", both(**blank)) == [
        ("#id_stages-0-part_basic", "A milestone costs at least $5.00; “Step 1” in Basic costs $0.00."),
        ("#id_stages-0-part_standard", "A milestone costs at least $5.00; “Step 1” in Standard costs $0.00."),
        ("#id_stages-1-part_basic", "A milestone costs at least $5.00; “Step 2” in Basic costs $0.00."),
        ("#id_stages-1-part_standard", "A milestone costs at least $5.00; “Step 2” in Standard costs $0.00."),
        ("#matrix", "The parts of Basic add up to $0.00 of $260.00: $260.00 left to assign."),
        ("#matrix", "The parts of Standard add up to $0.00 of $500.00: $500.00 left to assign."),
    ]


# --- Who may have milestones ------------------------------------------------------------------------------------------
NOT_HERE = "Milestones can’t be used in gigs of this subcategory. Choose another one, or ask for one payment."


@pytest.fixture
def plain(seller: User) -> Gig:
    """A draft with one package, Basic at 260.00."""
    return make_draft(seller)


def test_r_gig_1_the_first_milestone_in_and_outside_the_five_by_form(selling: Client, plain: Gig) -> None:
    """Website Repairs take none in offers either."""
    for slug, refused in (("web-applications", True), ("website-repairs", True), ("business-plans", False)):
        Gig.objects.filter(pk=plain.pk).update(subcategory=subcategory(slug))
        assert press(selling, plain, "add stages") == ([("milestones", NOT_HERE)] if refused else []), slug
        assert (stored(plain) is None) is refused


def test_r_pol_3_under_classic_no_gig_has_milestones_by_form(selling: Client, plain: Gig) -> None:
    put_in_force("classic")
    said = "At present milestones can be used in custom offers, not in gigs."
    assert press(selling, plain, "add stages") == [("milestones", said)]
    assert said in selling.get(address(plain, "description")).content.decode()
    assert save(selling, plain, "description", description("100", "160")) == [("#milestones-section", said)]
    assert stored(plain) is None


def test_r_pol_1_the_number_of_milestones_is_the_policys_by_form(selling: Client, plain: Gig) -> None:
    put_in_force("standard", gig_min_milestones=3, gig_max_milestones=4)
    cases = {
        2: "A gig with milestones needs at least 3; this one has 2. Add 1 more.",
        3: "",
        4: "",
        5: "A gig can have up to 4 milestones; this one has 5. Take 1 away or join some.",
    }
    for count, said in cases.items():
        parts = ["50"] * (count - 1)
        wrong = save(selling, plain, "description", description(*parts, str(260 - 50 * len(parts))))
        assert wrong == ([("#milestones-section", said)] if said else [])


def test_r_gig_7_another_milestone_is_offered_while_there_is_room(selling: Client, plain: Gig) -> None:
    for count, room in ((4, True), (5, False)):
        posted = description(*["50"] * count, action="restore")
        text = selling.post(address(plain, "description"), posted).content.decode()
        assert ('id="add-stage"' in text) is room


def test_r_gig_4_a_template_of_a_long_offer_is_too_long_for_a_gig(selling: Client, seller: User, plain: Gig) -> None:
    """An offer may have six. What it begins with is shown, and stored once one was taken away."""
    said = "A gig can have up to 5 milestones; this one has 6. Take 1 away or join some."
    for count, expected in ((6, [("stages", said)]), (5, [])):
        design = template_of_workflow(make_design(*[1] * count))
        template = keep_template(seller=seller, name=f"Of {count}", design=design)
        assert press(selling, plain, f"template {template.public_id}") == expected
        assert (stored(plain) is None) is bool(expected)


# --- A later edit -----------------------------------------------------------------------------------------------------
def overview(gig: Gig, where: str) -> dict[str, str]:
    return {"title": gig.title, "subcategory": str(subcategory(where).pk), "tags": ""}


def priced(price: str) -> dict[str, str]:
    return {f"basic-{name}": text for name, text in (PACKAGE | {"price": price}).items()}


TOO_CHEAP = (
    "Milestones need a Basic package that costs more than $100.00; yours costs $100.00. "
    "Raise its price on the Pricing tab."
)
EDITS = [
    ("overview", "business-plans", ""),
    ("overview", "web-applications", NOT_HERE),
    ("overview", "desktop-applications", ""),
    ("pricing", "100.00", TOO_CHEAP),
    ("pricing", "260.00", ""),
    ("pricing", "260.01", "The parts of Basic add up to $260.00 of $260.01: $0.01 left to assign."),
]


def test_r_gig_7_a_later_edit_hides_milestones_keeps_them_and_says_so(selling: Client, gig: Gig) -> None:
    before = stored(gig)
    told: list[str] = []
    for tab, to, reason in EDITS:
        assert save(selling, gig, tab, overview(gig, to) if tab == "overview" else priced(to)) == []
        assert stored(gig) == before
        terms = plan_terms(Gig.objects.get(pk=gig.pk), PackageTier.BASIC)
        assert terms.order_type == (OrderType.SINGLE if reason else OrderType.MILESTONES), to
        told += [reason] if reason else []
        notices = Notification.objects.filter(recipient=gig.seller).order_by("pk")
        assert [notice.data["reason"] for notice in notices] == told


# --- Templates --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x" * 80, ""),
        ("x" * 81, "Keep the name to 80 characters; this one has 81."),
        (" ", "Give the template a name, so that you know it again."),
    ],
    ids=["80", "81", "blank"],
)
def test_r_gig_8_the_name_of_a_template_by_both_forms(
    selling: Client, seller: User, draft: Gig, name: str, said: str
) -> None:
    """In the builder, where one is kept, and on its own page, where it is renamed."""
    posted = both(action="keep-template", keep_as=name)
    kept = selling.post(address(draft, "description"), posted)
    assert kept.status_code == (422 if said else 200)
    assert kept.context["forms"].text.errors.get("keep_as", []) == ([said] if said else [])
    WorkflowTemplate.objects.filter(owner=seller).delete()
    template = keep_template(seller=seller, name="Mine", design=template_of_workflow(make_design(1, 1)))
    renamed = selling.post(reverse("gigs:rename_template", args=[template.public_id]), {"name": name})
    assert renamed.status_code == (422 if said else 302)
    assert not said or renamed.context["form"].errors == {"name": [said]}
    template.refresh_from_db()
    assert template.name == ("Mine" if said else name)


@pytest.mark.parametrize(("length", "status"), [(300, 302), (301, 422)])
def test_r_gig_8_words_about_a_template_by_form(selling: Client, seller: User, length: int, status: int) -> None:
    template = keep_template(seller=seller, name="Mine", design=template_of_workflow(make_design(1, 1)))
    posted = {"name": "Mine", "description": "x" * length}
    response = selling.post(reverse("gigs:rename_template", args=[template.public_id]), posted)
    assert response.status_code == status
    if status == 422:
        said = "Ensure this value has at most 300 characters (it has 301)."
        assert response.context["form"].errors == {"description": [said]}
