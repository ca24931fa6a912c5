from odoo import api, models
from odoo.tools import SQL

_WORK = "collection.work.log.action"


class CollectionAccount(models.Model):
    """What the account room itself adds to the action history: holds, the worklist, stages, assignments, bounces, approvals."""

    _inherit = "collection.account"

    @api.model
    def _history_work_queries(self):
        return [
            *self._history_hold_queries(),
            self._history_worklist_query(),
            self._history_stage_query(),
            self._history_assignment_query(),
            self._history_bounce_query(),
            *self._history_approval_queries(),
        ]

    @api.model
    def _history_hold_queries(self):
        """Pauses by people and payments on their way. The holds of cases are not told apart: the cases themselves are."""
        _ = self.env._
        common = {
            "kind": "hold",
            "source_id": SQL("h.id"),
            "account_id": SQL("h.account_id"),
            "reference": SQL("h.name"),
            "amount": SQL("h.amount_currency"),
            "currency_id": SQL("h.currency_id"),
            "res_model": "collection.hold",
            "res_id": SQL("h.id"),
            "move_ids": SQL("ARRAY(SELECT l.move_id FROM account_move_line l WHERE l.id = h.move_line_id)"),
        }
        placed = self._history_query(
            SQL("collection_hold h WHERE h.kind IN ('manual', 'payment')"),
            **common,
            moment=SQL("h.create_date"),
            day=SQL("h.date_from"),
            title=self._history_case(
                SQL("h.kind"), {"manual": _("Not chased for a time"), "payment": _("Held: payment on its way")}
            ),
            note=self._history_text(
                SQL("h.reason"), SQL("%s || TO_CHAR(h.date_until, 'YYYY-MM-DD')", _("Until") + " "), by=" · "
            ),
            user_id=SQL("h.user_id"),
        )
        released = self._history_query(
            SQL("collection_hold h WHERE h.kind IN ('manual', 'payment') AND h.date_released IS NOT NULL"),
            **common,
            # A hold is written once: when it is released.
            moment=SQL("h.write_date"),
            day=SQL("h.date_released"),
            title=_("Chased again"),
            note=SQL("h.released_reason"),
            user_id=SQL("h.write_uid"),
        )
        return [placed, released]

    @api.model
    def _history_worklist_query(self):
        return self._history_query(
            SQL(
                "collection_work_log w LEFT JOIN collection_work_reason r ON r.id = w.reason_id WHERE %s",
                self._history_work_condition(),
            ),
            kind="worklist",
            source_id=SQL("w.id"),
            account_id=SQL("w.account_id"),
            moment=SQL("w.date"),
            is_internal=True,
            title=SQL("CONCAT_WS(': ', %s, %s)", self._history_case(SQL("w.action"), _WORK), self._history_name("r")),
            reference=SQL("NULLIF(w.name, '/')"),
            note=SQL("w.note"),
            user_id=SQL("w.user_id"),
            res_model="collection.work.log",
            res_id=SQL("w.id"),
        )

    @api.model
    def _history_work_condition(self):
        """Which rows `w` of the worklist are told: those that are not told as something else already."""
        return SQL("TRUE")

    @api.model
    def _history_name(self, alias, name="name"):
        """`SQL` of a translated name of a configuration record."""
        return SQL(
            "COALESCE(%(column)s->>%(lang)s, %(column)s->>'en_US')",
            column=SQL.identifier(alias, name),
            lang=self.env.lang or "en_US",
        )

    @api.model
    def _history_stage_query(self):
        return self._history_query(
            SQL("collection_account_stage s"),
            kind="stage",
            source_id=SQL("s.id"),
            account_id=SQL("s.account_id"),
            moment=SQL("s.date"),
            is_internal=True,
            title=SQL(
                "CONCAT_WS(': ', %s, %s)",
                self.env._("Stage"),
                self._history_case(SQL("s.stage"), "collection.account.stage.stage"),
            ),
            note=SQL("s.reason"),
            user_id=SQL("s.user_id"),
        )

    @api.model
    def _history_assignment_query(self):
        nobody = self.env._("nobody")
        return self._history_query(
            SQL("collection_assignment g"),
            kind="assignment",
            source_id=SQL("g.id"),
            account_id=SQL("g.account_id"),
            moment=SQL("g.date"),
            is_internal=True,
            title=SQL("CONCAT_WS(' ', %s, COALESCE(g.to_name, %s))", self.env._("Given to"), nobody),
            note=self._history_text(
                SQL("%s || g.from_name", self.env._("Before:") + " "),
                self._history_case(SQL("g.kind"), "collection.assignment.kind"),
                SQL("g.reason"),
                by=" · ",
            ),
            user_id=SQL("g.user_id"),
            res_model="collection.assignment",
            res_id=SQL("g.id"),
        )

    @api.model
    def _history_bounce_query(self):
        return self._history_query(
            SQL("collection_bounce b JOIN res_company c ON c.id = b.company_id WHERE b.amount_bounced > 0"),
            kind="bounce",
            source_id=SQL("b.id"),
            account_id=SQL("b.account_id"),
            moment=SQL("b.date"),
            title=SQL(
                "CONCAT_WS(': ', %s, %s)",
                self.env._("Payment bounced"),
                self._history_case(SQL("b.kind"), "collection.bounce.kind"),
            ),
            reference=SQL("b.document"),
            user_id=SQL("b.user_id"),
            amount=SQL("b.amount_bounced"),
            currency_id=SQL("c.currency_id"),
            res_model="collection.bounce",
            res_id=SQL("b.id"),
            move_ids=SQL("ARRAY_REMOVE(ARRAY[b.move_id], NULL)"),
        )

    @api.model
    def _history_approval_queries(self):
        """Asked for, and decided: each with the person and the words."""
        _ = self.env._
        common = {
            "kind": "approval",
            "source_id": SQL("r.id"),
            "account_id": SQL("r.account_id"),
            "is_internal": True,
            "reference": SQL("r.name"),
            "amount": SQL("NULLIF(r.amount, 0)"),
            "currency_id": SQL("r.currency_id"),
            "res_model": "collection.approval",
            "res_id": SQL("r.id"),
        }
        asked = self._history_query(
            SQL("collection_approval r WHERE r.account_id IS NOT NULL"),
            **common,
            moment=SQL("r.requested_on"),
            title=_("Approval asked for"),
            note=self._history_text(SQL("r.title"), SQL("r.effect")),
            user_id=SQL("r.requester_id"),
        )
        decided = self._history_query(
            SQL("collection_approval r WHERE r.account_id IS NOT NULL AND r.decided_on IS NOT NULL"),
            **common,
            moment=SQL("r.decided_on"),
            title=SQL("CASE WHEN r.state = 'refused' THEN %s ELSE %s END", _("Refused"), _("Approved")),
            note=self._history_text(SQL("r.title"), SQL("r.comment")),
            user_id=SQL("r.approver_id"),
        )
        return [asked, decided]
