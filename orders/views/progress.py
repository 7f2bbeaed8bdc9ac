"""Steps inside a milestone: shared by the seller, seen by the buyer, with the files that came with them (R-GIG-6)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from marketplace.kernel.errors import DomainError, Invalid, Unknown
from marketplace.web.files import download_response
from marketplace.web.forms import add_domain_error
from orders.forms import ShareForm
from orders.models import StepFile
from orders.services.progress import acknowledge_step, share_step
from orders.views.showing import back_to, find_order, refuse, show_order, signed_in


@login_required
@require_POST
def share(request: HttpRequest, public_id: str, step_id: str) -> HttpResponse:
    order = find_order(request, public_id)
    form = ShareForm(request.POST, request.FILES)
    try:
        if form.is_valid():
            step = share_step(order=order, actor=signed_in(request), step_id=step_id, **form.cleaned_data)
            told = f" {order.buyer.first_name} has been told." if step.is_stage else ""
            messages.success(request, f"‘{step.name}’ is shared.{told}")
            return back_to(request, public_id)
    except Invalid as invalid:
        add_domain_error(form, invalid)
    except DomainError as refusal:
        return refuse(request, public_id, refusal)
    return show_order(request, public_id, forms={"share_form": form})


@login_required
@require_POST
def acknowledge(request: HttpRequest, public_id: str, step_id: str) -> HttpResponse:
    order = find_order(request, public_id)
    try:
        step = acknowledge_step(order=order, actor=signed_in(request), step_id=step_id)
    except DomainError as refusal:
        return refuse(request, public_id, refusal)
    messages.success(request, f"{order.seller.first_name} knows now that you have seen ‘{step.name}’.")
    return back_to(request, public_id)


@login_required
@require_safe
def step_file(request: HttpRequest, public_id: str, step_id: str, file_id: str) -> FileResponse:
    order = find_order(request, public_id)
    file = StepFile.objects.filter(step__milestone__order=order, step__public_id=step_id, public_id=file_id).first()
    if file is None:
        raise Unknown
    return download_response(file.file.open("rb"), file.name)
