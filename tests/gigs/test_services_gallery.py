"""Pictures: what is accepted, what is taken out of them, who may touch them (R-GIG-2)."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import ExifTags, Image

from accounts.models import User
from gigs.errors import GigUnknown, ImageTooLarge, ImageTooSmall, ImageUnknown, NotAnImage, TooManyImages
from gigs.models import Gig, GigImage
from gigs.services import gallery
from gigs.services.gallery import add_image, describe_image, encode_image, move_image, remove_image
from marketplace.kernel.errors import ManyInvalid
from tests.factories.gigs import picture

pytestmark = pytest.mark.django_db


def jpeg_from_a_phone() -> BytesIO:
    """800 × 600 pixels as stored, to be turned upright to 600 × 800, with a place and an owner."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Artist] = "Selma"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    output = BytesIO()
    Image.new("RGB", (800, 600), "red").save(output, "JPEG", exif=exif)
    output.seek(0)
    return output


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_stored_as_webp_in_two_sizes(draft: Gig, seller: User, kind: str) -> None:
    image = add_image(gig=draft, seller=seller, content=picture(2000, 1000, kind), alt="A window")
    assert (image.width, image.height, image.position) == (1600, 800, 1)
    for stored, size in ((image.file, (1600, 800)), (image.thumbnail, (560, 374))):
        with stored.open("rb") as file, Image.open(file) as shown:
            assert (shown.format, shown.size) == ("WEBP", size)
    assert str(image.file).startswith(f"gigs/{draft.public_id}/{image.public_id}")


def test_a_picture_loses_what_the_camera_wrote_and_is_turned_upright() -> None:
    encoded = encode_image(jpeg_from_a_phone())
    assert (encoded.width, encoded.height) == (600, 800)
    for data in (encoded.full, encoded.thumbnail):
        with Image.open(BytesIO(data)) as shown:
            assert not shown.getexif()
            assert "exif" not in shown.info
            assert "xmp" not in shown.info


def test_a_transparent_picture_stays_transparent() -> None:
    source = BytesIO()
    Image.new("RGBA", (640, 480), (0, 0, 0, 0)).save(source, "PNG")
    source.seek(0)
    with Image.open(BytesIO(encode_image(source).full)) as shown:
        assert shown.mode == "RGBA"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 40,
        picture().getvalue()[:200],
    ],
    ids=["empty", "text", "svg", "gif", "cut off"],
)
def test_what_is_not_a_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        encode_image(BytesIO(data))


@pytest.mark.parametrize(("size", "refused"), [((600, 400), False), ((599, 400), True), ((600, 399), True)])
def test_a_picture_has_a_least_size(size: tuple[int, int], refused: bool) -> None:
    if refused:
        with pytest.raises(ImageTooSmall):
            encode_image(picture(*size))
    else:
        assert encode_image(picture(*size)).width == 600


def test_a_file_that_is_too_large_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    source = picture()
    monkeypatch.setattr(gallery, "MOST_BYTES", len(source.getvalue()))
    assert encode_image(source).width == 640
    source.seek(0)
    monkeypatch.setattr(gallery, "MOST_BYTES", len(source.getvalue()) - 1)
    with pytest.raises(ImageTooLarge):
        encode_image(source)


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "MOST_PIXELS", 640 * 480 - 1)
    with pytest.raises(NotAnImage):
        encode_image(picture())


def test_a_full_gallery_keeps_no_orphaned_files(draft: Gig, seller: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "MOST_IMAGES", 1)
    add_image(gig=draft, seller=seller, content=picture(), alt="One")
    before = default_storage.listdir(f"gigs/{draft.public_id}")
    with pytest.raises(TooManyImages):
        add_image(gig=draft, seller=seller, content=picture(), alt="Two")
    assert default_storage.listdir(f"gigs/{draft.public_id}") == before


def test_r_gig_2_a_gallery_holds_eight_pictures(draft: Gig, seller: User, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = encode_image(picture())
    monkeypatch.setattr(gallery, "encode_image", lambda _: encoded)
    for number in range(1, 9):
        assert add_image(gig=draft, seller=seller, content=BytesIO(), alt=f"Window {number}").position == number
    with pytest.raises(TooManyImages) as refused:
        add_image(gig=draft, seller=seller, content=BytesIO(), alt="Window 9")
    said = "A gallery holds 8 pictures. Remove one to add another."
    assert (refused.value.field, refused.value.message) == ("image", said)
    assert draft.images.count() == 8


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("x" * 160, ""),
        ("x" * 161, "Up to 160 characters fit here; this has 161."),
        ("", "Say in a few words what the picture shows."),
        ("  ", "Say in a few words what the picture shows."),
    ],
    ids=["160", "161", "empty", "blank"],
)
def test_r_gig_2_a_picture_has_words_for_who_can_not_see_it(draft: Gig, seller: User, words: str, said: str) -> None:
    image = add_image(gig=draft, seller=seller, content=picture(), alt="One")
    for attempt in (
        lambda: add_image(gig=draft, seller=seller, content=picture(), alt=words),
        lambda: describe_image(gig=draft, seller=seller, public_id=image.public_id, alt=words),
    ):
        if not said:
            attempt()
            continue
        with pytest.raises(ManyInvalid) as refused:
            attempt()
        assert [(error.field, error.message) for error in refused.value.errors] == [("alt", said)]
    assert [each.alt for each in draft.images.all()] == (["One"] if said else [words, words])


def test_pictures_move_and_stay_at_the_ends(draft: Gig, seller: User) -> None:
    first, second, third = (
        add_image(gig=draft, seller=seller, content=picture(), alt=alt) for alt in ("One", "Two", "Three")
    )
    move_image(gig=draft, seller=seller, public_id=third.public_id, by=-1)
    assert [image.alt for image in draft.images.all()] == ["One", "Three", "Two"]
    move_image(gig=draft, seller=seller, public_id=first.public_id, by=-1)
    move_image(gig=draft, seller=seller, public_id=second.public_id, by=1)
    assert [image.alt for image in draft.images.all()] == ["One", "Three", "Two"]
    assert Gig.objects.get(pk=draft.pk).cover_id == first.public_id


def test_a_removed_picture_takes_its_files_along(
    draft: Gig, seller: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    image = add_image(gig=draft, seller=seller, content=picture(), alt="One")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        remove_image(gig=draft, seller=seller, public_id=image.public_id)
    assert not GigImage.objects.exists()
    assert default_storage.listdir(f"gigs/{draft.public_id}")[1] == []


def test_strangers_touch_no_picture(draft: Gig, seller: User, stranger: User) -> None:
    image = add_image(gig=draft, seller=seller, content=picture(), alt="One")
    attempts: list[Callable[[], object]] = [
        lambda: add_image(gig=draft, seller=stranger, content=picture(), alt="Mine"),
        lambda: describe_image(gig=draft, seller=stranger, public_id=image.public_id, alt="Mine"),
        lambda: move_image(gig=draft, seller=stranger, public_id=image.public_id, by=1),
        lambda: remove_image(gig=draft, seller=stranger, public_id=image.public_id),
    ]
    for attempt in attempts:
        with pytest.raises(GigUnknown):
            attempt()
    assert GigImage.objects.get().alt == "One"


def test_a_picture_of_another_gig_is_unknown(draft: Gig, gig: Gig, seller: User) -> None:
    with pytest.raises(ImageUnknown):
        remove_image(gig=draft, seller=seller, public_id=gig.images.get().public_id)
