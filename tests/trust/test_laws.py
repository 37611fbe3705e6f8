"""Metamorphic laws: what must follow for the register when the lists change in a known way."""

from __future__ import annotations

import csv
import io

import geopandas
import networkx as nx
import pyarrow.parquet as pq
import pytest

from tests.trust import county

NOT_FROM_COPIES = {"entries", "unit_id", "legal_id"}


def plain(out):
    """Return the units without their count of entries."""
    return [{key: row[key] for key in row if key != "entries"} for row in county.table(out, "units")]


def placed(out):
    """Return where each unit lies, by content: (names and codes of its entries) -> district."""
    units = {row["unit_id"]: row for row in county.table(out, "units")}
    return sorted(
        (units[p["unit_id"]]["name"], p["district_code"] or "", p["method"]) for p in county.table(out, "placements")
    )


@pytest.mark.parametrize(
    "copies",
    [
        1,
        pytest.param(5, marks=pytest.mark.slow),
    ],
)
def test_exact_copies_leave_the_units_as_they_are(built, tmp_path, copies):
    """A list sent twice over, or pasted together from overlapping exports, makes no unit."""
    rows = {kind: [*rows, *list(rows) * copies] for kind, rows in county.lists().rows.items()}
    out = county.run(county.make_county(tmp_path / "county", county.lists().with_rows(rows)))
    assert county.groups(out) == county.groups(built)
    assert plain(out) == plain(built)
    assert placed(out) == placed(built)


def test_a_disjoint_county_adds_its_units(built, tmp_path):
    """Other places, other names, other codes: no unit of both, and each unit as it was alone or a clerk was asked.

    More rows teach surer weights, so what was a question alone may be decided together; nothing else may change.
    """
    first, second = county.lists(), county.lists(first=200, sites=20)
    both = first.with_rows({kind: [*first.rows[kind], *second.rows[kind]] for kind in first.rows})
    alone = county.run(county.make_county(tmp_path / "second", second))
    together = county.run(county.make_county(tmp_path / "both", both))
    apart = [set(unit) for out in (built, alone) for unit in county.groups(out)]
    merged = [unit for unit in county.groups(together) if unit not in apart]
    questions = [asked for out in (built, alone) for asked in county.questions(out)]
    for unit in merged:
        assert all(part <= unit or part.isdisjoint(unit) for part in apart), "no unit was parted"
        assert any(asked <= unit for asked in questions), "a clerk was asked"
    assert len(merged) <= len(questions)
    kept = {name for name, *_ in placed(built) + placed(alone)}
    assert len(set(placed(together)) - set(placed(built) + placed(alone))) <= len(merged)
    assert {name for name, *_ in placed(together)} <= kept


def test_renaming_the_lists_renames_and_does_nothing_else(built, tmp_path):
    """The names of lists are labels: ids follow them, units and districts do not."""
    census = county.make_county(tmp_path / "county")
    names = {"business": "甲", "tax": "乙", "permit": "丙"}
    county.write_census(census.parent, more={kind: f'name = "{names[kind]}"\n' for kind in names})
    out = county.run(census)
    renamed = {frozenset((names[kind], key) for kind, key in unit) for unit in county.groups(built)}
    assert county.groups(out) == renamed
    assert placed(out) == placed(built)


def joined(nodes, pairs):
    """Count the units that `nodes` would be if the two sides of every pair were one."""
    graph = nx.Graph(pairs)
    graph.add_nodes_from(nodes)
    return nx.number_connected_components(graph)


def judged(out, verdict):
    """Return the pairs about one site with a verdict."""
    pairs = county.table(out, "scored_pairs")
    return [(p["left"], p["right"]) for p in pairs if (p["verdict"], p["relation"]) == (verdict, "same_site")]


@pytest.mark.parametrize(
    "dropped", ["permit", pytest.param("tax", marks=pytest.mark.slow), pytest.param("business", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("first", [0, *(pytest.param(first, marks=pytest.mark.slow) for first in (40, 80))])
def test_dropping_a_list_joins_nothing_and_parts_nothing_but_what_a_clerk_is_asked(built, tmp_path, first, dropped):
    """Counted with the pairs that wait for a clerk as one, a list can only add units.

    That the bare count never rises can't hold for honest linkage: a row of the dropped list may be all that joins two
    others, and weights learnt from fewer pairs are less certain.  So: rows that were apart stay apart, and rows that
    the full register links by themselves are one unit still, or stand side by side in the review list.
    """
    lists = county.lists(first=first)
    full = county.run(county.make_county(tmp_path / "full", lists)) if first else built
    rows = {kind: rows for kind, rows in lists.rows.items() if kind != dropped}
    out = county.run(county.make_county(tmp_path / "county", lists.with_rows(rows)))

    remaining = [{row for row in unit if row[0] != dropped} for unit in county.groups(full)]
    assert all(any(unit <= whole for whole in remaining) for unit in county.groups(out)), "nothing was joined"

    unit_of = {row["entry_id"]: row["unit_id"] for row in county.table(out, "members")}
    before = {row["entry_id"]: row["unit_id"] for row in county.table(full, "members")}
    own = [(a, b) for a, b in judged(full, "link") if a in unit_of and b in unit_of and before[a] == before[b]]
    asked = [(unit_of[a], unit_of[b]) for a, b in judged(out, "review")]
    assert joined(set(unit_of.values()), asked) <= joined(unit_of, own)


EXPORTED = {
    "name": "单位名称",
    "uscc": "统一社会信用代码",
    "permit_no": "排污许可证编号",
    "address": "注册地址",
    "site_address": "生产经营地址",
    "industry_code": "行业代码",
    "industry": "行业名称",
    "lon": "经度",
    "lat": "纬度",
}


def test_a_register_built_from_itself_merges_nothing(built, tmp_path):
    """What was found to be different units stays so when the register is the only list."""
    units = pq.read_table(built / "tables" / "units.parquet").select(list(EXPORTED))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [EXPORTED.values(), *(["" if cell is None else cell for cell in row.values()] for row in units.to_pylist())]
    )
    folder = tmp_path / "county"
    folder.mkdir()
    (folder / "other.csv").write_text(text.getvalue(), "utf-8")
    county.write_layers(folder)
    out = county.run(county.write_census(folder, ["other"]))
    assert len(county.table(out, "units")) == units.num_rows


def test_every_row_is_in_the_ledger_once(built):
    """Counted from the files, not from the tables."""
    expected = sorted((kind, at) for kind, rows in county.lists().rows.items() for at in range(2, len(rows) + 2))
    assert sorted((row["list"], row["row"]) for row in county.table(built, "ledger")) == expected
    assert geopandas.read_file(built / "register.gpkg", layer="units").shape[0] == len(county.table(built, "units"))
