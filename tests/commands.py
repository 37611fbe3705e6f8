"""The help of every command as one page; as a program, renew docs/reference/commands.md.

python3 start run python tests/commands.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "commands.md"
HEAD = """# Commands 命令

Made from the program itself by `make golden`; a test holds it against the program. 本页由程序生成。

Every option can stand anywhere behind the command; `--lang` and `--quiet` before it as well. `MINGLU_LANG=zh` or
`--lang zh` makes help and messages Chinese (`minglu --lang zh --help`),
`NO_COLOR` turns colours off, `MINGLU_DEBUG=1` shows where an internal error came from.
"""


def help_of(*command: str) -> str:
    """Return what `minglu COMMAND --help` prints, at a fixed width."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "minglu", *command, "--help"],
        capture_output=True,
        check=True,
        env=os.environ | {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "MINGLU_LANG": "en"},
    )
    return done.stdout.decode().replace("python -m minglu", "minglu").replace("\r\n", "\n").strip()


def commands() -> list[str]:
    """Return the names of all commands, as the help lists them."""
    return _listed(help_of())


def _listed(text: str) -> list[str]:
    """Return the commands of a listing; headings of groups end with a colon."""
    lines = [line for line in text.partition("\nCommands:")[2].splitlines() if line.strip() and not line.endswith(":")]
    indent = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    return [line.split()[0] for line in lines if len(line) - len(line.lstrip()) == indent]


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, "```", help_of(), "```"]
    for command in commands():
        told = help_of(command)
        parts += ["", f"## minglu {command}", "", "```", told, "```"]
        for part in _listed(told):
            parts += ["", f"### minglu {command} {part}", "", "```", help_of(command, part), "```"]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(PAGE)  # noqa: T201
