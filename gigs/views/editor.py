"""What the tabs of the gig editor share: whose gig it is, the marks of the tabs, the way on (R-GIG-3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from secrets import token_urlsafe

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import User
from gigs.drafts import Seen
from gigs.enums import GigState, Tab
from gigs.errors import ChangedElsewhere
from gigs.models import Gig
from gigs.selectors import days_apart, findings, own_gig
from gigs.views.requests import SignedIn
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid
from marketplace.web.kept import typed
from milestones.models import MilestonePolicy
from milestones.services.policies import policy_in_force

SEQUENCE = list(Tab)
OF_PACKAGE = re.compile(r"_(basic|standard|premium)$")
WHOLES = {"stages": "milestones-section", "milestones": "milestones-section"}  # what concerns no single input


@dataclass(frozen=True, slots=True)
class Desk:
    """A gig on its seller's desk, as stored, with what each tab still lacks."""

    request: SignedIn
    seller: User
    gig: Gig
    tab: Tab
    policy: MilestonePolicy
    findings: dict[Tab, list[Invalid]]
    seen: Seen | None = None  # what a posted page says that it shows

    @property
    def shown(self) -> Seen:
        """What the page that is answered with shows: as it was before, unless it has just stored its tab."""
        return self.seen or Seen(self.gig.version, token_urlsafe(6))

    @property
    def lacking(self) -> list[Invalid]:
        """What to show on this tab at first sight: nothing on a draft's tab that was never filled in."""
        return self.findings.get(self.tab, []) if self.gig.state != GigState.DRAFT or self._begun(self.tab) else []

    @property
    def saved_by(self) -> str:
        """The page that changed this tab last."""
        stamp = self.gig.stamps.get(self.tab.value)
        return str(stamp["page"]) if stamp else ""

    @property
    def next_tab(self) -> Tab:
        return SEQUENCE[min(SEQUENCE.index(self.tab) + 1, len(SEQUENCE) - 1)]

    def address(self, tab: Tab) -> str:
        return reverse("gigs:edit", args=[self.gig.public_id, tab.value])

    @property
    def tabs(self) -> list[dict[str, object]]:
        """The marks: a tick for what is ready, an alarm for what was begun and needs attention."""
        return [self._mark(tab) for tab in SEQUENCE]

    @property
    def lacks(self) -> bool:
        return any(self.findings.values())

    @property
    def checklist(self) -> list[dict[str, object]]:
        """What stands between the gig and its buyers, and what they may wonder at, with links to where it is mended."""
        return [
            {
                "label": self._label(tab),
                "lacking": [(found, self._where(tab, found.field)) for found in self.findings[tab]],
                "remarks": self._remarks(tab),
            }
            for tab in SEQUENCE
            if tab != Tab.PUBLISH
        ]

    def show(self, context: Mapping[str, object], *, status: int = 200, part: str = "") -> HttpResponse:
        """The tab's page, or the `part` of it that htmx asked for."""
        whole = {
            "gig": self.gig,
            "desk": self,
            "policy": self.policy,
            "nav_section": "selling",
            "next_label": self.next_tab.label,
            "next_href": self.address(self.next_tab),
            **context,
        }
        template = f"gigs/tabs/{self.tab}.html" + (f"#{part}" if part and self.request.htmx else "")
        response = render(self.request, template, whole, status=status)
        if self.request.htmx and status == ChangedElsewhere.status:
            response["HX-Retarget"] = "#editor" if part == "form" else "#keeping"  # else it would not be swapped in
        return response

    def anew(self, *, stored: bool) -> "Desk":
        """The desk with the gig as it is now; `stored`: the page shows what it has just stored itself."""
        desk = open_desk(self.request, self.gig.public_id, self.tab)
        stamp = desk.gig.stamps.get(self.tab.value)
        if not (stored and self.seen and stamp and stamp["page"] == self.seen.page):
            return desk
        return replace(desk, seen=replace(self.seen, version=stamp["version"]))

    def onward(self) -> HttpResponse:
        """Everything on the tab is right: to the next one."""
        messages.success(self.request, "Saved.")
        return redirect(self.address(self.next_tab))

    def _label(self, tab: Tab) -> str:
        nothing = tab == Tab.REQUIREMENTS and not self.gig.requirements.all()
        return f"{tab.label}: nothing to ask" if nothing else tab.label

    def _remarks(self, tab: Tab) -> list[dict[str, object]]:
        """What keeps the gig from nobody and is worth a look: a package whose milestones take other days (R-GIG-9)."""
        if tab != Tab.DESCRIPTION:
            return []
        return [
            {"tier": tier, "days": days, "stated": stated, "href": self._where(tab, f"parts_{tier}")}
            for tier, days, stated in days_apart(self.gig)
        ]

    def _where(self, tab: Tab, field: str) -> str:
        """The address of the very input that `field` names, with its package shown where a phone shows one of them."""
        of_package = OF_PACKAGE.search(field)
        query = f"?show={of_package[1]}" if of_package and tab == Tab.DESCRIPTION else ""
        return f"{self.address(tab)}{query}{place_of(field)}"

    def _mark(self, tab: Tab) -> dict[str, object]:
        lacks, live = bool(self.findings.get(tab)), self.gig.state != GigState.DRAFT
        return {
            "label": tab.label,
            "href": self.address(tab),
            "current": tab == self.tab,
            "done": self.gig.published_at is not None if tab == Tab.PUBLISH else self._begun(tab) and not lacks,
            "error": lacks and (live or self._begun(tab)),
        }

    def _begun(self, tab: Tab) -> bool:
        gig = self.gig
        match tab:
            case Tab.OVERVIEW | Tab.REQUIREMENTS:  # there may be nothing to ask, which is ready at once
                return True
            case Tab.PRICING:
                return bool(gig.packages.all())
            case Tab.DESCRIPTION:
                return bool(gig.description or gig.workflow_id or gig.faq.all())
            case Tab.GALLERY:
                return bool(gig.images.all())
            case Tab.PUBLISH:
                return False


def place_of(field: str) -> str:
    """Where on its tab's page `field` stands: an input, the sums of the packages, or the milestones as a whole."""
    return "#matrix" if field.startswith("parts_") else f"#{WHOLES.get(field) or f'id_{field}'}"


def open_desk(request: SignedIn, public_id: str, tab: Tab) -> Desk:
    """Raises GigUnknown for anyone but the gig's seller and their managers, who act for the seller here."""
    gig = own_gig(public_id=public_id, seller=request.user)
    policy = policy_in_force(now=clock.now(), currency=gig.currency)
    posted = typed(request)
    seen = Seen.read(posted.get("seen", "")) if posted else None
    return Desk(request, gig.seller, gig, tab, policy, findings(gig, policy=policy), seen)
