"""`python -m askms`."""

from __future__ import annotations

from askms.cli import main

main()
