from odoo import api, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """What the statement room adds to the action history: reviews of customers' lists that are signed off."""

    _inherit = "collection.account"

    @api.model
    def _history_kinds(self):
        return {**super()._history_kinds(), "review": self.env._("Statement review")}

    @api.model
    def _history_queries(self):
        signed = self._history_query(
            SQL("collection_statement_review v WHERE v.state = 'signed'"),
            kind="review",
            source_id=SQL("v.id"),
            account_id=SQL("v.account_id"),
            moment=SQL("v.signed_on"),
            title=self.env._("Customer's list compared and signed off"),
            reference=SQL("v.name"),
            note=SQL("v.note"),
            user_id=SQL("v.signed_by_id"),
            amount=SQL("v.amount_difference"),
            currency_id=SQL("v.currency_id"),
            res_model="collection.statement.review",
            res_id=SQL("v.id"),
            move_ids=self._history_moves("collection.statement.review.line_ids", SQL("v.id")),
            files=SQL("v.file_name"),
        )
        return [*super()._history_queries(), signed]
