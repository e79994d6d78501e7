"""Each picture draws what the frame says, on a page of any colour, and returns matplotlib's own object."""

import io

import numpy as np
import pandas as pd
import pytest
from reference_labels import BEGIN

import tasknb  # noqa: F401  registers the accessor
from tasknb import frames, look

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
pyplot = pytest.importorskip("matplotlib.pyplot")
NOW = BEGIN + pd.Timedelta("4h")


@pytest.fixture(autouse=True)
def close():
    yield
    pyplot.close("all")


@pytest.fixture
def labels(team):
    """The team's labels, with two classes and every input labeled by several."""
    said = np.where(np.arange(len(team)) % 7 == 0, "b", "a")
    return team.assign(
        task=team["task"].str.replace(r"^\w+-", "i", regex=True), label=np.where(team["label"].isna(), None, said)
    )


DRAWN = {
    "workers": {},
    "burn_up": {"now": NOW},
    "throughput": {"freq": "30min"},
    "agreement": {},
    "confusion": {},
    "disagreements": {"n": 5},
}


@pytest.mark.parametrize("theme", [None, "light", "dark"])
@pytest.mark.parametrize("name", DRAWN)
def test_every_picture_is_an_axes_that_can_be_saved(labels, name, theme):
    ax = getattr(labels.labels.plot, name)(theme=theme, **DRAWN[name])
    assert isinstance(ax, matplotlib.axes.Axes)
    assert ax.get_title(loc="left")
    for form in ("svg", "png"):
        assert ax.figure.savefig(io.BytesIO(), format=form) is None
    assert ax.figure.patch.get_alpha() == 0


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_of_nothing_is_drawn_too(labels, name):
    ax = getattr(labels.iloc[:0].labels.plot, name)(**DRAWN[name])
    ax.figure.savefig(io.BytesIO())
    assert [text.get_text() for text in ax.texts] == ["nothing to show yet"]


def test_bars_have_the_colours_and_the_order_of_the_statuses(labels):
    ax = labels.labels.plot.workers()
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["Pending", "Done"]
    assert matplotlib.colors.to_hex(ax.patches[0].get_facecolor()) == look.colours()["pending"]
    assert sum(patch.get_width() for patch in ax.patches) == len(labels)


def test_one_can_draw_into_axes_of_ones_own(labels):
    _, (one, other) = pyplot.subplots(1, 2)
    assert labels.labels.plot.agreement(ax=one) is one
    assert labels.labels.plot.throughput(ax=other) is other


def test_the_heat_map_writes_the_numbers(labels):
    ax = labels.labels.plot.agreement()
    matrix = frames.kappa_matrix(labels)
    defined = matrix.notna().to_numpy().sum() - len(matrix)
    assert len(ax.texts) == defined


def test_confusion_of_one_worker(labels):
    assert labels.labels.plot.confusion(worker="ann").get_title(loc="left") == "Confusion of ann"


def test_tasks_are_stacked_by_how_far_they_are(tasks):
    ax = frames.tasks_frame(tasks).tasks.plot.progress()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["Water"]
    assert [patch.get_width() for patch in ax.patches] == [60, 30, 10]


def test_an_unknown_theme_is_refused(labels):
    with pytest.raises(ValueError, match="no theme 'blue'; there are light and dark"):
        labels.labels.plot.workers(theme="blue")


@pytest.mark.parametrize("background", [*look.BACKGROUNDS["light"], *look.BACKGROUNDS["dark"]])
def test_without_a_theme_letters_can_be_read_on_any_page(background):
    from tasknb.frames.canvas import themed

    assert contrast(themed(None)["ink"], background) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_with_a_theme_letters_are_as_clear_as_text(theme):
    from tasknb.frames.canvas import STEPS, themed

    for background in look.BACKGROUNDS[theme]:
        assert contrast(themed(theme)["ink"], background) >= 4.5
    for fill, ink in STEPS:
        assert contrast(fill, ink) >= 4.5


def contrast(one, other):
    def light(colour):
        parts = np.array(matplotlib.colors.to_rgb(colour))
        return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    high, low = sorted([light(one), light(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_names_are_no_formulas_and_no_longer_than_a_page_bears(labels):
    hostile = labels.assign(worker=labels["worker"].map(lambda name: f"{name}$\\undefined$" + "x" * 200))
    for name in ("workers", "agreement"):
        ax = getattr(hostile.labels.plot, name)(**DRAWN[name])
        ax.figure.savefig(io.BytesIO())
        assert all(len(tick.get_text()) < 32 for tick in ax.get_yticklabels())


def test_many_workers_are_drawn_on_a_page():
    rows = [(f"i{at}", f"w{(at + step) % 120}", "ab"[at % 2]) for at in range(120) for step in range(2)]
    ax = frames.plot_agreement(pd.DataFrame(rows, columns=["task", "worker", "label"]))
    assert max(ax.figure.get_size_inches()) < 13
    assert 20 < len(ax.get_yticks()) <= 40
    assert not ax.texts
