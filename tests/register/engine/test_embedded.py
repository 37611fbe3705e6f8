"""The embedded engine keeps the promises of the boundary."""

import os

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minglu.errors import UsageError
from minglu.register.engine import open_engine
from minglu.register.engine.handover import give, take


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = open_engine("duckdb", workspace=tmp_path_factory.mktemp("engine"), threads=2)
    yield engine
    engine.close()


def test_an_unknown_engine_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="expected duckdb"):
        open_engine("abacus", workspace=tmp_path)


@given(nodes=st.sets(st.integers(0, 30), min_size=1), data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_components_equal_a_naive_reference(engine, nodes, data):
    edges = data.draw(st.lists(st.tuples(st.sampled_from(sorted(nodes)), st.sampled_from(sorted(nodes)))))
    engine.put("nodes", pa.table({"node": pa.array(sorted(nodes), pa.int64())}))
    left, right = [e[0] for e in edges], [e[1] for e in edges]
    engine.put("edges", pa.table({"left": pa.array(left, pa.int64()), "right": pa.array(right, pa.int64())}))
    engine.components("found", edges="edges", nodes="nodes")
    graph = nx.Graph(edges)
    graph.add_nodes_from(nodes)
    expected = {node: min(component) for component in nx.connected_components(graph) for node in component}
    found = engine.get("found", order_by="node")
    assert dict(zip(found["node"].to_pylist(), found["component"].to_pylist(), strict=True)) == expected


def double(batch):
    """Double a column; at module level, so that worker processes find it."""
    return batch.append_column("m", pa.array([2 * n for n in batch["n"].to_pylist()]))


def test_map_sees_every_row_once_and_an_empty_table_keeps_its_columns(engine):
    engine.put("numbers", pa.table({"n": list(range(250_000))}))
    engine.map("doubled", double, "numbers")
    assert engine.get("doubled", order_by="n")["m"].to_pylist() == list(range(0, 500_000, 2))
    engine.sql("none", "SELECT * FROM numbers WHERE n < 0")
    engine.map("still_none", lambda batch: batch, "none")
    assert engine.get("still_none", order_by="n").column_names == ["n"]


def name_process(batch):
    """Say which process saw each row."""
    return batch.append_column("process", pa.array([os.getpid()] * batch.num_rows, pa.int64()))


def test_a_table_may_take_the_place_of_its_source_and_all_maps_share_their_processes(engine):
    """Starting a process costs more than a batch: two maps on two workers never meet a third one."""
    for name in ("numbers", "others"):
        engine.put(name, pa.table({"n": list(range(250_000))}))
        engine.map(name, name_process, name)
        assert engine.count(name) == 250_000
    seen = {
        row["process"] for name in ("numbers", "others") for row in engine.get(name, order_by="n").to_pylist()[::1000]
    }
    assert len(seen) <= 2
    assert os.getpid() not in seen


def test_a_batch_is_handed_over_without_what_it_was_cut_from(tmp_path):
    table = pa.table({"n": list(range(100_000)), "t": ["x"] * 100_000})
    give(table.slice(500, 7), tmp_path / "batch")
    assert (tmp_path / "batch").stat().st_size < 5_000
    assert take(tmp_path / "batch").equals(table.slice(500, 7))
    assert not (tmp_path / "batch").exists()


def test_groups_arrive_whole(engine):
    engine.put("rows", pa.table({"k": ["b", "a", "b", "a", "c"], "n": [1, 2, 3, 4, 5]}))
    engine.map_groups("sums", lambda g: pa.table({"k": g["k"][:1], "n": [sum(g["n"].to_pylist())]}), "rows", by="k")
    assert engine.get("sums", order_by="k").to_pylist() == [{"k": "a", "n": 6}, {"k": "b", "n": 4}, {"k": "c", "n": 5}]


def test_saved_bytes_depend_on_content_alone(engine, tmp_path):
    schema = pa.schema([("n", pa.int64())])
    for name, order in (("one", "n"), ("other", "n DESC")):
        engine.sql("shuffled", f"SELECT n FROM range(230000) t(n) ORDER BY {order}")
        assert engine.save("shuffled", tmp_path / name, order_by="n", schema=schema) == 230_000
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert pq.read_metadata(tmp_path / "one").num_row_groups == 3


def test_a_flow_hands_batches_over_in_order_and_makes_no_table(engine):
    """Three batches through two processes come out in the stated order; the source stays what it was."""
    engine.sql("shuffled", "SELECT n FROM range(230000) t(n) ORDER BY hash(n)")
    flowed = [batch["m"].to_pylist() for batch in engine.flow(double, "shuffled", order_by="n")]
    assert len(flowed) > 2
    assert [m for batch in flowed for m in batch] == list(range(0, 460_000, 2))
    engine.sql("none", "SELECT * FROM shuffled WHERE n < 0")
    assert [batch.column_names for batch in engine.flow(double, "none", order_by="n")] == [["n", "m"]]
