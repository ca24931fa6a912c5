from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningRunFigures(DunningCommon):
    """What a run says before it is confirmed, and what stays of it afterwards."""

    # ------------------------------------------------------------------
    # Before confirming
    # ------------------------------------------------------------------

    def test_old_bank_data(self):
        """2026-03-18 is a Wednesday; two business days are allowed."""
        self.company.email = "ar@example.com"
        for days, warned in ((-1, False), (-2, False), (-5, True), (-6, True)):
            with self.subTest(days):
                payment = self.unapplied(self.customer("Payer"), 10, date=self.day(days))
                run = self.simulate()
                self.assertEqual(run.bank_date, self.day(days))
                self.assertEqual(bool(run.warnings), warned, run.warnings)
                payment.action_draft()
        self.unapplied(self.customer("Payer"), 10, date=self.day(-5))
        self.company.collection_bank_days = 3
        self.assertFalse(self.simulate().warnings, "Friday is three business days ago")
        self.assertIn("more than 3 business days", self.at_thursday().warnings)

    def at_thursday(self):
        with self.at(1):
            return self.simulate()

    def test_no_bank_data(self):
        self.company.email = "ar@example.com"
        self.assertIn("No payment and no bank statement line", self.simulate().warnings)

    def test_a_company_without_an_address(self):
        self.company.email = False
        self.unapplied(self.acme, 1)
        run = self.simulate()
        self.assertIn("has no e-mail address", run.warnings)
        collector = self.member("collector", email="carla@example.com")
        self.invoice(self.acme, 100, overdue=3)
        self.account(self.acme).collector_id = collector
        notice = self.ready()
        notice._send()
        self.assertIn("carla@example.com", notice.mail_mail_id.sudo().email_from)
        self.company.email = "ar@example.com"
        self.assertFalse(self.simulate().warnings)

    # ------------------------------------------------------------------
    # Afterwards
    # ------------------------------------------------------------------

    def test_left_out_by_reason_and_currency(self):
        euro = self.foreign_currency()
        self.invoice(self.acme, 100, overdue=3)
        for amount in (70, 30):
            self.hold(self.items(self.invoice(self.customer(f"Paused {amount}"), amount, overdue=3)))
        self.hold(self.items(self.invoice(self.acme, 60, overdue=3, currency=euro)))
        self.invoice(self.by_nobody(), 40, overdue=3)
        run = self.confirm()
        found = {
            (row.reason, row.currency_id): (row.item_count, row.account_count, row.amount_currency, row.amount)
            for row in run.reason_ids
        }
        dollar = self.company.currency_id
        self.assertEqual(
            found,
            {
                ("manual", dollar): (2, 2, 100, 100),
                ("manual", euro): (1, 1, 60, 120),
                ("no_recipient", dollar): (1, 1, 40, 40),
            },
        )
        self.assertEqual(sum(run.reason_ids.mapped("item_count")), run.suppressed_count)
        paused = run.reason_ids.filtered(lambda row: row.reason == "manual")[:1]
        action = paused.action_view_items()
        items = self.env["collection.notice.line"].search(action["domain"])
        self.assertEqual((len(items), set(items.mapped("suppress_reason"))), (3, {"manual"}))
        with self.at(2):
            self.confirm()
        self.assertEqual(len(run.reason_ids), 3, "They stay with the run when later runs move the rows on")

    def by_nobody(self):
        return self.customer("Unreachable", email=False)

    def test_simulating_again_replaces_them(self):
        self.hold(self.items(self.invoice(self.acme, 100, overdue=3)))
        run = self.simulate()
        self.assertEqual(run.reason_ids.item_count, 1)
        self.acme.email = "new@example.com"
        self.env["collection.hold"].search([]).action_release()
        run.action_simulate()
        self.assertFalse(run.reason_ids)

    def test_channels_states_currencies(self):
        euro = self.foreign_currency()
        self.invoice(self.acme, 100, overdue=3)
        self.invoice(self.acme, 60, overdue=3, currency=euro)
        self.invoice(self.customer("Call me"), 50, overdue=10)
        run = self.confirm()
        self.go_out()
        self.env.invalidate_all()
        text = " ".join(run.with_user(self.member("auditor")).figures.striptags().split())
        for part in ("E-mail 1 $ 220.00", "Call 1 $ 50.00", "USD 2 $ 150.00", "EUR 1 60.00 €"):
            self.assertIn(part, text.replace("\N{NO-BREAK SPACE}", " "))
        with Form(run) as form:
            self.assertTrue(form.figures)

    def test_how_long_it_took(self):
        self.invoice(self.acme, 100, overdue=3)
        run = self.confirm()
        self.assertFalse(run.done_on or run.duration)
        with self.at("2026-03-18 16:30:00"):
            self.go_out()
            run._close_if_done()
        self.assertEqual((run.state, run.duration), ("done", 1.5))
        self.assertGreaterEqual(run.simulated_seconds, 0)

    def test_figures_are_the_systems(self):
        self.hold(self.items(self.invoice(self.acme, 100, overdue=3)))
        run = self.simulate()
        manager = self.member("manager")
        for record, values in (
            (run, {"warnings": "none"}),
            (run, {"done_on": "2026-01-01 00:00:00"}),
            (run.reason_ids, {"item_count": 0}),
        ):
            with self.assertRaises(AccessError):
                record.with_user(manager).write(values)
        company = self.second_company()["company"]
        self.hold(self.items(self.invoice(self.acme, 10, overdue=3, company=company)))
        other = self.simulate(company).reason_ids
        self.assertTrue(other)
        with self.assertRaises(AccessError):
            other.with_user(manager).check_access("read")
