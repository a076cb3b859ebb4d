"""What `import askms` offers is what it says it offers."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import pytest

import askms
import askms.answering
import askms.api
import askms.guardrails
import askms.index
import askms.records
import askms.retrieval
import askms.sources


def test_every_public_name_is_listed_and_every_listed_name_is_there() -> None:
    found = {
        name
        for name, value in vars(askms).items()
        if not name.startswith("_") and not isinstance(value, ModuleType) and name != "annotations"
    }

    assert found == set(askms.__all__)


def test_the_list_is_in_order_and_holds_nothing_twice() -> None:
    constants = [name for name in askms.__all__ if name.isupper()]

    assert askms.__all__ == [*sorted(constants), *sorted(set(askms.__all__) - set(constants))]


@pytest.mark.parametrize("name", askms.__all__)
def test_every_public_name_is_explained(name: str) -> None:
    assert isinstance(getattr(askms, name), str) or getattr(askms, name).__doc__


@pytest.mark.parametrize(
    "package",
    [askms.answering, askms.api, askms.guardrails, askms.index, askms.records, askms.retrieval, askms.sources],
)
def test_every_name_that_a_package_lists_is_there(package: ModuleType) -> None:
    assert package.__all__
    assert all(hasattr(package, name) for name in package.__all__)


def test_every_module_can_be_imported_and_says_what_lives_in_it() -> None:
    names = [module.name for module in pkgutil.walk_packages(askms.__path__, "askms.")]
    assert "askms.guardrails.screen" in names

    for name in names:
        if not name.endswith("__main__"):
            assert importlib.import_module(name).__doc__, name
