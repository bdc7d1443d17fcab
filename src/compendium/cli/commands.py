"""Every module that registers commands, in the order of --help."""

from compendium.cli import (  # noqa: F401 (importing them registers them)
    assessing,
    beginning,
    comparing,
    data_in,
    declaring,
    disclosure_control,
    frameworks,
    gathering,
    importing,
    machine,
    main_job,
    releasing,
    sameness,
    templates,
    tracing,
    updating,
    verifying,
)
