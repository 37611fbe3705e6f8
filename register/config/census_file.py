"""The census file: one TOML file that describes a run, read and checked.

Every path is relative to the census file; absolute paths and `../` are allowed.
Refused are paths that would make a reader fetch something: URLs, GDAL's /vsi names
and driver prefixes, documents written in place of a path.
"""

from __future__ import annotations

import datetime as dt
import glob
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from minglu.common.problems import Problems
from minglu.common.typed_toml import WINDOWS_EN, WINDOWS_ZH, as_table, check_keys, make, one_of, read_toml, shown
from minglu.errors import SourceError, UsageError
from minglu.register.config.census_tables import DEFAULT_PACK, CensusTable, DistrictsTable, ListTable, ParentTable
from minglu.register.config.list_spec import ListSpec
from minglu.register.identifiers.declared_shape import LONGEST, SHORTEST, shape_fault
from minglu.register.rules import RulePack, load_pack
from minglu.register.schemas import FIELDS

SECTIONS = ("census", "lists", "districts", "parent")
ROLES = ("source", "base", "check")
SYSTEMS = ("auto", "CGCS2000", "WGS84", "GCJ02", "BD09")
FIELD, FACTS = "field", "facts"
"""Names of the two lists that field work makes: new units, and facts about known ones; both of the kind `field`."""
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# Two letters at least, so that a Windows drive is still a path; covers https:, GPKG:, PG:, WFS:.
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-_]+:")


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A polygon layer and the columns that matter."""

    path: Path
    """The layer's file, resolved against the census file."""
    code: str = ""
    """Column with the code (text); may be empty for a parent that is a single area."""
    name: str | None = None
    """Column with the name."""
    layer: str | None = None
    """Layer inside the file, where it holds several."""
    encoding: str | None = None
    """Encoding of the attributes, for shapefiles without a .cpg."""
    sha256: str | None = None
    """The sender's digest of the file."""
    crs: str | None = None
    """Datum (CGCS2000, WGS84, GCJ02, BD09) or system (EPSG:4525), where the file's own is missing or wrong."""
    areas: tuple[str, ...] | None = None
    """Columns with the names of the areas above, from large to small; None: found by their content."""


@dataclass(frozen=True, slots=True)
class Census:
    """What one run is to do."""

    path: Path
    """The census file itself."""
    name: str
    reference_date: dt.date
    pack: RulePack
    lists: tuple[ListSpec, ...]
    districts: LayerSpec
    parent: LayerSpec | None
    """The area the districts must fill; without it the outer edge is not proven."""
    keep_personal: bool = False
    """Whether phone, contact, legal person and personal tax numbers may be stored in the clear."""
    keep_unused: bool = False
    """Whether columns that nothing reads are stored in `entries.extra`."""
    decisions: Path | None = None
    """What people decided about doubtful pairs; the file appears with the first decision."""
    field: Path | None = None
    """What enumerators found on the ground; the file appears with the first fact."""
    previous: Path | None = None
    """The run folder whose unit ids and codes are carried on."""
    spotcheck: Path | None = None
    """What a spot check of an earlier register found: its score.json."""

    def kinds(self) -> dict[str, str]:
        """Return the kind of every list by its name, those of the field as well where it reports."""
        own = {FIELD: FIELD, FACTS: FIELD} if self.field is not None else {}
        return {spec.name: spec.kind for spec in self.lists} | own

    def roles(self) -> dict[str, str]:
        """Return the role of the base list and of the cross-checks, by name."""
        return {spec.name: spec.role for spec in self.lists if spec.role != "source"}


def read_census(path: Path) -> Census:
    """Read and check a census file.

    Raises UsageError for any mistake in the file, RuleError for one in the rule pack,
    SourceError where a list or layer that it names does not exist.
    """
    tables = read_toml(path, error=UsageError)
    problems, base = Problems(), path.parent
    with problems.collect():
        check_keys(tables, known=SECTIONS, where=str(path), error=UsageError)
    census = pack = districts = parent = None
    with problems.collect():
        census = make(CensusTable, _section(tables, "census", path), where=f"{path} [census]", error=UsageError)
        pack = load_pack(_safe(census.rules, f"{path} [census].rules"), base)
        pack = _with_shapes(pack, census.code_shapes, f"{path} [census].code_shapes")
    with problems.collect():
        districts = _read_districts(tables, path)
    with problems.collect():
        parent = _read_parent(tables, path)
    lists = _read_lists(tables, path, (pack or load_pack(DEFAULT_PACK, base)).kinds, problems)
    problems.raise_all()
    assert census is not None
    assert pack is not None
    assert districts is not None
    return Census(
        path=path,
        name=census.name,
        reference_date=census.reference_date,
        pack=pack,
        lists=lists,
        districts=districts,
        parent=parent,
        keep_personal=census.keep_personal,
        keep_unused=census.keep_unused,
        decisions=_named(census.decisions, "decisions", path),
        field=_named(census.field, "field", path),
        previous=_named(census.previous, "previous", path),
        spotcheck=_named(census.spotcheck, "spotcheck", path),
    )


def _with_shapes(pack: RulePack, shapes: Sequence[str], where: str) -> RulePack:
    """Return the pack with the shapes of codes that the census declares."""
    for shape in shapes:
        if shape_fault(shape):
            raise UsageError(
                en=f"{where}: found {shown(shape)}; expected the shape of a code of {SHORTEST} to {LONGEST} characters "
                "with a digit: 9 stands for a digit, A for a letter, X for either. Write for instance "
                '["99999999"].',
                zh=f"{where}：得到 {shown(shape)}；应为 {SHORTEST} 至 {LONGEST} 位且含数字的代码样式：9 表示数字，"
                'A 表示字母，X 表示数字或字母。例如 ["99999999"]。',
            )
    return replace(pack, identifiers=replace(pack.identifiers, shapes=tuple(shapes)))


def _read_lists(
    tables: Mapping[str, Any], path: Path, kinds: Collection[str], problems: Problems
) -> tuple[ListSpec, ...]:
    """Read every list; what is wrong with any of them goes to `problems`.  Their order in the file does not matter."""
    found: list[ListSpec] = []
    with problems.collect():
        for number, table in enumerate(_lists(tables, path), 1):
            with problems.collect():
                found.append(_read_list(table, f"{path} [[lists]] {number}", path.parent, kinds))
        _refuse_same_names(found, path)
    return tuple(sorted(found, key=lambda spec: spec.name))


def input_layers(census: Census) -> list[Path]:
    """Return every file of the layers, the parts of a shapefile as well."""
    files = [layer.path for layer in (census.districts, census.parent) if layer is not None]
    parts = {part for file in files if file.suffix.lower() == ".shp" for part in file.parent.glob(f"{file.stem}.*")}
    return sorted({*files, *(part for part in parts if part.suffix.lower() in SHAPEFILE_PARTS)})


def _named(value: str | None, key: str, path: Path) -> Path | None:
    """Return the path that a key of [census] names, None where it is left out."""
    return path.parent / _safe(value, f"{path} [census].{key}") if value else None


def _section(tables: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    if key not in tables:
        raise UsageError(
            en=f"{path}: section [{key}] is missing. Add it; `minglu init` writes a complete example.",
            zh=f"{path}：缺少 [{key}] 一节。请补充；`minglu init` 会写出完整示例。",
        )
    return as_table(tables[key], where=f"{path} {key}", error=UsageError)


def _lists(tables: Mapping[str, Any], path: Path) -> Sequence[object]:
    found = tables.get("lists")
    if isinstance(found, list) and found:
        return found
    raise UsageError(
        en=f"{path} [[lists]]: found {shown(found)}; expected at least one list. Write [[lists]] with kind and path.",
        zh=f"{path} [[lists]]：得到 {shown(found)}；至少应有一份名单。请写 [[lists]] 及其 kind 和 path。",
    )


def _read_list(table: object, where: str, base: Path, kinds: Collection[str]) -> ListSpec:
    """Make one list's specification; its file, or one file of its glob, must exist."""
    found = make(ListTable, table, where=where, error=UsageError)
    problems = Problems()
    with problems.collect():
        one_of(found.kind, kinds, where=f"{where}.kind", error=UsageError)
    with problems.collect():
        one_of(found.crs, SYSTEMS, where=f"{where}.crs", error=UsageError)
    with problems.collect():
        one_of(found.role, ROLES, where=f"{where}.role", error=UsageError)
    with problems.collect():
        check_keys(found.columns, known=FIELDS, where=f"{where}.columns", error=UsageError)
    with problems.collect():
        _check_numbers(found, where)
    with problems.collect():
        _check_place(found.path, where, base)
    problems.raise_all()
    return ListSpec(
        name=_plain_name(found.name or found.kind, where),
        kind=found.kind,
        path=_here(_safe(found.path, f"{where}.path"), base),
        base=base,
        crs=found.crs,
        sheet=found.sheet,
        encoding=found.encoding,
        header_row=found.header_row,
        sha256=_digest(found.sha256, where),
        rows=found.rows,
        columns=found.columns,
        role=found.role,
    )


def _check_place(path: str, where: str, base: Path) -> None:
    """Refuse a path that names no file, or a glob without hits."""
    pattern = _here(_safe(path, f"{where}.path"), base)
    if not _is_file(base / pattern) and not _hits(pattern, base):
        raise SourceError(
            en=f"{where}.path: found no file {shown(pattern)} in {base}; expected a file or a glob with hits. "
            "Check the path.",
            zh=f"{where}.path：在 {base} 中没有文件 {shown(pattern)}；应为存在的文件或能匹配的通配符。请检查路径。",
        )


def _here(path: str, base: Path) -> str:
    """Return a path as this system writes it: backslashes of Windows are slashes, unless such a file is there."""
    return path if "\\" not in path or _is_file(base / path) else path.replace("\\", "/")


def _hits(pattern: str, base: Path) -> bool:
    return any(_is_file(base / hit) for hit in glob.iglob(pattern, root_dir=base, recursive=True))  # noqa: PTH207, absolute globs


def _is_file(path: Path) -> bool:
    """Return whether a file is there; a name longer than the system takes is the name of none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _check_numbers(found: ListTable, where: str) -> None:
    """Refuse a header row before the first and a negative count."""
    wrong = ""
    if found.header_row is not None and found.header_row < 1:
        wrong, value, english, chinese = "header_row", shown(found.header_row), "1 or more", "1 或更大"
    elif found.rows is not None and found.rows < 0:
        wrong, value, english, chinese = "rows", shown(found.rows), "0 or more", "0 或更大"
    if wrong:
        raise UsageError(
            en=f"{where}.{wrong}: found {value}; expected {english}. Correct it.",
            zh=f"{where}.{wrong}：得到 {value}；应为{chinese}。请更正。",
        )


def _digest(found: str | None, where: str) -> str | None:
    """Return a sender's digest in small letters; refuse one that can't be one."""
    if found is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", found):
        raise UsageError(
            en=f"{where}.sha256: found {shown(found)}; expected 64 hexadecimal digits. Correct it.",
            zh=f"{where}.sha256：得到 {shown(found)}；应为64 位十六进制数。请更正。",
        )
    return None if found is None else found.lower()


def _plain_name(name: str, where: str) -> str:
    """Refuse list names that could not stand in `lists` (names joined by +) or on one line."""
    if name.strip() == name and name.isprintable() and "+" not in name:
        return name
    raise UsageError(
        en=f"{where}.name: found {shown(name)}; expected one line without + and without spaces around it.",
        zh=f"{where}.name：得到 {shown(name)}；应为一行文本，不含 +，首尾无空格。",
    )


def _refuse_same_names(lists: Sequence[ListSpec], path: Path) -> None:
    seen = {FIELD, FACTS}
    for spec in lists:
        if spec.name in seen:
            raise UsageError(
                en=f"{path} [[lists]]: two lists are called {spec.name!r}; expected each name once, and none that "
                "the field's own lists have. Give one of them a `name`.",
                zh=f"{path} [[lists]]：有两份名单同名 {spec.name!r}；名称不得重复，也不得与现场名单同名。"
                "请为其中一份写 `name`。",
            )
        seen.add(spec.name)
    bases = [spec.name for spec in lists if spec.role == "base"]
    if len(bases) > 1:
        raise UsageError(
            en=f'{path} [[lists]]: {", ".join(bases)} all have role = "base"; expected one base list. A list '
            "in several files is one: give `path` a pattern.",
            zh=f'{path} [[lists]]：{"、".join(bases)} 均写明 role = "base"；底册只能有一份。'
            "分成多个文件的底册请用通配符写在一个 path 中。",
        )


def _read_districts(tables: Mapping[str, Any], path: Path) -> LayerSpec:
    where = f"{path} [districts]"
    found = make(DistrictsTable, _section(tables, "districts", path), where=where, error=UsageError)
    return _layer(found, where, path.parent)


def _read_parent(tables: Mapping[str, Any], path: Path) -> LayerSpec | None:
    if "parent" not in tables:
        return None
    where = f"{path} [parent]"
    return _layer(make(ParentTable, tables["parent"], where=where, error=UsageError), where, path.parent)


def _layer(found: DistrictsTable | ParentTable, where: str, base: Path) -> LayerSpec:
    file = base / _here(_safe(found.path, f"{where}.path"), base)
    if not _is_file(file) and not file.is_dir():  # a folder is refused with how to convert it
        raise SourceError(
            en=f"{where}.path: found no file {shown(found.path)} in {base}; expected a polygon layer. Check the path.",
            zh=f"{where}.path：在 {base} 中没有文件 {shown(found.path)}；应为面图层文件。请检查路径。",
        )
    if found.sha256 is not None and file.suffix.lower() == ".shp":
        raise UsageError(
            en=f"{where}.sha256: found one digest for a shapefile, which is several files; expected none. "
            "Turn it into a GeoPackage first.",
            zh=f"{where}.sha256：shapefile 由多个文件组成，一个校验值不能证明全部；请转换为 GeoPackage 后再填写。",
        )
    return LayerSpec(
        path=file,
        code=found.code,
        name=found.name,
        layer=found.layer,
        encoding=found.encoding,
        sha256=_digest(found.sha256, where),
        crs=found.crs,
        areas=None if isinstance(found, ParentTable) or found.areas is None else tuple(found.areas),
    )


def _safe(path: str, where: str) -> str:
    """Return a path that only names a file; refuse URLs, /vsi names, driver prefixes and inline documents."""
    plain = path.strip().replace("\\", "/")
    hostile = (
        not plain
        or not path.isprintable()
        or plain[0] in "<{"
        or SCHEME.match(plain) is not None
        or plain.lower().startswith("/vsi")
    )
    if not hostile:
        return path
    escaped = not path.isprintable()  # "C:\tax.xlsx" in double quotes: \t is a tabulator
    raise UsageError(
        en=f"{where}: found {shown(path)}; expected the path of a file on this machine. "
        "URLs, /vsi names and documents in place of a path are refused; minglu fetches nothing."
        f"{WINDOWS_EN if escaped else ''}",
        zh=f"{where}：得到 {shown(path)}；应为本机文件的路径。不接受网址、/vsi 名称或内嵌文档；minglu 不联网取数。"
        f"{WINDOWS_ZH if escaped else ''}",
    )
