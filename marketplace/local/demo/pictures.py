"""Pictures for the demo's gigs: still lifes of stones beside a road, drawn from the title, the same each time."""

import hashlib
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1200, 800)
PALETTES = (
    ("#e9e4d8", "#c9bfa9", "#0f5c45", "#e8a33d"),
    ("#dfe8e4", "#b7c9c1", "#234b63", "#e0733f"),
    ("#f0e3da", "#dcbfae", "#8a3b2e", "#1f6f5c"),
    ("#e4e6ee", "#bcc2d6", "#39407a", "#f0b54a"),
    ("#eceadf", "#cfcbae", "#5b6b2f", "#b5482f"),
    ("#e6e0e8", "#c8b9cf", "#5a3566", "#2f8f83"),
)


def draw(title: str, number: int = 0) -> BytesIO:
    """A PNG of 1200 × 800."""
    seed = hashlib.sha256(f"{title}/{number}".encode()).digest()
    chance = Random(seed)  # noqa: S311 a picture, not a secret
    ground, shade, first, second = chance.choice(PALETTES)
    picture = Image.new("RGB", SIZE, ground)
    pencil = ImageDraw.Draw(picture)
    horizon = chance.randint(430, 520)
    pencil.rectangle((0, horizon, *SIZE), fill=shade)
    picture = picture.filter(ImageFilter.GaussianBlur(60))
    _stones(picture, chance, horizon, (first, second))
    output = BytesIO()
    picture.save(output, "PNG")
    output.seek(0)
    return output


def _stones(picture: Image.Image, chance: Random, horizon: int, colours: tuple[str, str]) -> None:
    places = sorted(chance.sample(range(150, 1050, 130), chance.randint(3, 5)))
    for index, left in enumerate(places):
        width, height = chance.randint(110, 210), chance.randint(150, 380)
        foot = horizon + chance.randint(70, 190)
        _shadow(picture, left, width, foot)
        box = (left, foot - height, left + width, foot)
        radius = width // 2
        pencil = ImageDraw.Draw(picture)
        pencil.rounded_rectangle(box, radius, fill=colours[index % 2], corners=(True, True, False, False))
        pencil.rounded_rectangle(
            (left + width * 0.62, foot - height + radius * 0.7, left + width * 0.8, foot - height * 0.2),
            radius=width * 0.09,
            fill=_lighter(colours[index % 2]),
        )


def _shadow(picture: Image.Image, left: int, width: int, foot: int) -> None:
    shadow = Image.new("L", SIZE, 0)
    ImageDraw.Draw(shadow).ellipse((left - 20, foot - 22, left + width + 90, foot + 26), fill=90)
    picture.paste((25, 30, 28), mask=shadow.filter(ImageFilter.GaussianBlur(14)))


def _lighter(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return tuple(value + (255 - value) // 5 for value in (red, green, blue))  # type: ignore[return-value]
