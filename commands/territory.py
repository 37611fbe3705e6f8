"""`minglu check`: prove a district layer, alone or level by level."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minglu.commands.terminal.console import guarded, print_json, print_lines
from minglu.commands.terminal.options import JsonOption, LangOption
from minglu.errors import UsageError

if TYPE_CHECKING:
    from minglu.register.config.census_file import LayerSpec
    from minglu.register.rules import RulePack
    from minglu.register.territory.check_layer import Territory
    from minglu.register.territory.check_levels import LevelsResult


DistrictsArgument = Annotated[Path, typer.Argument(metavar="DISTRICTS", help="The district layer. 普查小区图层。")]
WithinOption = Annotated[
    Path | None, typer.Option("--within", metavar="PARENT", help="The area to fill. 上级区域图层。")
]
CodeOption = Annotated[str, typer.Option("--code", help="Column of the district code. 小区代码列。")]
NameOption = Annotated[str | None, typer.Option("--name", help="Column of the district name. 小区名称列。")]
FaultsOption = Annotated[
    Path | None,
    typer.Option("--out", help="Folder for faults.gpkg and .geojson, or one such file. 问题图层输出文件夹或文件。"),
]
SuggestOption = Annotated[
    Path | None, typer.Option("--suggest", help="Folder for a repaired copy (slivers only). 修补建议稿输出文件夹。")
]
LevelOption = Annotated[
    list[Path] | None,
    typer.Option("--level", metavar="AREAS", help="A layer of areas above, from low to high. 上级图层，由低到高。"),
]
CrsOption = Annotated[
    str | None, typer.Option("--crs", help="Datum or system of the layers, such as GCJ02 or EPSG:4525. 图层坐标系。")
]
LayerOption = Annotated[
    str | None, typer.Option("--layer", help="Layer inside DISTRICTS, of several. 文件内的图层名。")
]
EncodingOption = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of a shapefile's attributes. 属性编码。")
]


def check(
    districts: DistrictsArgument,
    within: WithinOption = None,
    code: CodeOption = "code",
    name: NameOption = None,
    out: FaultsOption = None,
    repair: SuggestOption = None,
    level: LevelOption = None,
    crs: CrsOption = None,
    layer: LayerOption = None,
    encoding: EncodingOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Prove that districts tile their parent: no overlap, no gap. 检验小区无重叠、无缝隙地铺满上级区域。

    With --level every area is proven to be tiled by those whose codes begin with its own, level by level. 逐级检验。
    """
    with guarded(lang) as language:
        from minglu.register.config.census_file import LayerSpec
        from minglu.register.territory.check_layer import write_faults

        if level and (within or repair):
            raise _not_together("--within" if within else "--suggest")
        lowest = LayerSpec(districts, code, name, layer=layer, encoding=encoding, crs=crs)
        above = [LayerSpec(path, code, name, crs=crs) for path in level or ()]
        result = _checked(lowest, above, None if within is None else LayerSpec(within, crs=crs), repair, language)
        if out is not None:
            write_faults(result, out, inputs=[path for path in (districts, within, *(level or ())) if path])
        _print_result(result, language, as_json=as_json)
        raise typer.Exit(int(not result.clean))


def _checked(
    lowest: LayerSpec, above: list[LayerSpec], parent: LayerSpec | None, repair: Path | None, language: str
) -> Territory | LevelsResult:
    """Check one layer against its parent, or several levels against one another; write a suggestion if asked for."""
    from minglu.register.rules import load_pack
    from minglu.register.territory.check_layer import check_file
    from minglu.register.territory.check_levels import check_levels

    pack = load_pack("pollution-2", lowest.path.parent)
    if above:
        return check_levels([lowest, *above], pack)
    result = check_file(lowest, parent, pack)
    if repair is not None:
        _suggest(lowest, result, pack, repair, language)
    return result


def _print_result(result: Territory | LevelsResult, language: str, *, as_json: bool) -> None:
    from minglu.register.language.terminal_tables import print_table
    from minglu.register.territory.check_layer import headings

    if as_json:
        print_json(result.as_dict())
        return
    print_lines(result.as_lines(language))
    if not result.clean:
        print_table(headings(language), result.rows(language))


def _suggest(layer: LayerSpec, result: Territory, pack: RulePack, folder: Path, language: str) -> None:
    from minglu.register.territory.suggest_repair import suggest, suggestion_lines, write_suggestion

    suggestion = suggest(layer, result, pack)
    write_suggestion(suggestion, folder)
    print_lines(suggestion_lines(suggestion, language), err=True)


def _not_together(option: str) -> UsageError:
    return UsageError(
        en=f"--level and {option} can't be used together: give the highest area as the last --level, "
        "and repair one layer at a time.",
        zh=f"--level 与 {option} 不能同时使用：最高一级区域请作为最后一个 --level，修补请逐个图层进行。",
    )
