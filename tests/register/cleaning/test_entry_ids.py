"""Entry ids depend on content alone."""

from hashlib import sha256

import pyarrow as pa

from minglu.register.cleaning.entry_ids import entry_ids, numbered_ids
from minglu.register.engine import open_engine
from minglu.register.schemas import ROWS


def rows(*names):
    blank = {field.name: "" for field in ROWS} | {"list": "tax"}
    return pa.Table.from_pylist([blank | {"row": i, "raw_name": name} for i, name in enumerate(names)], schema=ROWS)


def test_ids_do_not_depend_on_the_place_of_a_row():
    one, other = entry_ids(rows("甲", "乙")).to_pylist(), entry_ids(rows("乙", "甲")).to_pylist()
    assert one == other[::-1]
    assert len(set(one)) == 2


def test_an_id_is_the_digest_of_the_cells():
    """As written down here, so that ids of two versions can be compared: the list, the cells, the extra, one sign apart."""
    table = rows("甲", "乙厂")
    plain = [
        "E" + sha256("\x1f".join(["tax", name, *[""] * (len(ROWS) - 6)]).encode()).hexdigest()[:20]
        for name in ("甲", "乙厂")
    ]
    assert entry_ids(table).to_pylist() == plain
    assert entry_ids(table.slice(1)).to_pylist() == plain[1:]
    assert entry_ids(table.slice(2)).to_pylist() == []


def test_ids_see_which_column_a_value_stands_in():
    moved = (
        rows("甲")
        .set_column(5, "raw_former_name", rows("甲").column("raw_name"))
        .set_column(4, "raw_name", pa.array([""]))
    )
    assert entry_ids(moved) != entry_ids(rows("甲"))


def test_exact_copies_are_numbered(tmp_path):
    engine = open_engine("duckdb", workspace=tmp_path)
    table = rows("甲", "甲", "乙")
    engine.put("cleaned", table.append_column("entry_id", entry_ids(table)))
    engine.sql("numbered", numbered_ids("cleaned"))
    ids = engine.get("numbered", order_by='"row"').column("unique_id").to_pylist()
    assert ids[1] == f"{ids[0]}-2"
    assert len(set(ids)) == 3
