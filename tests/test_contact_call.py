from contextlib import contextmanager

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, tagged

from ..tools.time_zones import zones_of_address
from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestZonesOfAddress(BaseCase):
    def test_addresses(self):
        for address, zones in (
            (("US", "CA", "92109"), "America/Los_Angeles"),
            (("US", "CA", ""), "America/Los_Angeles"),
            (("us", "ca", "92109-1234"), "America/Los_Angeles"),
            (("US", "TX", ""), "America/Chicago America/Denver"),
            (("US", "TX", "77002"), "America/Chicago"),
            (("US", "TX", "79901"), "America/Denver"),
            (("US", "TX", "79830"), "America/Chicago America/Denver"),
            (("US", "TX", "10001"), "America/Chicago America/Denver"),
            (("US", "FL", "32801"), "America/New_York"),
            (("US", "FL", "32501"), "America/Chicago"),
            (("US", "IN", "46204"), "America/Indiana/Indianapolis"),
            (("US", "IN", "46402"), "America/Chicago"),
            (("US", "AK", "99501"), "America/Anchorage"),
            (("US", "AK", "99546"), "America/Adak"),
            (("US", "", "37402"), "America/New_York"),
            (("US", "", "37203"), "America/Chicago"),
            (("US", "", ""), ""),
            (("US", "AE", "09012"), ""),
            (("CA", "ON", "M5V 2B3"), "America/Toronto"),
            (("CA", "ON", "P9N 1A1"), "America/Winnipeg"),
            (("CA", "ON", ""), "America/Toronto America/Winnipeg"),
            (("ES", "GC", ""), "Atlantic/Canary"),
            (("ES", "M", "28010"), "Europe/Madrid"),
            (("FR", "", ""), "Europe/Paris"),
            ((None, None, None), ""),
            (("XX", "", ""), ""),
        ):
            with self.subTest(address):
                self.assertEqual(zones_of_address(*address), tuple(zones.split()))


class CallCommon(CollectionsCommon):
    """Wednesday, 2026-03-18: summer time; 09:05 in New York is 13:05 UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector, cls.manager = cls.member("collector"), cls.member("manager")
        cls.san_diego = cls._account("Mission Bay", "CA", "92109")
        cls.chicago = cls._account("Lakeshore", "IL", "60611")

    @classmethod
    def _account(cls, name, state, code, **vals):
        country = cls.env.ref("base.us")
        state = cls.env["res.country.state"].search([("country_id", "=", country.id), ("code", "=", state)])
        vals = {"country_id": country.id, "state_id": state.id, "zip": code, "phone": "+1 555 0100", **vals}
        customer = cls.customer(name, **vals)
        cls.invoice(customer, 100, overdue=9)
        return cls.account(customer)

    def call(self, account, user=None, **vals):
        return (
            self.env["collection.activity"]
            .with_user(user or self.collector)
            .create({"account_id": account.id, "channel": "call", "direction": "out", **vals})
        )

    @contextmanager
    def refused(self, words="Calls begin between"):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            yield
        self.assertIn(words, str(caught.exception))


@tagged("post_install", "-at_install")
class TestContactWindow(CallCommon):
    def test_five_past_nine_in_new_york(self):
        with self.at(f"{self.today} 13:05:00"):
            with self.refused("06:05"):
                self.call(self.san_diego)
            self.assertTrue(self.call(self.chicago).is_live)
            self.assertFalse(self.call(self.san_diego, direction="in").is_live, "Inbound at any time")

    def test_thresholds(self):
        for time, open_ in (("12:59:59", False), ("13:00:00", True), ("21:59:59", True), ("22:00:00", False)):
            with self.subTest(time), self.at(f"{self.today} {time}"):
                if open_:
                    self.assertTrue(self.call(self.chicago).is_live)
                else:
                    with self.refused():
                        self.call(self.chicago)

    def test_hours_are_a_setting(self):
        self.company.write({"collection_call_from": 6, "collection_call_to": 21})
        with self.at(f"{self.today} 13:05:00"):
            self.assertTrue(self.call(self.san_diego).is_live)
        with self.assertRaises(ValidationError):
            self.company.collection_call_to = 5
        settings = self.env["res.config.settings"].create({})
        settings.write({"collection_call_from": 22, "collection_call_to": 23})
        settings.set_values()
        self.assertEqual((self.company.collection_call_from, self.company.collection_call_to), (22, 23))

    def test_working_days_of_the_customer(self):
        # A Sunday; and Monday 00:30 UTC, which is still Sunday there; and a holiday.
        for moment in ("2026-03-22 16:00:00", "2026-03-23 00:30:00", "2026-05-25 16:00:00"):
            with self.subTest(moment), self.at(moment), self.refused():
                self.call(self.chicago)
        with self.at("2026-03-23 16:00:00"):
            self.assertTrue(self.call(self.chicago).is_live)

    def test_every_possible_zone_is_inside(self):
        texas = self._account("Big State", "TX", "")
        self.assertEqual(texas.partner_id.collection_zones, "America/Chicago,America/Denver")
        for time, open_ in (("13:30", False), ("14:00", True), ("21:59", True), ("22:00", False)):
            with self.subTest(time), self.at(f"{self.today} {time}:00"):
                self.assertEqual(
                    self.company._collection_is_call_time(["America/Chicago", "America/Denver"], fields.Datetime.now()),
                    open_,
                )
        with self.at(f"{self.today} 13:30:00"):
            with self.refused("08:30 CDT or Wed 07:30 MDT"):
                self.call(texas)
            texas.partner_id.zip = "77002"
            self.assertTrue(self.call(texas).is_live)

    def test_which_zone_counts(self):
        customer = self.chicago.partner_id
        contact = self.contact(customer)
        self.assertEqual(contact.collection_zones, "America/Chicago", "As the customer")
        customer.tz = "America/Denver"
        self.assertEqual(contact.collection_zones, "America/Denver")
        contact.tz = "Europe/Madrid"
        self.assertEqual(contact.collection_zones, "Europe/Madrid")
        contact.write(
            {"tz": False, "type": "other", "country_id": self.env.ref("base.fr").id, "state_id": False, "zip": False}
        )
        self.assertEqual(contact.collection_zones, "Europe/Paris", "An address of its own")
        nowhere = self.customer("Nowhere", country_id=False)
        self.assertFalse(nowhere.collection_zones)
        self.assertEqual(nowhere._collection_timezone(), ("America/New_York", True))
        self.assertIn("assumed", nowhere._collection_local_time())

    def test_new_contacts_do_not_get_the_zone_of_who_types_them(self):
        contact = self.env["res.partner"].with_context(tz="Asia/Manila").create({"name": "New"})
        self.assertFalse(contact.tz)

    def test_zone_of_the_person_called(self):
        ann = self.contact(self.san_diego.partner_id, tz="America/New_York")
        with self.at(f"{self.today} 13:05:00"):
            self.assertTrue(self.call(self.san_diego, contact_id=ann.id).is_live)

    # ------------------------------------------------------------------
    # The start, not the log
    # ------------------------------------------------------------------

    def test_logging_afterwards_is_free(self):
        with self.at(f"{self.today} 23:00:00"):
            afterwards = self.call(self.chicago, date=f"{self.today} 21:30:00", outcome_id=self.outcome("message").id)
            afterwards.action_done()
            self.assertFalse(afterwards.outside_window)
            late = self.call(self.chicago, date=f"{self.today} 22:30:00", outcome_id=self.outcome("message").id)
            late.action_done()
            self.assertTrue(late.outside_window, "Logged as it was, for whoever reviews it")
            self.assertIn("17:30", late.customer_time_began)

    def test_a_call_that_began_in_time_is_logged_when_it_ends(self):
        with self.at(f"{self.today} 21:55:00"):
            activity = self.call(self.chicago, timer_running=True)
        with self.at(f"{self.today} 22:10:00"):
            activity.outcome_id = self.outcome("message")
            activity.action_done()
        self.assertEqual((activity.state, activity.duration), ("done", 15))

    def test_inbound_that_becomes_outbound(self):
        with self.at(f"{self.today} 13:05:00"):
            activity = self.call(self.san_diego, direction="in", outcome_id=self.outcome("call_back").id)
            activity.write({"direction": "out", "next_action_date": self.today, "next_action_time": 9})
            with self.refused():
                activity.action_done()
            self.assertEqual(activity.state, "draft")

    # ------------------------------------------------------------------
    # Exceptions
    # ------------------------------------------------------------------

    def test_collector_returns_a_call(self):
        for reason in ("return_call", "asked"):
            with self.subTest(reason), self.at(f"{self.today} 13:05:00"):
                activity = self.call(self.san_diego, call_exception=reason)
                self.assertTrue(activity.is_live and activity.outside_window)
                self.assertEqual(activity.allowed_by_id, self.collector)
                self.assertIn("06:05", activity.customer_time_began)

    def test_all_else_needs_a_manager(self):
        with self.at(f"{self.today} 13:05:00"):
            with self.refused():
                self.call(self.san_diego, call_exception="manager")
            with self.refused():
                self.call(self.san_diego, self.member("assistant"), call_exception="manager")
            activity = self.call(self.san_diego, self.manager, call_exception="manager")
            self.assertEqual(activity.allowed_by_id, self.manager)

    def test_manager_allows_one_call(self):
        account = self.san_diego
        with self.at(f"{self.today} 13:05:00"):
            with self.assertRaises(AccessError):
                account.with_user(self.collector).action_allow_call()
            with self.assertRaises(AccessError):
                account.with_user(self.collector).write({"call_allowed_until": "2026-03-18 20:00:00"})
            account.with_user(self.manager).action_allow_call()
            activity = self.call(account)
            self.assertEqual((activity.call_exception, activity.allowed_by_id), ("manager", self.manager))
            with self.refused():
                self.call(account)
            account.with_user(self.manager).action_allow_call()
            self.company.collection_call_from = 9.9
        with self.at(f"{self.today} 15:05:01"), self.refused():
            self.call(account)

    # ------------------------------------------------------------------
    # The limit
    # ------------------------------------------------------------------

    def _seven_attempts(self):
        for days in (6, 5, 5, 2, 1, 1, 0):
            activity = self.call(
                self.chicago, date=f"{self.day(-days)} 14:30:00", outcome_id=self.outcome("no_answer").id
            )
            activity.action_done()
            yield activity

    def test_seven_attempts_in_seven_days(self):
        attempts = list(self._seven_attempts())
        self.assertEqual(self.chicago.call_attempts, 7)
        with self.refused("was called 7 times in the last 7 days"):
            self.call(self.chicago)
        with self.refused("was called 7 times"):
            self.call(self.chicago, call_exception="return_call")
        self.assertFalse(self.chicago.callable_now)
        inbound = self.call(self.chicago, direction="in")
        self.assertFalse(inbound.is_attempt)
        with self.at(1):
            self.assertEqual(self.chicago.call_attempts, 6, "The first was seven days ago")
            self.assertTrue(self.call(self.chicago).is_live)
        attempts[0].with_user(self.manager).action_void("On the wrong account")
        self.assertTrue(self.call(self.chicago).is_live)
        with self.refused("was called 7 times"):
            self.call(self.chicago)
        self.assertTrue(self.call(self.chicago, self.manager, call_exception="manager").over_limit)

    def test_a_call_that_was_begun_counts_and_stays(self):
        activity = self.call(self.chicago)
        self.assertEqual(self.chicago.call_attempts, 1)
        with self.assertRaises(UserError):
            activity.unlink()
        activity.write({"outcome_id": self.outcome("not_placed").id, "note": "Wrong button"})
        activity.action_done()
        self.assertEqual(self.chicago.call_attempts, 0)

    def test_limit_is_a_setting(self):
        self.company.collection_call_limit = 1
        self.call(self.chicago)
        with self.refused("was called 1 times"):
            self.call(self.chicago)
        with self.assertRaises(ValidationError):
            self.company.collection_call_limit = 0

    def test_do_not_call_binds_everybody(self):
        ann = self.contact(self.chicago.partner_id, collection_do_not_call=True)
        for user in (self.collector, self.manager):
            with self.refused("not to be called"):
                self.call(self.chicago, user, contact_id=ann.id, call_exception="manager")
        self.assertTrue(self.call(self.chicago).is_live)
        self.chicago.partner_id.collection_do_not_call = True
        with self.refused("not to be called"):
            self.call(self.chicago)
        self.assertFalse(self.chicago.call_contact_id)

    # ------------------------------------------------------------------
    # Starting from the page
    # ------------------------------------------------------------------

    def test_action_call(self):
        account = self.chicago.with_user(self.collector)
        action = account.action_call()
        activity = self.env["collection.activity"].browse(action["res_id"])
        self.assertTrue(activity.is_live and activity.timer_running)
        self.assertEqual(activity.contact_id, self.chicago.partner_id)
        self.assertEqual(action["context"]["collection_dial"], "+1 555 0100")
        ann = self.contact(self.chicago.partner_id, phone="+1 555 0199")
        action = account.with_context(collection_contact_id=ann.id).action_call()
        self.assertEqual(self.env["collection.activity"].browse(action["res_id"]).contact_id, ann)
        self.chicago.partner_id.phone = False
        ann.phone = False
        with self.assertRaisesRegex(UserError, "no phone number"):
            account.action_call()

    def test_action_call_blocked(self):
        with self.at(f"{self.today} 13:05:00"):
            action = self.san_diego.with_user(self.collector).action_call()
            self.assertEqual(action["res_model"], "collection.call.start")
            self.assertFalse(self.san_diego.contact_activity_ids)
            Start = self.env["collection.call.start"].with_context(**action["context"])
            start = Start.with_user(self.collector).create({})
            self.assertEqual((start.may_except, start.may_decide), (True, False))
            self.assertIn("06:05", start.obstacles)
            with self.refused():
                start.action_decide()
            self.company.collection_manager_id = self.manager
            start.action_ask()
            self.assertEqual(self.san_diego.activity_ids.user_id, self.manager)
            for act, reason in ((start.action_return_call, "return_call"), (start.action_asked, "asked")):
                activity = self.env["collection.activity"].browse(act()["res_id"])
                self.assertEqual((activity.call_exception, activity.allowed_by_id), (reason, self.collector))
            decided = Start.with_user(self.manager).create({})
            self.assertTrue(decided.may_decide)
            decided.action_decide()
            self.assertIn(self.manager, self.san_diego.contact_activity_ids.allowed_by_id)

    def test_script(self):
        script = self.env["collection.call.script"].search([], limit=1)
        script.copy({"sequence": 0, "stage": "new", "text": "Ask {contact} about {overdue}, {unknown}"})
        activity = self.call(self.chicago)
        self.assertEqual(activity.script, "Ask Lakeshore about $\xa0100.00, {unknown}")
        self.assertFalse(self.call(self.chicago, direction="in").script)


@tagged("post_install", "-at_install")
class TestCallableNow(CallCommon):
    def found(self, moment, value=True):
        with self.at(moment):
            return self.Account.search(
                [("id", "in", (self.san_diego + self.chicago).ids), ("callable_now", "=", value)]
            )

    def test_filter(self):
        both = self.san_diego + self.chicago
        self.assertEqual(self.found(f"{self.today} 13:05:00"), self.chicago)
        self.assertEqual(self.found(f"{self.today} 13:05:00", False), self.san_diego)
        self.assertEqual(self.found(f"{self.today} 16:00:00"), both)
        self.assertFalse(self.found("2026-03-22 16:00:00"), "A Sunday")
        self.san_diego.partner_id.phone = False
        self.assertEqual(self.found(f"{self.today} 16:00:00"), self.chicago)
        ann = self.contact(self.san_diego.partner_id, phone="+1 555 0199", tz="America/New_York")
        self.san_diego.partner_id.collection_ap_contact_id = ann
        self.assertEqual(self.found(f"{self.today} 13:05:00"), both, "Accounts payable sit in New York")
        self.chicago.partner_id.collection_do_not_call = True
        self.assertEqual(self.found(f"{self.today} 16:00:00"), self.san_diego)

    def test_each_account_agrees_with_the_filter(self):
        for time in ("12:00", "13:05", "15:30", "21:30", "23:30"):
            with self.subTest(time), self.at(f"{self.today} {time}:00"):
                for account in self.san_diego + self.chicago:
                    account.invalidate_recordset(["callable_now"])
                    obstacles = account._call_obstacles(account.partner_id, fields.Datetime.now(), self.company)
                    self.assertEqual(account.callable_now, not obstacles)

    def test_sort(self):
        both = (self.san_diego + self.chicago).ids
        with self.at(f"{self.today} 13:05:00"):
            order = self.Account.search([("id", "in", both)], order="callable_now desc, id")
            self.assertEqual(order, self.chicago + self.san_diego)
            order = self.Account.search([("id", "in", both)], order="callable_now, id")
            self.assertEqual(order, self.san_diego + self.chicago)
        self.assertTrue(self.Account.fields_get(["callable_now"])["callable_now"]["sortable"])

    def test_company_without_an_address(self):
        nowhere = self.customer("Nowhere", phone="1", country_id=False)
        self.invoice(nowhere, 10, overdue=1)
        account = self.account(nowhere)
        for time, expected in (("12:30", False), ("13:00", True)):
            with self.subTest(time), self.at(f"{self.today} {'11:59' if not expected else time}:00"):
                account.invalidate_recordset(["callable_now"])
                self.assertEqual(account.callable_now, expected)

    def test_number_of_queries(self):
        found = self.Account.search([("callable_now", "=", True)])
        for number in range(5):
            self._account(f"More {number}", "NY", "10001")
        self.env.flush_all()
        with self.assertQueryCount(12):
            more = self.Account.search([("callable_now", "=", True)])
        self.assertEqual(len(more), len(found) + 5)
