from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningSend(DunningCommon):
    """The last look before a notice goes out, and that it goes out once."""

    # ------------------------------------------------------------------
    # What changed since the run
    # ------------------------------------------------------------------

    def test_paid_meanwhile(self):
        paid, open_one = self.invoice(self.acme, 100, overdue=3), self.invoice(self.acme, 50, overdue=3)
        notice = self.ready()
        self.pay(paid)
        self.assertEqual(notice._send(), notice)
        self.assertEqual((notice.state, notice.amount), ("queued", 50))
        self.assertNotIn(paid.name, notice.mail_mail_id.sudo().body_html)
        self.assertEqual([row[0] for row in self.table(notice)], [open_one.name, "Total USD"])
        self.assertEqual(self.lines(paid, counted=False).suppress_reason, "paid")
        self.assertFalse(self.items(paid).collection_step_id)

    def test_partly_paid_meanwhile(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        self.pay(invoice, 60)
        notice._send()
        self.assertEqual((notice.amount, notice.line_ids.amount_open, notice.line_ids.amount_currency), (40, 40, 40))
        self.assertIn("40.00", self.table(notice)[0][-1])

    def test_all_paid_meanwhile(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        self.pay(invoice)
        self.assertFalse(notice._send())
        self.assertEqual((notice.state, notice.suppress_reason), ("suppressed", "paid"))
        self.assertFalse(notice.mail_mail_id)

    def test_credited_meanwhile(self):
        old, new = self.invoice(self.acme, 100, overdue=15), self.invoice(self.acme, 50, overdue=3)
        notice = self.ready()
        self.credit(self.acme, 120)
        notice._send()
        self.assertEqual(notice.amount, 30)
        self.assertEqual(self.lines(old, counted=False).suppress_reason, "covered")
        self.assertEqual(self.lines(new).amount_currency, 30)

    def test_held_meanwhile(self):
        invoice, other = self.invoice(self.acme, 100, overdue=3), self.invoice(self.acme, 50, overdue=3)
        notice = self.ready()
        self.hold(self.items(invoice), 30)
        self.hold(self.items(other))
        notice._send()
        self.assertEqual((notice.amount, notice.line_ids.filtered("counted").move_id), (70, invoice))

    def test_a_hold_that_ended_meanwhile_rests(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        hold = self.hold(self.items(invoice))
        with self.at(1):
            hold.action_release()
            self.assertFalse(notice._send())
        self.assertEqual(notice.suppress_reason, "after_hold")

    def test_reset_to_draft_and_posted_again(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        invoice.button_draft()
        self.assertFalse(notice._send())
        self.assertEqual((notice.state, notice.suppress_reason), ("suppressed", "paid"))
        invoice.action_post()
        again = self.ready()
        again._send()
        self.assertEqual((again.state, again.line_ids.move_id), ("queued", invoice))

    def test_reversed_meanwhile(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        invoice._reverse_moves(cancel=True)
        self.assertFalse(notice._send())
        self.assertEqual(notice.suppress_reason, "paid")

    def test_due_date_moved_meanwhile(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        self.items(invoice).date_maturity = self.day(30)
        self.assertFalse(notice._send())

    def test_below_the_minimum_meanwhile(self):
        self.step(3).min_amount = 50
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        self.pay(invoice, 50.01)
        self.assertFalse(notice._send())
        self.assertEqual(notice.suppress_reason, "below_minimum")

    def test_a_courtesy_that_waited_too_long(self):
        """Its item fell due while the customer could not be written to: "falls due shortly" would be wrong."""
        self.invoice(self.acme, 100, overdue=3)
        self.on_day(0)
        soon = self.invoice(self.acme, 50, overdue=-5)
        self.on_day(1)
        notice = self.notice(self.acme, state="due")
        self.assertEqual(notice.step_id.days, -5)
        with self.at(7):
            self.assertFalse(notice._send())
        self.assertEqual(notice.suppress_reason, "overtaken")
        self.on_day(8)
        self.assertEqual(self.sent_steps(soon), [3])

    def test_the_last_step_of_the_policy_changed_meanwhile(self):
        """The ledger decides at sending, not what the policy says by then."""
        self.invoice(self.acme, 100, overdue=-5)
        notice = self.ready()
        self.change_steps({-5: {"days": -2}})
        self.company.collection_policy_id = self.make_policy((20, "email"))
        notice._send()
        self.assertEqual(notice.state, "queued")

    def test_recipient_and_language_as_they_are_then(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.invoice(self.acme, 100, overdue=3)
        other = self.customer("Other", street="1 Main St", city="Springfield")
        self.invoice(other, 100, overdue=3)
        nobody = self.customer("Nobody")
        lost = self.invoice(nobody, 100, overdue=3)
        self.confirm()
        notices = [self.notice(partner) for partner in (self.acme, other, nobody)]
        self.acme.write({"lang": "fr_FR", "collection_ap_contact_id": self.contact(self.acme).id})
        other.collection_do_not_email = True
        nobody.email = False
        self.go_out()
        mail, letter, silent = notices
        self.assertEqual(
            (mail.recipient_email, mail.lang), ("ann@example.com", "en_US"), "The contact has a language of its own"
        )
        self.assertEqual((letter.state, letter.channel, letter.recipient_email), ("due", "letter", False))
        self.assertEqual((silent.state, silent.suppress_reason), ("suppressed", "no_recipient"))
        self.assertIn("No address", silent.account_id.activity_ids.summary)
        self.assertEqual(self.lines(lost, counted=False).suppress_reason, "no_recipient")

    def test_calls_for_paid_items_are_taken_back_by_the_next_run(self):
        paid, open_one = (self.invoice(self.customer(name), 100, overdue=10) for name in ("Paid", "Open"))
        self.confirm()
        calls = [self.notice(move.partner_id, channel="call") for move in (paid, open_one)]
        self.pay(paid)
        self.assertFalse(self.account(paid.partner_id).on_worklist)
        with self.at(1):
            self.confirm()
        self.assertEqual([call.state for call in calls], ["suppressed", "due"])
        self.assertFalse(self.account(paid.partner_id).call_due_date)
        self.assertEqual(self.account(open_one.partner_id).call_due_date, self.today)

    # ------------------------------------------------------------------
    # Exactly once
    # ------------------------------------------------------------------

    def test_sending_twice_changes_nothing(self):
        self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        notice._send()
        mail = notice.mail_mail_id
        self.assertFalse(notice._send())
        self.assertEqual((notice.mail_mail_id, notice.attempts), (mail, 1))
        mails = self.env["mail.mail"].sudo().search([("model", "=", "collection.notice"), ("res_id", "=", notice.id)])
        self.assertEqual(mails, mail)

    def test_only_what_is_ready_goes_out(self):
        self.invoice(self.acme, 100, overdue=3)
        run = self.simulate()
        self.assertFalse(run.notice_ids._send())
        self.step(3).needs_release = True
        run.action_simulate()
        run.action_confirm()
        self.assertFalse(run.notice_ids._send())
        run.notice_ids.action_release()
        self.assertTrue(run.notice_ids._send())

    def test_one_reminder_a_week_also_when_sent_by_hand(self):
        self.invoice(self.acme, 100, overdue=3)
        self.ready()._send()
        self.invoice(self.acme, 50, overdue=3)
        notice = self.ready().filtered(lambda each: each.state == "due")
        with self.at(6):
            self.assertFalse(notice._send())
        self.assertEqual((notice.state, notice.date_not_before), ("due", self.day(7)))
        with self.at(7):
            self.assertTrue(notice._send())

    def test_queries_do_not_grow_with_the_notices(self):
        """A hundred notices take hardly more queries than ten, and few for each."""
        counts = {}
        for size in (10, 100):
            partners = self.env["res.partner"].create(
                [
                    {"name": f"Batch {size}/{n}", "email": f"c{size}.{n}@example.com", "is_company": True}
                    for n in range(size)
                ]
            )
            moves = self.env["account.move"]
            for partner in partners:
                moves |= self.invoice(partner, 100, overdue=3, post=False)
            moves.action_post()
            self.confirm()
            notices = self.Notice.search([("account_id.partner_id", "in", partners.ids), ("state", "=", "due")])
            self.assertEqual(len(notices), size)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(notices._send()), size)
            self.env.flush_all()
            counts[size] = self.cr.sql_log_count - before
        self.assertLess(counts[100], 70, counts)
        self.assertLess(counts[100] - counts[10], 15, counts)
