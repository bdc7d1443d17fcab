"""The framework appendix of a locality: standards, trace, what was found, crosswalk, history; page and PDF."""

from compendium.report.framework_page.page import page

__all__ = ["page"]
