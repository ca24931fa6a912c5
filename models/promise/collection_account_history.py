from odoo import api, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """What the promise room adds to the action history: promises made, moved, kept, broken, withdrawn."""

    _inherit = "collection.account"

    @api.model
    def _history_kinds(self):
        return {**super()._history_kinds(), "promise": self.env._("Promise")}

    @api.model
    def _history_queries(self):
        _ = self.env._
        titles = {
            "kept": _("Promise kept"),
            "partially_kept": _("Promise kept in part"),
            "broken": _("Promise broken"),
            "pending_application": _("Promised money came, not applied yet"),
            "withdrawn": _("Promise withdrawn"),
            "superseded": _("Promise settled otherwise"),
        }
        steps = self._history_query(
            SQL(
                """collection_promise p JOIN collection_promise_event e ON e.promise_id = p.id
                   LEFT JOIN collection_promise n ON n.id = p.next_id AND e.state = 'superseded'
                   LEFT JOIN collection_promise o ON o.id = p.previous_id AND e.before = 'draft'
                   JOIN LATERAL (
                       SELECT STRING_AGG(TO_CHAR(i.date, 'YYYY-MM-DD') || ': ' || ROUND(i.amount_currency, 2), ', ' ORDER BY i.date)
                              AS dates
                         FROM collection_promise_installment i WHERE i.promise_id = p.id
                   ) plan ON TRUE
                   WHERE e.before != 'draft' OR e.state != 'withdrawn'"""
            ),
            kind="promise",
            source_id=SQL("e.id"),
            account_id=SQL("p.account_id"),
            moment=SQL("e.date"),
            direction=SQL("CASE WHEN e.before = 'draft' THEN 'in' END"),
            title=SQL(
                "CASE WHEN n.id IS NOT NULL THEN %s WHEN e.before = 'draft' THEN CASE WHEN o.id IS NULL THEN %s ELSE %s END"
                " WHEN e.state = 'open' THEN %s ELSE %s END",
                _("Promise moved"),
                _("Promise to pay"),
                _("Promise to pay, new dates"),
                _("Promise open again"),
                self._history_case(SQL("e.state"), titles),
            ),
            reference=SQL("p.name"),
            note=SQL(
                "CASE WHEN e.before = 'draft' THEN %s WHEN n.id IS NOT NULL THEN n.name"
                " WHEN e.state = 'withdrawn' THEN p.closed_reason END",
                self._history_text(SQL("plan.dates"), SQL("%s || o.name", _("Before:") + " "), SQL("p.note"), by=" · "),
            ),
            user_id=SQL("e.user_id"),
            contact_id=SQL("p.contact_id"),
            amount=SQL("p.amount_currency"),
            currency_id=SQL("p.currency_id"),
            res_model="collection.promise",
            res_id=SQL("p.id"),
            move_ids=self._history_moves("collection.promise.line_ids", SQL("p.id")),
        )
        return [*super()._history_queries(), steps]
