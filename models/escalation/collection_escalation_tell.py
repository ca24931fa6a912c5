from odoo import models
from odoo.tools import format_date

TASK = "account_collections.mail_activity_type_escalation"


class CollectionEscalation(models.Model):
    """Who is told: whoever is to decide, by a task and one e-mail for all that came at once; then those who wait for it."""

    _inherit = "collection.escalation"

    def _tell_addressees(self):
        """A task for whoever is to decide on each of these, and one message to each of them about all of theirs."""
        self.sudo().activity_unlink([TASK])
        # Odoo names the documents of tasks one by one: they are read here, at once.
        self.sudo().mapped("display_name")
        kind = self.env.ref(TASK)
        model_id = self.env["ir.model"]._get_id(self._name)
        # The task is the system's, whoever brought the account up; the message below is enough as e-mail.
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": kind.id,
                    "automated": True,
                    "res_model_id": model_id,
                    "res_id": each.id,
                    "user_id": each.acting_id.id,
                    "summary": self.env._("Decide on %(customer)s", customer=each.account_id.display_name),
                    "date_deadline": each.due_date,
                }
                for each in self
            ]
        )
        for (person, company), group in self.grouped(lambda each: (each.acting_id, each.company_id)).items():
            if person != self.env.user:
                group._send_to_addressee(person, company)

    def _send_to_addressee(self, person, company):
        own = self.sudo().with_context(
            lang=person.sudo().lang or self.env.lang
        )  # one's rights on accounts may not reach them
        if len(own) == 1:
            subject = own.env._(
                "Escalated to you: %(customer)s, decide by %(day)s",
                customer=own.account_id.display_name,
                day=format_date(own.env, own.due_date),
            )
        else:
            subject = own.env._("%(count)s escalations for you to decide", count=len(own))
        body = own.env["ir.qweb"]._render(
            "account_collections.escalation_mail_body",
            {"escalations": own, "person": person.sudo(), "company": company},
        )
        thread = own if len(own) == 1 else own.env["mail.thread"]
        thread.message_notify(partner_ids=person.sudo().partner_id.ids, subject=subject, body=body)

    def _tell_those_who_wait(self, body):
        """The collector and whoever asked, unless they did it themselves."""
        for each in self.sudo():
            people = (each.account_id.collector_id | each.from_user_id) - self.env.user
            people = people.filtered("active")
            if people:
                each.message_notify(partner_ids=people.partner_id.ids, subject=each.display_name, body=body[each])
