"""`.venv` is made once, reused, and remade when it is broken; pip is found wherever it is."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.fixture
def recorded(project, monkeypatch):
    """Stand in for the writers: note what would be run, and make an interpreter where venv would."""
    import environment

    made = environment.Environment(project)
    calls = []

    def call(_environment, command, *, quiet=False):
        calls.append(" ".join(command))
        if "venv" in command:
            made.python.parent.mkdir(parents=True)
            made.python.symlink_to(sys.executable)
            (made.folder / "pyvenv.cfg").write_text("", "utf-8")
        return 0

    monkeypatch.setattr(environment, "_call", call)
    monkeypatch.setattr(environment, "_ask", lambda command: "pip 25.0 from x" if "--version" in command else "same")
    return environment, made, calls


def kinds(calls):
    """Name the steps taken, in order."""
    return ["venv" if " -m venv" in call else "lock" if "--require-hashes" in call else "project" for call in calls]


def test_first_run_makes_all_and_second_run_makes_nothing(recorded):
    """The stamp is the only difference."""
    environment, made, calls = recorded
    environment.set_up(made)
    assert kinds(calls) == ["venv", "lock", "project"]
    environment.set_up(made)
    assert kinds(calls) == ["venv", "lock", "project"]


@pytest.mark.parametrize(
    ("path", "content", "steps"),
    [
        ("register/new.py", "", ["project"]),
        ("pyproject.toml", "#", ["project"]),
        ("requirements.lock", "#", ["lock", "project"]),
        (".venv/minglu-start.json", '"half made"', ["venv", "lock", "project"]),
        (".venv/minglu-start.json", '{"root": "/else", "lock": "", "project": ""}', ["venv", "lock", "project"]),
        (".venv/minglu-start.json", "{", ["venv", "lock", "project"]),
    ],
)
def test_only_what_is_stale_is_done_again(recorded, path, content, steps):
    """A module costs a second, a lock its packages, a half-made or moved environment everything."""
    environment, made, calls = recorded
    environment.set_up(made)
    calls.clear()
    (made.root / path).write_text(content, "utf-8")
    environment.set_up(made)
    assert kinds(calls) == steps


def test_environment_of_another_python_is_remade(recorded, monkeypatch):
    """Its interpreter says who it is."""
    environment, made, calls = recorded
    environment.set_up(made)
    calls.clear()
    ask = environment._ask
    monkeypatch.setattr(
        environment, "_ask", lambda command: "other" if command[0] == str(made.python) else ask(command)
    )
    monkeypatch.setattr(environment, "pip_command", lambda _made: ["pip"])
    environment.set_up(made)
    assert kinds(calls) == ["venv", "lock", "project"]


@pytest.mark.parametrize("failing", ["lock", "project"])
def test_failed_step_is_taken_again(recorded, monkeypatch, failing):
    """The network fails, the person mends the network, the next run goes on."""
    environment, made, calls = recorded
    call = environment._call

    def broken(made, command, *, quiet=False):
        return 1 if kinds([" ".join(command)]) == [failing] else call(made, command, quiet=quiet)

    with monkeypatch.context() as patch:
        patch.setattr(environment, "_call", broken)
        with pytest.raises(environment.StartError) as caught:
            environment.set_up(made)
    assert caught.value.exit_code == 69
    assert "network" in caught.value.en
    assert "网络" in caught.value.zh
    environment.set_up(made)
    assert kinds(calls)[-2 if failing == "lock" else -1 :] == (
        ["lock", "project"] if failing == "lock" else ["project"]
    )


def test_folder_that_is_no_environment_is_left_alone(recorded):
    """Somebody's files are never removed."""
    environment, made, calls = recorded
    made.folder.mkdir()
    (made.folder / "thesis.docx").write_text("years of work", "utf-8")
    with pytest.raises(environment.StartError) as caught:
        environment.set_up(made)
    assert caught.value.exit_code == 5
    assert (made.folder / "thesis.docx").exists()
    assert calls == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right on Windows")
def test_environment_behind_a_link_is_unlinked_not_emptied(recorded, tmp_path):
    """What a link leads to may belong to another project."""
    environment, made, _ = recorded
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pyvenv.cfg").write_text("", "utf-8")
    made.folder.symlink_to(elsewhere)
    environment.set_up(made)
    assert (elsewhere / "pyvenv.cfg").exists()
    assert not made.folder.is_symlink()


def test_without_ensurepip_the_outer_pip_is_told_where_to_go(project, monkeypatch):
    """The environment has no pip; the one beside Python has `--python`."""
    import environment

    made = environment.Environment(project)
    answers = {str(made.python): None}
    monkeypatch.setattr(environment, "_ask", lambda command: answers.get(command[0], "pip 23.2.1 from x (python 3.11)"))
    assert environment.pip_command(made)[-2:] == ["--python", str(made.python)]


@pytest.mark.parametrize("answer", [None, "", "pip 21.0 from x", "pip 22.2.2 from x", "nonsense"])
def test_no_pip_or_one_too_old_is_said(project, monkeypatch, answer):
    """With the exit code of something that is not to be had."""
    import environment

    made = environment.Environment(project)
    monkeypatch.setattr(environment, "_ask", lambda command: None if command[0] == str(made.python) else answer)
    with pytest.raises(environment.StartError) as caught:
        environment.pip_command(made)
    assert caught.value.exit_code == 69


def test_programs_are_found_on_every_system(project):
    """Scripts and .exe on Windows, bin elsewhere."""
    from environment import Environment

    made = Environment(project)
    assert made.script("minglu", windows=True).parts[-3:] == (".venv", "Scripts", "minglu.exe")
    assert made.script("minglu", windows=False).parts[-3:] == (".venv", "bin", "minglu")


def test_variables_that_lead_elsewhere_are_dropped():
    """PYTHONPATH and a pip told to install for the user would miss the environment."""
    from environment import clean_variables

    cleaned = clean_variables(
        {"PYTHONPATH": "x", "PythonHome": "x", "PIP_TARGET": "x", "PIP_USER": "1", "MINGLU_LANG": "zh"}
    )
    assert "PYTHONPATH" not in cleaned
    assert "PythonHome" not in cleaned
    assert "PIP_TARGET" not in cleaned
    assert cleaned["PIP_USER"] == "0"
    assert cleaned["MINGLU_LANG"] == "zh"


def test_unwritable_folder_is_said(recorded, monkeypatch):
    """An operating system's refusal becomes a sentence."""
    environment, made, _ = recorded

    def refuse(*_arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(environment, "_clear", refuse)
    with pytest.raises(environment.StartError) as caught:
        environment.set_up(made)
    assert caught.value.exit_code == 5


def test_real_interpreter_that_does_not_run_is_unsound(project):
    """A venv whose base Python is gone has a dead interpreter."""
    import environment

    made = environment.Environment(project)
    made.python.parent.mkdir(parents=True)
    made.python.write_text("", "utf-8")
    assert not environment._is_sound(made)


def test_pip_version_is_read_from_a_real_pip():
    """Its line has kept this shape for ten years."""
    from environment import pip_version

    done = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("this environment has no pip")
    assert pip_version(done.stdout) >= (20,)
