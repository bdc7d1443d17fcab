"""The site: the project's Quarto sources as pages, by Quarto where it is there, by the embedded engine where not."""

from compendium.site.render import RenderResult, render

__all__ = ["RenderResult", "render"]
