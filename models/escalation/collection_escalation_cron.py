from odoo import api, models
from odoo.fields import Domain


class CollectionEscalation(models.Model):
    """Unattended: rules raise accounts, what is settled lapses, what is late climbs, credit holds are proposed for release."""

    _inherit = "collection.escalation"

    @api.model
    def _cron_escalate(self):
        """All of it, in batches, each committed: killed, it goes on where it stood; a second worker passes over what is taken."""
        self.env["collection.batches"]._work(self._due_work())

    @api.model
    def _due_work(self):
        """(records, domain, method) of what is due; a method without effect on a record leaves it for the next time."""
        Escalation = self.env["collection.escalation"]
        model = type(Escalation)
        opened = Domain("state", "=", "open")
        unchecked = Domain("checked_date", "=", False) | Domain.OR(
            Domain("company_id", "=", company.id) & Domain("checked_date", "<", company._collection_today())
            for company in self.env["res.company"].search([])
        )
        settled = Domain("trigger", "!=", "request") & Domain("account_id.amount_overdue", "<=", 0)
        Hold = self.env["collection.credit.hold"]
        return [
            (Escalation, opened & settled, model._lapse),
            *self._rule_work(),
            (Escalation, opened & self._absence_domain(), model._follow_absences),
            (Escalation, opened & self._before_today_domain() & unchecked, model._climb),
            (Hold, Domain("state", "=", "active"), type(Hold)._judge_release),
        ]

    @api.model
    def _rule_work(self):
        for company in self.env["res.company"].search([]):
            for rule in self.env["collection.escalation.rule"]._rules_of(company):

                def raise_them(accounts, rule=rule):
                    accounts._open_by_rule(rule)

                yield self.env["collection.account"], rule._account_domain(company), raise_them

    @api.model
    def _absence_domain(self):
        """Open escalations whose person to decide may be absent, or back: those whose deciding person is not the right one."""
        domains = [Domain.FALSE]
        for company in self.env["res.company"].search([]):
            own = Domain("company_id", "=", company.id) & Domain("state", "=", "open")
            users = self.env["res.users"].union(*(user for (user,) in self._read_group(own, ["user_id"])))
            for user, person in self._acting_for(company, users).items():
                domains.append(own & Domain("user_id", "=", user.id) & Domain("acting_id", "!=", person.id))
        return Domain.OR(domains)

    def _lapse(self):
        """Nothing is overdue any more: there is nothing to decide."""
        self._update_state(("open",), "lapsed")
        self._log_event("lapsed", note=self.env._("Nothing is overdue any more"))
