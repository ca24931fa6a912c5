from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

TOUCHED_DAYS = 14


class CollectionDay(models.Model):
    """The day sheet: what one user did in one company on one business date, and what is left of it (SPEC §1).

    Figures are stored, so that managers can group and add them up, and read anew whenever a sheet of today is opened; closing
    the day freezes them.
    """

    _name = "collection.day"
    _description = "Day Sheet"
    _inherit = ["collection.guard"]
    _order = "date desc, user_id, id"
    _check_company_auto = True

    name = fields.Char(string="Sheet", compute="_compute_name")
    user_id = fields.Many2one("res.users", string="Collector", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(string="Day", required=True, index=True)
    state = fields.Selection([("open", "Open"), ("closed", "Closed")], required=True, default="open")
    is_today = fields.Boolean(compute="_compute_is_today", search="_search_is_today")

    # Figures
    worked_count = fields.Integer(
        string="Worked", help="Accounts done on that day; one that was done twice counts once."
    )
    skipped_count = fields.Integer(string="Skipped", help="Accounts skipped with a reason.")
    snoozed_count = fields.Integer(string="Snoozed", help="Accounts put off to a later date.")
    left_count = fields.Integer(string="Left", help="The collector's accounts that are still on the worklist.")
    amount_cash = fields.Monetary(
        string="Cash", help="Cash with the date of that day that settled items of the collector's accounts."
    )
    overdue_count = fields.Integer(string="Overdue Accounts", help="The collector's accounts with something overdue.")
    touched_count = fields.Integer(
        string="Touched Accounts",
        help="Those of them that were done on the worklist, or had a contact, in the last 14 days, today included.",
    )
    coverage = fields.Float(
        string="Coverage (%)",
        digits=(16, 1),
        aggregator="avg",
        help="Touched accounts ÷ overdue accounts × 100: accounts with something overdue that were done or had a contact in the "
        "last 14 days, of all the collector's accounts with something overdue. 100 where nothing is overdue.",
    )
    figures_at = fields.Datetime(string="Figures Of")

    # Closing
    closed_on = fields.Datetime()
    closed_by_id = fields.Many2one("res.users", ondelete="restrict")
    reason_id = fields.Many2one("collection.work.reason", string="Why Left", ondelete="restrict")
    note = fields.Text()
    left_ids = fields.One2many("collection.day.left", "day_id", string="Accounts Left")

    _one_a_day = models.UniqueIndex(
        "(user_id, company_id, date)", "There is one day sheet for each user, company and day."
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("user_id", "date")
    def _compute_name(self):
        for day in self:
            day.name = f"{day.date} {day.user_id.name}" if day.date else False

    @api.depends("date", "company_id")
    def _compute_is_today(self):
        for day in self:
            day.is_today = bool(day.company_id) and day.date == day.company_id._collection_today()

    def _search_is_today(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("date", "=", company._collection_today())
            for company in self.env.companies
        )
        return today if True in value else ~today

    def _guarded_fields(self):
        return frozenset(self._fields)

    # ------------------------------------------------------------------
    # Today's sheet
    # ------------------------------------------------------------------

    @api.model
    def _of_today(self, user, company):
        """The sheet of a user for a company's business date, made if there is none."""
        key = {"user_id": user.id, "company_id": company.id, "date": company._collection_today()}
        domain = [(name, "=", value) for name, value in key.items()]
        day = self.sudo().search(domain)
        if not day:
            # Two tabs may ask at once; the database keeps one.
            self.env.execute_query(
                SQL(
                    """INSERT INTO collection_day (user_id, company_id, date, state, create_uid, create_date, write_uid, write_date)
                       VALUES (%(user_id)s, %(company_id)s, %(date)s, 'open', %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                               now() AT TIME ZONE 'UTC')
                       ON CONFLICT DO NOTHING RETURNING id""",
                    uid=self.env.uid,
                    **key,
                )
            )
            day = self.sudo().search(domain)
        return day.with_env(self.env)

    @api.model
    def _portfolio(self, user, company):
        """The accounts that are a user's own, as a domain."""
        return Domain("company_id", "=", company.id) & Domain("collector_id", "=", user.id)

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _refresh_figures(self):
        """Read the figures of open sheets of today anew, by sets; those of earlier days stay as they were on their day."""
        self.env.flush_all()
        now = fields.Datetime.now()
        for (company, date), days in self.grouped(lambda day: (day.company_id, day.date)).items():
            days = days.filtered(lambda day: day.state == "open")
            if not days or date != company._collection_today():
                continue
            work = days._work_counts(company, date)
            accounts = days._account_counts(company, date)
            cash = days._cash_amounts(company, date)
            for day in days:
                vals = {
                    "amount_cash": cash.get(day.user_id.id, 0.0),
                    "figures_at": now,
                    **dict.fromkeys(("worked_count", "skipped_count", "snoozed_count"), 0),
                    **work.get(day.user_id.id, {}),
                    **accounts.get(day.user_id.id, {"left_count": 0, "overdue_count": 0, "touched_count": 0}),
                }
                overdue = vals["overdue_count"]
                vals["coverage"] = 100.0 * vals["touched_count"] / overdue if overdue else 100.0
                day._unguarded().write(vals)

    def _work_counts(self, company, date):
        """Accounts that each user worked, skipped and snoozed on a date: dict of user id to figures."""
        groups = self.env["collection.work.log"]._read_group(
            [("company_id", "=", company.id), ("business_date", "=", date), ("user_id", "in", self.user_id.ids)],
            ["user_id", "action"],
            ["account_id:count_distinct"],
        )
        names = {"done": "worked_count", "skip": "skipped_count", "snooze": "snoozed_count"}
        counts = {}
        for user, action, count in groups:
            counts.setdefault(user.id, {})[names[action]] = count
        return counts

    def _account_counts(self, company, date):
        """What is left, overdue and touched in each user's portfolio: dict of user id to figures."""
        rows = self.env.execute_query(
            SQL(
                """SELECT collector_id, COUNT(*) FILTER (WHERE on_worklist), COUNT(*) FILTER (WHERE amount_overdue > 0),
                          COUNT(*) FILTER (WHERE amount_overdue > 0 AND %(touched)s)
                     FROM collection_account
                    WHERE company_id = %(company)s AND collector_id IN %(users)s
                    GROUP BY collector_id""",
                touched=self._touched_condition(date),
                company=company.id,
                users=tuple(self.user_id.ids),
            )
        )
        return {
            user_id: {"left_count": left, "overdue_count": overdue, "touched_count": touched}
            for user_id, left, overdue, touched in rows
        }

    @api.model
    def _touched_condition(self, date):
        """SQL on `collection_account`: done on the worklist, or in contact, within 14 days up to a date."""
        since = date - timedelta(TOUCHED_DAYS - 1)
        return SQL("GREATEST(last_worked_date, last_contact_date) >= %s::date", since)

    @api.model
    def _touched_domain(self, date):
        """The same as a domain on accounts."""
        since = date - timedelta(TOUCHED_DAYS - 1)
        return Domain("last_worked_date", ">=", since) | Domain("last_contact_date", ">=", since)

    def _cash_amounts(self, company, date):
        """Cash of a date in each user's portfolio: dict of user id to an amount in company currency."""
        cash = self.env["account.partial.reconcile"]._collection_cash_query(
            SQL("credit.date = %s AND debit.company_id = %s", date, company.id)
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT a.collector_id, SUM(c.amount)
                         FROM (%(cash)s) c
                         LEFT JOIN res_partner p ON p.id = c.partner_id
                         JOIN collection_account a ON a.company_id = c.company_id
                                                  AND COALESCE(a.partner_id, 0) = COALESCE(p.commercial_partner_id, 0)
                        WHERE a.collector_id IN %(users)s
                        GROUP BY a.collector_id""",
                    cash=cash,
                    users=tuple(self.user_id.ids),
                )
            )
        )

    @api.model
    def _cron_refresh_figures(self):
        """Keep the sheets of today up to date for whoever looks at the team."""
        companies = self.env["res.company"].search([])
        today = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("date", "=", company._collection_today())
            for company in companies
        )
        days = self.search(today & Domain("state", "=", "open"))
        days._refresh_figures()
        self.env["ir.cron"]._commit_progress(len(days), remaining=0)
