"""No word about a single unit or person where it does not belong: messages, logs, temp folder, the shareable report."""

from __future__ import annotations

import base64
import io
import os
import re
import stat
import sys
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from minglu.errors import MingluError
from minglu.register.config.list_spec import ListSpec
from minglu.register.rules import load_pack
from minglu.register.sources.inspect_file import inspect_file
from minglu.register.sources.read_list import read_list
from tests.trust import county
from tests.trust.conftest import minglu

CANARIES = {
    "name": "金丝雀渥丹化工厂",
    "uscc": "91990101MACANARY17",
    "phone": "13987654321",
    "citizen": "990101198702308888",
    "person": "鹓雏翙",
    "address": "青禾县梅溪镇鸑鷟路四百四十四号",
    "permit": "92990101CANARY1V001X",
}
HEADING = "单位名称,统一社会信用代码,联系电话,纳税人识别号,法定代表人,生产经营地址,排污许可证编号,经度,纬度\n"
ROW = ",".join([*CANARIES.values(), "112.4", "30.5"]) + "\n"
HEADERS = load_pack("pollution-2", Path()).headers


def canaries_in(content):
    """Return which canaries are in bytes or text, in whatever encoding."""
    content = content.encode("utf-8", "replace") if isinstance(content, str) else content
    return [
        what
        for what, value in CANARIES.items()
        if any(value.encode(code, "replace") in content for code in ("utf-8", "gb18030", "utf-16-le"))
    ]


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(columns):
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


VALUES = list(CANARIES.values())
BROKEN = {
    "no-heading.csv": ROW * 3,
    "no-name.csv": HEADING.replace("单位名称", "代号") + ROW,
    "two-names.csv": HEADING.replace("法定代表人", "单位名称") + ROW,
    "unclosed.csv": HEADING + ROW + '"' + ROW * 3,
    "quote-inside.csv": HEADING + ROW.replace("渥", '"渥') * 2,
    "nul.csv": HEADING + ROW.replace("渥", "\0渥"),
    "ragged.csv": HEADING + ROW.strip() + ",x,y,z\n" + ROW,
    "long.csv": HEADING + ROW.replace("渥", "渥" * 40_000),
    "mixed.csv": (HEADING + ROW).encode() + ROW.encode("gb18030"),
    "not-text.csv": (HEADING + ROW).encode("gb18030") + b"\xff\xff" + ROW.encode("gb18030"),
    "surrogate.csv": (HEADING + ROW).encode() + b"\xed\xa0\x80" + ROW.encode(),
    "cut.xlsx": workbook(HEADING.strip().split(","), VALUES)[:-300],
    "no-heading.xlsx": workbook(VALUES, VALUES),
    "no-name.xlsx": workbook(["代号", *VALUES], VALUES),
    "wide.xlsx": workbook(HEADING.strip().split(","), VALUES * 60),
    "posing.xls": "<html><td>" + ROW,
    "cut.parquet": parquet({"单位名称": VALUES})[:-20],
    "no-heading.parquet": parquet({value: [value] for value in VALUES}),
    "nested.parquet": parquet({"单位名称": [VALUES]}),
    "binary.parquet": parquet({"单位名称": [value.encode() for value in VALUES]}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_list_that_cannot_be_read_is_refused_without_quoting_it(tmp_path, name):
    """Messages, reasons of set-aside rows, signals and the inspection; both languages."""
    content = BROKEN[name]
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    said = []
    try:
        reading = read_list(ListSpec("canary", "other", name, tmp_path), HEADERS)
        said += [report.signals for report in reading.inputs]
        said += [report.skipped_sheets for report in reading.inputs]
        said += [reading.rejects.to_pylist()]
    except MingluError as error:
        said += [error.en, error.zh]
    try:
        inspection = inspect_file(tmp_path / name, HEADERS)
        said += [inspection.as_lines("zh"), inspection.as_lines("en")]
    except MingluError as error:
        said += [error.en, error.zh]
    assert canaries_in(str(said)) == []


DAMAGED = {"name": "", "uscc": "91990101MACANARY1", "permit": "9299", "citizen": "9.90101198702308E+17"}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A county with canaries in every list, whole and damaged, and what a run with a temp folder of its own said."""
    folder = tmp_path_factory.mktemp("planted")
    census = county.make_county(folder / "county")
    damaged = ",".join((CANARIES | DAMAGED).values())
    (census.parent / "other.csv").write_text(
        HEADING + ROW + damaged + ",999,nan\n" + ROW.strip() + ",多,余\n" + "合计," + ROW, "utf-8"
    )
    kinds = (*county.KINDS, "other")
    county.write_census(census.parent, kinds)
    for kind in county.KINDS:
        path = census.parent / f"{kind}.csv"
        heading, *rows = path.read_text("utf-8").splitlines()
        cells = dict.fromkeys(heading.split(","), "")
        for word, canary in {
            "名称": "name",
            "信用代码": "uscc",
            "识别号": "uscc",
            "电话": "phone",
            "代表人": "person",
            "负责人": "person",
            "联系人": "person",
            "址": "address",
        }.items():
            column = next((column for column in cells if word in column and not cells[column]), None)
            if column:
                cells[column] = CANARIES[canary]
        path.write_text("\n".join([heading, *rows, ",".join(cells.values())]) + "\n", "utf-8")
    temp = folder / "temp"
    temp.mkdir()
    watch = f"import os, threading, time; os.umask(0o022)\nseen = set()\n{WATCH.format(folder=str(folder))}"
    out = census.parent / "out"
    done = minglu("build", census, "--out", out, prelude=watch, env={"TMPDIR": str(temp)})
    assert done.returncode == 0, done.stderr.decode()
    return folder, out, done


WATCH = """
def watch():
    with open({folder!r} + "/modes", "a") as log:
        while True:
            for top, folders, files in os.walk({folder!r}):
                for name in files:
                    path = os.path.join(top, name)
                    try:
                        log.write(oct(os.stat(path).st_mode & 0o777) + " " + oct(os.stat(top).st_mode & 0o777) + " " + path + "\\n")
                    except OSError:
                        pass
            log.flush()
            time.sleep(0.005)
threading.Thread(target=watch, daemon=True).start()
"""


def test_talk_and_file_names_hold_no_canary(planted):
    """Stdout, stderr, and the name of every file there ever was."""
    folder, _, done = planted
    assert canaries_in(done.stdout) == []
    assert canaries_in(done.stderr) == []
    assert canaries_in("\n".join(str(path) for path in folder.rglob("*"))) == []
    assert canaries_in((folder / "modes").read_bytes()) == []


def test_nothing_of_a_run_lies_in_the_temp_folder(planted):
    """Neither during the run nor after it; working files lie in a folder that others can't enter."""
    folder, _, _ = planted
    assert list((folder / "temp").iterdir()) == []
    lines = [line.split(" ", 2) for line in (folder / "modes").read_text("utf-8").splitlines()]
    assert not [path for _, _, path in lines if path.startswith(str(folder / "temp"))]
    staging = [(mode, parent) for mode, parent, path in lines if Path(path).parent.name == ".out.partial"]
    assert staging
    assert {parent for _, parent in staging} <= {"0o700", "0o755"}, "0o755 for the moment of the swap alone"
    assert sum(parent == "0o755" for _, parent in staging) < len(staging)


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_working_files_are_for_the_owner_alone(planted):
    """0600 while they are made, spilled and batched rows among them, whichever library writes them."""
    folder, out, _ = planted
    lines = [line.split(" ", 2) for line in (folder / "modes").read_text("utf-8").splitlines()]
    made = [(mode, path.partition("/.out.partial/")[2]) for mode, _, path in lines if "/.out.partial/" in path]
    finished = county.digests(out).keys() | {"run.json"}
    passing = {mode for mode, name in made if name not in finished}
    assert passing == {"0o600"}
    assert "0o600" in {mode for mode, name in made if name in finished}


def unpacked(path):
    """Yield every byte of a shareable file, and what is packed inside it."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
        return
    content = path.read_bytes()
    yield content
    for packed in re.findall(rb"[A-Za-z0-9+/]{200,}={0,2}", content):
        for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
            try:
                yield zlib.decompress(base64.b64decode(packed), window)
            except (ValueError, zlib.error):
                continue


@pytest.mark.parametrize("name", ["report.html", "report.docx", "coverage.json", "manifest.json", "run.json"])
def test_the_shareable_report_names_no_unit(planted, name):
    """Figures and areas; the register itself is in other files."""
    _, out, _ = planted
    assert [found for part in unpacked(out / name) for found in canaries_in(part)] == []
    units = [row for row in county.table(out, "units") if len(row["name"]) > 5]
    for part in unpacked(out / name):
        assert not [row["unit_id"] for row in units if row["name"].encode() in part or row["unit_id"].encode() in part]


def test_the_register_knows_the_unit_but_not_the_person(planted):
    """The canary's name is in the tables, so the tests above looked for something that was there."""
    _, out, _ = planted
    text = (
        str(county.table(out, "entries")) + str(county.table(out, "value_faults")) + str(county.table(out, "rejects"))
    )
    assert canaries_in(text) == ["name", "uscc", "address", "permit"]


BOOM = """
import minglu.register.engine.duckdb_engine as embedded
import minglu.register.cleaning.make_entries as entries
from tests.trust.sleepers import {function}
entries.clean_batch = {function}
embedded.BATCH_ROWS = {batch}
"""


@pytest.mark.parametrize(("function", "batch"), [("boom", 100_000), pytest.param("boom", 5, marks=pytest.mark.slow)])
def test_a_mistake_of_our_own_is_told_by_type_and_place_alone(census, function, batch):
    """In this process and in a worker, whose traceback would quote the message; no traceback is printed."""
    env = {"PYTHONPATH": os.pathsep.join([str(county.ROOT), os.environ.get("PYTHONPATH", "")])}
    out = census.parent / "out"
    done = minglu(
        "build", census, "--out", out, "--threads", 2, prelude=BOOM.format(function=function, batch=batch), env=env
    )
    assert done.returncode == 4
    assert b"(ZeroDivisionError " in done.stderr
    assert canaries_in(done.stderr + done.stdout) == []
    assert b"Traceback" not in done.stderr
    assert not out.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_a_finished_run_folder_has_the_permissions_of_the_user(planted):
    """Private while it is made, then as the user's other folders and files."""
    _, out, _ = planted
    assert {stat.S_IMODE(path.stat().st_mode) for path in (out, *out.rglob("*")) if path.is_dir()} == {0o755}
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*") if path.is_file()} == {0o644}


def test_warnings_of_libraries_never_reach_the_screen(built):
    """Neither a warning nor a line of a log, which may quote data; with MINGLU_DEBUG both are there."""
    prelude = (
        "import minglu.register.explain.find_units as f\nreal = f.find_vouched\n"
        "def loud(*arguments, **options):\n"
        "    import logging, warnings\n"
        "    warnings.warn('13987654321 is deprecated'); logging.getLogger('pyogrio').warning('13987654321')\n"
        "    return real(*arguments, **options)\n"
        "f.find_vouched = loud\n"
    )
    assert minglu("find", built, "厂", prelude=prelude).stderr == b""
    assert minglu("find", built, "厂", prelude=prelude, env={"MINGLU_DEBUG": "1"}).stderr.count(b"13987654321") >= 2
