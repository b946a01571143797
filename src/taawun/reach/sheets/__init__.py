"""Sheets in and out: strict reading with line-exact errors, and writing that no spreadsheet program mistakes for formulas."""
