"""The Description & FAQ tab, where milestones are built (R-GIG-4 to R-GIG-7).

Every button of the builder posts the whole form and gets it back changed; htmx only makes that quick. A draft is
stored at each step, so that nothing typed is ever lost.
"""

from dataclasses import dataclass

from django.http import HttpResponse

from gigs.enums import GigState
from gigs.forms.rows import FormRows
from gigs.forms.workflow import WorkflowForms, add_stage, add_substep, split_evenly
from gigs.models import Gig
from gigs.selectors import packages_of
from gigs.services.describing import check_first_milestone, save_description
from gigs.views.editor import Desk, attempt
from gigs.views.requests import SignedIn
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid, ManyInvalid
from marketplace.kernel.money import Money, basis_points
from marketplace.web.numbers import read_number
from milestones.enums import PackageTier

SAVE, KEEP = "save", "keep"


def description(request: SignedIn, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        stored = WorkflowForms.of(desk.gig)
        stored.place(desk.lacking)
        return desk.show(_context(desk, stored))
    rows, action = FormRows(request.POST), request.POST.get("action", SAVE)
    if action == SAVE:
        return _save(desk, rows)
    refused = [] if action == KEEP else _act(desk.gig, rows, action)
    forms = WorkflowForms(desk.gig, rows)
    if forms.is_valid() and desk.gig.state == GigState.DRAFT and not refused:
        refused = _keep(desk, forms)
    forms.place(refused)
    context = _context(desk, forms) | {"focus": _focus(action)}
    part = "preview" if action == KEEP else "builder"
    status = 422 if refused else 200
    return desk.show(context, status=status, part=part if request.htmx else "")


def _save(desk: Desk, rows: FormRows) -> HttpResponse:
    rows.drop_blank("faq", "question", "answer")
    forms = WorkflowForms(desk.gig, rows)
    if not forms.is_valid():
        return desk.show(_context(desk, forms), status=422)
    lacking, saved = attempt(lambda: _store(desk, forms))
    if not lacking:
        return desk.onward()
    forms.place(lacking)
    return desk.show_again(_context(desk, forms), saved=saved)


def _keep(desk: Desk, forms: WorkflowForms) -> list[Invalid]:
    """Store a draft on the way. What it lacks is said when the seller saves; what is refused is said now."""
    try:
        _store(desk, forms)
    except ManyInvalid as refused:
        return refused.errors
    return []


def _store(desk: Desk, forms: WorkflowForms) -> list[Invalid]:
    return save_description(
        gig=desk.gig,
        seller=desk.seller,
        description=forms.description,
        faq=[entry for entry in forms.faq_drafts if entry.question or entry.answer],
        design=forms.design,
        now=clock.now(),
    )


def _act(gig: Gig, rows: FormRows, action: str) -> list[Invalid]:
    """Change the rows as a button said; returns why it may not."""
    match action.split():
        case ["add", "stages"]:
            return _add_stage(gig, rows)
        case ["add", prefix] if prefix.startswith("stages-"):
            index = read_number(prefix.split("-")[1])
            add_substep(rows, gig, rows.count("stages") if index is None else index)
        case ["split", tier]:
            for package in packages_of(gig):
                if package.tier == tier:
                    split_evenly(rows, PackageTier(tier), package.money)
        case _:
            rows.act(action)
    return []


def _focus(action: str) -> str:
    """The button that carries on what `action` began: the one of the moved row, at its new place."""
    match action.split():
        case [("up" | "down") as verb, prefix, number] if (index := read_number(number)) is not None:
            return f"{prefix}-{max(0, index + (1 if verb == 'down' else -1))}-{verb}"
    return ""


def _add_stage(gig: Gig, rows: FormRows) -> list[Invalid]:
    if not rows.count("stages"):
        try:
            check_first_milestone(gig=gig, now=clock.now())
        except ManyInvalid as refused:
            return refused.errors
    add_stage(rows, gig)
    return []


@dataclass(frozen=True, slots=True)
class PreviewStep:
    name: str
    days: int
    price: Money


@dataclass(frozen=True, slots=True)
class Preview:
    """What buyers of one package will see, and what the seller earns from it."""

    tier: PackageTier
    steps: list[PreviewStep]
    total: Money
    commission: Money

    @property
    def days(self) -> int:
        return sum(step.days for step in self.steps)

    @property
    def earned(self) -> Money:
        return self.total - self.commission


def _preview(desk: Desk, forms: WorkflowForms) -> Preview | None:
    if not forms.prices:
        return None
    wanted = desk.request.POST.get("show") or desk.request.GET.get("show")
    tier = next((each for each in forms.tiers if each == wanted), forms.tiers[0])
    currency = forms.prices[tier].currency
    steps = [
        PreviewStep(stage.shown_name or f"Milestone {number}", part.days, Money(part.part, currency))
        for number, stage in enumerate(forms.stages.forms, start=1)
        if (part := stage.part_in(tier))
    ]
    total = forms.prices[tier]
    commission = Money(basis_points(total.amount, desk.policy.commission_bp), currency)
    return Preview(tier, steps, total, commission)


def _context(desk: Desk, forms: WorkflowForms) -> dict[str, object]:
    return {
        "forms": forms,
        "preview": _preview(desk, forms),
        "can_add": len(forms.stages.forms) < desk.policy.gig_max_milestones,
    }
