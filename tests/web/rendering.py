"""Rendering a line of template as a page would, components included."""

from django.template import engines
from django_cotton.compiler_regex import CottonCompiler


def render(text: str, /, **context: object) -> str:
    return str(engines["django"].from_string(CottonCompiler().process(text)).render(context)).strip()
