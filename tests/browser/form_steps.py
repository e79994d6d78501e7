"""What a person does on the form's page."""

from __future__ import annotations

from playwright.sync_api import expect
from stub import show

import tasknb as tn


def showed(page, form, **options):
    """The form on its page, with the choices that it has asked for."""
    stub = show(page, form, **options)
    expect(field(page, "concepts").get_by_role("checkbox", name="cat")).to_be_visible()
    return stub


def field(page, name):
    return page.locator(f"[data-field={name}]")


def button(page):
    return page.locator(".tf-submit .tn-primary")


def fill_in(page):
    """Everything that a valid task needs, on the app of the ``client`` fixture."""
    page.get_by_label("Name", exact=True).fill("Pets")
    field(page, "concepts").get_by_label("cat").check()
    field(page, "concepts").get_by_label("dog").check()
    page.get_by_label("Dataset", exact=True).and_(page.locator("select")).select_option("half")
    field(page, "workers").get_by_label("ann").check()
    field(page, "workers").get_by_label("bob").check()


def valid(**changes):
    options = {
        "name": "Pets",
        "type": "CONCEPTS_CLASSIFICATION",
        "concepts": tn.TaskConcept.of("cat", "dog"),
        "input_source": tn.InputSource.dataset("half"),
        "worker": tn.TaskWorker.partitioned("ann", "bob"),
        "review": tn.TaskReview.none(),
    }
    return tn.Task(**{**options, **changes})
