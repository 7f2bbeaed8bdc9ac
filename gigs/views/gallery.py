"""The Gallery tab: one form of the words of all its pictures, their buttons, and the picture that is being added."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from gigs.enums import Tab
from gigs.forms.tabs import ImageForm, WordsForm
from gigs.models import GigImage
from gigs.services.gallery import MOST_IMAGES, add_image, describe_image, move_image, remove_image
from gigs.views.editor import Desk
from gigs.views.requests import SignedIn
from gigs.views.saving import wrong_inputs
from marketplace.kernel.errors import Invalid
from marketplace.web.forms import add_domain_error

PLACES = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of the gallery and the input of its words."""

    image: GigImage
    form: WordsForm

    def save(self, desk: Desk) -> None:
        if self.form.is_bound and self.form.has_changed():
            words = self.form.cleaned_data["alt"]
            describe_image(gig=desk.gig, seller=desk.seller, public_id=self.image.public_id, alt=words)


def gallery(request: SignedIn, desk: Desk) -> HttpResponse:
    """Whichever button is pressed, all words are saved and a picture that was begun is added: nothing typed is lost."""
    verb, _, pressed = request.POST.get("action", "").partition(" ")
    pictures = _pictures(request, desk, removed=pressed if verb == "remove" else "")
    if request.method != "POST":
        return _show(desk, pictures, ImageForm())
    begun = bool(request.FILES or request.POST.get("alt", "").strip())
    adding = ImageForm(request.POST, request.FILES) if begun or verb in ("", "add") else ImageForm()
    right = [picture.form.is_valid() for picture in pictures if picture.form.is_bound]  # each says what is wrong
    if (adding.is_bound and not adding.is_valid()) or not all(right):
        return _show(desk, pictures, adding)
    for picture in pictures:
        picture.save(desk)
    _press(desk, verb, pressed)
    if adding.is_bound and not _add(desk, adding):
        return _show(desk, _pictures(request, desk), adding)
    if adding.is_bound or verb == "save":
        messages.success(request, "Picture added." if adding.is_bound else "Saved.")
    if verb in PLACES:
        return redirect(f"{desk.address(Tab.GALLERY)}#id_{pressed}-alt")  # where the picture is now
    return redirect(desk.address(desk.next_tab if verb == "continue" else Tab.GALLERY))


def _pictures(request: SignedIn, desk: Desk, *, removed: str = "") -> list[Picture]:
    """The pictures as they are now. What the page did not send, another window added meanwhile: its words stay."""
    found = []
    for number, image in enumerate(desk.gig.images.all(), start=1):
        sent = f"{image.public_id}-alt" in request.POST and image.public_id != removed
        found.append(Picture(image, WordsForm(request.POST if sent else None, image=image, number=number)))
    return found


def _press(desk: Desk, verb: str, public_id: str) -> None:
    if verb in PLACES:
        move_image(gig=desk.gig, seller=desk.seller, public_id=public_id, by=PLACES[verb])
    elif verb == "remove":
        remove_image(gig=desk.gig, seller=desk.seller, public_id=public_id)


def _add(desk: Desk, form: ImageForm) -> bool:
    """Add the picture; False, and why beside its field, when it is refused."""
    content, alt = form.cleaned_data["image"], form.cleaned_data["alt"]
    try:
        add_image(gig=desk.gig, seller=desk.seller, content=content, alt=alt)
    except Invalid as refused:
        add_domain_error(form, refused)
    return not form.errors


def _show(desk: Desk, pictures: list[Picture], form: ImageForm) -> HttpResponse:
    room = MOST_IMAGES - len(pictures)
    wrong = wrong_inputs([*(picture.form for picture in pictures), form])
    context = {"form": form, "pictures": pictures, "room": room, "lacking": desk.lacking, "wrong": wrong}
    return desk.show(context, status=422 if form.errors or wrong else 200)
