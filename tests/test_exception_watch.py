from odoo.tests import tagged

from .exception_common import ExceptionCommon


@tagged("post_install", "-at_install")
class TestExceptionWatch(ExceptionCommon):
    """Ending on time, alerts once each, reviews; by the job."""

    def watch(self, day):
        with self.at(day):
            self.run_job()

    def summaries(self, exception):
        return exception.activity_ids.mapped("summary")

    def test_acts_up_to_its_last_day(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        exception = self.approved("statements_only", date_to=self.day(2))
        for day, acting in ((1, True), (2, True), (3, False)):
            with self.at(day):
                self.env.invalidate_all()
                self.assertEqual(exception.is_acting, acting, day)
                self.assertEqual(self.Exception.search_count([("is_acting", "=", True)]), int(acting))
                self.simulate()
                self.assertEqual(self.reasons(invoice), {"statements_only"} if acting else set())

    def test_begins_on_its_first_day(self):
        exception = self.approved("statements_only", date_from=self.day(2))
        for day, acting in ((1, False), (2, True)):
            with self.at(day):
                self.env.invalidate_all()
                self.assertEqual(exception.is_acting, acting)

    def test_ends_and_alerts_once(self):
        exception = self.approved("statements_only", date_to=self.day(10), review_date=False)
        exception.review_date = False
        self.watch(2)
        self.assertFalse(exception.activity_ids)
        for _each in range(2):
            self.watch(3)
            self.assertEqual(self.summaries(exception), ["Exception ends soon"])
        self.assertEqual(exception.activity_ids.user_id, self.collector)
        self.watch(10)
        self.assertEqual(exception.state, "approved")
        for _each in range(2):
            self.watch(11)
            self.assertEqual(exception.state, "expired")
            self.assertEqual(self.summaries(exception), ["Exception ends soon", "Exception has ended"])
        self.assertEqual(exception.ended_on, self.day(11))

    def test_review(self):
        exception = self.approved("statements_only")
        self.assertEqual(exception.review_date, self.day(180))
        exception.review_date = self.day(5)
        self.watch(4)
        self.assertFalse(exception.activity_ids)
        for _each in range(2):
            self.watch(5)
            self.assertEqual(self.summaries(exception), ["Review the exception"])
        exception.review_date = self.day(8)
        self.watch(8)
        self.assertEqual(len(exception.activity_ids), 2)

    def test_owner_is_gone(self):
        self.invoice(self.acme, 100, overdue=5)
        colleague = self.member("collector", "colleague")
        self.account(self.acme).collector_id = colleague
        exception = self.approved("statements_only", date_to=self.day(3))
        self.collector.active = False
        self.watch(0)
        self.assertEqual(exception.activity_ids.user_id, colleague)

    def test_waiting_ones_end_too(self):
        exception = self.proposed("statements_only", date_to=self.day(3))
        self.watch(4)
        self.assertEqual((exception.state, exception.approval_ids.state), ("expired", "void"))

    def test_holds_end_with_it(self):
        self.invoice(self.acme, 100, overdue=5)
        self.approved("hold", date_to=self.day(3))
        for day, collectible in ((3, 0), (4, 100)):
            with self.at(day):
                self.run_job()
                self.account(self.acme)._refresh()
                self.assertFigures(self.acme, amount_collectible=collectible)

    def test_hold_that_begins_later(self):
        self.invoice(self.acme, 100, overdue=5)
        self.approved("hold", date_from=self.day(2), date_to=self.day(5))
        for day, collectible in ((1, 100), (2, 0)):
            with self.at(day):
                self.run_job()
                self.run_job()
                self.account(self.acme)._refresh()
                self.assertFigures(self.acme, amount_collectible=collectible)
        self.assertEqual(len(self.account(self.acme).hold_ids), 1)

    def test_each_company_has_its_own_day(self):
        """At 01:00 UTC it is still yesterday in New York, and today in Tokyo."""
        other = self.second_company(collection_tz="Asia/Tokyo")["company"]
        ours = self.approved("statements_only", date_to=self.day(0))
        theirs = ours.sudo().copy({"company_id": other.id, "date_to": self.day(0)})
        theirs._unguarded().state = "approved"
        with self.at("2026-03-19 01:00:00"):
            self.run_job()
        self.assertEqual((ours.state, theirs.state), ("approved", "expired"))
