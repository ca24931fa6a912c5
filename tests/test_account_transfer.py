from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountTransfer(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carla = cls.member("collector", "carla", name="Carla")
        cls.noah = cls.member("collector", "noah", name="Noah")
        cls.third = cls.member("collector", "third", name="Third")
        cls.assistant = cls.member("assistant")
        cls.accounts = cls.Account
        for name in ("Acme", "Beta"):
            customer = cls.customer(name)
            cls.invoice(customer, 100, overdue=5)
            cls.accounts |= cls.account(customer)
        cls.acme, cls.beta = cls.accounts
        cls.accounts.write({"collector_id": cls.carla.id})

    def _transfer(self, days_from=0, days_to=3, user=None, **vals):
        values = {
            "from_user_id": self.carla.id,
            "to_user_id": self.noah.id,
            "date_from": self.day(days_from),
            "date_to": self.day(days_to) if days_to is not None else False,
            "reason": "Annual leave",
            **vals,
        }
        return self.env["collection.transfer"].with_user(user or self.assistant).create(values)

    def _job(self, day=0):
        with self.at(day), self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_assign").method_direct_trigger()
        self.env.invalidate_all()

    def assertHas(self, collector, accounts=None):
        self.assertEqual((accounts or self.accounts).collector_id, collector)

    def test_absence_begins_at_once_and_ends_the_day_after_its_last(self):
        transfer = self._transfer()
        self.assertEqual(transfer.account_count, 2)
        self.assertHas(self.carla)
        transfer.action_confirm()
        self.assertEqual(transfer.state, "active")
        self.assertHas(self.noah)
        for day, collector in ((2, self.noah), (3, self.noah), (4, self.carla), (5, self.carla)):
            with self.subTest(day):
                self._job(day)
                self.assertHas(collector)
        self.assertEqual(transfer.state, "done")
        self.assertEqual(self.acme.assignment_ids.mapped("kind"), ["back", "absence", "manual"])
        self.assertEqual(self.acme.assignment_ids[1].user_id, self.assistant)

    def test_absence_in_the_future(self):
        transfer = self._transfer(2, 5)
        transfer.action_confirm()
        for day, collector in ((0, self.carla), (1, self.carla), (2, self.noah), (5, self.noah), (6, self.carla)):
            with self.subTest(day):
                self._job(day)
                self.assertHas(collector)

    def test_job_twice_a_day_changes_nothing(self):
        self._transfer().action_confirm()
        before = len(self.accounts.assignment_ids)
        self._job()
        self._job()
        self.assertEqual(len(self.accounts.assignment_ids), before)

    def test_job_that_slept_through_an_absence(self):
        transfer = self._transfer(1, 3)
        transfer.action_confirm()
        self._job(9)
        self.assertEqual(transfer.state, "cancelled")
        self.assertHas(self.carla)

    def test_accounts_that_come_meanwhile_go_along_and_back(self):
        self._transfer().action_confirm()
        customer = self.customer("New")
        self.invoice(customer, 5, overdue=1)
        new = self.account(customer)
        new.collector_id = self.carla
        self._job(1)
        self.assertHas(self.noah, new)
        self._job(4)
        self.assertHas(self.carla, new)

    def test_what_was_moved_meanwhile_stays_there(self):
        self._transfer().action_confirm()
        self.acme.collector_id = self.third
        self._job(4)
        self.assertHas(self.third, self.acme)
        self.assertHas(self.carla, self.beta)

    def test_back_as_it_was(self):
        self.acme._unguarded().collector_locked = False
        self._transfer().action_confirm()
        self._job(4)
        self.assertFalse(self.acme.collector_locked)
        self.assertTrue(self.beta.collector_locked)

    def test_absentee_who_does_not_come_back(self):
        self.env["collection.assignment.rule"].create(
            {"name": "A", "name_from": "A", "name_to": "A", "collector_id": self.third.id}
        )
        self._transfer().action_confirm()
        self.carla.active = False
        self._job(4)
        self.assertHas(self.third, self.acme)
        self.assertFalse(self.beta.collector_id)

    def test_end_now(self):
        transfer = self._transfer()
        transfer.action_confirm()
        transfer.action_end()
        self.assertHas(self.carla)
        self.assertEqual(transfer.state, "done")
        planned = self._transfer(3, 5)
        planned.action_confirm()
        planned.action_end()
        self.assertEqual(planned.state, "cancelled")
        with self.assertRaises(UserError):
            planned.action_confirm()

    def test_for_good(self):
        transfer = self._transfer(1, None, kind="transfer")
        transfer.action_confirm()
        self._job(0)
        self.assertHas(self.carla)
        self._job(1)
        self.assertHas(self.noah)
        self.assertEqual(transfer.state, "done")
        self.assertTrue(all(self.accounts.mapped("collector_locked")))
        self._job(30)
        self.assertHas(self.noah)

    def test_some_accounts_only(self):
        self._transfer(account_ids=[Command.set(self.acme.ids)]).action_confirm()
        self.assertHas(self.noah, self.acme)
        self.assertHas(self.carla, self.beta)

    def test_transfers_that_make_no_sense(self):
        auditor = self.member("auditor")
        for vals in (
            {"to_user_id": self.carla.id},
            {"date_to": False},
            {"date_to": self.day(-1)},
            {"to_user_id": auditor.id},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self._transfer(**vals)
        with self.assertRaises(UserError):
            self._transfer(-5, -1).action_confirm()

    def test_overlaps(self):
        self._transfer(0, 3).action_confirm()
        refused = ({}, {"to_user_id": self.third.id}, {"from_user_id": self.noah.id, "to_user_id": self.third.id})
        for vals in (*refused, {"from_user_id": self.third.id, "to_user_id": self.carla.id}):
            with self.subTest(vals), self.assertRaises(ValidationError), self.cr.savepoint():
                self._transfer(3, 6, **vals).action_confirm()
        self._transfer(4, 6).action_confirm()
        self._transfer(1, 2, from_user_id=self.third.id).action_confirm()

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self._transfer(user=self.carla)
        transfer = self._transfer()
        for act in (transfer.with_user(self.carla).action_confirm, transfer.with_user(self.carla).action_end):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaises(AccessError):
            transfer.state = "done"
        transfer.action_confirm()
        with self.assertRaises(UserError):
            transfer.unlink()

    def test_other_company_is_untouched(self):
        other = self.second_company()["company"]
        (self.carla | self.noah).write({"company_ids": [Command.link(other.id)]})
        self.invoice(self.acme.partner_id, 5, overdue=1, company=other)
        theirs = self.account(self.acme.partner_id, other)
        theirs.collector_id = self.carla
        self._transfer().action_confirm()
        self.assertHas(self.carla, theirs)
