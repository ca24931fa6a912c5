from odoo import api, models
from odoo.tools import SQL


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # What was matched since some moment: rows lie in the order in which they came, so that a few pages tell where.
    _collection_create_date_idx = models.Index("USING brin (create_date)")

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self.env["collection.account"]._touch(lines=(partials.debit_move_id | partials.credit_move_id).ids)
        # Bookkeepers match payments without access to Collections.
        bounces = self.env["collection.bounce"].sudo()
        if partials and bounces.search_count([("move_id", "in", partials.credit_move_id.move_id.ids)], limit=1):
            bounces._take_back(bounces._applied(SQL("part.id IN %s", tuple(partials.ids))))
        return partials

    def unlink(self):
        if self:
            bounces = self.env["collection.bounce"].sudo()  # as above
            bounces._note("unmatched", bounces._applied(SQL("part.id IN %s", tuple(self.ids))))
        self.env["collection.account"]._touch(lines=(self.debit_move_id | self.credit_move_id).ids)
        return super().unlink()
