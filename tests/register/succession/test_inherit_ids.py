"""Ids and codes live on through rebuilds: rows added, corrected, reordered, lists replaced, units merged and split."""

import hashlib
from contextlib import closing
from dataclasses import dataclass, field

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.register.engine import open_engine
from minglu.register.schemas import ENTRIES, MEMBERS, RETIRED, UNITS
from minglu.register.succession import inherit_codes, inherit_ids, retire_codes
from minglu.register.units.survivorship import number_units

USCC = "911101081000004460"
OTHER = "91350100M000100Y43"


@dataclass(frozen=True)
class Row:
    """One row of a list; `site` says which unit it is of, `note` is a cell that no key knows."""

    site: str
    list: str = "tax"
    name: str = ""
    uscc: str = ""
    place: str = ""
    note: str = ""

    @property
    def entry_id(self):
        """Return the id that content makes."""
        said = f"{self.list} {self.name} {self.uscc} {self.place} {self.note}"
        return "E" + hashlib.sha256(said.encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Run:
    """What a run leaves behind."""

    rows: tuple = ()
    units: pa.Table = field(default_factory=UNITS.empty_table)
    members: pa.Table = field(default_factory=MEMBERS.empty_table)
    retired: pa.Table = field(default_factory=RETIRED.empty_table)
    succession: tuple = ()

    def of(self, row):
        """Return the id of the unit of a row."""
        ids = dict(
            zip(self.members.column("entry_id").to_pylist(), self.members.column("unit_id").to_pylist(), strict=True)
        )
        return ids[row.entry_id]

    def ids(self, column="unit_id"):
        """Return a column of the units, in the order of their ids."""
        return self.units.column(column).to_pylist()

    def relations(self, level="site"):
        """Return (former, unit) -> kind."""
        return {(one["former"], one["unit"]): one["kind"] for one in self.succession if one["level"] == level}

    def retired_ids(self, level="site"):
        """Return the ids that have ended."""
        return {one["id"] for one in self.retired.to_pylist() if one["level"] == level}


def blank(schema, **values):
    return {f.name: None if f.type == pa.float64() else 0 if f.type == pa.int64() else "" for f in schema} | values


def build(tmp_path, rows, earlier=None):
    """Build units of rows as the pipeline does between matching and screening."""
    groups = {}
    for row in rows:
        groups.setdefault(row.site, []).append(row)
    members, fused = [], []
    for group in groups.values():
        unit_id = "U" + min(row.entry_id for row in group)[1:]
        uscc = max(row.uscc for row in group)
        members += [blank(MEMBERS, entry_id=row.entry_id, unit_id=unit_id) for row in group]
        name_entry = min((row.list, row.entry_id) for row in group)[1]
        fused.append(
            blank(UNITS, unit_id=unit_id, legal_id="L" + unit_id[1:], uscc=uscc, unit_code=uscc, name_entry=name_entry)
            | {"entries": len(group)}
        )
    with closing(open_engine("duckdb", workspace=tmp_path, threads=1)) as engine:
        engine.put("entries", table(ENTRIES, [entry(row) for row in rows]))
        engine.put("members", table(MEMBERS, members))
        engine.put("fused", table(UNITS, fused))
        if earlier is not None:
            own = ["entry_id", "list", "name", "uscc", "permit_no"]
            former = table(ENTRIES, [entry(row) for row in earlier.rows])
            engine.put("earlier_entries", former.select(own).append_column("place", former.column("site_address")))
            engine.put("earlier_members", earlier.members)
            engine.put("earlier_units", earlier.units)
            engine.put("earlier_retired", earlier.retired)
        known = earlier is not None
        inherit_ids(engine, earlier=known)
        number_units(engine, barred=inherit_codes(engine, earlier=known))
        retire_codes(engine, earlier=known)
        return Run(
            tuple(rows),
            engine.get("units", order_by="unit_id"),
            engine.get("members", order_by="entry_id"),
            engine.get("retired", order_by='"level", id, entry_id'),
            tuple(engine.get("succession", order_by='"level", former, unit, kind').to_pylist()),
        )


def entry(row):
    return blank(
        ENTRIES, entry_id=row.entry_id, list=row.list, name=row.name, uscc=row.uscc, site_address=row.place, row=1
    )


def table(schema, rows):
    return pa.Table.from_pylist(rows, schema=schema)


A = (Row("a", name="东河五金厂", uscc=USCC, place="东河路1号"), Row("a", "permit", "东河五金", USCC, "东河路1号"))
B = (Row("b", name="西山化工", uscc=OTHER, place="西山路9号"), Row("b", "business", "西山化工", OTHER, "西山路9号"))


def test_the_first_run_has_no_predecessors(tmp_path):
    run = build(tmp_path, [*A, *B])
    assert (run.succession, run.retired.num_rows) == ((), 0)
    assert run.ids("unit_code") == sorted([f"{USCC}01", f"{OTHER}01"], key=run.ids("unit_code").index)


@pytest.mark.parametrize(
    "changed",
    [
        Row("a", name="东河五金厂", uscc=USCC, place="东河路1号", note="another telephone"),
        Row("a", name="东河五金制造厂", uscc=USCC, place="东河路1号"),
        Row("a", name="东河五金厂", uscc="", place="东河路1号"),
        Row("a", name="东河五金厂", uscc=USCC, place="西河路3号"),
        Row("a", name="五金公司", uscc=USCC, place="西河路3号"),
        Row("a", "newer list", "东河五金厂", USCC, "东河路1号", "columns renamed as well"),
    ],
)
def test_a_unit_of_one_row_keeps_id_and_code_when_the_row_is_corrected_or_the_list_replaced(tmp_path, changed):
    first = build(tmp_path, [A[0], *B])
    second = build(tmp_path, [changed, *B], first)
    assert second.of(changed) == first.of(A[0])
    assert second.ids() == first.ids()
    assert set(second.relations().values()) == {"kept"}
    if changed.uscc:
        assert second.ids("unit_code") == first.ids("unit_code")


def test_a_key_that_points_to_two_units_says_nothing(tmp_path):
    """Two shops of one name and code, both moved: nobody can tell which became which; two ids end, two are new."""
    shops = [Row("a", name="连锁店", uscc=USCC, place="甲路"), Row("b", name="连锁店", uscc=USCC, place="乙路")]
    moved = [Row("c", name="连锁店", uscc=USCC, place="丙路"), Row("d", name="连锁店", uscc=USCC, place="丁路")]
    first = build(tmp_path, shops)
    second = build(tmp_path, moved, first)
    assert not set(second.ids()) & set(first.ids())
    assert sorted(second.relations().values()) == ["gone", "gone", "new", "new"]
    assert not set(second.ids("unit_code")) & set(first.ids("unit_code"))


def test_a_merge_leaves_one_id_and_its_undoing_brings_the_other_back(tmp_path):
    """The ended id is kept for the unit that bore it, with its code."""
    first = build(tmp_path, [*A, *B])
    merged = [Row(**(vars(row) | {"site": "a"})) for row in (*A, *B)]
    second = build(tmp_path, merged, first)
    (kept,) = second.ids()
    (ended,) = set(first.ids()) - {kept}
    assert second.relations() == {(kept, kept): "kept", (ended, kept): "merged"}
    assert second.retired_ids() == {ended}
    assert {row["heir"] for row in second.retired.to_pylist() if row["level"] == "site"} == {kept}
    third = build(tmp_path, [*A, *B], second)
    assert (third.ids(), third.ids("unit_code")) == (first.ids(), first.ids("unit_code"))
    assert third.relations()[ended, ended] == "returned"
    assert third.retired_ids() == third.retired_ids("legal") == set()
    assert third.ids("legal_id") == first.ids("legal_id")


def test_of_a_split_unit_one_part_keeps_the_id_and_the_other_gets_one_never_borne(tmp_path):
    """Whichever part keeps it: the other's own id, made from content, may be the very same."""
    for named in ("business", "zz"):
        rows = [Row("a", named, "甲", USCC), Row("a", "tax", "甲厂", USCC)]
        first = build(tmp_path, rows)
        second = build(tmp_path, [rows[0], Row(**(vars(rows[1]) | {"site": "b"}))], first)
        head = rows[0] if named == "business" else rows[1]
        other = rows[1] if named == "business" else rows[0]
        assert second.of(head) == first.ids()[0]
        assert second.relations() == {(first.ids()[0],) * 2: "kept", (first.ids()[0], second.of(other)): "split"}
        assert len(set(second.ids())) == 2


def test_a_unit_that_left_out_once_returns_under_its_id_and_code(tmp_path):
    first = build(tmp_path, [*A, *B])
    second = build(tmp_path, B, first)
    assert second.relations()[first.of(A[0]), ""] == "gone"
    newcomer = Row("n", name="新厂", uscc=USCC, place="新路")
    third = build(tmp_path, [*A, *B, newcomer], second)
    assert third.of(A[0]) == first.of(A[0])
    codes = dict(zip(third.ids(), third.ids("unit_code"), strict=True))
    assert (codes[third.of(A[0])], codes[third.of(newcomer)]) == (f"{USCC}01", f"{USCC}02")


def test_a_code_once_borne_is_given_to_no_other_unit(tmp_path):
    """Of an ended unit, and of a unit whose USCC was corrected."""
    first = build(tmp_path, [*A, *B])
    corrected = [Row(**(vars(row) | {"uscc": OTHER})) for row in A]
    newcomer = Row("n", name="新厂", uscc=USCC, place="新路")
    second = build(tmp_path, [*corrected, newcomer], first)
    codes = dict(zip(second.ids(), second.ids("unit_code"), strict=True))
    assert (codes[second.of(corrected[0])], codes[second.of(newcomer)]) == (f"{OTHER}02", f"{USCC}02")
    assert second.retired_ids("code") == {f"{USCC}01", f"{OTHER}01"}
    third = build(tmp_path, [*corrected, newcomer], second)
    assert third.units == second.units
    assert third.retired == second.retired


NAMES = st.sampled_from(["甲", "乙", "丙", ""])
ROWS = st.lists(
    st.builds(
        Row,
        site=st.sampled_from("abcd"),
        list=st.sampled_from(["tax", "permit"]),
        name=NAMES,
        uscc=st.sampled_from([USCC, OTHER, ""]),
        place=NAMES,
        note=st.sampled_from(["", "x"]),
    ),
    max_size=8,
    unique_by=lambda row: row.entry_id,
)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(lists=st.lists(ROWS, min_size=2, max_size=4), random=st.randoms())
def test_whatever_lists_follow_each_other_no_id_changes_hands(lists, random, tmp_path_factory):
    """Through any sequence of runs: every former unit is accounted for, no id or code is borne twice or by another."""
    tmp_path = tmp_path_factory.mktemp("engine")
    run, ever, owners = None, set(), {}
    for rows in lists:
        before, run = run, build(tmp_path, rows, run)
        shuffled = list(rows)
        random.shuffle(shuffled)
        again = build(tmp_path, shuffled, before)
        assert (again.units, again.retired, again.succession) == (run.units, run.retired, run.succession)
        if before is None:
            ever |= set(run.ids())
            continue
        for level, column in (("site", "unit_id"), ("legal", "legal_id")):
            relations = run.relations(level)
            assert {former for (former, _), kind in relations.items() if former and kind != "returned"} == set(
                before.ids(column)
            )
            assert {unit for _, unit in relations if unit} == set(run.ids(column))
            assert not run.retired_ids(level) & set(run.ids(column))
        relations = run.relations()
        for unit in set(run.ids()) - set(before.ids()):
            assert unit not in ever or relations[unit, unit] == "returned"
        ever |= set(run.ids())
        assert ever == set(run.ids()) | run.retired_ids()
        codes = [code for code in run.ids("unit_code") if code]
        assert len(set(codes)) == len(codes)
        assert not set(codes) & run.retired_ids("code")
        for unit, code in zip(run.ids(), run.ids("unit_code"), strict=True):
            if code:
                assert owners.setdefault(code, unit) == unit


@settings(max_examples=3, deadline=None)
@given(rows=ROWS, noted=st.sets(st.integers(0, 7)))
def test_corrected_and_added_rows_leave_every_id_as_it_was(rows, noted, tmp_path_factory):
    """Cells that no key knows change in any rows, a unit comes in: whoever was there keeps id and code."""
    tmp_path = tmp_path_factory.mktemp("engine")
    rows = [row for row in rows if row.name and row.place]
    rows = list({(row.list, row.name, row.uscc, row.place): row for row in rows}.values())
    first = build(tmp_path, rows)
    changed = [Row(**(vars(row) | {"note": "corrected"})) if n in noted else row for n, row in enumerate(rows)]
    added = Row("added", "business", "新来的", "", "新来路")
    second = build(tmp_path, [*changed, added], first)
    for row, now in zip(rows, changed, strict=True):
        assert second.of(now) == first.of(row)
    assert [kind for kind in second.relations().values() if kind != "kept"] == ["new"]
