"""What tests of the dunning room share: runs on a day of their own, what was sent, and what was left out and why."""

from contextlib import contextmanager

from lxml import html

from .common import CollectionsCommon


class DunningCommon(CollectionsCommon):
    """The shipped policy: −5 courtesy, 3 reminder, 10 call, 15 past due, 25 call, 30 second past due and partner notice, 45 credit
    hold, 60 final demand, 75 escalation, 90 placement review."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env.ref("account_collections.policy_default")
        cls.company.collection_policy_id = cls.policy
        cls.Run = cls.env["collection.run"]
        cls.Notice = cls.env["collection.notice"]
        cls.acme = cls.customer()

    # ------------------------------------------------------------------
    # Policies
    # ------------------------------------------------------------------

    @classmethod
    def step(cls, days, channel=None, policy=None):
        steps = (policy or cls.policy)._valid_on(cls.company._collection_today()).step_ids
        return steps.filtered(lambda step: step.days == days and (not channel or step.channel == channel))[:1]

    @classmethod
    def make_policy(cls, *steps, **vals):
        """A policy of steps given as (days, channel) or (days, channel, values)."""
        lines = [
            {"days": days, "channel": channel, "sequence": number, **(more[0] if more else {})}
            for number, (days, channel, *more) in enumerate(steps)
        ]
        return cls.env["collection.policy"].create(
            {"name": "Own", "step_ids": [(0, 0, line) for line in lines], **vals}
        )

    @classmethod
    def change_steps(cls, changes, policy=None):
        """Put a new version in force from today: `changes` is a dict of a step's days to its new values, or None to leave it out."""
        policy = policy or cls.policy
        today = cls.company._collection_today()
        version = policy.browse(policy._valid_on(today).action_new_version()["res_id"])
        for days, values in sorted(changes.items(), key=lambda item: item[0]):
            step = version.step_ids.filtered(
                lambda step, days=days: step.days == days and step.channel != "sales_partner"
            )
            step.write(values) if values else step.unlink()
        version.date_from = today
        version.action_put_in_force()
        return version

    # ------------------------------------------------------------------
    # Runs
    # ------------------------------------------------------------------

    @classmethod
    def simulate(cls, company=None):
        run = cls.Run.create({"company_id": (company or cls.company).id})
        run.action_simulate()
        return run

    @classmethod
    def confirm(cls, company=None):
        run = cls.simulate(company)
        run.action_confirm()
        return run

    @classmethod
    def go_out(cls):
        """What the sending job does today: hand over what is due; the mail server takes all of it."""
        notices = cls.Notice.search([("state", "=", "due"), ("ready", "=", True)])
        due = notices.filtered(lambda notice: notice.date_not_before <= notice.company_id._collection_today())
        cls.deliver(due._send())
        return due.filtered(lambda notice: notice.state == "sent")

    @classmethod
    def deliver(cls, notices):
        notices.sudo().mail_mail_id.write({"state": "sent"})
        notices.sudo()._follow_mails()

    def on_day(self, day):
        """A whole day: run and sending; `day` is counted from today."""
        with self.at(day):
            run = self.confirm()
            self.go_out()
        return run

    @contextmanager
    def assertRefused(self, exception, words):
        """Raises, with these words in the message, and leaves nothing behind (`assertRaisesRegex` would)."""
        with self.assertRaises(exception) as caught:
            yield
        self.assertRegex(str(caught.exception), words)

    # ------------------------------------------------------------------
    # One notice and its e-mail
    # ------------------------------------------------------------------

    def ready(self, partner=None):
        """The customer's notice of a run that was confirmed, ready to go out."""
        self.confirm()
        return self.notice(partner or self.acme, channel="email")

    def body(self, notice):
        return html.fromstring(notice.mail_mail_id.sudo().body_html)

    def table(self, notice):
        """Rows of the items table as lists of texts."""
        tables = self.body(notice).xpath("//table[thead]")
        self.assertEqual(len(tables), 1, "One table of items")
        return [
            [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
            for row in tables[0].xpath(".//tbody/tr")
        ]

    # ------------------------------------------------------------------
    # What came of it
    # ------------------------------------------------------------------

    @classmethod
    def lines(cls, move, counted=True):
        """Rows of notices about a document, in the order in which they were written."""
        domain = [("move_id", "=", move.id), ("counted", "=", counted)]
        return cls.env["collection.notice.line"].search(domain, order="id")

    @classmethod
    def steps_of(cls, move):
        """Days of the steps at which a document stands in notices."""
        return cls.lines(move).mapped("step_days")

    @classmethod
    def sent_steps(cls, move):
        return cls.lines(move).filtered(lambda line: line.notice_id.state == "sent").mapped("step_days")

    @classmethod
    def reasons(cls, move):
        """Why a document was left out today: the reasons' technical names."""
        day = cls.company._collection_today()
        return set(
            cls.lines(move, counted=False).filtered(lambda line: line.date_last == day).mapped("suppress_reason")
        )

    @classmethod
    def notice(cls, partner, **conditions):
        """The customer's notices that are not left out nor cancelled; with `conditions` as equalities."""
        domain = [("account_id.partner_id", "=", partner.id), ("state", "not in", ("suppressed", "cancelled"))]
        return cls.Notice.search([*domain, *((name, "=", value) for name, value in conditions.items())])

    @classmethod
    def noticed(cls, move, days, ago, *, state="sent", channel=None, policy=None):
        """History: the items of a document were noticed at a step, `ago` days before today."""
        step = cls.step(days, channel, policy)
        account = cls.account(move.partner_id)
        lines = [
            {
                "account_id": account.id,
                "company_id": move.company_id.id,
                "move_id": move.id,
                "move_line_id": item.id,
                "move_name": move.name,
                "due_date": item.date_maturity,
                "currency_id": item.currency_id.id,
                "amount_open": item.amount_residual_currency,
                "amount_currency": item.amount_residual_currency,
                "amount": item.amount_residual,
                "step_id": step.id,
                "step_days": step.days,
                "track": step._track(),
            }
            for item in cls.items(move)
        ]
        Notice = cls.Notice.sudo()._unguarded()
        return Notice.create(
            {
                "name": f"H{move.id}/{days}",
                "account_id": account.id,
                "company_id": move.company_id.id,
                "currency_id": move.company_id.currency_id.id,
                "step_id": step.id,
                "channel": step.channel,
                "date": cls.day(-ago),
                "sent_on": cls.day(-ago),
                "state": state,
                "ready": True,
                "line_ids": [(0, 0, line) for line in lines],
            }
        )
