from datetime import date, datetime

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools.us_holidays import us_federal_holidays
from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestLedgerBusinessDate(CollectionsCommon):
    # ------------------------------------------------------------------
    # The business date
    # ------------------------------------------------------------------

    def test_half_past_midnight_in_manila_is_yesterday_in_new_york(self):
        with self.at("2026-03-18 16:30:00"):  # 00:30 on the 19th in Manila, 12:30 on the 18th in New York
            self.company.collection_tz = "Asia/Manila"
            self.assertEqual(self.company._collection_today(), date(2026, 3, 19))
            self.company.collection_tz = "America/New_York"
            self.assertEqual(self.company._collection_today(), date(2026, 3, 18))

    def test_half_past_midnight_in_new_york(self):
        for moment, expected in (
            ("2026-03-18 03:59:59", date(2026, 3, 17)),
            ("2026-03-18 04:00:00", date(2026, 3, 18)),  # daylight saving time began on the 8th
            ("2026-03-18 04:30:00", date(2026, 3, 18)),
            ("2026-03-07 04:59:59", date(2026, 3, 6)),
            ("2026-03-07 05:00:00", date(2026, 3, 7)),
        ):
            with self.subTest(moment), self.at(moment):
                self.assertEqual(self.company._collection_today(), expected)

    def test_time_zone_of_user_and_context_do_not_matter(self):
        collector = self.member("collector", tz="Asia/Manila")
        with self.at("2026-03-18 16:30:00"):
            for company in (
                self.company.with_user(collector),
                self.company.with_context(tz="Asia/Manila"),
                self.company.with_user(collector).with_context(tz="Pacific/Kiritimati"),
            ):
                self.assertEqual(company._collection_today(), date(2026, 3, 18))

    def test_zone_defaults_to_the_company_contact(self):
        company = self.second_company(collection_tz=False)["company"]
        with self.at("2026-03-18 16:30:00"):
            self.assertEqual(company._collection_today(), date(2026, 3, 18), "Without any zone: UTC")
            company.partner_id.tz = "Asia/Manila"
            self.assertEqual(company._collection_today(), date(2026, 3, 19))
            self.assertEqual(company.collection_tz, "Asia/Manila")
            company.collection_tz = "America/New_York"
            company.partner_id.tz = "Europe/Paris"
            self.assertEqual(company.collection_tz, "America/New_York", "A zone that was chosen stays")

    def test_local_time_carries_its_label(self):
        self.assertEqual(self.company._collection_local_time(), "2026-03-18 11:00 EDT")
        self.assertEqual(self.company._collection_local_time(datetime(2026, 1, 2, 3, 4)), "2026-01-01 22:04 EST")

    def test_two_companies_have_two_dates(self):
        other = self.second_company(collection_tz="Asia/Manila")["company"]
        with self.at("2026-03-18 16:30:00"):
            self.assertEqual((self.company | other).mapped(lambda c: c._collection_today().day), [18, 19])

    # ------------------------------------------------------------------
    # Business days
    # ------------------------------------------------------------------

    def _add(self, day, count):
        return self.company._collection_add_business_days(day, count)

    def test_weekends(self):
        friday, saturday, sunday, monday = (date(2026, 3, day) for day in (20, 21, 22, 23))
        self.assertEqual(self._add(friday, 1), monday)
        self.assertEqual(self._add(saturday, 1), monday)
        self.assertEqual(self._add(friday, 2), date(2026, 3, 24))
        self.assertEqual(self._add(monday, -1), friday)
        self.assertEqual(self._add(sunday, -1), friday)
        self.assertEqual(self._add(friday, 0), friday)
        self.assertEqual(self._add(saturday, 0), monday)
        self.assertEqual(self._add(monday, 10), date(2026, 4, 6))
        self.assertEqual(self._add(monday, -10), date(2026, 3, 9))

    def test_thanksgiving(self):
        wednesday, thursday, friday = (date(2026, 11, day) for day in (25, 26, 27))
        self.assertFalse(self.company._collection_is_business_day(thursday))
        self.assertTrue(self.company._collection_is_business_day(wednesday))
        self.assertTrue(self.company._collection_is_business_day(friday))
        self.assertEqual(self._add(wednesday, 1), friday)
        self.assertEqual(self._add(friday, -1), wednesday)
        self.assertEqual(self._add(thursday, 0), friday)

    def test_independence_day_on_a_saturday_is_observed_on_friday(self):
        self.assertEqual(date(2026, 7, 4).weekday(), 5)
        self.assertFalse(self.company._collection_is_business_day(date(2026, 7, 3)))
        self.assertEqual(self._add(date(2026, 7, 2), 1), date(2026, 7, 6))
        self.assertEqual(self._add(date(2026, 7, 6), -1), date(2026, 7, 2))

    def test_federal_holidays_of_known_years(self):
        def days(year, *names):
            return [day for day, name in us_federal_holidays(year).items() if name in names]

        self.assertEqual(days(2021, "Independence Day", "Juneteenth"), [date(2021, 6, 18), date(2021, 7, 5)])
        self.assertEqual(days(2022, "New Year's Day", "Christmas Day"), [date(2021, 12, 31), date(2022, 12, 26)])
        self.assertEqual(days(2025, "Memorial Day", "Labor Day"), [date(2025, 5, 26), date(2025, 9, 1)])
        self.assertEqual(days(2026, "Washington's Birthday", "Columbus Day"), [date(2026, 2, 16), date(2026, 10, 12)])
        self.assertTrue(all(len(us_federal_holidays(year)) == 11 for year in range(2020, 2040)))

    def test_holidays_of_coming_years_are_added_once(self):
        calendar = self.env.ref("account_collections.calendar_us")
        leaves = self.env["resource.calendar.leaves"].sudo()
        with self.at("2031-06-01 12:00:00"):
            self.env["res.company"].sudo()._cron_collection_us_holidays()
            count = leaves.search_count([("calendar_id", "=", calendar.id)])
            self.env["res.company"].sudo()._cron_collection_us_holidays()
        self.assertEqual(leaves.search_count([("calendar_id", "=", calendar.id)]), count)
        self.assertFalse(self.company._collection_is_business_day(date(2033, 11, 24)))

    def test_own_calendar_and_its_holidays(self):
        calendar = (
            self.env["resource.calendar"]
            .sudo()
            .create({"name": "Manila", "tz": "Asia/Manila", "company_id": self.company.id})
        )
        self.company.collection_calendar_id = calendar
        self.assertTrue(self.company._collection_is_business_day(date(2026, 11, 26)), "No Thanksgiving in Manila")
        leave = {"calendar_id": calendar.id, "company_id": self.company.id, "name": "Holy Week"}
        # Thursday to Friday in Manila, given in UTC
        leave |= {"date_from": "2026-04-01 16:00:00", "date_to": "2026-04-03 15:59:59"}
        self.env["resource.calendar.leaves"].sudo().create(leave)
        self.assertEqual(self._add(date(2026, 4, 1), 1), date(2026, 4, 6))
        self.assertTrue(self.company._collection_is_business_day(date(2026, 4, 1)))

    def test_a_persons_leave_is_no_holiday(self):
        resource = self.env["resource.resource"].sudo().create({"name": "Ann", "company_id": self.company.id})
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "calendar_id": self.env.ref("account_collections.calendar_us").id,
                "resource_id": resource.id,
                "date_from": "2026-03-19 04:00:00",
                "date_to": "2026-03-20 03:59:59",
            }
        )
        self.assertTrue(self.company._collection_is_business_day(date(2026, 3, 19)))

    def test_company_without_calendar_works_monday_to_friday(self):
        self.company.country_id = self.env.ref("base.fr")
        self.company.resource_calendar_id = False
        self.assertFalse(self.company._collection_business_calendar())
        self.assertEqual(self._add(date(2026, 3, 20), 1), date(2026, 3, 23))
        self.assertEqual(self._add(date(2026, 11, 25), 1), date(2026, 11, 26), "Thanksgiving is no holiday in France")

    def test_company_abroad_follows_its_working_hours(self):
        self.company.country_id = self.env.ref("base.fr")
        self.assertEqual(self.company._collection_business_calendar(), self.company.resource_calendar_id)

    def test_collector_may_ask_for_business_days(self):
        company = self.company.with_user(self.member("collector"))
        self.assertEqual(company._collection_add_business_days(date(2026, 11, 25), 1), date(2026, 11, 27))

    # ------------------------------------------------------------------
    # Aging limits
    # ------------------------------------------------------------------

    def test_aging_limits_must_rise(self):
        for limits in ((30, 30, 90, 120), (30, 60, 50, 120), (0, 60, 90, 120), (-1, 60, 90, 120), (30, 60, 90, 90)):
            with self.subTest(limits), self.assertRaises(ValidationError):
                self.company.write({f"collection_bucket_{i}": limit for i, limit in enumerate(limits, 1)})
        self.company.write({f"collection_bucket_{i}": limit for i, limit in enumerate((1, 2, 3, 4), 1)})
        self.assertEqual(self.company._collection_buckets(), (1, 2, 3, 4))
