"""One stylesheet in production: `css/site.css` with its imports written out, so that a page waits for one file."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

SHEET = "css/site.css"
_IMPORT = re.compile(r'@import url\("(?P<file>[\w.-]+)"\) layer\((?P<layer>\w+)\);')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"\n\s+")

Sources = dict[str, tuple[Storage, str]]


class OneSheetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Writes each `@import url("x.css") layer(y);` out as `@layer y { … }` before names get their hashes."""

    def post_process(self, paths: Sources, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if SHEET in paths and not dry_run:
            whole = one_sheet(paths)
            self.delete(SHEET)
            self._save(SHEET, ContentFile(whole.encode()))
            paths[SHEET] = (self, SHEET)
        yield from super().post_process(paths, dry_run=dry_run, **options)


def one_sheet(paths: Sources) -> str:
    """The sheet without comments and indents, from the sources, never from an earlier collection.

    KeyError for an import of a file that is not there.
    """

    def text(name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return str(file.read().decode())

    def written_out(found: re.Match[str]) -> str:
        return f"@layer {found['layer']} {{\n{text('css/' + found['file'])}}}"

    return _INDENT.sub("\n", _COMMENT.sub("", _IMPORT.sub(written_out, text(SHEET))))
