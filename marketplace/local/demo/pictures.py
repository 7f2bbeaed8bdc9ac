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
    horizon = chance.randint(430, 520)
    picture = _ground(ground, shade, horizon)
    _stones(picture, chance, horizon, (first, second))
    output = BytesIO()
    picture.save(output, "PNG")
    output.seek(0)
    return output


def _stones(picture: Image.Image, chance: Random, horizon: int, colours: tuple[str, str]) -> None:
    places = chance.sample(range(150, 1050, 130), chance.randint(3, 5))
    stones = [
        (horizon + chance.randint(70, 190), left, chance.randint(110, 210), chance.randint(150, 380), colours[n % 2])
        for n, left in enumerate(places)
    ]
    for foot, left, width, height, colour in sorted(stones):  # the nearer ones last
        _shadow(picture, left, width, foot)
        radius = width // 2
        pencil = ImageDraw.Draw(picture)
        box = (left, foot - height, left + width, foot)
        pencil.rounded_rectangle(box, radius, fill=colour, corners=(True, True, False, False))
        pencil.rounded_rectangle(
            (left + width * 0.62, foot - height + radius * 0.7, left + width * 0.8, foot - height * 0.2),
            radius=width * 0.09,
            fill=_lighter(colour),
        )


def _ground(ground: str, shade: str, horizon: int) -> Image.Image:
    """A soft horizon: blurred at an eighth of the size, where it costs next to nothing."""
    small = Image.new("RGB", (SIZE[0] // 8, SIZE[1] // 8), ground)
    ImageDraw.Draw(small).rectangle((0, horizon // 8, *small.size), fill=shade)
    return small.filter(ImageFilter.GaussianBlur(7)).resize(SIZE, Image.Resampling.BICUBIC)


def _shadow(picture: Image.Image, left: int, width: int, foot: int) -> None:
    shadow = Image.new("L", (width + 210, 150), 0)
    ImageDraw.Draw(shadow).ellipse((30, 50, width + 140, 98), fill=90)
    picture.paste((25, 30, 28), (left - 50, foot - 72), shadow.filter(ImageFilter.GaussianBlur(14)))


def _lighter(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return tuple(value + (255 - value) // 5 for value in (red, green, blue))  # type: ignore[return-value]
