"""Every scenario of `features/` as pytest sees it."""

from pytest_bdd import scenarios

from ccus_harness.locator import data

scenarios(str(data("features")))
