"""The command line: one file per command, the options that they share, and the boundary where errors become exit codes.

Nothing outside knows Typer. Commands load what they need when they run, so that `--help` answers at once.
"""
