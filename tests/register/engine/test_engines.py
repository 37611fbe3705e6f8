"""Every engine keeps the promises of the boundary: one body for all of them."""

from __future__ import annotations

import os
import sys
from functools import partial

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minglu.errors import CrsError, MingluError, UsageError
from minglu.register.engine import open_engine
from minglu.register.engine.batch_files import read_batch, write_batch
from minglu.register.engine.spark.star_components import find_components
from tests.engines import ENGINES, Times, add_up, double, odd_types, refuse, stumble


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, tmp_path_factory):
    engine = open_engine(request.param, workspace=tmp_path_factory.mktemp("engine"), threads=2)
    yield engine
    engine.close()


@pytest.fixture
def embedded(tmp_path):
    engine = open_engine("duckdb", workspace=tmp_path, threads=2)
    yield engine
    engine.close()


def test_an_unknown_engine_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="expected duckdb or spark"):
        open_engine("abacus", workspace=tmp_path)


def test_a_spark_master_for_another_engine_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="--spark-master goes with"):
        open_engine("duckdb", workspace=tmp_path, master="local[2]")


GRAPHS = st.lists(
    st.integers(1, 30).flatmap(
        lambda size: st.tuples(st.just(size), st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1))))
    ),
    min_size=1,
    max_size=12,
)


def side_by_side(graphs):
    """Number the nodes 0, 1, ... of many small graphs, in no order of theirs."""
    graph, first = nx.Graph(), 0
    for size, edges in graphs:
        graph.add_nodes_from(range(first, first + size))
        graph.add_edges_from((first + one, first + other) for one, other in edges)
        first += size
    numbers = np.random.default_rng(first).permutation(first).tolist()
    return nx.relabel_nodes(graph, dict(enumerate(numbers)))


def path_of(size):
    """One long path whose nodes are numbered without order: what takes the most rounds."""
    return nx.relabel_nodes(
        nx.path_graph(size), dict(enumerate(np.random.default_rng(size).permutation(size).tolist()))
    )


def edges_of(graph):
    """Return both ends of the edges of a graph."""
    return (np.array([edge[end] for edge in graph.edges], dtype=np.int64) for end in (0, 1))


@given(graphs=GRAPHS)
@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("most", [0, 1_000], ids=["rounds", "here"])
def test_components_equal_a_naive_reference(engine, most, graphs, monkeypatch):
    """Many small graphs at once: loops, double edges, lonely nodes; whether one process may hold the graph or not."""
    graph = side_by_side(graphs)
    if hasattr(sys.modules[type(engine).__module__], "MOST_EDGES"):
        monkeypatch.setattr(sys.modules[type(engine).__module__], "MOST_EDGES", most)
    expected = {node: min(component) for component in nx.connected_components(graph) for node in component}
    assert dict(enumerate(engine.components(len(graph), *edges_of(graph)).tolist())) == expected


def test_components_of_a_long_path_take_few_rounds(engine):
    """A thousand nodes in a row, numbered without order: rounds grow with the digits of the length, not with it."""
    left, right = edges_of(path_of(1000))
    engine.put("edges", pa.table({"left": left, "right": right}))
    told = []
    assert (
        find_components(engine, name="found", edges="edges", nodes=1000, on_round=lambda *round: told.append(round))
        <= 13
    )
    assert told == [(number, 101) for number in range(1, len(told) + 1)]
    assert engine.get("found", order_by="node").to_pydict() == {"node": [*range(1, 1000)], "component": [0] * 999}


def test_map_sees_every_row_once_and_an_empty_table_keeps_its_columns(engine):
    engine.put("numbers", pa.table({"n": list(range(250_000))}))
    engine.map("doubled", double, "numbers")
    assert engine.get("doubled", order_by="n")["m"].to_pylist() == list(range(0, 500_000, 2))
    engine.sql("none", "SELECT * FROM numbers WHERE n < 0")
    engine.map("still_none", double, "none")
    assert engine.get("still_none", order_by="n").column_names == ["n", "m"]
    engine.put("nobody", pa.table({"k": pa.array([], pa.string()), "n": pa.array([], pa.int64())}))
    engine.map_groups("no_sums", add_up, "nobody", by="k")
    assert engine.get("no_sums", order_by="k").column_names == ["k", "n"]


def test_what_a_map_makes_can_be_queried_whatever_its_types(engine):
    """Narrow integers, dictionaries and long texts come back as the values that they are."""
    engine.put("numbers", pa.table({"n": list(range(100))}))
    engine.map("odd", odd_types, "numbers")
    engine.sql("asked", "SELECT word, count(*) AS n, max(short) AS most FROM odd WHERE \"long\" <> '7' GROUP BY word")
    assert engine.get("asked", order_by="word").to_pylist() == [
        {"word": "w0", "n": 34, "most": 99},
        {"word": "w1", "n": 32, "most": 97},
        {"word": "w2", "n": 33, "most": 98},
    ]


def name_process(batch):
    """Return which process saw each row."""
    return batch.append_column("process", pa.array([os.getpid()] * batch.num_rows, pa.int64()))


def test_a_table_may_take_the_place_of_its_source_and_all_maps_share_their_processes(embedded):
    """Starting a process costs more than a batch: two maps on two workers never meet a third one."""
    for name in ("numbers", "others"):
        embedded.put(name, pa.table({"n": list(range(250_000))}))
        embedded.map(name, name_process, name)
        assert embedded.count(name) == 250_000
    seen = {
        row["process"] for name in ("numbers", "others") for row in embedded.get(name, order_by="n").to_pylist()[::1000]
    }
    assert len(seen) <= 2
    assert os.getpid() not in seen


def test_a_query_may_take_the_name_of_what_it_reads(engine):
    engine.put("numbers", pa.table({"n": [1, 2, 3]}))
    engine.sql("numbers", "SELECT n + 1 AS n FROM numbers")
    engine.map("numbers", partial(double), "numbers")
    assert engine.get("numbers", order_by="n").to_pylist() == [{"n": n, "m": 2 * n} for n in (2, 3, 4)]
    engine.drop("numbers", "never_there")


def test_a_batch_is_handed_over_without_what_it_was_cut_from(tmp_path):
    table = pa.table({"n": list(range(100_000)), "t": ["x"] * 100_000})
    write_batch(table.slice(500, 7), tmp_path / "batch")
    assert (tmp_path / "batch").stat().st_size < 5_000
    assert read_batch(tmp_path / "batch").equals(table.slice(500, 7))
    assert not (tmp_path / "batch").exists()


def test_groups_arrive_whole(engine):
    engine.put("rows", pa.table({"k": ["b", "a", "b", "a", "c"], "n": [1, 2, 3, 4, 5]}))
    engine.map_groups("sums", add_up, "rows", by="k")
    assert engine.get("sums", order_by="k").to_pylist() == [{"k": "a", "n": 6}, {"k": "b", "n": 4}, {"k": "c", "n": 5}]


def test_order_is_that_of_bytes_and_nothing_comes_last(engine):
    """Texts beyond the Basic Multilingual Plane, capitals, digits, null: the same order everywhere."""
    words = ["b", "\U00020000", "B", "", None, "鿿", "a", "10", "9", "é"]
    engine.put("words", pa.table({"word": pa.array(words, pa.string()), "n": list(range(len(words)))}))
    expected = [*sorted((word for word in words if word is not None), key=str.encode), None]
    assert engine.get("words", order_by="word, n")["word"].to_pylist() == expected
    many = 6_000
    engine.put("words", pa.table({"word": pa.array(words * many, pa.string()), "n": list(range(len(words) * many))}))
    assert engine.get("words", order_by='"word", n')["word"].to_pylist()[::many] == expected


def test_saved_bytes_depend_on_content_alone(engine, tmp_path):
    schema = pa.schema([pa.field("n", pa.int64(), metadata={"meaning": "a number"})])
    for name, step in (("one", 1), ("other", -1)):
        engine.put("shuffled", pa.table({"n": list(range(230_000))[::step]}))
        assert engine.save("shuffled", tmp_path / name, order_by="n", schema=schema) == 230_000
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert pq.read_metadata(tmp_path / "one").num_row_groups == 3
    plain = open_engine("duckdb", workspace=tmp_path, threads=1)
    plain.put("shuffled", pa.table({"n": list(range(230_000))}))
    plain.save("shuffled", tmp_path / "embedded", order_by="n", schema=schema)
    plain.close()
    assert (tmp_path / "one").read_bytes() == (tmp_path / "embedded").read_bytes()


def test_a_flow_hands_batches_over_in_order_and_makes_no_table(engine):
    """Several batches come out in the stated order, in whatever types; the source stays what it was."""
    numbers = np.random.default_rng(7).permutation(230_000)
    engine.put("shuffled", pa.table({"n": numbers}))
    flowed = [batch["m"].to_pylist() for batch in engine.flow(double, "shuffled", order_by="n")]
    assert len(flowed) > 2
    assert [m for batch in flowed for m in batch] == list(range(0, 460_000, 2))
    assert next(engine.flow(odd_types, "shuffled", order_by="n")).schema.field("short").type == pa.uint32()
    engine.sql("none", "SELECT * FROM shuffled WHERE n < 0")
    assert [batch.column_names for batch in engine.flow(double, "none", order_by="n")] == [["n", "m"]]


def test_work_is_spread_and_comes_back_in_order(engine):
    """What the pieces share is brought along once; a range of one piece, and of none, is a range."""
    much = np.arange(3_000_000)
    assert list(engine.spread(Times(much), range(0, 3_000_000, 400_000))) == [
        (start, 2 * start) for start in range(0, 3_000_000, 400_000)
    ]
    assert list(engine.spread(Times(much), range(5, 6))) == [(5, 10)]
    assert list(engine.spread(Times(much), range(0))) == []


def test_a_refusal_of_a_kernel_is_raised_as_it_is(engine):
    engine.put("numbers", pa.table({"n": [1]}))
    with pytest.raises(CrsError) as caught:
        engine.map("refused", refuse, "numbers")
    assert (caught.value.en, caught.value.zh) == ("two datums", "两种基准")


@pytest.mark.parametrize("engine", [ENGINES[1]], indirect=True)
def test_the_message_of_a_foreign_error_stays_in_its_worker(engine):
    """Spark's logs are not ours: kind and place travel, what the message says does not."""
    engine.put("numbers", pa.table({"n": [1]}))
    with pytest.raises(MingluError, match=r"ValueError engines\.py:\d+") as caught:
        engine.map("stumbled", stumble, "numbers")
    assert "138" not in str(caught.value)
    assert "138" not in str(caught.value.__cause__)
