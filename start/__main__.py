"""The door of `python3 start`: refuses a Python that is too old, then hands over.

Only this file must be readable by an old Python (no annotations, no f-strings, no future
imports), so that `python3 start demo` on an old machine ends with a sentence and not
with a SyntaxError.
"""

import sys

OLDEST = (3, 11)
FIRST_UNTRIED = (3, 15)


def refuse_other_pythons(version):
    """Return what to say to a Python outside the supported range, or None."""
    if OLDEST <= tuple(version[:2]) < FIRST_UNTRIED:
        return None
    found = "{}.{}".format(version[0], version[1])
    return (
        "start: found Python {0}; minglu needs 3.11, 3.12, 3.13 or 3.14. "
        "Install one and name it, for example: python3.12 start demo\n"
        "start：当前 Python 为 {0}；minglu 需要 3.11 至 3.14。"
        "请安装后指定版本运行，例如：python3.12 start demo\n"
    ).format(found)


def main():
    """Refuse, or run the command; return the exit code."""
    refusal = refuse_other_pythons(sys.version_info)
    if refusal:
        if sys.version_info >= (3,):  # Python 2 has bytes here, fit to be written as they are
            encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
            refusal = refusal.encode(encoding, "replace").decode(encoding)
        sys.stderr.write(refusal)
        return 2
    from commands import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
