from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountAssign(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carla = cls.member("collector", "carla", name="Carla")
        cls.noah = cls.member("collector", "noah", name="Noah")
        cls.manager = cls.member("manager")
        cls.dealer = cls.customer("Dealer", is_sales_partner=True)
        cls.key = cls.env["res.partner.category"].create({"name": "Key"})
        cls.sub = cls.env["res.partner.category"].create({"name": "Very Key", "parent_id": cls.key.id})
        cls.Rule = cls.env["collection.assignment.rule"]

    def _account_of(self, name, amount=100, **vals):
        customer = self.customer(name, **vals)
        self.invoice(customer, amount, overdue=5)
        return self.account(customer)

    def _rule(self, collector, **vals):
        return self.Rule.create({"name": "Rule", "collector_id": collector.id, **vals})

    def _assign_new(self):
        self.Account._assign_by_rules(self.Account._unassigned_domain())

    def assertCollectors(self, expected):
        self._assign_new()
        for account, collector in expected.items():
            with self.subTest(account.display_name):
                self.assertEqual(account.collector_id, collector)

    # ------------------------------------------------------------------
    # What a rule matches
    # ------------------------------------------------------------------

    def test_names(self):
        self._rule(self.carla, name_from="B", name_to="F")
        nobody = self.env["res.users"]
        self.assertCollectors(
            {
                self._account_of("Azzz"): nobody,
                self._account_of("B"): self.carla,
                self._account_of("beta"): self.carla,
                self._account_of("Fzzz"): self.carla,
                self._account_of("Gaaa"): nobody,
                self._account_of("Élan"): self.carla,
            }
        )

    def test_names_of_several_letters(self):
        self._rule(self.carla, name_from="Ma", name_to="Me")
        nobody = self.env["res.users"]
        self.assertCollectors(
            {
                self._account_of("Lz"): nobody,
                self._account_of("Mason"): self.carla,
                self._account_of("Mezzo"): self.carla,
                self._account_of("Mill"): nobody,
            }
        )

    def test_sales_partner_tag_and_country(self):
        canada = self.env.ref("base.ca")
        self._rule(self.carla, sales_partner_ids=self.dealer.ids)
        self._rule(self.noah, category_ids=self.key.ids)
        self._rule(self.manager, country_ids=canada.ids)
        self.assertCollectors(
            {
                self._account_of("A", collection_sales_partner_id=self.dealer.id): self.carla,
                self._account_of("B", category_id=self.key.ids): self.noah,
                self._account_of("C", category_id=self.sub.ids): self.noah,
                self._account_of("D", country_id=canada.id): self.manager,
                self._account_of("E"): self.env["res.users"],
            }
        )

    def test_amount_bands(self):
        self._rule(self.carla, amount_to=1000)
        self._rule(self.noah, amount_from=1000)
        for amount, collector in ((999.99, self.carla), (1000, self.noah), (1000.01, self.noah)):
            self.assertCollectors({self._account_of(f"Of {amount}", amount): collector})

    def test_order_decides(self):
        second = self._rule(self.carla, sequence=20)
        self._rule(self.noah, sequence=10, name_from="A", name_to="A")
        self.assertCollectors({self._account_of("Acme"): self.noah, self._account_of("Beta"): self.carla})
        self.assertEqual(second.match_count, self.Account.search_count([("open_count", ">", 0)]) - 1)

    def test_rule_of_somebody_who_left_is_passed_over(self):
        self._rule(self.noah, sequence=1)
        self._rule(self.carla, sequence=2)
        self.noah.active = False
        self.assertCollectors({self._account_of("Acme"): self.carla})

    def test_rules_of_another_company(self):
        other = self.second_company()["company"]
        self.carla.company_ids += other
        self._rule(self.carla, company_id=other.id)
        self.assertCollectors({self._account_of("Acme"): self.env["res.users"]})
        with self.assertRaises(UserError):
            self._rule(self.noah, company_id=other.id)

    def test_ranges_that_make_no_sense(self):
        for vals in ({"name_from": "F", "name_to": "A"}, {"amount_from": 10, "amount_to": 10}):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self._rule(self.carla, **vals)
        self._rule(self.carla, name_from="FA", name_to="F")

    # ------------------------------------------------------------------
    # New accounts, hand, history
    # ------------------------------------------------------------------

    def test_job_assigns_new_accounts_and_logs(self):
        rule = self._rule(self.carla)
        account = self._account_of("Acme")
        with self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_assign").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(account.collector_id, self.carla)
        self.assertFalse(account.collector_locked)
        self.assertRecordValues(
            account.assignment_ids,
            [{"from_name": False, "to_name": "Carla", "kind": "rule", "rule_id": rule.id, "business_date": self.today}],
        )

    def test_assigned_by_hand_is_kept(self):
        account = self._account_of("Acme")
        account.with_user(self.manager).collector_id = self.noah
        self.assertTrue(account.collector_locked)
        self._rule(self.carla)
        wizard = self.env["collection.assignment.apply"].with_user(self.manager).create({"scope": "unlocked"})
        self.assertNotIn(self.noah, wizard.line_ids.from_user_id)
        self._assign_new()
        self.assertEqual(account.collector_id, self.noah)
        account.with_user(self.manager).action_assign_by_rules()
        self.assertEqual(account.collector_id, self.carla)
        self.assertFalse(account.collector_locked)
        self.assertEqual(account.assignment_ids.mapped("kind"), ["rule", "manual"])
        self.assertEqual(account.assignment_ids[1].user_id, self.manager)

    def test_nobody_by_hand_stays_nobody(self):
        account = self._account_of("Acme")
        account.collector_id = self.noah
        account.collector_id = False
        self._rule(self.carla)
        self.assertCollectors({account: self.env["res.users"]})

    def test_preview_shows_what_would_move(self):
        account, other = self._account_of("Acme"), self._account_of("Beta")
        other._assign(self.noah, kind="rule", locked=False)
        self._rule(self.carla, name_from="A", name_to="B")
        wizard = self.env["collection.assignment.apply"].with_user(self.manager).create({"scope": "unlocked"})
        self.assertEqual(
            {(line.from_user_id, line.to_user_id, line.move_count) for line in wizard.line_ids},
            {(self.env["res.users"], self.carla, 1), (self.noah, self.carla, 1)},
        )
        self.assertEqual(wizard.move_count, 2)
        self.assertFalse(account.collector_id, "Nothing moved yet")
        wizard.action_apply()
        self.assertEqual((account | other).collector_id, self.carla)
        with self.assertRaises(UserError):
            wizard.action_apply()

    def test_archived_collectors_accounts_go_where_rules_say(self):
        ruled, free = self._account_of("Acme"), self._account_of("Zeta")
        (ruled | free).write({"collector_id": self.noah.id})
        self._rule(self.carla, name_from="A", name_to="A")
        self.noah.active = False
        self.assertEqual(ruled.collector_id, self.carla)
        self.assertFalse(free.collector_id)
        self.assertEqual(ruled.assignment_ids.mapped("kind"), ["rule", "left", "manual"])

    def test_history_is_kept(self):
        account = self._account_of("Acme")
        account.collector_id = self.carla
        row = account.assignment_ids
        for act in (
            lambda: row.write({"reason": "x"}),
            lambda: row.with_user(self.manager).unlink(),
            row.copy,
        ):
            with self.assertRaises(UserError):
                act()
        gone = self.member("collector", "gone", name="Gone")
        account.collector_id = gone
        self.env.flush_all()
        gone.sudo().unlink()
        self.env.invalidate_all()
        self.assertIn("Gone", account.assignment_ids.mapped("to_name"))

    def test_how_cannot_be_forged(self):
        account = self._account_of("Acme")
        account.with_user(self.manager).with_context(
            collection_how={"kind": "rule", "locked": False}
        ).collector_id = self.noah
        self.assertEqual(account.assignment_ids.kind, "manual")
        with self.assertRaises(AccessError):
            account.with_user(self.manager).collector_locked = False

    def test_who_may_assign(self):
        account = self._account_of("Acme")
        for act in (
            lambda: account.with_user(self.carla).action_assign_by_rules(),
            lambda: account.with_user(self.carla)._assign(self.carla),
            lambda: self.env["collection.assignment.apply"].with_user(self.member("assistant")).create({}),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_many_at_once_is_few_queries(self):
        self._rule(self.carla)
        for number in range(12):
            self.invoice(self.customer(f"Customer {number}"), 10, overdue=3)
        self.Account._refresh_touched()
        self.env.flush_all()
        with self.assertQueryCount(60):
            self._assign_new()
            self.env.flush_all()
