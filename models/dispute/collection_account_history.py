from odoo import api, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """What the dispute room adds to the action history: the steps of disputes. Void ones, entered by mistake, are left out."""

    _inherit = "collection.account"

    @api.model
    def _history_kinds(self):
        return {**super()._history_kinds(), "dispute": self.env._("Dispute")}

    @api.model
    def _history_queries(self):
        # A reopened dispute is in review again: that is told once.
        steps = self._history_query(
            SQL(
                """collection_dispute d JOIN collection_dispute_event e ON e.dispute_id = d.id
                   JOIN collection_dispute_reason r ON r.id = d.reason_id JOIN res_company c ON c.id = d.company_id
                   WHERE d.state != 'void' AND NOT (e.kind = 'state' AND e.state = 'In Review' AND EXISTS (
                       SELECT FROM collection_dispute_event o WHERE o.dispute_id = d.id AND o.kind = 'reopen' AND o.date = e.date))"""
            ),
            kind="dispute",
            source_id=SQL("e.id"),
            account_id=SQL("d.account_id"),
            moment=SQL("e.date"),
            is_internal=SQL(
                "e.kind IN ('reminder', 'climb') OR e.kind = 'state' AND e.state IN ('Routed', 'In Review', 'Resolving')"
            ),
            direction=SQL("CASE WHEN e.state = 'New' THEN 'in' WHEN e.kind = 'letter' THEN 'out' END"),
            title=self._history_dispute_title(),
            reference=SQL("d.name"),
            note=self._history_text(
                SQL("CASE WHEN e.state = 'New' THEN d.description END"),
                SQL("CASE WHEN e.state = 'Decided' THEN d.explanation END"),
                SQL("e.note"),
            ),
            user_id=SQL("e.user_id"),
            contact_id=SQL("CASE WHEN e.state = 'New' OR e.kind = 'letter' THEN d.contact_id END"),
            amount=SQL("CASE WHEN e.state = 'New' THEN d.amount END"),
            currency_id=SQL("c.currency_id"),
            res_model="collection.dispute",
            res_id=SQL("d.id"),
            move_ids=self._history_moves("collection.dispute.line_ids", SQL("d.id")),
            files=SQL(
                """CASE WHEN e.state = 'New' THEN (SELECT STRING_AGG(f.name, ', ' ORDER BY f.id) FROM ir_attachment f
                       WHERE f.res_model = 'collection.dispute' AND f.res_id = d.id) END"""
            ),
        )
        return [*super()._history_queries(), steps]

    @api.model
    def _history_dispute_title(self):
        """`SQL` of what happened in event `e`. Its column `state` holds the English label of the state that was reached."""
        _ = self.env._
        states = {
            "New": _("Dispute opened"),
            "Routed": _("Dispute with the team"),
            "In Review": _("Dispute in review"),
            "Waiting for Customer": _("Dispute waits for the customer"),
            "Decided": _("Dispute decided"),
            "Resolving": _("Dispute being settled"),
            "Closed": _("Dispute closed"),
            "Void": _("Dispute void"),
        }
        kinds = {
            "reopen": _("Dispute reopened"),
            "reminder": _("Dispute: reminder"),
            "climb": _("Dispute passed to the lead"),
            "question": _("Dispute: question"),
            "answer": _("Dispute: answer"),
            "letter": _("Dispute: explanation to the customer"),
            "ledger": _("Dispute: change in the books"),
        }
        return SQL(
            "CONCAT_WS(': ', CASE WHEN e.kind = 'state' THEN %s ELSE %s END, CASE WHEN e.state = 'New' THEN %s END,"
            " CASE WHEN e.state = 'Decided' THEN %s END)",
            self._history_case(SQL("e.state"), states),
            self._history_case(SQL("e.kind"), kinds),
            self._history_name("r"),
            self._history_case(SQL("d.decision"), "collection.dispute.decision"),
        )
