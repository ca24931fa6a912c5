from odoo import api, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """What the exception room adds to the action history: exceptions of the customer and its invoices, proposed, approved, ended."""

    _inherit = "collection.account"

    @api.model
    def _history_kinds(self):
        return {**super()._history_kinds(), "exception": self.env._("Special exception")}

    @api.model
    def _history_queries(self):
        _ = self.env._
        steps = self._history_query(
            SQL(
                """collection_exception x JOIN collection_exception_type t ON t.id = x.type_id
                   CROSS JOIN LATERAL (VALUES
                       (1, x.create_date, NULL::date, x.create_uid), (2, NULL, x.approved_on, x.approver_id), (3, NULL, x.ended_on, NULL)
                   ) s (step, moment, day, user_id)
                   WHERE x.account_id IS NOT NULL AND x.state != 'draft' AND (s.moment IS NOT NULL OR s.day IS NOT NULL)"""
            ),
            kind="exception",
            source_id=SQL("x.id * 4 + s.step"),
            account_id=SQL("x.account_id"),
            moment=SQL("s.moment"),
            day=SQL("s.day"),
            is_internal=True,
            title=SQL(
                "CONCAT_WS(': ', CASE s.step WHEN 1 THEN %s WHEN 2 THEN %s ELSE CASE x.state WHEN 'refused' THEN %s ELSE %s END END, %s)",
                _("Exception proposed"),
                _("Exception approved"),
                _("Exception refused"),
                _("Exception ended"),
                self._history_name("t"),
            ),
            reference=SQL("x.name"),
            note=SQL("CASE s.step WHEN 1 THEN x.instruction WHEN 3 THEN x.closed_reason END"),
            user_id=SQL("s.user_id"),
            amount=SQL("NULLIF(x.amount, 0)"),
            currency_id=SQL("(SELECT c.currency_id FROM res_company c WHERE c.id = x.company_id)"),
            res_model="collection.exception",
            res_id=SQL("x.id"),
            move_ids=SQL("ARRAY_REMOVE(ARRAY[x.move_id], NULL)"),
            files=SQL(
                "CASE WHEN s.step = 1 THEN %s END",
                self._history_files("collection.exception.attachment_ids", SQL("x.id")),
            ),
        )
        return [*super()._history_queries(), steps]
