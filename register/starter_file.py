"""`minglu init`: a census file for an office's folder that builds at once; what it assumes stands as comments.

What lies in the folder is found by `folder_scan`; here it becomes text, and remarks for the person who reads it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from minglu.errors import UsageError
from minglu.register.folder_scan import FolderScan, LayerFound, ListFound, scan_folder
from minglu.register.rules import load_pack
from minglu.register.rules.rule_pack import RulePack
from minglu.register.storage.output_place import write_new

PACK = "pollution-2"
NO_LAYER = LayerFound(Path("districts.gpkg"), "code", "name", 0, (0.0, 0.0, 0.0, 0.0), "")


class Note(NamedTuple):
    """A remark on a proposal, in both languages."""

    en: str
    zh: str

    def text(self, language: str) -> str:
        """Return the note in `language`."""
        return self.zh if language == "zh" else self.en


def write_census_file(folder: Path) -> tuple[Path, list[Note]]:
    """Write `folder`/census.toml for what lies in the folder; refuse to replace one.  Returns path and remarks."""
    target = folder / "census.toml"
    if not folder.is_dir():
        raise UsageError(
            en=f"{folder}: no such folder; expected the folder that holds the lists and layers.",
            zh=f"{folder}：文件夹不存在，应为存放名单和图层的文件夹。",
        )
    if target.exists():
        raise UsageError(
            en=f"{target}: exists already and is not replaced. Rename it or edit it.",
            zh=f"{target}：已存在，不会覆盖。请改名或直接编辑。",
        )
    pack = load_pack(PACK, folder)
    found = scan_folder(folder, pack)
    write_new(target, ("\n".join(_lines(found, pack, folder)) + "\n").encode())
    return target, list(_notes(found, pack))


def _lines(found: FolderScan, pack: RulePack, folder: Path) -> Iterator[str]:
    yield "# One run of minglu. Paths are relative to this file. 一次清查的配置；路径相对于本文件。"
    yield "# What stands behind # was assumed: correct it where it is wrong. “#”后为推定内容，如有误请更正。"
    yield "[census]"
    yield f"name = {_quoted(_census_name(found, folder))}  # name of the census 名称"
    yield "reference_date = 2027-12-31  # assumed: the end of the census year 推定：普查年度末"
    yield f'rules = "{PACK}"  # rule pack 规则包'
    yield from _list_lines(found.lists, pack)
    districts = found.districts or NO_LAYER
    yield ""
    yield f"[districts]  # {_about_layer(districts)} 普查小区"
    yield f"path = {_quoted(districts.path.name)}"
    yield f"code = {_quoted(districts.code or 'code')}"
    if districts.name or districts.problem is not None:
        yield f"name = {_quoted(districts.name or 'name')}"
    yield from _crs_line(districts)
    if found.parent is not None:
        yield ""
        yield f"[parent]  # {_about_layer(found.parent)} the area that the districts must fill 上级区域"
        yield f"path = {_quoted(found.parent.path.name)}"
        yield from _crs_line(found.parent)


def _crs_line(layer: LayerFound) -> Iterator[str]:
    if layer.crs:
        yield f"crs = {_quoted(layer.crs)}  # the file states none; its numbers look so 文件未注明，据坐标数值推定"


def _list_lines(lists: Sequence[ListFound], pack: RulePack) -> Iterator[str]:
    kinds = " | ".join(f"{kind} {row.zh}" for kind, row in pack.kinds.items())
    counts = Counter(one.kind for one in lists)
    for one in lists or (ListFound(Path("business.csv"), "business", by_content=False),):
        yield ""
        yield "[[lists]]"
        basis = "by its headings 据表头" if one.by_content else "by its name 据文件名"
        yield f'kind = "{one.kind}"  # {basis}: {kinds}'
        yield f"path = {_quoted(one.path.name)}"
        yield 'crs = "auto"  # tested at build 建库时检验: CGCS2000 | WGS84 | GCJ02 | BD09'
        if one.kind == "other" or counts[one.kind] > 1:
            yield f"name = {_quoted(_list_name(one.path, lists))}  # two lists may not share a name 名称不可重复"


def _about_layer(layer: LayerFound) -> str:
    """Describe what was seen of a layer."""
    return "not opened 未打开:" if layer.problem is not None or not layer.features else f"{layer.features} areas 个面:"


def _census_name(found: FolderScan, folder: Path) -> str:
    """Name the census after the parent area, else after the folder."""
    title = found.parent.title if found.parent is not None else ""
    return f"{title or folder.resolve().name or '某县'}清查"


def _list_name(path: Path, lists: Sequence[ListFound]) -> str:
    """Name a list after its file; a name that two files share, or that a name may not hold, is made good."""
    shared = sum(other.path.stem == path.stem for other in lists) > 1
    return (path.name if shared else path.stem).replace("+", "_").strip()


def _quoted(text: str) -> str:
    """Write a TOML basic string; file names hold no control characters that TOML can't escape."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _notes(found: FolderScan, pack: RulePack) -> Iterator[Note]:
    for one in found.lists:
        row = pack.kinds[one.kind]
        yield Note(f"{one.path.name}: taken as {row.en} ({one.kind})", f"{one.path.name}：按{row.zh}处理")
    if not found.lists:
        yield Note("no list found: name yours under [[lists]]", "未找到名单文件：请在 [[lists]] 中填写")
    if found.districts is None:
        yield Note("no district layer found: name it under [districts]", "未找到小区图层：请在 [districts] 中填写")
    for layer in (found.districts, found.parent, *found.unused):
        if layer is not None and layer.problem is not None:
            yield Note(layer.problem.en, layer.problem.zh)
    if found.districts is not None and found.districts.problem is None:
        layer = found.districts
        yield Note(
            f"{layer.path.name}: {layer.features} districts, code in column {layer.code or '?'}, "
            f"name in column {layer.name or '?'}",
            f"{layer.path.name}：{layer.features} 个普查小区，代码列 {layer.code or '？'}，名称列 {layer.name or '？'}",
        )
    if found.unused:
        others = ", ".join(layer.path.name for layer in found.unused)
        yield Note(f"layers found and not used: {others}", f"另有未采用的图层：{others}")
    if found.parent is None:
        yield Note(
            "no parent area found: without [parent] the outer edge is not proven",
            "未找到上级区域：没有 [parent] 则外边界未经证明",
        )
