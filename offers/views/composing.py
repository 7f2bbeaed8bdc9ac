"""The composer, in the conversation where the offer will stand. Works by submit buttons; htmx makes them quick."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_POST

from accounts.models import User
from inbox.models import Conversation
from inbox.selectors import conversation_for, conversation_page
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError, Invalid
from milestones.enums import OrderType
from milestones.services.policies import policy_in_force
from offers import policies, selectors, services
from offers.errors import OnlySellersOffer
from offers.forms import Composer, change_rows, read_draft
from offers.models import Offer, OfferRequest
from offers.previews import preview_draft
from offers.services.drafting import Draft
from offers.terms import DraftTerms, TypedMilestone
from offers.views import SignedIn

SHOWN_MESSAGES = 6
ROW_VERBS = frozenset({"add", "remove", "up", "down"})


@method_decorator(login_required, name="dispatch")
class Compose(View):
    """A new offer. It answers the request that `?request=` names, or the latest that nobody has answered."""

    request: SignedIn
    conversation: Conversation
    offer: Offer | None = None
    asked: OfferRequest | None = None

    def find(self, seller: User, public_id: str) -> None:
        """404 for a stranger; OnlySellersOffer for one of the two who sells nothing."""
        self.conversation = conversation_for(viewer=seller, public_id=public_id)
        if not policies.may_offer(conversation=self.conversation, user=seller):
            raise OnlySellersOffer
        self.asked = selectors.request_to_answer(
            conversation=self.conversation, seller=seller, public_id=self.request.GET.get("request", "")
        )

    def dispatch(self, request: SignedIn, *args: str, **kwargs: str) -> HttpResponse:  # type: ignore[override]
        self.seller, self.now = request.user, clock.now()
        self.find(self.seller, kwargs["public_id"])
        self.gigs = selectors.gigs_to_offer(self.seller)
        currency = self.offer.currency if self.offer else self.seller.seller.currency
        self.policy = policy_in_force(now=self.now, currency=currency)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get(self, *_: object, **__: object) -> HttpResponse:
        return self.page(self.begun())

    def post(self, request: SignedIn, **_: object) -> HttpResponse:
        draft = read_draft(posted=request.POST.dict(), gigs=self.gigs)
        action = request.POST.get("action", "")
        verb = action.partition("-")[0]
        if verb == "preview":
            return render(request, "offers/totals.html", self.context(draft) | {"oob": True})
        if verb in ROW_VERBS:
            changed, at = change_rows(draft, action)
            return self.page(changed, focus=at, verb=verb)
        if verb not in {"save", "send"}:
            return self.page(draft)
        return self.keep(draft, send=verb == "send")

    def keep(self, draft: Draft, *, send: bool) -> HttpResponse:
        """Save first, so that nothing typed is lost when sending is refused."""
        try:
            self.offer = services.save_draft(
                seller=self.seller,
                conversation=self.conversation,
                draft=draft,
                offer=self.offer,
                request=self.asked,
                now=self.now,
            )
            if send:
                services.send_offer(offer=self.offer, seller=self.seller)
        except Invalid as refusal:
            return self.page(draft, refusal=refusal)
        other = self.conversation.other(self.seller).first_name
        words = f"Your offer is with {other} now." if send else f"Your draft is saved. {other} can’t see it."
        messages.success(self.request, words)
        return redirect(self.conversation.latest_url if send else self.offer_url)

    @property
    def offer_url(self) -> str:
        if self.offer is None:
            query = f"?request={self.asked.public_id}" if self.asked else ""
            return reverse("offers:compose", args=[self.conversation.public_id]) + query
        return reverse("offers:edit", args=[self.offer.public_id])

    def begun(self) -> Draft:
        """An empty form: as many rows as an offer needs at least, and the gig when there is only one."""
        rows = tuple(TypedMilestone() for _ in range(self.policy.offer_min_milestones))
        return Draft(
            order_type=OrderType.MILESTONES,
            gig=self.gigs[0] if len(self.gigs) == 1 else None,
            typed=DraftTerms(milestones=rows),
        )

    def context(self, draft: Draft) -> dict[str, object]:
        return {
            "composer": Composer(draft=draft, gigs=self.gigs, policy=self.policy),
            "preview": preview_draft(draft=draft, seller=self.seller, policy=self.policy, now=self.now),
            "policy": self.policy,
            "offer": self.offer,
            "asked": self.asked,
            "url": self.offer_url,
            "other": self.conversation.other(self.seller),
            "conversation": self.conversation,
            "nav_section": "inbox",
        }

    def page(
        self, draft: Draft, *, refusal: DomainError | None = None, focus: int | None = None, verb: str = ""
    ) -> HttpResponse:
        if not draft.typed.milestones:
            draft = replace(draft, typed=replace(draft.typed, milestones=(TypedMilestone(),)))
        context = self.context(draft) | {"focus": focus, "verb": verb, "gigs": self.gigs}
        composer = context["composer"]
        if refusal is not None and isinstance(composer, Composer):
            composer.show(refusal)
        status = refusal.status if refusal else 200
        if self.request.htmx:
            return render(self.request, "offers/form.html", context, status=status)
        around = conversation_page(conversation=self.conversation, viewer=self.seller, size=SHOWN_MESSAGES)
        return render(self.request, "offers/composer.html", {**around, **context}, status=status)


class Edit(Compose):
    """A draft, seen by its seller only."""

    def find(self, seller: User, public_id: str) -> None:
        self.offer = selectors.own_draft(seller=seller, public_id=public_id)
        self.conversation, self.asked = self.offer.conversation, self.offer.request

    def begun(self) -> Draft:
        """What was typed so far."""
        if self.offer is None:
            return super().begun()
        gig = next((gig for gig in self.gigs if gig.pk == self.offer.gig_id), None)
        return Draft(
            order_type=OrderType(self.offer.order_type),
            title=self.offer.title,
            description=self.offer.description,
            gig=gig,
            typed=self.offer.typed,
        )


@login_required
@require_POST
def revise(request: SignedIn, public_id: str) -> HttpResponse:
    seller = request.user
    offer = selectors.offer_for(viewer=seller, public_id=public_id)
    draft = services.revise_offer(offer=offer, seller=seller, now=clock.now())
    return redirect(reverse("offers:edit", args=[draft.public_id]) + "#composer")


@login_required
@require_POST
def discard(request: SignedIn, public_id: str) -> HttpResponse:
    seller = request.user
    offer = selectors.own_draft(seller=seller, public_id=public_id)
    services.discard_draft(offer=offer, seller=seller)
    messages.success(request, "The draft is gone.")
    return redirect(offer.conversation.latest_url)
