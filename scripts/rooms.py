"""The rooms of a floor, for import-linter: inside an app imports go down only, as docs/architecture.md says.

import-linter's own layers want every module named. Here a module's place is read off its name, so that a
new domain module is held from its first day: what is named in no layer is a domain module.
"""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

DOMAIN = "domain"


class RoomsContract(Contract):
    """`layers` are the names that place a module, highest first, `domain` standing for every other name.

    A name counts wherever it is in the module's path: `clinic.signin.forms` is a form. Names in one line
    (`views | admin`) share a layer and may import each other.
    """

    # import-linter puts what it read from pyproject.toml in the place of these.
    apps: Any = fields.ListField(subfield=fields.StringField())
    layers: Any = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        rising = [
            (importer, imported, graph.get_import_details(importer=importer, imported=imported))
            for app in self.apps
            for importer in sorted({app, *graph.find_descendants(app)})
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.split(".")[0] == app and self.place(imported) > self.place(importer)
        ]
        return ContractCheck(kept=not rising, metadata={"rising": rising})

    def place(self, module: str) -> int:
        """How high `module` stands: 0 is the lowest layer."""
        heights = {
            name.strip(): height
            for height, line in enumerate(reversed(self.layers))
            for name in line.split("|")
        }
        # The highest name wins: a view's `models` helper stays a view.
        named = [heights[part] for part in module.split(".")[1:] if part in heights]
        return max(named, default=heights[DOMAIN])

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported, details in check.metadata["rising"]:
            line = details[0]["line_number"] if details else "?"
            output.print_error(f"{importer} (line {line}) must not import {imported}, which stands higher.")
