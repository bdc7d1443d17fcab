"""The quality standards framework: versioned records, the evidence they lean on, the crosswalk to published ones."""
