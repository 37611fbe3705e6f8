"""The command line speaks one language at a time, says what was wrong with an example, and keeps its exit codes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from minglu import errors
from minglu.commands.terminal.help_text import CJK, EXAMPLES, GROUPS, in_one_language, usage_lines
from minglu.commands.terminal.help_topics import EXIT_CODES
from tests.commands import ROOT, commands


def run(*arguments, folder=None, **environment):
    """Run minglu and return what it said and its exit code."""
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "minglu", *arguments],
        capture_output=True, encoding="utf-8", check=False, cwd=folder, env=os.environ | environment,
    )  # fmt: skip


def test_every_command_has_its_place_in_the_order_of_the_work():
    """Groups list what there is; a command that is in none would stand under Further."""
    assert set(commands()) <= {name for names in GROUPS.values() for name in names}


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["review", "sheets", "--help"]])
def test_help_is_in_the_language_of_the_user(arguments):
    """English help holds no Chinese; Chinese help describes every option in Chinese."""
    assert not CJK.search(run("--lang", "en", *arguments).stdout)
    chinese = run("--lang", "zh", *arguments).stdout
    assert "用法：" in chinese
    assert "Print" not in chinese


def test_language_may_stand_before_or_after_the_command(tmp_path):
    """Both mean the same."""
    said = [run("--lang", "zh", "report", str(tmp_path)), run("report", str(tmp_path), "--lang", "zh")]
    assert said[0].stderr == said[1].stderr
    assert CJK.search(said[0].stderr)
    assert {one.returncode for one in said} == {3}


def test_usage_errors_are_said_in_the_language_with_an_example():
    """Exit code 2, an example that can be copied, and where the help is."""
    done = run("--lang", "zh", "build")
    assert done.returncode == 2
    assert "缺少参数" in done.stderr
    assert EXAMPLES["build"] in done.stderr
    assert usage_lines("No such option: --ouf", "minglu build", "zh")[0] == "minglu：没有选项 --ouf。"


def test_texts_are_split_at_the_sentence_before_the_chinese():
    """A program's name or a code may begin the Chinese half."""
    assert in_one_language("A run folder made by build. build 生成的结果文件夹。", "zh") == "build 生成的结果文件夹。"
    assert in_one_language("No Chinese at all", "zh") == "No Chinese at all"


def test_exit_codes_are_those_of_the_code_and_of_the_readme():
    """The table of `minglu help exit-codes`, the errors of the program and both READMEs agree."""
    raised = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "exit_code")}
    assert raised | {0, 1, 130} == set(EXIT_CODES)
    told = re.search(r"Exit codes: (.*?)\.\n", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert {int(code) for code in re.findall(r"\b\d+\b", told[1])} == set(EXIT_CODES)


def test_example_lays_out_files_that_init_understands_and_refuses_a_full_folder(tmp_path):
    """From nothing to a census file in two commands; nothing of the user is overwritten."""
    folder = tmp_path / "office"
    assert run("example", str(folder)).returncode == 0
    assert run("init", str(folder)).returncode == 0
    text = (folder / "census.toml").read_text("utf-8")
    assert all(f'kind = "{kind}"' in text for kind in ("business", "tax", "permit"))
    assert run("example", str(folder)).returncode == 2


def test_a_closed_pipe_is_no_error():
    """`minglu --help | head -1` ends quietly."""
    command = f"{sys.executable} -X utf8 -m minglu help exit-codes | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "0"
    assert done.stderr == ""
