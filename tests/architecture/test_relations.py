"""Relations between models obey the import stack: a foreign key written as a string escapes the import linter."""

import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]


def app_levels() -> dict[str, int]:
    """Each app's height in the stack that pyproject.toml declares; apps on one line have one height."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"] == "Apps form a one-way stack")
    return {app.strip(): height for height, layer in enumerate(reversed(layers)) for app in layer.split("|")}


def test_models_point_downwards_only() -> None:
    levels = app_levels()
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if (here := levels.get(model._meta.app_label)) is not None
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model not in (None, model, "self")
        if (target := field.related_model._meta.app_label) != model._meta.app_label and levels.get(target, -1) >= here
    ]
    assert upward == []


def test_every_app_of_ours_has_a_place_in_the_stack() -> None:
    ours = {
        config.name
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(ROOT) and ".venv" not in config.path
    }
    assert ours - {"support.site"} <= set(app_levels())
