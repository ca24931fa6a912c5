from odoo import fields, models
from odoo.exceptions import UserError

from .collection_escalation_people import Addressee


class CollectionAccount(models.Model):
    """Bringing accounts before somebody who decides."""

    _inherit = "collection.account"

    def _escalate(self, reason, cause="risk"):
        """An escalation to the AR manager in place of a task."""
        self._open_escalations(cause, reason)

    def _open_by_rule(self, rule):
        """Escalate these accounts, all of one company, by a rule."""
        reasons = {account: rule._reason_for(account) for account in self}
        self._open_escalations(rule.trigger, reasons, rung=rule.rung, rule=rule)

    def _request_escalation(self, user, reason, due_date=None):
        """Escalate these accounts to somebody, as a person asks for it.

        :raise UserError: nothing was said, the date is past, the one to decide cannot, or it is escalated already
        """
        self.check_access("write")
        if not self:
            raise UserError(self.env._("Choose at least one account."))
        if len(self.company_id) > 1:
            raise UserError(self.env._("Choose accounts of one company: who decides differs."))
        if not user:
            raise UserError(
                self.env._(
                    "There is nobody in %(company)s who could decide: those above are absent without a substitute, or have left.",
                    company=self.company_id.name,
                )
            )
        if not (isinstance(reason, str) and reason.strip()):
            raise UserError(self.env._("Say what it is about, and what you ask for."))
        today = self.company_id._collection_today()
        if due_date and due_date < today:
            raise UserError(self.env._("The day by which it is to be decided is past."))
        standing = self.env["collection.escalation"].search(
            [("account_id", "in", self.ids), ("trigger", "=", "request"), ("state", "=", "open")], limit=1
        )
        if standing:
            raise UserError(
                self.env._(
                    "%(what)s is with %(user)s already: add to it there.",
                    what=standing.display_name,
                    user=standing.acting_id.sudo().name,
                )
            )
        addressee = self.env["collection.escalation"]._check_addressee(self.company_id, user, self.env.user)
        return self._open_escalations(
            "request", reason.strip(), addressee=addressee, due_date=due_date, from_user=self.env.user
        )

    def _open_escalations(
        self, trigger, reason, *, rung="manager", addressee=None, due_date=None, rule=None, from_user=None
    ):
        """Bring these accounts before somebody: one open escalation for an account and a trigger.

        Where there is one already, it is noted that the reason came up again.

        :param trigger: one of the triggers of `collection.escalation`
        :param reason: why, in words; or a dict of account to it
        :param rung: from which rung upwards whoever decides is looked for
        :param addressee: `Addressee` that somebody chose
        :param due_date: default: the company's number of business days from today
        :param from_user: who asks for it; nobody where it is a rule or a step
        :return: the escalations that were opened
        :raise UserError: somebody asks for it, and nobody is there who could decide
        """
        reasons = reason if isinstance(reason, dict) else dict.fromkeys(self, reason)
        Escalation = self.env["collection.escalation"].sudo()  # escalations are the system's own, whoever brings one up
        standing = Escalation.search(
            [("account_id", "in", self.ids), ("trigger", "=", trigger), ("state", "=", "open")]
        )
        if standing:
            standing._log_event("again", note={each: reasons[each.account_id] for each in standing})
        todo = self - standing.account_id
        opened = Escalation.browse()
        for company, accounts in todo.grouped("company_id").items():
            found = addressee or self._find_who_decides(company, rung, from_user)
            opened += accounts._create_escalations(
                company, trigger, reasons, found, due_date=due_date, rule=rule, from_user=from_user
            )
        return opened.with_env(self.env)

    def _find_who_decides(self, company, rung, from_user):
        nobody = self.env["res.users"]
        Escalation = self.env["collection.escalation"]
        found = Escalation._find_addressee(company, rung, from_user or nobody)
        if found:
            return found
        if from_user:
            raise UserError(
                self.env._(
                    "There is nobody in %(company)s who could decide: those above are absent without a substitute, or have left.",
                    company=company.name,
                )
            )
        # Nothing is lost: it waits, late, for the manager.
        manager = company._collection_manager()
        return Addressee("manager", manager, manager)

    def _create_escalations(self, company, trigger, reasons, addressee, due_date=None, rule=None, from_user=None):
        """The escalations of accounts of one company, with their history, tasks and one message to whoever decides."""
        today = company._collection_today()
        due = due_date or company._collection_add_business_days(today, company.collection_escalation_days)
        names = self._next_references("collection.escalation", len(self))
        quiet = {"mail_create_nolog": True, "tracking_disable": True, "mail_create_nosubscribe": True}
        escalations = (
            self.env["collection.escalation"]
            .sudo()
            .with_context(**quiet)
            ._unguarded()
            .create(
                [
                    {
                        "name": name,
                        "account_id": account.id,
                        "trigger": trigger,
                        "rule_id": rule.id if rule else False,
                        "reason": reasons[account],
                        "amount_overdue": account.amount_overdue,
                        "amount_collectible": account.amount_collectible,
                        "oldest_days": account.oldest_days,
                        "from_user_id": from_user.id if from_user else False,
                        "user_id": addressee.user.id,
                        "acting_id": addressee.acting.id,
                        "rung": addressee.rung,
                        "assigned_on": fields.Datetime.now(),
                        "opened_date": today,
                        "due_date": due,
                    }
                    for account, name in zip(self, names)
                ]
            )
            .with_env(self.env(su=True))
        )
        escalations._log_event("opened", note={each: each.reason for each in escalations})
        escalations._tell_addressees()
        self._touch(accounts=self.ids)
        return escalations
