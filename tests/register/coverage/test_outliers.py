"""Districts far out of line are named; those that differ by chance or as districts do are not."""

from __future__ import annotations

import numpy as np
import pytest

from minglu.register.coverage.outliers import LEAST_DISTRICTS, find_outliers


def district(number, units, *, one=0.3, out=0.1, km2=1.0):
    size = round(units * out / (1 - out))
    return {
        "level": "district", "code": f"9901010010010{number:02d}", "name": f"示例{number}", "units": units,
        "density": units / km2, "one_list_share": one, "out_of_scope": size, "closed": 0, "not_found": 0,
    }  # fmt: skip


def alike(count, seed=0, spread=0.0):
    """Draw districts of about eighty units; `spread` is how far their true rates differ."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        units = int(rng.poisson(80 * np.exp(rng.normal(0, spread))))
        rate = np.clip(0.3 + rng.normal(0, spread / 4), 0.02, 0.98)
        found.append(district(number, units, one=rng.binomial(units, rate) / units))
    return found


def test_one_district_far_out_in_each_figure_is_named_and_worst_comes_first():
    """Four hundred units among eighties; half on one list; three in four out of scope."""
    rows = alike(60)
    rows += [district(60, 400), district(61, 80, one=0.8), district(62, 80, out=0.75)]
    found = find_outliers(rows)
    named = {(row["figure"], row["code"][-2:]) for row in found}
    assert {("density", "60"), ("one_list_share", "61"), ("out_of_scope_share", "62")} <= named
    scores = [abs(row["score"]) for row in found]
    assert scores == sorted(scores, reverse=True)


def test_districts_that_truly_differ_are_not_all_named():
    """A binomial tail would name many of them; against their own spread hardly any is far out."""
    assert len(find_outliers(alike(90, spread=0.6))) <= 2


def test_small_district_that_swings_by_chance_is_not_named():
    rows = [*alike(60), district(60, 4, one=1.0, km2=0.05)]
    assert [row for row in find_outliers(rows) if row["figure"] == "one_list_share"] == []


@pytest.mark.slow
def test_alike_districts_are_rarely_named():
    """At 5 % a figure, three figures: over two hundred layers of like districts at most one in five has a name."""
    named = sum(bool(find_outliers(alike(60, seed))) for seed in range(200))
    assert named <= 40


def test_few_districts_and_hidden_counts_give_no_outlier():
    """What is usual takes twenty districts; what is not printed is not used."""
    assert find_outliers([*alike(LEAST_DISTRICTS - 2), district(50, 900)]) == []
    hidden = district(61, 80) | dict.fromkeys(("units", "density", "one_list_share", "out_of_scope"))
    assert all(row["code"] != hidden["code"] for row in find_outliers([*alike(60), hidden]))


def test_order_of_the_districts_changes_nothing():
    rows = [*alike(40), district(60, 400), district(61, 80, one=0.8)]
    assert find_outliers(rows) == find_outliers(rows[::-1])
