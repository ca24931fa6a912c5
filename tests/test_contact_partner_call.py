from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .help_common import HelpCommon


@tagged("post_install", "-at_install")
class TestPartnerCall(HelpCommon):
    """One call to a sales partner about several of its customers: logged once, shown on each, and no call to the customers."""

    def call(self, outcome="partner_helps", source=None, accounts=None, **values):
        action = (source or self.dealer.with_user(self.collector)).action_collection_contact()
        form = Form(
            self.env["collection.activity"].with_user(self.collector).with_context(**action["context"]),
            view="account_collections.collection_activity_view_form_dialog",
        )
        for account in self.accounts if accounts is None else accounts:
            form.account_ids.add(account)
        form.outcome_id = self.outcome(outcome)
        for name, value in values.items():
            setattr(form, name, value)
        call = form.save()
        call.action_done()
        return call

    def test_logged_once_for_several_accounts(self):
        before = self.env["collection.activity"].search_count([])
        call = self.call(note="Calls both today")
        self.assertEqual(self.env["collection.activity"].search_count([]), before + 1)
        self.assertRecordValues(
            call,
            [{"sales_partner_id": self.dealer.id, "contact_id": self.dealer.id, "state": "done", "is_attempt": True}],
        )
        for account in self.accounts:
            self.assertEqual(account.contact_activity_ids, call)
            self.assertEqual(account.work_log_ids.activity_id, call)
            self.assertEqual(account.next_action_date, self.day(5))
        self.assertFalse(self.cedar_account.contact_activity_ids)
        rows = self.env["collection.activity"]._read_group([("id", "=", call.id)], ["user_id"], ["__count"])
        self.assertEqual(rows, [(self.collector, 1)])
        self.assertEqual(call.display_name, "Call: Dealer")

    def test_the_customers_were_not_contacted(self):
        self.company.collection_unreachable_attempts = 1
        self.call("no_answer")
        self.call("spoke", note="Knows nothing")
        for account in self.accounts:
            self.assertEqual((account.stage, account.last_contact_date, account.call_attempts), ("new", False, 0))
        self.accounts._derive_stages()
        self.assertEqual(self.accounts.mapped("stage"), ["new", "new"])
        self.assertFalse(self.call("spoke", note="x").script)

    def test_a_voided_customer_call_does_not_count_the_partners(self):
        spoke = self.contacted(self.accounts[0])
        self.call("spoke", note="x")
        spoke.with_user(self.manager).action_void("Wrong account")
        self.assertFalse(self.accounts[0].last_contact_date)

    def test_the_customers_limit_and_wishes_do_not_bind(self):
        self.company.collection_call_limit = 1
        self.acme.collection_do_not_call = True
        self.accounts.with_user(self.manager).action_allow_call()
        self.call()
        self.call()
        self.assertTrue(self.accounts[0].call_allowed_until, "The manager's permission is for the customer")
        self.dealer.collection_do_not_call = True
        with self.assertRaisesRegex(UserError, "not to be called"):
            self.call()

    def test_the_partners_hours_bind(self):
        self.dealer.tz = "America/Anchorage"
        with self.assertRaisesRegex(UserError, "07:00 AKDT at Dealer"):
            self.call()

    def test_outcomes_of_customers_are_not_offered(self):
        for outcome in ("promised", "refused", "claims_paid", "disputes", "documents"):
            with self.assertRaisesRegex(ValidationError, "no outcome of this kind of contact"):
                self.call(outcome, note="x")
        with self.assertRaisesRegex(ValidationError, "no outcome of this kind of contact"):
            self.contacted(self.accounts, "partner_helps")

    def test_from_a_help_request(self):
        request = self.request(send=True)
        action = request.action_log_call()
        form = Form(
            self.env["collection.activity"].with_user(self.collector).with_context(**action["context"]),
            view="account_collections.collection_activity_view_form_dialog",
        )
        form.outcome_id = self.outcome("partner_informed")
        form.note = "They will write"
        call = form.save()
        call.action_done()
        self.assertRecordValues(
            call,
            [
                {
                    "help_id": request.id,
                    "account_ids": self.accounts.ids,
                    "move_ids": (self.acme_bill + self.birch_bill).ids,
                    "sales_partner_id": self.dealer.id,
                }
            ],
        )
        self.assertIn(call, request.contact_ids)
        self.assertEqual(request.state, "sent")

    def test_others_see_whom_one_speaks_with(self):
        action = self.dealer.with_user(self.collector).action_collection_contact()
        self.env["collection.activity"].with_user(self.collector).with_context(**action["context"]).create(
            {"account_ids": self.accounts.ids}
        )
        said = self.accounts.with_user(self.colleague)._others_at_work()
        self.assertIn("with Dealer about them", said[self.accounts[0]][0])

    def test_partner_form(self):
        self.request(send=True)
        dealer = self.dealer.with_user(self.collector)
        self.assertEqual(dealer.collection_help_count, 1)
        action = dealer.action_view_collection_helps()
        self.assertEqual(len(self.Help.search(action["domain"])), 1)

    def test_day_sheet_tells_of_answers(self):
        request = self.request(send=True)
        with self.at(1):
            request.sudo()._set_answered("They pay")
            Day = self.env["collection.day"].with_user(self.collector)
            day = Day.browse(Day.action_my_day()["res_id"])
            line = next(line for line in day.since_lines if line["key"] == "help")
            self.assertEqual((line["count"], line["amount"]), (1, 1400))
            action = day.action_view_since("help")
            self.assertEqual(self.env[action["res_model"]].search(action["domain"]), request)
