"""Files of an order, for its two sides alone; originals only once they are released (R-ORD-5)."""

from django.contrib.auth.decorators import login_required
from django.core.files.base import File
from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from marketplace.kernel.errors import Unknown
from marketplace.web.files import download_response
from orders.models import DeliveryFile
from orders.selectors import answer_with_file, file_for
from orders.views.showing import find_order, signed_in


@login_required
@require_safe
def delivery_file(request: HttpRequest, public_id: str, file_id: str) -> FileResponse:
    file = _find(request, public_id, file_id)
    return download_response(_open(file.file), file.name)


@login_required
@require_safe
def picture(request: HttpRequest, public_id: str, file_id: str) -> FileResponse:
    """The same file shown on the page; whatever is not a picture comes as an attachment all the same."""
    file = _find(request, public_id, file_id)
    return download_response(_open(file.file), file.name, inline=True)


@login_required
@require_safe
def answer_file(request: HttpRequest, public_id: str, position: int) -> FileResponse:
    """What the buyer answered a question with."""
    requirement = answer_with_file(find_order(request, public_id), position)
    return download_response(_open(requirement.file), requirement.file_name)


def _find(request: HttpRequest, public_id: str, file_id: str) -> DeliveryFile:
    order = find_order(request, public_id)
    file = file_for(signed_in(request), file_id)
    if file is None or file.delivery.milestone.order_id != order.pk:
        raise Unknown
    return file


def _open(stored: File) -> File:  # type: ignore[type-arg]
    return stored.open("rb")
