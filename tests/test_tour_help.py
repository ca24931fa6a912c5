from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .help_common import HelpCommon


@tagged("post_install", "-at_install")
class TestHelpTour(HelpCommon, HttpCase):
    """A sales partner is asked about two customers, answers by e-mail, and is called once about both."""

    def test_ask_answer_close(self):
        self.member("collector", login="tour_collector", name="Tour Collector")
        self.accounts.collector_id = False
        self.start_tour("/odoo/collections-accounts", "collection_help_ask", login="tour_collector")
        request = self.Help.search([("sales_partner_id", "=", self.dealer.id)])
        self.assertRecordValues(request, [{"state": "sent", "account_ids": self.accounts.ids}])
        sent = request.contact_ids.mail_message_id
        mail = (
            "From: dealer@example.com\nTo: collections@ours.example\nSubject: Re: your request\n"
            f"Message-Id: <1@dealer.example>\nIn-Reply-To: {sent.message_id}\n\nBoth pay on Friday\n"
        )
        with patch("odoo.addons.mail.models.mail_thread.MailThread._routing_reset_bounce"):
            self.env["mail.thread"].message_process("collection.help", mail, thread_id=request.id)
        self.assertEqual(request.state, "answered")
        self.start_tour("/odoo/collections-help", "collection_help_close", login="tour_collector")
        self.assertRecordValues(request, [{"state": "closed", "result": "solved", "answer": "Both pay on Friday"}])

    def test_one_call_for_two_accounts(self):
        user = self.member("collector", login="tour_collector", name="Tour Collector")
        user.group_ids += self.env.ref("base.group_partner_manager")
        self.accounts.collector_id = False
        self.start_tour(f"/odoo/res.partner/{self.dealer.id}", "collection_partner_call", login="tour_collector")
        call = self.accounts[0].contact_activity_ids
        self.assertEqual(call, self.accounts[1].contact_activity_ids)
        self.assertRecordValues(
            call, [{"account_ids": self.accounts.ids, "sales_partner_id": self.dealer.id, "state": "done"}]
        )
