"""Run the command line as `python -m minglu`."""

from minglu.cli import main

if __name__ == "__main__":
    main()
