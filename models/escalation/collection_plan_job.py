from odoo import api, models
from odoo.fields import Domain

from .collection_plan_states import PLAN_TASK


class CollectionPlan(models.Model):
    """The nightly job: what is approved begins on its day, and what the figures say is proposed to the manager."""

    _inherit = "collection.plan"

    def _propose(self):
        """Note what the figures say of these plans, by sets; a new proposal is a task for the manager, one taken back ends it.

        :return: the plans whose proposal changed
        """
        proposals = {}
        for plan in self.filtered(lambda each: each.state == "active"):
            verdict = plan._verdict() or False
            if verdict != plan.proposal:
                proposals.setdefault(verdict, []).append(plan.id)
        changed = self.browse()
        for verdict, ids in proposals.items():
            plans = self.browse(ids)
            plans._unguarded().write({"proposal": verdict})
            changed |= plans
        changed._end_tasks(PLAN_TASK)
        changed.filtered("proposal")._ask_manager()
        return changed

    def _ask_manager(self):
        titles = {
            "achieved": self.env._("Plan achieved? %(plan)s"),
            "failed": self.env._("Plan failed? %(plan)s"),
        }
        kind, model_id = self.env.ref(PLAN_TASK), self.env["ir.model"]._get_id(self._name)
        managers = {company: company._collection_manager() for company in self.company_id}
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": kind.id,
                    "automated": True,
                    "res_model_id": model_id,
                    "res_id": plan.id,
                    "summary": titles[plan.proposal] % {"plan": plan.display_name},
                    "date_deadline": plan.company_id._collection_today(),
                    "user_id": managers[plan.company_id].id,
                }
                for plan in self
            ]
        )

    @api.model
    def _to_start_domain(self):
        return Domain("state", "=", "approved") & Domain.OR(
            Domain("company_id", "in", companies.ids) & Domain("date_start", "<=", day)
            for day, companies in self.env["res.company"]
            .search([])
            .grouped(lambda company: company._collection_today())
            .items()
        )

    @api.model
    def _cron_plans(self):
        """Begin approved plans whose day has come, then look at the figures of all that are carried out; in batches."""
        model = type(self)
        self.env["collection.batches"]._work(
            [
                (self, self._to_start_domain(), model._start),
                (self, Domain("state", "=", "active"), model._propose),
            ]
        )
