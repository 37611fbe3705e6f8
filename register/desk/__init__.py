"""The desk: a finished run in the browser of this machine, to look up, to judge and to verify.

A server on the loopback address alone.  It reads what the manifest vouches for, copies nothing, and writes only
what a named person decides: into the same files, by the same checks, as returned sheets.
"""
