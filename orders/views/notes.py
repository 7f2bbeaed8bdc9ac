"""Notes on an order: written on its page, changed and deleted by who wrote them (R-ORD-15)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.kernel.errors import Invalid
from marketplace.web.forms import add_domain_error
from marketplace.web.kept import signed_in_keeping, typed
from orders.forms import NoteWordsForm, OrderNoteForm
from orders.selectors import own_note
from orders.services.noting import delete_note, edit_note, write_note
from orders.views.showing import find_order, notes_url, order_url, show_order, signed_in


@signed_in_keeping(page=order_url)
@require_POST
def write(request: HttpRequest, public_id: str) -> HttpResponse:
    order, person = find_order(request, public_id), signed_in(request)
    form = OrderNoteForm(request.POST)
    try:
        if form.is_valid():
            note = write_note(order=order, actor=person, **form.cleaned_data)
            other = order.seller if person == order.buyer else order.buyer
            told = f"The note is shared. {other.first_name} has been told."
            messages.success(request, told if note.is_shared else "The note is written.")
            return _to_notes(public_id)
    except Invalid as refused:
        add_domain_error(form, refused)
    return show_order(request, public_id, forms={"note_form": form})


@signed_in_keeping()
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str, note_id: str) -> HttpResponse:
    """The note alone, to change or delete it; 404 for all but who wrote it."""
    order = find_order(request, public_id)
    note = own_note(order, signed_in(request), note_id)
    form = NoteWordsForm(typed(request), initial={"body": note.body})
    try:
        if request.method == "POST" and form.is_valid():
            edit_note(note=note, actor=signed_in(request), **form.cleaned_data)
            messages.success(request, "The note is changed.")
            return _to_notes(public_id)
    except Invalid as refused:
        add_domain_error(form, refused)
    context = {"order": order, "note": note, "form": form}
    return render(request, "orders/note.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def delete(request: HttpRequest, public_id: str, note_id: str) -> HttpResponse:
    note = own_note(find_order(request, public_id), signed_in(request), note_id)
    delete_note(note=note, actor=signed_in(request))
    messages.success(request, "The note is deleted.")
    return _to_notes(public_id)


def _to_notes(public_id: str) -> HttpResponse:
    return HttpResponseRedirect(notes_url(public_id), status=303)
