"""Gigs for tests, made through the services. Amounts are cents."""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from itertools import count
from unittest import mock

from PIL import Image

from accounts.models import User
from gigs.drafts import FaqDraft, PackageDraft, RequirementDraft
from gigs.enums import RequirementKind
from gigs.models import Gig, Subcategory
from gigs.services import gallery
from gigs.services.describing import save_description
from gigs.services.editing import create_gig, save_pricing, save_requirements
from gigs.services.gallery import Encoded
from gigs.services.publishing import publish_gig
from marketplace.kernel import clock
from milestones.designs import WorkflowDesign
from milestones.enums import PackageTier
from tests.factories.accounts import make_seller

numbers = count(1)
NO_MILESTONES = WorkflowDesign(stages=())


def subcategory(slug: str = "desktop-applications") -> Subcategory:
    """Desktop Applications allows gig milestones; Web Applications offers only; Website Repairs none."""
    return Subcategory.objects.get(slug=slug)


def picture(width: int = 640, height: int = 480, kind: str = "PNG") -> BytesIO:
    """A plain picture as an upload."""
    output = BytesIO()
    Image.new("RGB", (width, height), (12, 120, 90)).save(output, kind)
    output.name = f"picture.{kind.lower()}"
    output.seek(0)
    return output


@cache
def _encoded() -> Encoded:
    """`picture()` as the gallery keeps it, encoded once: two WebP files for each of thousands of gigs take minutes."""
    return gallery.encode_image(picture())


def package(tier: PackageTier, price: int, *, days: int = 12, revisions: int = 2) -> PackageDraft:
    return PackageDraft(
        tier=tier,
        name=f"The {tier.label} build",
        description=f"What {tier.label} holds.",
        price=price,
        delivery_days=days,
        revisions=revisions,
    )


def make_draft(
    seller: User | None = None,
    *,
    title: str = "",
    where: str = "desktop-applications",
    prices: Mapping[PackageTier, int] | None = None,
    design: WorkflowDesign = NO_MILESTONES,
    questions: int = 0,
) -> Gig:
    """A draft that lacks nothing but a picture and, perhaps, sense in its milestones."""
    seller = seller or make_seller(f"Seller {next(numbers)}")
    now = clock.now()
    title = title or f"I will build your desktop application {next(numbers)}"
    gig = create_gig(seller=seller, title=title, subcategory=subcategory(where), tags=["python", "qt"])
    wanted = prices or {PackageTier.BASIC: 26000}
    packages = [package(PackageTier(tier), price) for tier, price in wanted.items()]
    save_pricing(gig=gig, seller=seller, packages=packages, now=now)
    faq = [FaqDraft(question="Who owns the code?", answer="You do.")]
    words = "Small, fast programs for people who work all day in them."
    save_description(gig=gig, seller=seller, description=words, faq=faq, design=design, now=now)
    asked = [
        RequirementDraft(question=f"What do I need to know, part {number}?", kind=RequirementKind.TEXT)
        for number in range(1, questions + 1)
    ]
    save_requirements(gig=gig, seller=seller, requirements=asked, now=now)
    gig.refresh_from_db()
    return gig


def make_gig(
    seller: User | None = None,
    *,
    title: str = "",
    where: str = "desktop-applications",
    prices: Mapping[PackageTier, int] | None = None,
    design: WorkflowDesign = NO_MILESTONES,
    questions: int = 0,
) -> Gig:
    """An active gig. Basic costs 260.00 unless `prices` say otherwise; `design` adds milestones (`make_design`)."""
    gig = make_draft(seller, title=title, where=where, prices=prices, design=design, questions=questions)
    with mock.patch.object(gallery, "encode_image", return_value=_encoded()):
        gallery.add_image(gig=gig, seller=gig.seller, content=BytesIO(), alt="A green window")
    return publish_gig(gig=gig, seller=gig.seller, now=clock.now())
