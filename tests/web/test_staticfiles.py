"""The look as one file in production, and within its budget."""

from pathlib import Path

import brotli
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import Storage
from django.core.management import call_command
from pytest_django.fixtures import Settings

from marketplace.web.staticfiles import OneSheetStorage, one_sheet

RAW, PACKED = 46_080, 10_240  # bytes, the second as browsers get it


def sources() -> dict[str, tuple[Storage, str]]:
    return {path: (storage, path) for finder in get_finders() for path, storage in finder.list([])}


def test_every_import_is_written_out_in_its_layer() -> None:
    sheet = one_sheet(sources())
    assert "@import" not in sheet
    assert sheet.index("@layer tokens, reset, base, layout, components, utilities;") < sheet.index("@layer tokens {")
    assert sheet.count("{") == sheet.count("}")


def test_the_look_keeps_within_its_budget() -> None:
    sheet = one_sheet(sources()).encode()
    assert len(sheet) <= RAW
    assert len(brotli.compress(sheet)) <= PACKED


def test_every_style_file_is_part_of_the_look() -> None:
    folder = Path(__file__).resolve().parents[2] / "static" / "css"
    sheet = (folder / "site.css").read_text()
    for file in folder.glob("*.css"):
        linked_by_the_admin = file.name in {"admin.css", "desk.css"}
        imported = file.name == "site.css" or f'url("{file.name}")' in sheet
        assert linked_by_the_admin or imported, f"{file.name} is imported nowhere"


def test_collecting_twice_reads_the_sources_again(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # ours alone: it is quicker
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "marketplace.web.staticfiles.OneSheetStorage"},
    }
    for _ in range(2):
        call_command("collectstatic", interactive=False, verbosity=0)
    name = OneSheetStorage(location=tmp_path).stored_name("css/site.css")
    assert name != "css/site.css"
    content = (tmp_path / name).read_text()
    assert "@import" not in content
    assert "../fonts/hanken-grotesk-latin-wght-normal." in content
    assert (tmp_path / f"{name}.br").exists() or (tmp_path / f"{name}.gz").exists()
