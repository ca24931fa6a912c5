"""What tests of escalations and credit holds share: a ladder of people, one overdue customer, decisions in one line."""

from contextlib import contextmanager

from .common import CollectionsCommon


class EscalationCommon(CollectionsCommon):
    """Wednesday; one business day to decide. Ana is the assistant, Max the AR manager, Cleo the controller above."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Escalation = cls.env["collection.escalation"]
        cls.CreditHold = cls.env["collection.credit.hold"]
        cls.collector = cls.member("collector", "colin", name="Colin Collector")
        cls.ana = cls.member("assistant", "ana", name="Ana Assistant")
        cls.max = cls.member("manager", "max", name="Max Manager")
        cls.cleo = cls.member("controller", "cleo", name="Cleo Controller")
        cls.company.collection_manager_id = cls.max
        cls.acme = cls.customer()
        cls.bill = cls.invoice(cls.acme, 1000, overdue=40)
        cls.acme_account = cls.account(cls.acme)
        cls.acme_account.collector_id = cls.collector
        cls.env["collection.escalation.rule"].search([]).active = False

    @classmethod
    def request(cls, user=None, account=None, by=None, reason="They do not answer", **vals):
        """An escalation that a person asks for (default: the collector, from Ana)."""
        account = account or cls.acme_account
        return (
            account.with_user(by or cls.collector)
            ._request_escalation(cls.ana if user is None else user, reason, **vals)
            .with_env(cls.env)
        )

    @classmethod
    def decide(cls, escalation, decision="advise", note="Call the owner", by=None):
        escalation.with_user(by or escalation.user_id)._decide(decision, note)
        escalation.invalidate_recordset()
        return escalation

    def night(self, day):
        """The job of a day counted from today, with fresh figures."""
        with self.at(day), self.enter_registry_test_mode():
            self.Account._refresh_touched()
            self.Account.search([("company_id", "=", self.company.id)])._refresh()
            self.env.ref("account_collections.ir_cron_escalation").method_direct_trigger()
        self.env.invalidate_all()

    def rule(self, trigger="amount", threshold=1000, **vals):
        return self.env["collection.escalation.rule"].create(
            {"name": "Rule", "trigger": trigger, "threshold": threshold, **vals}
        )

    @classmethod
    def absent(cls, user, days_from=-1, days_to=10, substitute=None):
        """An absence with a substitute in decisions, or without one: the portfolio is with a colleague for the time."""
        dates = {"date_from": cls.day(days_from), "date_to": cls.day(days_to)}
        if substitute:
            return cls.env["collection.substitution"].create(
                {"user_id": user.id, "substitute_id": substitute.id, **dates}
            )
        transfer = cls.env["collection.transfer"].create(
            {"from_user_id": user.id, "to_user_id": cls.collector.id, "reason": "Holiday", **dates}
        )
        transfer.action_confirm()
        return transfer

    def open_of(self, account=None, **conditions):
        domain = [("account_id", "=", (account or self.acme_account).id), ("state", "=", "open")]
        return self.Escalation.search([*domain, *((name, "=", value) for name, value in conditions.items())])

    def kinds(self, escalation):
        """What happened to an escalation, the first first."""
        return escalation.event_ids.sorted("id").mapped("kind")

    def tasks(self, record):
        return record.activity_ids.mapped("user_id")

    def told(self, user):
        """Subjects of what a user was sent about escalations and holds."""
        messages = (
            self.env["mail.message"]
            .sudo()
            .search(
                [("message_type", "=", "user_notification"), ("partner_ids", "in", user.partner_id.ids)], order="id"
            )
        )
        return messages.mapped("subject")

    @contextmanager
    def assertRefused(self, exception, words):
        """Raises, with these words in the message, and leaves nothing behind (`assertRaisesRegex` would)."""
        with self.assertRaises(exception) as caught:
            yield
        self.assertRegex(str(caught.exception), words)
