"""The pipeline, stage by stage: from a census file to a complete run folder.  Read it as a table of contents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from minglu import __version__
from minglu.geo.coordinates.datums import datum_named
from minglu.geo.placing.gazetteer import Gazetteer
from minglu.geo.placing.place_units import add_regions, place
from minglu.matching.parsing.park_addresses import learn_parks
from minglu.matching.parsing.vocabulary import Vocabulary, learn
from minglu.register.cleaning.make_entries import make_entries
from minglu.register.clerical.field_facts.attach_facts import apply_moves, apply_outcomes, attach_facts, new_rows
from minglu.register.clerical.field_facts.fact_chain import FieldChain
from minglu.register.clerical.field_facts.reanchor_facts import ResolvedFacts, reanchor_facts
from minglu.register.clerical.reanchor_decisions import ResolvedDecisions, reanchor_decisions
from minglu.register.config.census_file import FIELD, Census, read_census
from minglu.register.config.list_spec import ListSpec
from minglu.register.coverage.assemble_coverage import assemble
from minglu.register.coverage.run_metadata import RunMetadata
from minglu.register.engine import Engine, open_engine
from minglu.register.linking import link_entries
from minglu.register.report import render_all
from minglu.register.resume import OUTCOMES, Steps, run_key
from minglu.register.rules import RulePack
from minglu.register.run_inputs import open_inputs
from minglu.register.schemas import REJECTS, ROWS
from minglu.register.sources.list_paths import find_files
from minglu.register.sources.list_reading import ListReading
from minglu.register.storage import run_store
from minglu.register.storage.integrity import protect
from minglu.register.storage.run_folder import staged, steps_folder, write_json
from minglu.register.succession import inherit_codes, inherit_ids, retire_codes
from minglu.register.succession.previous_run import put_previous_run
from minglu.register.territory.area_columns import layer_names
from minglu.register.territory.check_layer import Territory
from minglu.register.territory.list_datum import DatumReport
from minglu.register.territory.locate_entries import locate_entries
from minglu.register.units.ledger import check_laws, write_ledger
from minglu.register.units.nested_sites import exclude_nested_sites
from minglu.register.units.screening import screen
from minglu.register.units.survivorship import fuse_entries, number_units

LINKED = ("scored_pairs", "clusters", "cuts", "uncompared", "weights", "linkage_figures", "crowds", "words")
FUSED = ("members", "units", "legal_units", "succession", "retired")
WORD_SAMPLE_ROWS = 200_000  # a word that so many rows don't show is too rare to matter


class Progress(Protocol):
    """Where a run reports its progress; timing is the receiver's business."""

    def stage(self, *, en: str, zh: str) -> AbstractContextManager[None]:
        """Enter a named stage; leaving the context ends it."""

    def note(self, *, en: str, zh: str) -> None:
        """Tell something about the stage that just ended."""

    def times(self) -> Mapping[str, Any]:
        """Return what belongs into run.json: seconds per stage, machine."""


def build(
    census_path: Path,
    out: Path,
    *,
    progress: Progress,
    engine: str = "duckdb",
    threads: int | None = None,
    spark_master: str | None = None,
    resume: bool = False,
) -> Mapping[str, Any]:
    """Build the register of `census_path` into the run folder `out` and return the content of coverage.json.

    With `resume`, finished steps are kept beside `out` while the run lasts, and those of an interrupted
    run are used where they verify (see `steps`): the bytes are the same either way.

    Raises a MingluError and leaves an older `out` as it was when anything can't be read,
    proven to be accounted for, or written.
    """
    census = read_census(census_path)
    with staged(out, allow=partial(protect, inputs=_input_files(census)), resumable=resume) as folder:
        with ExitStack() as opened:
            moving = open_engine(engine, workspace=folder, threads=threads, master=spark_master)
            opened.callback(moving.close)
            kept = steps_folder(out) if resume else None
            coverage = _run(census, moving, folder, progress, opened=opened, kept=kept)
        run_store.remove_leftovers(folder)
        run_store.write_manifest(folder, census, coverage)
        write_json(folder / "run.json", progress.times())
    return coverage


def _input_files(census: Census) -> list[Path]:
    """Return every file that the run will read, the census file first."""
    layers = [layer.path for layer in (census.districts, census.parent) if layer is not None]
    others = [path for path in (census.decisions, census.field, census.previous, census.spotcheck) if path is not None]
    return [census.path, *layers, *others, *(file for spec in census.lists for file in find_files(spec))]


def _run(
    census: Census, engine: Engine, folder: Path, progress: Progress, *, opened: ExitStack, kept: Path | None
) -> Mapping[str, Any]:
    decisions, field, earlier, check, readings, territory = open_inputs(
        census, stages=progress, opened=opened
    ).complete()
    inputs = tuple(report for reading in readings for report in reading.inputs)
    _put_rows(engine, readings, field)
    gazetteer = _gazetteer(territory)
    datums = _clean_and_locate(census, engine, progress, territory=territory, gazetteer=gazetteer)
    if earlier is not None:
        put_previous_run(engine, earlier.folder)
    found = reanchor_facts(engine, field, earlier=earlier is not None)
    resolved = reanchor_decisions(engine, decisions, found.pair_decisions())
    previous = "" if earlier is None else earlier.sha256
    hashes = (decisions.head, field.head, previous)
    steps = Steps(engine, kept, run_key(census, inputs, hashes, territory) if kept else "")
    step = partial(_step, steps, progress)
    step(en="match", zh="匹配", tables=LINKED, make=partial(_match, engine, census.pack, territory, resolved))
    attach_facts(engine, found, census.pack)
    step(
        en="fuse and screen",
        zh="合并与筛选",
        tables=FUSED,
        make=partial(_fuse, engine, census, found, known=earlier is not None),
    )
    step(en="place", zh="空间定位", tables=("placements",), make=partial(_place, engine, census.pack, gazetteer))
    apply_outcomes(engine)
    exclude_nested_sites(engine, census.pack.scope.inside)
    apply_moves(engine, territory.districts.codes)
    engine.put("faults", territory.proof.faults)
    engine.sql("value_faults", "SELECT * FROM value_faults_text UNION ALL SELECT * FROM value_faults_coordinates")
    engine.drop("value_faults_text", "value_faults_coordinates")
    with progress.stage(en="account", zh="记账"):
        write_ledger(engine)
        laws = check_laws(engine)
    facts = RunMetadata(census, inputs, territory, datums, laws, __version__, resolved, previous, found, check)
    return _count_and_report(engine, facts, folder, progress)


def _clean_and_locate(
    census: Census, engine: Engine, progress: Progress, *, territory: Territory, gazetteer: Gazetteer
) -> tuple[DatumReport, ...]:
    """Make `entries` with points in the layer's datum; return the datum of every list."""
    with progress.stage(en="clean", zh="清洗"):
        make_entries(
            engine,
            _knowing_codes(census.pack, territory.districts.codes),
            keep_personal=census.keep_personal,
            keep_unused=census.keep_unused,
        )
    with progress.stage(en="locate", zh="定位"):
        return locate_entries(
            engine,
            lists=(*census.lists, _field_spec(census)),
            gazetteer=gazetteer,
            placement=census.pack.placement,
            names=layer_names(territory.districts.codes, territory.districts.names, territory.areas),
            layer_crs=census.districts.crs,
            blank_words=frozenset(census.pack.text.blank_words),
        )


def _count_and_report(engine: Engine, facts: RunMetadata, folder: Path, progress: Progress) -> Mapping[str, Any]:
    """Count the coverage, write tables and outputs; return the coverage."""
    with progress.stage(en="count", zh="统计"):
        coverage = assemble(engine, facts)
    with progress.stage(en="write tables", zh="写出数据表"):
        districts = facts.territory.districts
        run_store.write_tables(engine, folder, districts, keep_personal=facts.census.keep_personal)
        write_json(folder / "coverage.json", coverage)
    with progress.stage(en="report", zh="生成报告"):
        render_all(folder)
    return coverage


def _put_rows(engine: Engine, readings: Sequence[ListReading], field: FieldChain) -> None:
    """Make `rows`, `read_rejects` and `source_rows` from every list and from the new units of the field."""
    engine.put("rows", pa.concat_tables([_stack(readings, lambda reading: reading.rows, ROWS), new_rows(field)]))
    engine.put("read_rejects", _stack(readings, lambda reading: reading.rejects, REJECTS))
    engine.sql(
        "source_rows",
        "SELECT list, file, sheet, row FROM rows UNION ALL SELECT list, file, sheet, row FROM read_rejects",
    )


def _stack(readings: Sequence[ListReading], part: Callable[[ListReading], pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *(part(reading) for reading in readings)])


def _knowing_codes(pack: RulePack, codes: Iterable[str]) -> RulePack:
    """Return the pack with the lengths of the layer's own codes: a row may declare any district there is."""
    lengths = {*pack.territory.code_lengths, *(len(code) for code in codes if code)}
    return replace(pack, territory=replace(pack.territory, code_lengths=tuple(sorted(lengths))))


def _learn_words(engine: Engine, places: Iterable[str]) -> Vocabulary:
    """Learn the words of this province from a sample of the lists and from the districts' names.

    Entry ids are digests, so the entries with the smallest ids are a random sample that depends on content alone.
    """
    engine.sql(
        "texts",
        "SELECT entry_id, name, CASE WHEN site_address <> '' THEN site_address ELSE address END AS address "
        f"FROM entries ORDER BY entry_id LIMIT {WORD_SAMPLE_ROWS}",
    )
    texts = engine.get("texts", order_by="entry_id")
    engine.drop("texts")
    addresses = texts.column("address").to_pylist()
    return learn_parks(addresses, learn(texts.column("name").to_pylist(), addresses, places))


def _step(
    steps: Steps, progress: Progress, *, en: str, zh: str, tables: Sequence[str], make: Callable[[], None]
) -> None:
    """Make `tables`, or take them from an interrupted run; say which where there is something to say."""
    with progress.stage(en=en, zh=zh):
        outcome = steps.run(en.replace(" ", "-"), tables, make)
    if outcome in OUTCOMES:
        words = OUTCOMES[outcome]
        progress.note(en=f"{en}: {words[0]}", zh=f"{zh}：{words[1]}")


def _match(engine: Engine, pack: RulePack, territory: Territory, standing: ResolvedDecisions) -> None:
    """Make the tables `LINKED`."""
    words = _learn_words(engine, territory.districts.names)
    link_entries(engine, rules=pack.linkage, vocabulary=words, standing=standing)


def _field_spec(census: Census) -> ListSpec:
    """Return how points of the field are read: enumerators give them as the sheets do, in the districts' datum."""
    return ListSpec(name=FIELD, kind=FIELD, path="", base=census.path.parent, crs=_layer_datum(census))


def _layer_datum(census: Census) -> str:
    """Return the datum that the census file states of the districts, in which the sheets give their points."""
    stated = datum_named(census.districts.crs or "")
    return stated.name if stated is not None else "CGCS2000"


def _fuse(engine: Engine, census: Census, found: ResolvedFacts, *, known: bool) -> None:
    """Make the tables `FUSED`, each unit screened, under ids and codes of the earlier run where one is `known`."""
    fuse_entries(engine, kinds=census.kinds(), survivorship=census.pack.survivorship)
    inherit_ids(engine, earlier=known, yielding=found.duplicates())
    number_units(engine, barred=inherit_codes(engine, earlier=known))
    retire_codes(engine, earlier=known)
    engine.map("units", partial(screen, pack=census.pack, reference=census.reference_date), "units")


def _gazetteer(territory: Territory) -> Gazetteer:
    return Gazetteer(territory.districts, proven=territory.proof.verdict == "proven", parent=territory.parent)


def _place(engine: Engine, pack: RulePack, gazetteer: Gazetteer) -> None:
    """Make `placements`, region by region, so that a region's districts are read once."""
    engine.sql(
        "sites", "SELECT unit_id, lon, lat, precision_m, district_code AS declared, area_code AS named FROM units"
    )
    engine.map("sites", partial(add_regions, gazetteer=gazetteer), "sites", heavy=True)
    assign = partial(
        place,
        gazetteer=gazetteer,
        nearest_limit_m=pack.placement.nearest_limit_m,
        declared_conflict=pack.placement.declared_conflict,
        declared_tolerance_m=pack.placement.declared_tolerance_m,
    )
    engine.map("placements", assign, "sites", heavy=True, order_by="region, unit_id")
    engine.drop("sites")
