from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# Names are compared by their plain letters, so that Ärzte stand with A.
_PLAIN = SQL("translate(upper(p.name), 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝ', 'AAAAAAACEEEEIIIINOOOOOOUUUUY') COLLATE \"C\"")


class CollectionAssignmentRule(models.Model):
    """Whose accounts become whose: the first rule that matches decides. Conditions that are empty match everything."""

    _name = "collection.assignment.rule"
    _description = "Assignment Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    collector_id = fields.Many2one(
        "res.users",
        required=True,
        ondelete="cascade",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Gets the accounts. A rule whose collector is archived is passed over.",
    )
    sales_partner_ids = fields.Many2many(
        "res.partner", string="Sold Through", domain="[('is_sales_partner', '=', True)]"
    )
    category_ids = fields.Many2many("res.partner.category", string="Customer Tags", help="Any of them.")
    country_ids = fields.Many2many("res.country", string="Countries")
    name_from = fields.Char(
        string="Names From", help="The customer's name begins with this or what comes after it, e.g. A."
    )
    name_to = fields.Char(string="To", help="…up to and including this, e.g. F.")
    amount_from = fields.Monetary(string="Total From", help="The account's total, in the company's currency.")
    amount_to = fields.Monetary(string="Below", help="Empty (0): no upper limit.")
    match_count = fields.Integer(
        string="Matches", compute="_compute_match_count", help="Accounts for which this rule is the first that matches."
    )

    @api.constrains("name_from", "name_to", "amount_from", "amount_to")
    def _check_ranges(self):
        for rule in self:
            first, last = (rule.name_from or "").upper(), (rule.name_to or "").upper()
            if first and last and first[: len(last)] > last:
                raise ValidationError(self.env._("“%(rule)s”: the names end before they begin.", rule=rule.name))
            if rule.amount_to and rule.amount_to <= rule.amount_from:
                raise ValidationError(
                    self.env._("“%(rule)s”: the upper amount must be above the lower one, or empty.", rule=rule.name)
                )

    @api.depends_context("allowed_company_ids")
    def _compute_match_count(self):
        self.match_count = 0
        self.env.flush_all()
        for company, rules in self.filtered("id").grouped("company_id").items():
            own = self.search([("company_id", "=", company.id)]).filtered("collector_id.active")
            if not own:
                continue
            counts = dict(self.env.execute_query(own._count_query(company)))
            for rule in rules:
                rule.match_count = counts.get(rule._origin.id, 0)

    # ------------------------------------------------------------------
    # As SQL, over an account `a` and its customer `p`
    # ------------------------------------------------------------------

    def _condition(self):
        self.ensure_one()
        conditions = [SQL("TRUE")]
        if self.sales_partner_ids:
            conditions.append(SQL("a.sales_partner_id IN %s", tuple(self.sales_partner_ids.ids)))
        if self.country_ids:
            conditions.append(SQL("a.country_id IN %s", tuple(self.country_ids.ids)))
        if self.category_ids:
            tags = self.env["res.partner.category"].search([("id", "child_of", self.category_ids.ids)])
            conditions.append(
                SQL(
                    "EXISTS (SELECT 1 FROM res_partner_res_partner_category_rel t WHERE t.partner_id = p.id AND t.category_id IN %s)",
                    tuple(tags.ids),
                )
            )
        if self.name_from:
            conditions.append(SQL("%s >= %s", _PLAIN, self.name_from.upper()))
        if self.name_to:
            conditions.append(SQL("left(%s, %s) <= %s", _PLAIN, len(self.name_to), self.name_to.upper()))
        if self.amount_from:
            conditions.append(SQL("a.amount_total >= %s", self.amount_from))
        if self.amount_to:
            conditions.append(SQL("a.amount_total < %s", self.amount_to))
        return SQL(" AND ").join(conditions)

    def _first_match(self):
        """The id of the first of these rules that matches; NULL where none does."""
        return SQL("CASE %s END", SQL(" ").join(SQL("WHEN %s THEN %s", rule._condition(), rule.id) for rule in self))

    def _match_query(self, accounts):
        """Accounts that would change hands: `SQL` with rule_id, former collector, array of account ids.

        :param accounts: `SQL` of a query of account ids
        """
        return SQL(
            """
            WITH matched AS MATERIALIZED (
                SELECT a.id, a.collector_id, %(rule)s AS rule_id
                  FROM collection_account a JOIN res_partner p ON p.id = a.partner_id
                 WHERE a.id IN %(accounts)s
            )
            SELECT m.rule_id, m.collector_id, ARRAY_AGG(m.id ORDER BY m.id)
              FROM matched m JOIN collection_assignment_rule r ON r.id = m.rule_id
             WHERE m.collector_id IS DISTINCT FROM r.collector_id
             GROUP BY m.rule_id, m.collector_id ORDER BY m.rule_id, m.collector_id
            """,
            rule=self._first_match(),
            accounts=accounts,
        )

    def _count_query(self, company):
        return SQL(
            "SELECT m.rule_id, COUNT(*) FROM (SELECT %s AS rule_id FROM collection_account a JOIN res_partner p ON p.id = a.partner_id"
            " WHERE a.company_id = %s AND a.open_count > 0) m WHERE m.rule_id IS NOT NULL GROUP BY m.rule_id",
            self._first_match(),
            company.id,
        )
