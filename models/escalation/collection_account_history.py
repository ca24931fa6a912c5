from odoo import api, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """What the escalation room adds to the action history: escalations, credit holds, plans of action and their steps."""

    _inherit = "collection.account"

    @api.model
    def _history_kinds(self):
        _ = self.env._
        return {
            **super()._history_kinds(),
            "escalation": _("Escalation"),
            "credit_hold": _("Credit hold"),
            "plan": _("Plan of action"),
        }

    @api.model
    def _history_queries(self):
        return [
            *super()._history_queries(),
            self._history_escalation_query(),
            self._history_credit_hold_query(),
            self._history_plan_query(),
            self._history_plan_step_query(),
        ]

    @api.model
    def _history_escalation_query(self):
        return self._history_query(
            SQL("collection_escalation e JOIN collection_escalation_event v ON v.escalation_id = e.id"),
            kind="escalation",
            source_id=SQL("v.id"),
            account_id=SQL("e.account_id"),
            moment=SQL("v.date"),
            is_internal=True,
            title=SQL(
                "CONCAT_WS(': ', %s, CASE WHEN v.kind != 'opened' THEN %s END, CASE WHEN v.kind = 'decided' THEN %s END)",
                self.env._("Escalation"),
                self._history_case(SQL("v.kind"), "collection.escalation.event.kind"),
                self._history_case(SQL("e.decision"), "collection.escalation.decision"),
            ),
            reference=SQL("e.name"),
            note=SQL("v.note"),
            user_id=SQL("v.user_id"),
            res_model="collection.escalation",
            res_id=SQL("e.id"),
        )

    @api.model
    def _history_credit_hold_query(self):
        _ = self.env._
        titles = {
            "1": _("Credit hold proposed"),
            "2": _("Put on credit hold"),
            "3": _("Credit hold lifted"),
            "4": _("Credit hold not set"),
        }
        return self._history_query(
            SQL(
                """collection_credit_hold h CROSS JOIN LATERAL (VALUES
                       (1, h.create_date, h.proposed_date, h.create_uid),
                       (2, CASE WHEN h.proposed_date IS NULL THEN h.create_date END, h.date_from, h.set_by_id),
                       (CASE h.state WHEN 'lifted' THEN 3 ELSE 4 END, NULL, h.date_to, h.ended_by_id)
                   ) s (step, moment, day, user_id) WHERE s.day IS NOT NULL"""
            ),
            kind="credit_hold",
            source_id=SQL("h.id * 8 + s.step"),
            account_id=SQL("h.account_id"),
            moment=SQL("s.moment"),
            day=SQL("s.day"),
            is_internal=SQL("s.step = 4"),
            title=self._history_case(SQL("s.step::text"), titles),
            reference=SQL("h.name"),
            note=SQL("CASE WHEN s.step IN (1, 2) THEN h.reason ELSE h.end_reason END"),
            user_id=SQL("s.user_id"),
            amount=SQL("CASE WHEN s.step IN (1, 2) THEN NULLIF(h.amount_overdue, 0) END"),
            currency_id=SQL("(SELECT c.currency_id FROM res_company c WHERE c.id = h.company_id)"),
            res_model="collection.credit.hold",
            res_id=SQL("h.id"),
        )

    @api.model
    def _history_plan_query(self):
        _ = self.env._
        titles = {
            "1": _("Plan submitted"),
            "2": _("Plan approved"),
            "3": _("Plan begun"),
            "4": _("Plan ended"),
        }
        return self._history_query(
            SQL(
                """collection_plan p CROSS JOIN LATERAL (VALUES
                       (1, p.submitted_on, p.user_id), (2, p.approved_on, NULL), (3, p.started_on, NULL), (4, p.closed_on, p.closed_by_id)
                   ) s (step, day, user_id) WHERE s.day IS NOT NULL"""
            ),
            kind="plan",
            source_id=SQL("p.id * 8 + s.step"),
            account_id=SQL("p.account_id"),
            day=SQL("s.day"),
            is_internal=True,
            title=SQL(
                "CONCAT_WS(': ', %s, CASE WHEN s.step = 4 THEN %s END)",
                self._history_case(SQL("s.step::text"), titles),
                self._history_case(SQL("p.state"), "collection.plan.state"),
            ),
            reference=SQL("CONCAT(p.name, CASE WHEN p.version > 1 THEN ' v' || p.version END)"),
            note=SQL("CASE s.step WHEN 1 THEN p.root_cause WHEN 4 THEN p.closed_reason END"),
            user_id=SQL("s.user_id"),
            amount=SQL("CASE WHEN s.step < 4 THEN NULLIF(p.amount_expected, 0) END"),
            currency_id=SQL("(SELECT c.currency_id FROM res_company c WHERE c.id = p.company_id)"),
            res_model="collection.plan",
            res_id=SQL("p.id"),
        )

    @api.model
    def _history_plan_step_query(self):
        """Steps carried out; in a later version of the plan they are the same."""
        return self._history_query(
            SQL(
                """collection_plan p JOIN collection_plan_step s ON s.plan_id = p.id
                   LEFT JOIN collection_plan_step o ON o.id = s.previous_id
                   WHERE s.done_on IS NOT NULL AND o.done_on IS DISTINCT FROM s.done_on"""
            ),
            kind="plan",
            source_id=SQL("s.id"),
            account_id=SQL("p.account_id"),
            day=SQL("s.done_on"),
            is_internal=True,
            title=SQL("CONCAT_WS(': ', %s, s.name)", self.env._("Step of the plan done")),
            reference=SQL("p.name"),
            note=SQL("s.result"),
            user_id=SQL("s.done_by_id"),
            res_model="collection.plan",
            res_id=SQL("p.id"),
        )
