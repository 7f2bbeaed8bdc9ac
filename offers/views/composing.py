"""The composer, in the conversation where the offer will stand. Works by submit buttons; htmx makes them quick."""

from collections.abc import Mapping
from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_POST

from accounts.models import User
from inbox.models import Conversation
from inbox.selectors import conversation_as, conversation_page
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError, Invalid
from marketplace.web.kept import signed_in_keeping, typed
from marketplace.web.numbers import read_number
from milestones.enums import OrderType
from milestones.services.policies import policy_in_force
from offers import policies, selectors, services
from offers.errors import DraftChanged, OfferMovedOn, OnlySellersOffer
from offers.forms import Composer, change_rows, read_draft, read_undo, write_undo
from offers.models import Offer, OfferRequest
from offers.previews import preview_draft
from offers.services.drafting import Draft, Seen
from offers.terms import DraftTerms, TypedMilestone
from offers.views import SignedIn
from offers.views.starting import Group, start_from, starts_of, usual_revisions

SHOWN_MESSAGES = 6
ROW_VERBS = frozenset({"add", "remove", "up", "down"})
UNDONE = frozenset({"remove", "start", "undo"})


@method_decorator(signed_in_keeping(), name="dispatch")  # type: ignore[arg-type]
class Compose(View):
    """A new offer. It answers the request that `?request=` names, or the latest that nobody has answered."""

    request: SignedIn
    conversation: Conversation
    offer: Offer | None = None
    asked: OfferRequest | None = None

    def find(self, author: User, public_id: str) -> None:
        """404 for a stranger; OnlySellersOffer for one of the two who sells nothing."""
        self.conversation, self.seller = conversation_as(user=author, public_id=public_id)
        self.side = self.seller
        if not policies.may_offer(conversation=self.conversation, user=self.seller):
            raise OnlySellersOffer
        self.asked = selectors.request_to_answer(
            conversation=self.conversation, seller=self.seller, public_id=self.request.GET.get("request", "")
        )

    def dispatch(self, request: SignedIn, *args: str, **kwargs: str) -> HttpResponse:  # type: ignore[override]
        self.author, self.now = request.user, clock.now()
        self.find(self.author, kwargs["public_id"])
        if self.offer is None and (begun := request.POST.get("draft", "")):
            self.offer = selectors.own_draft(
                author=self.author, public_id=begun, seller=self.seller, conversation=self.conversation
            )
        self.tab = request.POST.get("tab", "")[:16] or get_random_string(16)
        self.gigs = selectors.gigs_to_offer(self.seller)
        currency = self.offer.currency if self.offer else self.seller.seller.currency
        self.policy = policy_in_force(now=self.now, currency=currency)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get(self, *_: object, **__: object) -> HttpResponse:
        before = typed(self.request)
        return self.page(self.read({name: str(before[name]) for name in before}) if before else self.begun())

    def post(self, request: SignedIn, **_: object) -> HttpResponse:
        draft = self.read(request.POST.dict())
        action = request.POST.get("action", "")
        verb = action.partition("-")[0]
        match verb:
            case "preview":
                return render(request, "offers/totals.html", self.context(draft) | {"oob": True})
            case "autosave":
                return self.autosave(draft)
            case "newest":
                return self.answer_newest(draft)
            case "save" | "send" | "overwrite":
                return self.keep(draft, verb)
            case _:
                return self.change(draft, action, verb)

    def change(self, draft: Draft, action: str, verb: str) -> HttpResponse:
        """Rows changed by a button; nothing is stored. What was taken away can be brought back."""
        changed, at = draft, None
        if verb in ROW_VERBS:
            changed, at = change_rows(draft, action)
        elif verb == "start":
            changed = start_from(
                choice=self.request.POST.get("start", ""),
                draft=draft,
                seller=self.seller,
                gigs=self.gigs,
                policy=self.policy,
                budget=self.budget,
            )
        elif verb == "undo":
            changed = replace(draft, typed=read_undo(self.request.POST.get("undo", ""), draft.typed))
        undo = write_undo(draft.typed) if verb in UNDONE and changed != draft else ""
        return self.page(changed, focus=at, verb=verb, undo=undo)

    def read(self, posted: Mapping[str, str]) -> Draft:
        return read_draft(posted=posted, gigs=self.gigs)

    @property
    def budget(self) -> int:
        """What the buyer said they would spend, in minor units; 0 when they said nothing, or in another currency."""
        asked = self.asked
        return asked.budget or 0 if asked and asked.currency == self.policy.currency else 0

    @property
    def seen(self) -> Seen | None:
        """What the page knew of the draft; None for who posts without one."""
        edits = read_number(self.request.POST.get("edits", ""))
        return None if edits is None else Seen(edits=edits, tab=self.tab)

    def save(self, draft: Draft, seen: Seen | None) -> Offer:
        return services.save_draft(
            seller=self.seller,
            by=self.author,
            conversation=self.conversation,
            draft=draft,
            offer=self.offer,
            request=self.asked,
            seen=seen,
            now=self.now,
        )

    def send(self, offer: Offer) -> None:
        services.send_offer(offer=offer, seller=self.author)

    def autosave(self, draft: Draft) -> HttpResponse:
        """Keep a draft while it is typed, and say so quietly; a refusal says why it is not kept."""
        is_new, refusal = self.offer is None, None
        try:
            self.offer = self.save(draft, self.seen)
        except (Invalid, DraftChanged) as error:
            refusal = error
        context = {"offer": self.offer, "refusal": refusal, "now": self.now, "url": self.offer_url, "oob": True}
        response = render(self.request, "offers/saved.html", context)
        if is_new and self.offer is not None:
            response["HX-Replace-Url"] = self.offer_url
        return response

    def answer_newest(self, draft: Draft) -> HttpResponse:
        """Save, and let the draft answer the version that came meanwhile."""
        try:
            self.offer = self.save(draft, self.seen)
        except (Invalid, DraftChanged) as refusal:
            return self.page(draft, refusal=refusal)
        services.answer_newest(offer=self.offer, author=self.author, now=self.now)
        return redirect(f"{self.offer_url}#composer")

    def keep(self, draft: Draft, verb: str) -> HttpResponse:
        """Save first, so that nothing typed is lost when sending is refused."""
        send = verb == "send"
        try:
            self.offer = self.save(draft, None if verb == "overwrite" else self.seen)
            if send:
                self.send(self.offer)
        except (Invalid, DraftChanged, OfferMovedOn) as refusal:
            return self.page(draft, refusal=refusal)
        other = self.conversation.other(self.side).first_name
        words = f"It is with {other} now." if send else f"Your draft is saved. {other} can’t see it."
        messages.success(self.request, words)
        return redirect(self.conversation.latest_url if send else self.offer_url)

    @property
    def is_counter(self) -> bool:
        return self.offer is not None and self.offer.is_counter

    @property
    def offer_url(self) -> str:
        if self.offer is None:
            query = f"?request={self.asked.public_id}" if self.asked else ""
            return reverse("offers:compose", args=[self.conversation.public_id]) + query
        return reverse("offers:edit", args=[self.offer.public_id])

    def begun(self) -> Draft:
        """An empty form: the gig that was asked about, its revisions, as many rows as an offer needs at least."""
        gig = selectors.gig_asked_about(
            conversation=self.conversation,
            buyer=self.conversation.other(self.seller),
            brief=self.asked.brief if self.asked else "",
            gigs=self.gigs,
        )
        usual = str(usual_revisions(gig))
        rows = (TypedMilestone(revisions=usual),) * self.policy.offer_min_milestones
        return Draft(order_type=OrderType.MILESTONES, gig=gig, typed=DraftTerms(milestones=rows, revisions=usual))

    def context(self, draft: Draft) -> dict[str, object]:
        return {
            "composer": Composer(draft=draft, gigs=self.gigs, policy=self.policy, is_counter=self.is_counter),
            "preview": preview_draft(
                draft=draft, seller=self.seller, policy=self.policy, now=self.now, is_counter=self.is_counter
            ),
            "policy": self.policy,
            "is_counter": self.is_counter,
            "offer": self.offer,
            "asked": self.asked,
            "url": self.offer_url,
            "other": self.conversation.other(self.side),
            "conversation": self.conversation,
            "tab": self.tab,
            "nav_section": "inbox",
        }

    def starts(self) -> list[Group]:
        return starts_of(seller=self.seller, gigs=self.gigs, currency=self.policy.currency)

    def page(
        self,
        draft: Draft,
        *,
        refusal: DomainError | None = None,
        focus: int | None = None,
        verb: str = "",
        undo: str = "",
    ) -> HttpResponse:
        if not draft.typed.milestones:
            draft = replace(draft, typed=replace(draft.typed, milestones=(TypedMilestone(),)))
        context = self.context(draft) | {"focus": focus, "verb": verb, "gigs": self.gigs, "undo": undo}
        context["starts"] = [] if self.is_counter else self.starts()
        context |= {"stale": isinstance(refusal, DraftChanged), "moved_on": isinstance(refusal, OfferMovedOn)}
        composer = context["composer"]
        if refusal is not None and isinstance(composer, Composer):
            composer.show(refusal)
        status = refusal.status if refusal else 200
        if self.request.htmx:
            return render(self.request, "offers/form.html", context, status=status)
        around = conversation_page(conversation=self.conversation, viewer=self.side, size=SHOWN_MESSAGES)
        return render(self.request, "offers/composer.html", {**around, **context}, status=status)


class Edit(Compose):
    """A draft, seen by its author only: an offer of the seller, or a counter-offer of the buyer."""

    def find(self, author: User, public_id: str) -> None:
        self.offer = self.draft = selectors.own_draft(author=author, public_id=public_id)
        self.seller, self.side = self.draft.seller, self.draft.author
        self.conversation, self.asked = self.draft.conversation, self.draft.request

    def read(self, posted: Mapping[str, str]) -> Draft:
        """A buyer chooses neither the gig nor the way of paying."""
        read = super().read(posted)
        if not self.is_counter:
            return read
        return replace(read, gig=self.draft.gig, order_type=OrderType(self.draft.order_type))

    def save(self, draft: Draft, seen: Seen | None) -> Offer:
        if not self.is_counter:
            return super().save(draft, seen)
        return services.save_counter(offer=self.draft, buyer=self.author, draft=draft, seen=seen, now=self.now)

    def send(self, offer: Offer) -> None:
        if offer.is_counter:
            services.send_counter(offer=offer, buyer=self.author)
        else:
            super().send(offer)

    def begun(self) -> Draft:
        """What was typed so far."""
        draft = self.draft
        gig = draft.gig if draft.is_counter else next((gig for gig in self.gigs if gig.pk == draft.gig_id), None)
        return Draft(
            order_type=OrderType(draft.order_type),
            title=draft.title,
            description=draft.description,
            note=draft.note,
            gig=gig,
            typed=draft.typed,
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
def counter(request: SignedIn, public_id: str) -> HttpResponse:
    """The buyer begins a counter-offer, or goes on with the one begun."""
    buyer = request.user
    offer = selectors.offer_for(viewer=buyer, public_id=public_id)
    draft = services.begin_counter(offer=offer, buyer=buyer)
    return redirect(reverse("offers:edit", args=[draft.public_id]) + "#composer")


@login_required
@require_POST
def discard(request: SignedIn, public_id: str) -> HttpResponse:
    author = request.user
    offer = selectors.own_draft(author=author, public_id=public_id)
    services.discard_draft(offer=offer, author=author)
    messages.success(request, "The draft is gone.")
    return redirect(offer.conversation.latest_url)
