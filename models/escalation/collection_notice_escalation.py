from odoo import models


class CollectionNotice(models.Model):
    """The steps *escalation* and *credit hold*: the one opens an escalation, the other sets or proposes a credit hold."""

    _inherit = "collection.notice"

    def _raise_tasks(self):
        todo = self.filtered(lambda each: each.state == "due" and each.ready and not each.task_id)
        escalations = todo.filtered(lambda each: each.channel == "escalation" and each.account_id)
        escalations._open_step_escalations()
        holds = todo.filtered(lambda each: each.channel == "credit_hold" and each.account_id)
        at_once = holds.filtered(
            lambda each: each.account_id.credit_hold_id or each.company_id.collection_credit_hold_by_step == "set"
        )
        at_once._set_sent()
        (holds - at_once)._propose_step_holds()
        return super()._raise_tasks()

    def _step_reasons(self):
        """Why, by account: how much came how far."""
        return {
            notice.account_id: self.env._(
                "%(amount)s came to day %(days)s of the dunning policy (%(notice)s)",
                amount=notice.currency_id.format(notice.amount),
                days=notice.step_id.days,
                notice=notice.name,
            )
            for notice in self
        }

    def _open_step_escalations(self):
        """With the escalation the step is done: what becomes of it is decided there."""
        for role, notices in self.grouped(lambda each: each.step_id._responsible_role()).items():
            notices.account_id._open_escalations(
                "step", notices._step_reasons(), rung="assistant" if role == "assistant" else "manager"
            )
        self._set_sent()

    def _propose_step_holds(self):
        if self:
            self.account_id._propose_credit_hold(
                self._step_reasons(), notice={notice.account_id: notice for notice in self}
            )

    def _set_sent(self):
        result = super()._set_sent()
        for notice in self.filtered(lambda each: each.channel == "credit_hold" and each.account_id):
            notice._carry_out_hold()
        return result

    def _carry_out_hold(self):
        """The step is done: the customer is on credit hold, unless it was so already or somebody decided against it."""
        account = self.account_id
        own = self.env["collection.credit.hold"].search([("notice_id", "=", self.id)])
        if account.credit_hold_proposed_id:
            account.credit_hold_proposed_id._set_active()
        elif not own and not account.credit_hold_id and account.partner_id:
            account._set_credit_hold(self._step_reasons()[account], source="step", notice=self)

    def _set_suppressed(self, reason):
        changed = super()._set_suppressed(reason)
        changed._drop_proposed_holds(self.env._("Nothing of the step is left"))
        return changed

    def _set_cancelled(self, why, allowed=("due", "failed")):
        changed = super()._set_cancelled(why, allowed)
        changed._drop_proposed_holds(why)
        return changed

    def _drop_proposed_holds(self, why):
        """What a step proposed falls with it."""
        steps = self.filtered(lambda each: each.channel == "credit_hold")
        if steps:
            proposed = [("notice_id", "in", steps.ids), ("state", "=", "proposed")]
            self.env["collection.credit.hold"].search(proposed)._set_refused(why)
