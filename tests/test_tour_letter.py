from odoo.tests import HttpCase, tagged

from .common import CollectionsCommon
from .letters_common import LettersMixin


@tagged("post_install", "-at_install")
class TestLetterTour(LettersMixin, CollectionsCommon, HttpCase):
    """A collector writes a letter from the account's page, looks at it, and leaves it to be printed."""

    def test_write(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.member("collector", login="tour_collector", name="Tour Collector")
        customer = self.by_post("Post Only")
        self.invoice(customer, 1200, overdue=12)
        account = self.account(customer)
        self.start_tour(f"/odoo/collections-accounts/{account.id}", "collection_letter_write", login="tour_collector")
        letter = account.letter_ids
        self.assertEqual((letter.kind, letter.state, letter.way), ("balance", "due", "post"))
