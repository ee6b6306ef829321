"""Explicit regularisation beside the implicit one: what a small mode waits for."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREY, ORANGE, PAGE, VERMILION, label_panels

LOOKS = {
    "vicreg": ("VICReg", {"color": ORANGE, "linestyle": "-."}, "o"),
    "whitening": ("isotropic = whitening", {"color": VERMILION, "linestyle": "--"}, "s"),
    "original": ("original", {"color": BLUE, "linestyle": "-"}, None),
    "barlow": ("Barlow twins", {"color": GREY, "linestyle": ":"}, None),
}
COLUMNS = {
    "time": "time (learning rate x iterations)",
    "initial": "initial eigenvalue",
    "sampled_initial": "initial eigenvalue of the sampled networks",
}
for _loss, (_name, _, _marker) in LOOKS.items():
    COLUMNS[f"path_{_loss}"] = f"eigenvalue against time, {_name} loss"
    if _loss != "barlow":
        COLUMNS[f"wait_{_loss}"] = f"time to one half against the initial eigenvalue, {_name} loss"
    if _marker:
        COLUMNS[f"sampled_{_loss}"] = (
            f"measured time to one half, {_name} loss, one column a repeat"
        )


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.9))
    for loss, (_, look, marker) in LOOKS.items():
        left.plot(numbers["time"], numbers[f"path_{loss}"], **look)
        if loss != "barlow":
            right.loglog(numbers["initial"], numbers[f"wait_{loss}"], **look)
        if marker:
            right.plot(numbers["sampled_initial"], numbers[f"sampled_{loss}"], marker,
                       color=look["color"], fillstyle="none", markersize=4)  # fmt: skip
    left.axhline(1, color=BLACK, linestyle=":", linewidth=0.6)
    left.set(xlabel="time (learning rate x iterations)", ylabel="eigenvalue", ylim=(0, 1.12),
             title=f"from {numbers['path_vicreg'][0]:.2g}")  # fmt: skip
    right.set(xlabel="initial eigenvalue", ylabel="time to 1/2", title="wait of a mode")
    ends = {
        "vicreg": (0.5, 1.04),
        "whitening": (3.0, 0.8),
        "original": (12.6, 0.5),
        "barlow": (9, 0.1),
    }
    for loss, at in ends.items():
        name, look, _ = LOOKS[loss]
        left.text(*at, name.replace(" = ", " =\n"), color=look["color"], fontsize=7)
    places = {"vicreg": (1.2e-4, 0.15), "whitening": (1.2e-4, 1.2), "original": (1.2e-2, 70)}
    for loss, at in places.items():
        name, look, _ = LOOKS[loss]
        right.text(*at, name, color=look["color"], fontsize=7)
    right.text(0.03, 0.04, "markers: sampled networks", fontsize=7, transform=right.transAxes)
    label_panels([left, right])
    return figure


def alt(numbers):
    first = numbers["initial"][0]
    waits = [numbers[f"wait_{loss}"][0] for loss in ("vicreg", "whitening", "original")]
    return (
        "Left: an eigenvalue that starts small rises to one at once under VICReg's hinge, along a "
        "logistic curve under the isotropic loss, late under the original loss and not at all "
        "under Barlow twins. Right: time to one half against the initial eigenvalue, both axes "
        f"logarithmic; from {first:g} it is {waits[0]:.2f}, {waits[1]:.1f} and {waits[2]:.0f} "
        "under VICReg, the isotropic and the original loss. Markers of sampled networks lie on "
        "the first two curves."
    )
