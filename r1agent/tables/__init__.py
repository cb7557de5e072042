"""A table over papers: papers down, questions across, each cell with its quote and page."""

from r1agent.tables.cells import Cell, Row
from r1agent.tables.columns import read_form
from r1agent.tables.form import Column, TableError, TableForm
from r1agent.tables.keeping import kept_cells
from r1agent.tables.making import make_table
from r1agent.tables.table import Table

__all__ = [
    "Cell",
    "Column",
    "Row",
    "Table",
    "TableError",
    "TableForm",
    "kept_cells",
    "make_table",
    "read_form",
]
