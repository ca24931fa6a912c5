from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountDataGap(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector")
        cls.assistant = cls.member("assistant")
        cls.acme = cls.customer("Acme", phone="+1 212-555-0143", tz="America/New_York")
        cls.ann = cls.contact(cls.acme)
        cls.acme.collection_ap_contact_id = cls.ann
        cls.invoice(cls.acme, 100, overdue=5)
        cls.acme_account = cls.account(cls.acme)
        cls.acme_account.collector_id = cls.collector
        cls.Gap = cls.env["collection.data.gap"]

    def _gaps(self, account=None, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.Gap.with_user(user or self.collector).search(
            [("account_id", "=", (account or self.acme_account).id)]
        )

    def assertGaps(self, *expected, account=None):
        self.assertEqual(sorted(self._gaps(account).mapped("gap")), sorted(expected))

    def _fill(self, gap, user=None, **vals):
        row = self._gaps(user=user).filtered(lambda row: row.gap == gap)
        row.web_save(vals, {name: {} for name in vals})

    def test_complete_account_has_none(self):
        self.assertGaps()

    def test_no_email(self):
        self.acme.email = False
        self.assertGaps()
        self.ann.email = False
        self.assertGaps("no_email")
        self.contact(self.acme, "Invoices", type="invoice")
        self.assertGaps()

    def test_failing_email(self):
        self.ann.message_bounce = 1
        self.assertGaps("bounced")
        self.assertEqual(self._gaps().contact_id, self.ann)
        self.ann.message_bounce = 0
        self.env["mail.blacklist"]._add(self.acme.email)
        self.assertGaps("bounced")
        self.assertEqual(self._gaps().contact_id, self.acme)

    def test_other_gaps(self):
        self.acme.write({"phone": False, "tz": False, "collection_ap_contact_id": False})
        self.acme_account.collector_id = False
        self.assertGaps("no_phone", "tz_assumed", "no_ap_contact", "no_collector")

    def test_who_owes_nothing_has_no_gaps(self):
        self.acme.phone = False
        self.assertGaps("no_phone")
        self.pay(self.acme_account.open_item_ids.move_id, 100)
        self.account(self.acme)
        self.assertGaps()

    # ------------------------------------------------------------------
    # Filling
    # ------------------------------------------------------------------

    def test_collector_fills_gaps_without_rights_on_contacts(self):
        self.assertFalse(self.acme.with_user(self.collector).has_access("write"))
        self.acme.write({"phone": False, "tz": False, "email": False})
        self.ann.email = False
        self._fill("no_phone", phone="+1 212-555-0199")
        self._fill("tz_assumed", tz="America/Chicago")
        self._fill("no_email", email="Ann <Ann.P@example.com>")
        self.assertRecordValues(self.acme, [{"phone": "+1 212-555-0199", "tz": "America/Chicago", "email": False}])
        self.assertEqual(self.ann.email, "ann.p@example.com")
        self.assertGaps()
        note = self.ann.message_ids[0]
        self.assertIn("ann.p@example.com", note.body)
        self.assertEqual(note.author_id, self.collector.partner_id)

    def test_failed_address_is_replaced_and_counts_anew(self):
        self.ann.message_bounce = 2
        self._fill("bounced", email="new@example.com")
        self.assertRecordValues(self.ann, [{"email": "new@example.com", "message_bounce": 0}])
        self.assertGaps()

    def test_ap_contact(self):
        self.acme.collection_ap_contact_id = False
        self._fill("no_ap_contact", ap_contact_id=self.ann.id)
        self.assertEqual(self.acme.collection_ap_contact_id, self.ann)

    def test_new_ap_contact(self):
        self.acme.collection_ap_contact_id = False
        with self.assertRaises(UserError):
            self._fill("no_ap_contact", new_contact="just a name")
        self._fill("no_ap_contact", new_contact="Bob Payer <bob@example.com>")
        bob = self.acme.collection_ap_contact_id
        self.assertRecordValues(bob, [{"name": "Bob Payer", "email": "bob@example.com", "parent_id": self.acme.id}])
        self.assertGaps()

    def test_collector_field(self):
        self.acme_account.collector_id = False
        with self.assertRaises(AccessError):
            self._fill("no_collector", collector_id=self.collector.id)
        self._fill("no_collector", user=self.assistant, collector_id=self.collector.id)
        self.assertEqual(self.acme_account.collector_id, self.collector)
        self.assertEqual(self.acme_account.assignment_ids[0].user_id, self.assistant)

    def test_what_stands_is_not_replaced(self):
        own = self.acme_account.with_user(self.collector)
        for contact, name, value in (
            (self.acme, "email", "evil@example.com"),
            (self.acme, "phone", "1"),
            (self.acme, "tz", "Asia/Manila"),
            (self.acme, "collection_ap_contact_id", self.contact(self.acme, "Eve")),
        ):
            with self.subTest(name), self.assertRaises(UserError):
                own._fix_contact(contact, name, value)
        self.collector.group_ids += self.env.ref("base.group_partner_manager")
        own._fix_contact(self.acme, "phone", "2")
        self.assertEqual(self.acme.phone, "2")

    def test_wrong_values_and_strangers(self):
        own = self.acme_account.with_user(self.collector)
        self.acme.write({"email": False, "collection_ap_contact_id": False})
        stranger = self.customer("Stranger", email=False)
        self.env["mail.blacklist"]._add("gone@example.com")
        for contact, name, value in (
            (self.acme, "email", "not an address"),
            (self.acme, "email", "gone@example.com"),
            (stranger, "email", "a@example.com"),
            (self.acme, "vat", "US1"),
            (self.acme, "collection_ap_contact_id", stranger),
        ):
            with self.subTest(value), self.assertRaises(UserError):
                own._fix_contact(contact, name, value)

    def test_rows_take_nothing_but_the_gaps(self):
        self.acme.phone = False
        row = self._gaps()
        row.write({"amount_overdue": 0, "account_id": 0})
        self.assertEqual(self._gaps().amount_overdue, 100)
        for role in ("auditor", "resolver"):
            with self.subTest(role), self.assertRaises(AccessError):
                row.with_user(self.member(role)).write({"phone": "1"})

    def test_portfolio_and_companies(self):
        self.acme.phone = False
        other = self.second_company()["company"]
        self.invoice(self.acme, 5, overdue=1, company=other)
        theirs = self.account(self.acme, other)
        self.assertFalse(self._gaps(theirs))
        self.company.collection_see_all = False
        colleague = self.member("collector", "colleague")
        self.assertTrue(self._gaps())
        self.assertFalse(self._gaps(user=colleague))
        with self.assertRaises(AccessError):
            self.acme_account.with_user(colleague)._fix_contact(self.acme, "phone", "1")

    def test_counters(self):
        self.acme.write({"phone": False, "tz": False})
        self.env.flush_all()
        counts = dict(
            self.Gap.with_user(self.collector)._read_group(
                [("account_id", "=", self.acme_account.id)], ["gap"], ["__count"]
            )
        )
        self.assertEqual(counts, {"no_phone": 1, "tz_assumed": 1})
