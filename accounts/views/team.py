"""A seller's team: the owner's page, the invited person's page, and for whom one works."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.enums import Ability, TeamRole
from accounts.forms import InviteForm
from accounts.models import User
from accounts.policies import choose_seller
from accounts.roles import INVITED, ROLES, abilities_of
from accounts.selectors import invitations_of, is_seller, owns_address, state_of, team_of, teams_of
from accounts.services import team as services
from accounts.views.settings import SignedIn
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid
from marketplace.web.forms import add_domain_error


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: SignedIn) -> HttpResponse:
    """The people, the invitations and the roles; posting invites. Who sells nothing sees the teams they work in."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = services.invite_member(seller=request.user, **form.cleaned_data, now=clock.now())
        except Invalid as refused:
            add_domain_error(form, refused)
        else:
            messages.success(request, f"The invitation is on its way to {invitation.email}.")
            return redirect("accounts:team")
    return render(request, "accounts/team.html", _page(request.user, form), status=422 if form.errors else 200)


@login_required
@require_POST
def change_member(request: SignedIn, public_id: str, action: str) -> HttpResponse:
    """A button beside a person: the role, or out of the team; or one's own way out."""
    now, user = clock.now(), request.user
    match action:
        case "role":
            member = services.change_role(seller=user, public_id=public_id, role=request.POST.get("role", ""), now=now)
            said = f"{member.user.display_name} is {member.get_role_display().lower()} now."
        case "remove":
            member = services.remove_member(seller=user, public_id=public_id, now=now)
            said = f"{member.user.display_name} is out of your team and can’t open anything of it any more."
        case "leave":
            member = services.leave_team(user=user, public_id=public_id, now=now)
            said = f"You have left the team of {member.seller.display_name}."
        case _:
            raise Http404
    messages.success(request, said)
    return redirect("accounts:team")


@login_required
@require_POST
def change_invitation(request: SignedIn, public_id: str, action: str) -> HttpResponse:
    steps: dict[str, tuple[Callable[..., object], str]] = {
        "resend": (services.resend_invitation, "Sent again, with a new link. The link before no longer works."),
        "withdraw": (services.withdraw_invitation, "The invitation is withdrawn. Its link no longer works."),
    }
    if action not in steps:
        raise Http404
    step, said = steps[action]
    step(seller=request.user, public_id=public_id, now=clock.now())
    messages.success(request, said)
    return redirect("accounts:team")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """What the link of the mail shows, to a new person too; who answers is signed in with the invited address."""
    invitation = services.find_invitation(secret=secret)
    user = request.user if isinstance(request.user, User) else None
    if request.method == "POST":
        return _answer(request, user, secret) if user else redirect_to_login(request.path)
    context = {
        "invitation": invitation,
        "state": state_of(invitation, now=clock.now()),
        "abilities": abilities_of(TeamRole(invitation.role)),
        "theirs": user is not None and owns_address(user, invitation.email),
    }
    return render(request, "accounts/join.html", context)


@login_required
@require_POST
def work_for(request: SignedIn) -> HttpResponse:
    """The switch in the header's menu."""
    seller = choose_seller(request, request.POST.get("seller", ""))
    whom = "yourself" if seller == request.user else seller.display_name
    messages.success(request, f"You are working for {whom} now.")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "accounts:team"
    return redirect(back)


def _answer(request: HttpRequest, user: User, secret: str) -> HttpResponse:
    now = clock.now()
    if request.POST.get("answer") == "decline":
        invitation = services.decline_invitation(secret=secret, user=user, now=now)
        messages.success(request, f"You have declined. {invitation.seller.display_name} sees that you did.")
        return redirect("home")
    member = services.accept_invitation(secret=secret, user=user, now=now)
    if member.role in ROLES[Ability.SEE_ORDERS]:
        choose_seller(request, member.seller.public_id)
    messages.success(request, f"Welcome. You are in the team of {member.seller.display_name}.")
    return redirect("accounts:team")


def _page(user: User, form: InviteForm) -> dict[str, object]:
    now = clock.now()
    invitations = [(each, state_of(each, now=now)) for each in invitations_of(user)]
    roles = [(ability.label, [role in ROLES[ability] for role in TeamRole]) for ability in Ability]
    return {
        "form": form,
        "has_team": is_seller(user),
        "members": team_of(user),
        "invitations": invitations,
        "memberships": teams_of(user),
        "columns": list(TeamRole),
        "roles": roles,
        "choices": list(INVITED),
        "limits": limits,
        "life_days": limits.INVITATION_LIFE.days,
        "resend_minutes": limits.RESEND_AFTER.seconds // 60,
    }
