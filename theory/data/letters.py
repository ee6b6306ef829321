"""A second offline image task: the letters A-J, drawn from text fonts and distorted at random."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from theory.checks import as_rng, integer_at_least
from theory.data.embedded import DataUnavailable
from theory.data.task import read_only

LETTERS = tuple("ABCDEFGHIJ")
SIDE = 28

# Named one by one, and not found by a search of the folder, so that a newer matplotlib with one
# font more draws the same images. Left out: LastResort, the Display and size variants, and the
# symbol fonts, none of which has ordinary capitals; and cmti10, which matplotlib 3.10 lacks.
FONTS = (
    *(f"DejaVuSans{style}" for style in ("", "-Bold", "-BoldOblique", "-Oblique")),
    *(f"DejaVuSansMono{style}" for style in ("", "-Bold", "-BoldOblique", "-Oblique")),
    *(f"DejaVuSerif{style}" for style in ("", "-Bold", "-BoldItalic", "-Italic")),
    *(f"STIXGeneral{style}" for style in ("", "Bol", "BolIta", "Italic")),
    *("cmb10", "cmmi10", "cmr10", "cmss10", "cmtt10"),
)

# A glyph is rendered once, this many times finer than the image, and then sampled at the distorted
# positions of the 28 x 28 pixels.
OVERSAMPLING = 3
CAPITAL_HEIGHT = 17.0  # pixels of the image, before the random scale
CANVAS = 40 * OVERSAMPLING

LARGEST_ANGLE = 0.25  # rad
LARGEST_SHEAR = 0.25
SCALE_RANGE = (0.85, 1.25)
LARGEST_SHIFT = 2.0  # pixels
WARP = 0.5  # pixels, standard deviation of the amplitude of each of the eight smooth displacements


def letter_images(per_class=500, rng=0):
    """Draw distorted capitals A-J, the same size as MNIST.

    Every class takes the 21 fonts in turn. An image is rotated by up to 0.25 rad, sheared by up to
    0.25, scaled by 0.85 to 1.25, shifted by up to 2 pixels (all uniform), and warped by a smooth
    displacement of just under a pixel (root mean square).

    Parameters
    ----------
    per_class : int, >= 1
        Images of each of the ten letters.
    rng : int or numpy.random.Generator
        Seed or generator of the distortions. Images drawn from an integer seed are kept for the
        rest of the process.

    Returns
    -------
    images : ndarray, shape (10 * per_class, 784), float32, read-only
        28 x 28 pixels, row by row, in [0, 1], bright on dark as in MNIST.
    labels : ndarray, shape (10 * per_class,), int64, read-only
        0 for A to 9 for J, sorted.

    Raises
    ------
    TypeError, ValueError
        If `per_class` is not a whole number >= 1, or `rng` is neither seed nor generator.
    DataUnavailable
        If one of the fonts is missing from matplotlib.

    Notes
    -----
    About as hard for a linear classifier as MNIST: with 4000 training images, logistic regression
    reaches 0.85 here and 0.91 there. The same seed gives the same images on every run; another
    version of the FreeType library inside matplotlib may render edges slightly differently.
    """
    per_class = integer_at_least("per_class", per_class, 1)
    generator = as_rng(rng)
    # A generator's images depend on its state, so only those of a seed can be kept.
    return _draw(per_class, rng) if generator is rng else _drawn_from_seed(per_class, int(rng))


@functools.lru_cache(maxsize=4)
def _drawn_from_seed(per_class, seed):
    return _draw(per_class, np.random.default_rng(seed))


def _draw(per_class, rng):
    from scipy.ndimage import map_coordinates

    masters = _masters()
    labels = np.repeat(np.arange(len(LETTERS)), per_class)
    fonts = np.tile(np.arange(per_class) % len(FONTS), len(LETTERS))
    images = np.empty((len(labels), SIDE * SIDE), dtype=np.float32)
    # A few hundred images a call keep the coordinate arrays inside the cache.
    for start in range(0, len(labels), 250):
        part = slice(start, start + 250)
        positions = _distorted_positions(len(labels[part]), rng)
        glyph = np.broadcast_to((fonts * len(LETTERS) + labels)[part, None], positions[0].shape)
        images[part] = map_coordinates(
            masters, [glyph, *positions], order=1, mode="constant", output=np.float32
        )
    # Interpolation can step past the range by a rounding error.
    np.clip(images, 0, 1, out=images)
    return read_only(images), read_only(labels)


def _distorted_positions(count, rng):
    """Where each pixel of `count` images lies on the fine canvas: two (count, 784) arrays."""
    axis = np.arange(SIDE) - (SIDE - 1) / 2
    row, column = (grid.ravel() for grid in np.meshgrid(axis, axis, indexing="ij"))
    angle = rng.uniform(-LARGEST_ANGLE, LARGEST_ANGLE, (count, 1))
    shear = rng.uniform(-LARGEST_SHEAR, LARGEST_SHEAR, (count, 1))
    scale = rng.uniform(*SCALE_RANGE, (count, 1))
    shift_row, shift_column = rng.uniform(-LARGEST_SHIFT, LARGEST_SHIFT, (2, count, 1))

    # The lowest cosine modes but the constant one (that is the shift): smooth over the whole image.
    order = np.arange(3)
    phase = np.pi * (np.arange(SIDE) + 0.5) / SIDE
    cosines = np.cos(order[:, None] * phase)
    modes = np.einsum("ir,jc->ijrc", cosines, cosines).reshape(9, -1)[1:]
    warp_row, warp_column = rng.normal(0, WARP, (2, count, len(modes))) @ modes

    row = row - shift_row + warp_row
    column = column - shift_column + warp_column
    # From a pixel of the image back to the glyph: undo rotation, then shear, then scale.
    turned_row = np.cos(angle) * row + np.sin(angle) * column
    turned_column = -np.sin(angle) * row + np.cos(angle) * column
    turned_column = turned_column - shear * turned_row
    centre = (CANVAS - 1) / 2
    return (
        centre + OVERSAMPLING * turned_row / scale,
        centre + OVERSAMPLING * turned_column / scale,
    )


@functools.lru_cache(maxsize=1)
def _masters():
    """Every letter in every font, centred on a fine canvas: (fonts * letters, CANVAS, CANVAS)."""
    import matplotlib
    from matplotlib.ft2font import FT2Font, LoadFlags
    from scipy.ndimage import gaussian_filter

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    masters = np.zeros((len(FONTS), len(LETTERS), CANVAS, CANVAS), dtype=np.float32)
    for number, name in enumerate(FONTS):
        file = folder / f"{name}.ttf"
        if not file.is_file():
            raise DataUnavailable(
                f"The font file {file} is missing from matplotlib; the letters are drawn from it. "
                "Reinstall it with: pip install --force-reinstall --no-deps matplotlib"
            )
        font = FT2Font(str(file))
        # The capital's height, not the nominal size, is made equal: fonts differ in their ratio.
        # Hinting would snap strokes to a pixel grid that the distortions then destroy.
        font.set_size(100, 72)
        font.set_text("H", flags=LoadFlags.NO_HINTING)
        font.draw_glyphs_to_bitmap(antialiased=True)
        size = 100 * CAPITAL_HEIGHT * OVERSAMPLING / np.asarray(font.get_image()).shape[0]
        font.set_size(size, 72)
        for label, letter in enumerate(LETTERS):
            font.set_text(letter, flags=LoadFlags.NO_HINTING)
            font.draw_glyphs_to_bitmap(antialiased=True)
            glyph = np.asarray(font.get_image(), dtype=np.float32) / 255
            top, left = ((CANVAS - extent) // 2 for extent in glyph.shape)
            masters[number, label, top : top + glyph.shape[0], left : left + glyph.shape[1]] = glyph
    # Without this blur of about half a pixel of the image, coarse sampling would show jagged edges.
    masters = masters.reshape(-1, CANVAS, CANVAS)
    return gaussian_filter(masters, sigma=(0, OVERSAMPLING / 2.2, OVERSAMPLING / 2.2))
