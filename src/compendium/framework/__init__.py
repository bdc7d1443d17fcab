"""The quality standards framework: versioned records, their links to evidence, and the crosswalk to published frameworks."""
