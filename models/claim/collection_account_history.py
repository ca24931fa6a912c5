from odoo import api, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """What the claim room adds to the action history: payment claims, and requests to apply money.

    Void claims, entered by mistake, are left out.
    """

    _inherit = "collection.account"

    @api.model
    def _history_kinds(self):
        _ = self.env._
        return {**super()._history_kinds(), "claim": _("Payment claim"), "application": _("Request to apply money")}

    @api.model
    def _history_queries(self):
        return [*super()._history_queries(), self._history_claim_query(), self._history_application_query()]

    @api.model
    def _history_claim_query(self):
        _ = self.env._
        titles = {
            "1": _("Customer says it is paid"),
            "2": _("Payment claim renewed"),
            "3": _("Proof of payment asked for"),
            "4": _("Payment claim closed"),
        }
        return self._history_query(
            SQL(
                """collection_claim l CROSS JOIN LATERAL (VALUES
                       (1, l.create_date, NULL::date, l.user_id), (2, NULL, l.renewed_on, NULL), (3, NULL, l.proof_asked_on, NULL),
                       (4, NULL, CASE WHEN l.state = 'closed' THEN l.closed_on END, NULL)
                   ) s (step, moment, day, user_id)
                   WHERE l.state != 'void' AND (s.moment IS NOT NULL OR s.day IS NOT NULL)"""
            ),
            kind="claim",
            source_id=SQL("l.id * 4 + s.step"),
            account_id=SQL("l.account_id"),
            moment=SQL("s.moment"),
            day=SQL("s.day"),
            direction=SQL("CASE s.step WHEN 1 THEN 'in' WHEN 3 THEN 'out' END"),
            title=SQL(
                "CONCAT_WS(': ', %s, CASE WHEN s.step = 4 THEN %s END)",
                self._history_case(SQL("s.step::text"), titles),
                self._history_case(SQL("l.outcome"), "collection.claim.outcome"),
            ),
            reference=SQL("l.name"),
            note=SQL(
                "CASE s.step WHEN 1 THEN %s WHEN 4 THEN l.closed_reason END",
                self._history_text(
                    SQL("%s || TO_CHAR(l.date, 'YYYY-MM-DD')", _("Paid on") + " "),
                    self._history_case(SQL("l.method"), "collection.claim.method"),
                    SQL("l.reference"),
                    SQL("l.note"),
                    by=" · ",
                ),
            ),
            user_id=SQL("s.user_id"),
            contact_id=SQL("l.contact_id"),
            amount=SQL("l.amount_currency"),
            currency_id=SQL("l.currency_id"),
            res_model="collection.claim",
            res_id=SQL("l.id"),
            move_ids=self._history_moves("collection.claim.line_ids", SQL("l.id")),
            files=SQL(
                "CASE WHEN s.step = 1 THEN %s END", self._history_files("collection.claim.proof_ids", SQL("l.id"))
            ),
        )

    @api.model
    def _history_application_query(self):
        _ = self.env._
        return self._history_query(
            SQL(
                """collection_application_request q CROSS JOIN LATERAL (VALUES
                       (0, q.create_date, NULL::date), (1, NULL, CASE WHEN q.state = 'done' THEN q.done_on END)
                   ) s (step, moment, day)
                   WHERE q.state != 'cancelled' AND (s.moment IS NOT NULL OR s.day IS NOT NULL)"""
            ),
            kind="application",
            source_id=SQL("q.id * 2 + s.step"),
            account_id=SQL("q.account_id"),
            moment=SQL("s.moment"),
            day=SQL("s.day"),
            is_internal=True,
            title=SQL("CASE s.step WHEN 0 THEN %s ELSE %s END", _("Asked to apply money"), _("Money applied")),
            reference=SQL("q.name"),
            note=SQL("CASE WHEN s.step = 0 THEN q.note END"),
            user_id=SQL("CASE s.step WHEN 0 THEN q.requested_by_id ELSE q.user_id END"),
            amount=SQL("q.amount"),
            currency_id=SQL("q.currency_id"),
            res_model="collection.application.request",
            res_id=SQL("q.id"),
            move_ids=SQL(
                """ARRAY(SELECT i.move_id FROM collection_application_line t JOIN account_move_line i ON i.id = t.move_line_id
                          WHERE t.request_id = q.id)"""
            ),
        )
