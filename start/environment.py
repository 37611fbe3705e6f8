"""The project's own `.venv`: made, remade when it is broken, and filled from the lock; nothing else.

A stamp inside `.venv` says how far it got.  It is removed before anything is
changed and written after it succeeded, so a run that is killed leaves no lie.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import fingerprint
from words import CANNOT_WRITE, UNAVAILABLE, StartError, say

HALF_MADE = "half made"
PIP_KNOWS_PYTHON = (22, 3)
IDENTITY = "import sys, sysconfig; print(sys.implementation.cache_tag, sysconfig.get_platform())"


@dataclass(frozen=True, slots=True)
class Stamp:
    """How far the environment got: for which folder, which lock, which package files."""

    root: str
    lock: str
    project: str


@dataclass(frozen=True, slots=True)
class Environment:
    """One virtual environment and the descriptor of the lock that its writers hold."""

    root: Path
    lock_descriptor: int = -1

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.root / ".venv"

    @property
    def stamp_file(self) -> Path:
        """Where its stamp is."""
        return self.folder / "minglu-start.json"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.script("python")

    def script(self, name: str, *, windows: bool = os.name == "nt") -> Path:
        """Return the path of one of its programs."""
        return self.folder / "Scripts" / f"{name}.exe" if windows else self.folder / "bin" / name

    def stamp(self) -> Stamp | None:
        """Read the stamp; None if it is not there, half made, or not ours."""
        try:
            return Stamp(**json.loads(self.stamp_file.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write_stamp(self, stamp: Stamp | str) -> None:
        """Replace the stamp at once: a reader sees the old one or the new one."""
        fresh = self.stamp_file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(stamp) if isinstance(stamp, Stamp) else stamp), "utf-8")
        fresh.replace(self.stamp_file)


def clean_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Drop what would lead a child Python, or its pip, to another place than the environment."""
    unwanted = {"PYTHONHOME", "PYTHONPATH", "PYTHONUSERBASE", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON"}
    kept = {name: value for name, value in environment.items() if name.upper() not in unwanted}
    return kept | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def set_up(environment: Environment) -> None:
    """Bring `.venv` to what lock and project say; quick when nothing changed.

    Raises StartError when Python can't make environments, pip is not there or fails, or
    the folder can't be written.
    """
    root = environment.root
    lock, project = fingerprint.of_lock(root), fingerprint.of_project(root)
    try:
        if _is_foreign(environment):
            raise _foreign(environment.folder)
        stamp = environment.stamp() if _is_sound(environment) else None
        if stamp is None or stamp.root != str(root):
            _make(environment)
            stamp = None
        if stamp is None or stamp.lock != lock:
            _install_lock(environment)
            stamp = Stamp(str(root), lock, "")
            environment.write_stamp(stamp)
        if stamp.project != project:
            environment.write_stamp(Stamp(str(root), lock, ""))
            _install_project(environment)
            environment.write_stamp(Stamp(str(root), lock, project))
    except OSError as error:
        raise _unwritable(environment.folder, error) from error


def base_python() -> str:
    """Return the interpreter that environments are made from, even if this one is in `.venv` itself."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _is_foreign(environment: Environment) -> bool:
    """Return whether `.venv` holds something that is no environment, so that it must not be removed."""
    folder = environment.folder
    if not folder.exists():
        return False
    return not folder.is_dir() or not (
        environment.stamp_file.exists() or (folder / "pyvenv.cfg").exists() or not any(folder.iterdir())
    )


def _is_sound(environment: Environment) -> bool:
    """Return whether the environment's interpreter runs and is of this Python's kind and version."""
    here = _ask([sys.executable, "-I", "-c", IDENTITY])
    return environment.python.exists() and here == _ask([str(environment.python), "-I", "-c", IDENTITY])


def _ask(command: list[str]) -> str | None:
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_variables(os.environ))
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def _make(environment: Environment) -> None:
    """Make an empty environment, with pip inside if this Python can put one there."""
    folder = environment.folder
    say(en=f"Making {folder} ...", zh=f"正在创建 {folder} ……")
    _clear(folder)
    environment.write_stamp(HALF_MADE)
    if _call(environment, [base_python(), "-I", "-m", "venv", str(folder)], quiet=True) == 0:
        return
    _clear(folder)
    environment.write_stamp(HALF_MADE)
    if _call(environment, [base_python(), "-I", "-m", "venv", "--without-pip", str(folder)]) != 0:
        raise StartError(
            en=f"{base_python()} can't make a virtual environment (see above). On Debian or Ubuntu: "
            "apt install python3-venv; elsewhere use a Python that has the module venv.",
            zh=f"{base_python()} 无法创建虚拟环境（原因见上）。Debian 或 Ubuntu 请执行 apt install python3-venv；"
            "其他系统请使用带 venv 模块的 Python。",
            exit_code=UNAVAILABLE,
        )


def _clear(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


def pip_command(environment: Environment) -> list[str]:
    """Return the pip to call: the environment's own, else the one beside this Python, told where to go."""
    own = [str(environment.python), "-I", "-m", "pip"]
    if _ask([*own, "--version"]):
        return own
    for python in dict.fromkeys([base_python(), sys.executable]):
        outer = [python, "-m", "pip"]
        if pip_version(_ask([*outer, "--version"]) or "") >= PIP_KNOWS_PYTHON:
            return [*outer, "--python", str(environment.python)]
    raise StartError(
        en=f"No pip: neither {environment.folder} nor {base_python()} has one of version 22.3 or later. "
        "Install it (Debian or Ubuntu: apt install python3-pip python3-venv) and run this again.",
        zh=f"找不到 pip：{environment.folder} 与 {base_python()} 均无 22.3 或更新版本的 pip。"
        "请先安装（Debian 或 Ubuntu：apt install python3-pip python3-venv），然后重新运行。",
        exit_code=UNAVAILABLE,
    )


def pip_version(text: str) -> tuple[int, ...]:
    """Read the version out of `pip --version`; () if there is none.

    >>> pip_version("pip 23.2.1 from /usr/lib/python3/pip (python 3.11)"), pip_version("")
    ((23, 2), ())
    """
    words = text.split()
    numbers = words[1].split(".")[:2] if len(words) > 1 and words[0] == "pip" else []
    return tuple(int(number) for number in numbers if number.isdecimal())


def _install_lock(environment: Environment) -> None:
    say(
        en="Installing the locked packages; the first time this fetches some 200 MB ...",
        zh="正在安装锁定版本的依赖包；首次约需下载 200 MB ……",
    )
    environment.write_stamp(HALF_MADE)
    _pip(environment, "--require-hashes", "--only-binary", ":all:", "--requirement", "requirements.lock")


def _install_project(environment: Environment) -> None:
    say(en="Installing minglu from this folder ...", zh="正在从当前目录安装 minglu ……")
    # Modules that were removed must not live on in the mirror that the last installation made.
    for mirror in (environment.root / "build").glob("__editable__.*"):
        shutil.rmtree(mirror)
    settings = ("--config-settings", "editable_mode=strict")
    _pip(environment, "--no-deps", "--no-build-isolation", *settings, "--editable", ".")


def _pip(environment: Environment, *arguments: str) -> None:
    quiet = () if sys.stderr.isatty() else ("--quiet",)
    exit_code = _call(environment, [*pip_command(environment), "install", "--no-input", *quiet, *arguments])
    if exit_code != 0:
        raise StartError(
            en=f"pip ended with {exit_code}; its own words are above. Without a network, or with a mirror, tell pip "
            "(PIP_INDEX_URL, PIP_FIND_LINKS or pip.conf are heeded) and run this again; on a platform for which a "
            "package has no wheel, see CONTRIBUTING.md.",
            zh=f"pip 以 {exit_code} 结束，原因见上方 pip 自己的输出。若无网络或使用镜像，请配置 pip（PIP_INDEX_URL、"
            "PIP_FIND_LINKS 或 pip.conf 均有效）后重新运行；若所用平台缺少某个包的 wheel，见 CONTRIBUTING.md。",
            exit_code=UNAVAILABLE,
        )


def _call(environment: Environment, command: list[str], *, quiet: bool = False) -> int:
    """Run a writer of the environment: what it prints goes to stderr, and it holds the lock as well."""
    descriptors = (environment.lock_descriptor,) if environment.lock_descriptor >= 0 and os.name != "nt" else ()
    return subprocess.run(
        command,
        cwd=environment.root,
        env=clean_variables(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else sys.stderr,
        stderr=subprocess.DEVNULL if quiet else None,
        pass_fds=descriptors,
        check=False,
    ).returncode


def _foreign(folder: Path) -> StartError:
    return StartError(
        en=f"{folder} is not a virtual environment, so it is left alone. Move it away and run this again.",
        zh=f"{folder} 不是虚拟环境，未作改动。请将其移走后重新运行。",
        exit_code=CANNOT_WRITE,
    )


def _unwritable(folder: Path, error: OSError) -> StartError:
    return StartError(
        en=f"{folder} can't be made or changed: {error}. Free space or grant the right to write, and run this again.",
        zh=f"{folder} 无法创建或修改：{error}。请检查磁盘空间和写入权限后重新运行。",
        exit_code=CANNOT_WRITE,
    )
