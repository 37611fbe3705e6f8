"""Workbooks: checked before parsing, parsed in a child process with limits."""
