"""A corpus of nasty uploads: none may become a page of ours, whatever it says it is."""

import re

import pytest
from django.core.files.base import ContentFile
from django.http import FileResponse
from PIL import Image
from pytest_django.fixtures import Settings

from marketplace.web.errors import FileEmpty, FileTooLarge
from marketplace.web.files import (
    RandomName,
    clean_name,
    download_response,
    picture_type,
    validate_upload,
)
from tests.web.files import HTML, SVG_WITH_SCRIPT, picture, upload

GIF_AND_SCRIPT = picture("GIF") + b"/*" + HTML + b"*/"
PDF = b"%PDF-1.7\n1 0 obj\n<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"
EXECUTABLE = b"MZ\x90\x00" + b"\0" * 200

NASTY = {
    "logo.svg": SVG_WITH_SCRIPT,
    "page.html": HTML,
    "photo.png": HTML,
    "photo.jpg.html": HTML,
    "photo.html.jpg": SVG_WITH_SCRIPT,
    "cut-off.png": picture()[:40],
    "brief.pdf": PDF,
    "setup.exe": EXECUTABLE,
    "feed.xml": b'<?xml version="1.0"?><x xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></x>',
    "script.js": b"alert(1)",
    "page.mht": b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + HTML,
}


def headers(response: FileResponse) -> dict[str, str]:
    return {name: response.headers[name] for name in response.headers}


@pytest.mark.parametrize("name", NASTY)
def test_it_may_come_in_but_goes_out_as_a_download_in_a_sandbox(name: str) -> None:
    checked = validate_upload(upload(name, NASTY[name], claimed="image/png"))
    assert not checked.is_picture
    sent = headers(download_response(ContentFile(NASTY[name]), checked.name, inline=True))
    assert sent["Content-Type"] == "application/octet-stream"
    assert sent["Content-Disposition"].startswith("attachment;")
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sent["Cross-Origin-Resource-Policy"] == "same-origin"
    assert sent["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("kind", "type_"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/gif")]
)
def test_a_picture_may_be_shown_by_its_true_type(kind: str, type_: str) -> None:
    checked = validate_upload(upload("whatever.exe", picture(kind), claimed="text/html"))
    assert (checked.is_picture, checked.type) == (True, type_)
    sent = headers(download_response(ContentFile(picture(kind)), "a.png", inline=True))
    assert sent["Content-Type"] == type_
    assert sent["Content-Disposition"].startswith("inline")
    assert sent["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_picture_is_an_attachment_unless_asked_otherwise() -> None:
    sent = headers(download_response(ContentFile(picture()), "a.png"))
    assert sent["Content-Disposition"] == 'attachment; filename="a.png"'
    assert sent["Content-Type"] == "application/octet-stream"


def test_a_polyglot_is_shown_as_the_picture_that_it_is_and_never_as_a_page() -> None:
    sent = headers(download_response(ContentFile(GIF_AND_SCRIPT), "a.html", inline=True))
    assert sent["Content-Type"] == "image/gif"
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in sent["Content-Security-Policy"]


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM"])
def test_other_pictures_are_downloads(kind: str) -> None:
    assert picture_type(upload("a", picture(kind))) == ""


def test_a_picture_too_large_to_open_is_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.web.files._MOST_PIXELS", 199)
    assert picture_type(upload("a", picture(size=(20, 10)))) == ""


def test_a_decompression_bomb_is_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert picture_type(upload("a", picture(size=(20, 10)))) == ""
    assert picture_type(upload("a", picture(size=(200, 100)))) == ""


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("brief.pdf", "brief.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("/etc/shadow", "shadow"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie_ x=1.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth\x00.txt", "zerowidth.txt"),
        ("  many   spaces .txt ", "many spaces .txt"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ('quo"te<b>.txt', "quo_te_b_.txt"),
        ("naïve — résumé ✓.txt", "naïve — résumé ✓.txt"),
        ("e\u0301.txt", "é.txt"),
        ("тендер.docx", "тендер.docx"),
    ],
)
def test_a_name_is_fit_for_a_page_and_a_header(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


def test_a_long_name_keeps_its_extension() -> None:
    cleaned = clean_name("x" * 300 + ".tar.gz")
    assert len(cleaned) == 120
    assert cleaned.endswith(".gz")
    assert len(clean_name("x" * 300)) == 120
    assert len(clean_name("x." + "y" * 300)) <= 120


def test_a_name_cannot_break_out_of_the_header() -> None:
    sent = headers(download_response(ContentFile(b"x"), 'a"; filename="b.html\r\nX-Evil: 1'))
    assert sent["Content-Disposition"] == 'attachment; filename="a_; filename=_b.html X-Evil_ 1"'
    assert "X-Evil" not in sent


def test_a_name_in_another_script_is_encoded() -> None:
    sent = headers(download_response(ContentFile(b"x"), "тендер.docx"))
    assert sent["Content-Disposition"].startswith("attachment; filename*=utf-8''%D1%82")


def test_an_empty_file_is_refused_by_its_name() -> None:
    with pytest.raises(FileEmpty) as refusal:
        validate_upload(upload("../empty.txt", b""), field="attachment")
    assert refusal.value.message == "“empty.txt” is empty. Choose the file again."
    assert refusal.value.field == "attachment"


@pytest.mark.parametrize(("size", "fits"), [(1023, True), (1024, True), (1025, False)])
def test_the_operators_limit_is_the_last_size_that_fits(size: int, fits: bool, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1024
    file = upload("film.mov", b"x" * size)
    if fits:
        assert validate_upload(file).size == size
    else:
        with pytest.raises(FileTooLarge, match=r"“film.mov” is 1.0 KB; files can be up to 1.0 KB"):
            validate_upload(file)


def test_a_file_is_left_at_its_beginning() -> None:
    for content in (picture(), HTML, b"plain words"):
        file = upload("a", content)
        validate_upload(file)
        assert file.read() == content


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (b"just words\n", "text/plain"),
        (b"\x01\x02\x88\x99", "application/octet-stream"),
        (PDF, "application/pdf"),
    ],
)
def test_the_type_comes_from_the_content(content: bytes, type_: str) -> None:
    assert validate_upload(upload("a.png", content, claimed="image/png")).type == type_


def test_a_stored_name_tells_nothing_and_never_repeats() -> None:
    name = RandomName("deliveries")
    first, second = name(None, "secret-plan.html"), name(None, "secret-plan.html")
    assert first != second
    assert re.fullmatch(r"deliveries/\d{4}/\d{2}/[\w-]{32}", first)
