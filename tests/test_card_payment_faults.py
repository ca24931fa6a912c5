from unittest.mock import patch

import requests

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .card_payment_common import CardPaymentCommon

SEND = "odoo.addons.payment_demo.models.payment_transaction.PaymentTransaction._send_payment_request"
LOG = "odoo.addons.account_collections.models.card_payment"


def silence(*_args):
    """The provider does not answer, as Odoo reports it."""
    error = ValidationError("Could not establish the connection.")  # pylint: disable=translation-required
    raise error from requests.exceptions.Timeout()


@tagged("post_install", "-at_install")
class TestCardPaymentFaults(CardPaymentCommon):
    """Whatever fails, nothing is lost and nobody is charged twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.items(cls.invoice(cls.acme, 100, overdue=20))
        cls.account(cls.acme)

    def check(self, minutes=0):
        with self.at(f"2026-03-18 15:{minutes:02}:00"), self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_card_payments").sudo().method_direct_trigger()
        self.env.invalidate_all()

    def unclear(self):
        with patch(SEND, silence):
            return self.charge({self.one: 100})

    def test_silence_after_the_charge_is_found_again_by_its_reference(self):
        payment = self.unclear()
        self.assertEqual((payment.state, bool(payment.unclear_since)), ("charging", True))
        self.assertEqual(self.holds(payment), {self.one: 100})
        with patch(SEND) as send:
            payment.action_charge()
            self.answer()
            self.check(30)
            with self.assertRaises(ValidationError):
                self.take({self.one: 1})
        send.assert_not_called()
        # The provider's message comes an hour later.
        self.say(payment.transaction_id.sudo(), "done")
        self.assertEqual((payment.state, self.residuals(self.one), payment.unclear_since), ("done", [0], False))
        self.assertEqual(len(payment.sudo().transaction_ids), 1)

    def test_looked_up_at_a_provider_that_can_be_asked(self):
        payment = self.unclear()
        data = {"reference": payment.transaction_id.sudo().reference, "simulated_state": "done"}
        with patch.object(self.env.registry["payment.transaction"], "_collection_look_up", lambda _self: data):
            self.check()
            self.check()
        self.assertEqual((payment.state, self.residuals(self.one)), ("done", [0]))
        self.assertTrue(payment.receipt_number)

    def test_a_manager_records_what_was_found(self):
        payment = self.unclear()
        with self.assertRaises(UserError):
            payment.with_user(self.carla).action_found_charged()
        payment.with_user(self.boss).action_found_not_charged()
        self.assertEqual((payment.state, self.residuals(self.one), self.holds(payment)), ("declined", [100], {}))
        payment = self.unclear()
        payment.with_user(self.boss).action_found_charged()
        self.assertEqual((payment.state, self.residuals(self.one)), ("done", [0]))
        with self.assertRaises(UserError):
            payment.with_user(self.boss).action_found_charged()

    @mute_logger(f"{LOG}.payment_transaction_send")
    def test_answer_that_is_not_understood_is_none(self):
        def broken(*_args):
            raise KeyError("charge")

        with patch(SEND, broken):
            payment = self.charge({self.one: 100})
        self.assertEqual((payment.state, bool(payment.unclear_since)), ("charging", True))

    def test_refusal_is_an_answer(self):
        def refuse(*_args):
            response = requests.Response()
            response.status_code = 402
            error = requests.exceptions.HTTPError(response=response)
            refusal = ValidationError("Card 4242 4242 4242 4242 was refused")  # pylint: disable=translation-required
            raise refusal from error

        with patch(SEND, refuse):
            payment = self.charge({self.one: 100})
        self.assertEqual(payment.state, "declined")
        self.assertIn("4242 was refused", payment.decline_reason)
        self.assertNotIn("4242 4242", payment.decline_reason)

    def test_server_that_stopped_before_asking_charges_nobody_later(self):
        token = self.saved_card()
        payment = self.take({self.one: 100}, method="token", token_id=token.id, consent_name="Ann", consent_text="Yes")
        payment.action_charge()
        self.env.cr.postcommit.data["account_collections.card_requests"].clear()
        payment.transaction_id.sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = '2026-03-18 15:00:00' WHERE id = %s",
            [payment.transaction_id.id],
        )
        self.env.invalidate_all()
        self.check(9)
        self.assertEqual(payment.state, "charging")
        with patch(SEND) as send:
            self.check(11)
        send.assert_not_called()
        self.assertEqual((payment.state, self.residuals(self.one), self.holds(payment)), ("declined", [100], {}))

    def test_lost_booking_is_made_up_for(self):
        payment = self.charge({self.one: 100}, "pending")
        payment.transaction_id.sudo()._set_done()
        self.assertEqual((payment.state, self.holds(payment)), ("done", {self.one: 100}))
        self.check()
        self.check()
        self.assertEqual((self.residuals(self.one), self.holds(payment)), ([0], {}))
        self.assertTrue(payment.receipt_number)

    def test_links_end(self):
        self.company.collection_card_link_hours = 1
        payment = self.link({self.one: 100})
        self.check(59)
        self.assertEqual(payment.state, "link_sent")
        with self.at("2026-03-18 16:00:00"), self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_card_payments").sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((payment.state, payment.link_url), ("expired", False))
        # Who was on the provider's page at that moment has paid all the same.
        self.say(self.attempt(payment), "done")
        self.assertEqual((payment.state, self.residuals(self.one)), ("done", [0]))

    def test_link_whose_items_are_settled_ends(self):
        payment = self.link({self.one: 100})
        self.pay(self.one.move_id)
        self.check()
        self.assertEqual(payment.state, "cancelled")

    def test_customer_who_pays_twice_has_a_credit(self):
        payment = self.link({self.one: 100})
        first, second = self.attempt(payment), self.attempt(payment)
        self.assertNotEqual(first.reference, second.reference)
        self.say(first, "done")
        self.say(second, "done")
        self.assertEqual((self.residuals(self.one), payment.amount_unapplied_currency), ([0], 100))
        self.assertFigures(self.acme, amount_unapplied=100)

    def test_declined_on_the_page_may_try_again(self):
        payment = self.link({self.one: 100})
        self.say(self.attempt(payment), "error")
        self.assertEqual((payment.state, payment.decline_count), ("link_sent", 1))
        self.say(self.attempt(payment), "done")
        self.assertEqual((payment.state, self.residuals(self.one)), ("done", [0]))

    def test_withdrawn_link(self):
        payment = self.link({self.one: 100})
        payment.action_withdraw()
        payment.action_withdraw()
        self.assertEqual((payment.state, payment.link_url), ("cancelled", False))
        self.take({self.one: 100})
        paid = self.charge({self.one: 100})
        with self.assertRaises(UserError):
            paid.action_withdraw()
