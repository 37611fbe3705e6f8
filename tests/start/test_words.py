"""ConsoleProgress is in one language, an error in both."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"MINGLU_LANG": "zh"}, "zh"),
        ({"MINGLU_LANG": "EN", "LANG": "zh_CN.GB18030"}, "en"),
        ({"MINGLU_LANG": "fr", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "C"}, "zh"),
    ],
)
def test_language_follows_the_wish_then_the_locale(variables, expected):
    """MINGLU_LANG wins; an unknown wish is no wish."""
    from words import language

    assert language(variables) == expected


def test_error_is_told_in_both_languages(capsys):
    """Whoever reads the log can read it."""
    from words import StartError, complain

    complain(StartError(en="no pip", zh="没有 pip", exit_code=69))
    assert capsys.readouterr().err == "start: no pip\nstart：没有 pip\n"
