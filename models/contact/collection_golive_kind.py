from odoo import api, models


class CollectionGoliveKind(models.AbstractModel):
    _inherit = "collection.golive.kind"

    @api.model
    def _read_row(self, line, cells, columns, options):
        """A line with a card number is refused, and its cells are forgotten."""
        if self.env["collection.card.guard"]._finds_any("\n".join(cells)):
            row = super()._read_row(line, [""] * len(cells), columns, options)
            row.errors, row.is_secret = [], True
            row.refuse("", self.env._("The line holds the number of a payment card. Take it out of the file."))
            return row
        return super()._read_row(line, cells, columns, options)
