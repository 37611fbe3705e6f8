"""The commands of `python3 start`: set up, then run one program of the environment, nothing more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import oslock
from environment import Environment, clean_variables, set_up
from words import CANNOT_WRITE, INTERRUPTED, MISUSED, StartError, complain, language, say, spare_the_console

ROOT = Path(__file__).resolve().parent.parent
FINDINGS = 1
SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")
"""Tests run on every processor, up to four; those of one file stay together, as they share what they build."""

HELP_EN = """\
usage: python3 start COMMAND

  demo               set up, then build the sample register into out/demo
  test [ARGS]        set up, then run the tests (ARGS go to pytest)
  run PROGRAM ARGS   set up, then run a program of the environment
  setup              set up only

Sets up .venv in the project's root from requirements.lock; later runs reuse it.
Exit codes: those of the program; 2 usage or wrong Python, 5 can't write,
69 packages or pip not to be had, 130 interrupted."""

HELP_ZH = """\
用法：python3 start 命令

  demo               准备环境，并把示例名录生成到 out/demo
  test [参数]        准备环境，并运行测试（参数交给 pytest）
  run 程序 参数      准备环境，并运行环境中的程序
  setup              只准备环境

按 requirements.lock 在项目根目录建立 .venv，以后直接复用。
退出码：同所运行的程序；2 用法或 Python 版本不符，5 无法写入，
69 无法取得依赖包或 pip，130 被中断。"""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command line; return the exit code."""
    spare_the_console()
    try:
        return _carry_out(arguments)
    except StartError as error:
        complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED


def _carry_out(arguments: Sequence[str]) -> int:
    match list(arguments):
        case ["demo"]:
            return demo(prepare(ROOT))
        case ["test", *rest]:
            # As a module: worker processes that tests start then find the tests' own functions.
            return program(prepare(ROOT), "python", "-m", "pytest", *SIDE_BY_SIDE, *rest)
        case ["run", name, *rest]:
            return program(prepare(ROOT), name, *rest)
        case ["setup"]:
            prepare(ROOT)
            return 0
        case ["-h" | "--help" | "help"]:
            print(HELP_ZH if language(os.environ) == "zh" else HELP_EN)
            return 0
        case _:
            print(HELP_ZH if language(os.environ) == "zh" else HELP_EN, file=sys.stderr)
            return MISUSED


def prepare(root: Path) -> Environment:
    """Set the environment up under the lock, so that two runs at once do not meet in it."""

    def when_busy() -> None:
        say(en="Another run is setting up; waiting for it ...", zh="另一个进程正在准备环境，请等待 ……")

    try:
        with oslock.held(root / ".start.lock", when_busy=when_busy) as descriptor:
            environment = Environment(root, descriptor)
            set_up(environment)
    except OSError as error:
        raise StartError(
            en=f"{root} can't be written: {error}. Copy the project to a folder of your own.",
            zh=f"{root} 无法写入：{error}。请把项目复制到自己的目录。",
            exit_code=CANNOT_WRITE,
        ) from error
    return Environment(root)


def program(environment: Environment, name: str, *arguments: str) -> int:
    """Run a program of the environment in the project's root; return its exit code."""
    path = environment.script(name)
    if not path.exists():
        raise StartError(
            en=f"run: {name} is not a program of {environment.folder}.",
            zh=f"run：{environment.folder} 中没有程序 {name}。",
            exit_code=MISUSED,
        )
    return subprocess.run(
        [str(path), *arguments], cwd=environment.root, env=clean_variables(os.environ), check=False
    ).returncode


def demo(environment: Environment) -> int:
    """Build the sample register and say where to look; findings in the sample are no failure to build."""
    out = Path("out", "demo")
    exit_code = program(environment, "minglu", "build", str(Path("sample_data", "census.toml")), "--out", str(out))
    if exit_code in {0, FINDINGS}:
        made = environment.root / out
        for file, en, zh in (
            ("report.html", "Report with its map, open it in a browser", "报告（内含地图，用浏览器打开）"),
            ("register.gpkg", "Map layers, open them in QGIS", "地图图层（用 QGIS 打开）"),
            ("register.xlsx", "Register", "名录"),
        ):
            if (made / file).exists():
                say(en=f"{en}: {made / file}", zh=f"{zh}：{made / file}")
    return exit_code
