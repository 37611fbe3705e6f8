"""Run the command line as `python -m minglu` or as the program `minglu`; Ctrl-C is heeded from the first moment."""

import os
import signal


def run() -> None:
    """Run the command line; whoever interrupts while it loads ends it without a word, for nothing is done yet."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from minglu.cli import main  # noqa: PLC0415 - loading takes most of the time of a short command

    main()


if __name__ == "__main__":
    run()
