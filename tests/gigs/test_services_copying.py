"""Copies of gigs, and gigs that are put away (R-GIG-2)."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from gigs.enums import GigState
from gigs.errors import GigArchived, GigUnknown, NotArchived
from gigs.models import Gig, GigImage
from gigs.selectors import gig_for_anyone, own_gig
from gigs.services import copying
from gigs.services.copying import duplicate_gig
from gigs.services.describing import save_description
from gigs.services.editing import save_overview, save_pricing, save_requirements
from gigs.services.gallery import add_image, remove_image
from gigs.services.publishing import archive_gig, bring_back_gig, pause_gig, publish_gig
from milestones.enums import PackageTier
from milestones.selectors import design_of
from tests.factories.gigs import NO_MILESTONES, make_gig, picture
from tests.factories.milestones import make_design
from tests.factories.orders import place_gig_order

pytestmark = pytest.mark.django_db


def said(gig: Gig) -> list[object]:
    """What a gig says, apart from its title and pictures."""
    return [
        gig.seller,
        gig.subcategory,
        gig.description,
        gig.tags,
        gig.currency,
        list(gig.packages.values_list("tier", "name", "description", "price", "delivery_days", "revisions")),
        list(gig.faq.values_list("position", "question", "answer")),
        list(gig.requirements.values_list("position", "question", "kind", "options", "required")),
        design_of(gig.workflow) if gig.workflow else None,
    ]


# --- Copies -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def full(seller: User) -> Gig:
    """An active gig with two packages, milestones, questions and two pictures."""
    prices = {PackageTier.BASIC: 26_000, PackageTier.STANDARD: 50_000}
    gig = make_gig(seller, prices=prices, design=NO_MILESTONES, questions=2)
    add_image(gig=gig, seller=seller, content=picture(800, 600), alt="A second window")
    return gig


@pytest.mark.parametrize("state", [GigState.DRAFT, GigState.ACTIVE, GigState.PAUSED, GigState.ARCHIVED])
def test_r_gig_2_a_copy_says_all_that_the_gig_says_and_is_a_draft(full: Gig, seller: User, state: GigState) -> None:
    Gig.objects.filter(pk=full.pk).update(state=state)
    copy = Gig.objects.get(pk=duplicate_gig(gig=full, seller=seller).pk)
    assert said(copy) == said(Gig.objects.get(pk=full.pk))
    assert (copy.title, copy.state, copy.published_at) == (f"{full.title} (copy)", GigState.DRAFT, None)
    assert copy.public_id != full.public_id
    assert copy.slug.endswith("-copy")
    assert Gig.objects.get(pk=full.pk).state == state


def test_r_gig_2_a_copys_milestones_are_its_own(seller: User) -> None:
    gig = make_gig(seller, design=make_design(10_000, 16_000))
    copy = duplicate_gig(gig=gig, seller=seller)
    assert said(copy) == said(gig)
    assert copy.workflow != gig.workflow


def test_r_gig_2_a_copys_pictures_are_files_of_its_own(full: Gig, seller: User) -> None:
    copy = duplicate_gig(gig=full, seller=seller)
    for mine, other in zip(Gig.objects.get(pk=full.pk).images.all(), copy.images.all(), strict=True):
        assert (other.alt, other.position, other.width) == (mine.alt, mine.position, mine.width)
        assert other.file.name != mine.file.name
        assert str(other.file).startswith(f"gigs/{copy.public_id}/")
        for copied, original in ((other.file, mine.file), (other.thumbnail, mine.thumbnail)):
            with copied.open("rb") as one, original.open("rb") as two:
                assert one.read() == two.read()
    remove_image(gig=full, seller=seller, public_id=full.images.all()[0].public_id)
    assert all(default_storage.exists(str(image.file)) for image in copy.images.all())


def test_a_long_title_is_shortened_to_fit(seller: User) -> None:
    gig = make_gig(seller, title="x" * 80)
    assert duplicate_gig(gig=gig, seller=seller).title == "x" * 73 + " (copy)"


def test_a_copy_that_fails_leaves_no_files(full: Gig, seller: User, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[GigImage] = []
    names: list[str] = []
    real = copying._copy_files

    def copy_files(image: GigImage, copy: Gig) -> GigImage:
        made.append(real(image, copy))
        names.extend([str(made[-1].file), str(made[-1].thumbnail)])
        return made[-1]

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(copying, "_copy_files", copy_files)
    monkeypatch.setattr(copying, "_store", fail)
    with pytest.raises(RuntimeError):
        duplicate_gig(gig=full, seller=seller)
    assert len(made) == 2
    assert not any(image.file or image.thumbnail for image in made)
    assert not any(default_storage.exists(name) for name in names)
    assert Gig.objects.count() == 1


# --- The archive ------------------------------------------------------------------------------------------------------
def test_r_gig_2_an_archived_gig_is_hidden_and_its_orders_go_on(gig: Gig, seller: User, buyer: User) -> None:
    order = place_gig_order(gig, buyer)
    before = (order.state, order.milestones.count())
    assert archive_gig(gig=gig, seller=seller).state == GigState.ARCHIVED
    with pytest.raises(GigUnknown):
        gig_for_anyone(public_id=gig.public_id, viewer=buyer)
    assert own_gig(public_id=gig.public_id, seller=seller).pk == gig.pk
    order.refresh_from_db()
    assert (order.state, order.milestones.count()) == before


@pytest.mark.parametrize(
    ("published", "back"), [(False, GigState.DRAFT), (True, GigState.PAUSED)], ids=["never published", "published"]
)
def test_r_gig_2_a_gig_comes_back_as_draft_or_paused(
    draft: Gig, gig: Gig, seller: User, published: bool, back: GigState
) -> None:
    mine = gig if published else draft
    before = said(mine)
    archive_gig(gig=mine, seller=seller)
    assert bring_back_gig(gig=mine, seller=seller).state == back
    assert said(Gig.objects.get(pk=mine.pk)) == before
    with pytest.raises(NotArchived):
        bring_back_gig(gig=mine, seller=seller)


Change = Callable[[Gig, User, datetime], object]
CHANGES: dict[str, Change] = {
    "overview": lambda gig, who, now: save_overview(
        gig=gig, seller=who, title="Other", subcategory=gig.subcategory, tags=[], now=now
    ),
    "pricing": lambda gig, who, now: save_pricing(gig=gig, seller=who, packages=[], now=now),
    "description": lambda gig, who, now: save_description(
        gig=gig, seller=who, description="Other", faq=[], design=NO_MILESTONES, now=now
    ),
    "requirements": lambda gig, who, now: save_requirements(gig=gig, seller=who, requirements=[], now=now),
    "add picture": lambda gig, who, now: add_image(gig=gig, seller=who, content=picture(), alt="Other"),
    "remove picture": lambda gig, who, now: remove_image(gig=gig, seller=who, public_id=gig.images.all()[0].public_id),
    "publish": lambda gig, who, now: publish_gig(gig=gig, seller=who, now=now),
    "pause": lambda gig, who, now: pause_gig(gig=gig, seller=who),
    "archive": lambda gig, who, now: archive_gig(gig=gig, seller=who),
}


@pytest.mark.parametrize("change", CHANGES)
def test_r_gig_2_an_archived_gig_stays_as_it_was_put_away(gig: Gig, seller: User, now: datetime, change: str) -> None:
    archive_gig(gig=gig, seller=seller)
    before = (said(gig), gig.images.count())
    with pytest.raises(GigArchived):
        CHANGES[change](gig, seller, now)
    stored = Gig.objects.get(pk=gig.pk)
    assert (said(stored), stored.images.count()) == before
    assert stored.state == GigState.ARCHIVED


@pytest.mark.parametrize("service", [archive_gig, bring_back_gig, duplicate_gig])
def test_others_can_do_nothing_with_the_gig(
    gig: Gig, buyer: User, stranger: User, service: Callable[..., object]
) -> None:
    for other in (buyer, stranger):
        with pytest.raises(GigUnknown):
            service(gig=gig, seller=other)
    assert Gig.objects.get().state == GigState.ACTIVE
