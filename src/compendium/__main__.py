"""`python -m compendium`."""

from compendium.cli import main

main()
