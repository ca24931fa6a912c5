from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionDay(models.Model):
    """Opening and closing the day."""

    _inherit = "collection.day"

    log_ids = fields.Many2many("collection.work.log", string="Worklist Entries", compute="_compute_log_ids")
    left_account_ids = fields.Many2many(
        "collection.account", string="Still to Work", compute="_compute_left_account_ids"
    )
    earlier_count = fields.Integer(string="Earlier Days Not Closed", compute="_compute_earlier_count")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("user_id", "company_id", "date")
    def _compute_log_ids(self):
        for day in self:
            day.log_ids = self.env["collection.work.log"].search(day._log_domain())

    def _log_domain(self):
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("user_id", "=", self.user_id.id)
            & Domain("business_date", "=", self.date)
        )

    @api.depends("user_id", "company_id", "state")
    def _compute_left_account_ids(self):
        """What is still to do, the most urgent first; a hundred are enough to look at."""
        for day in self:
            live = day.state == "open" and day.is_today
            day.left_account_ids = (
                self.env["collection.account"].search(day._left_domain(), limit=100) if live else False
            )

    def _left_domain(self):
        return self._portfolio(self.user_id, self.company_id) & Domain("on_worklist", "=", True)

    def _earlier_domain(self):
        return (
            Domain("user_id", "=", self.user_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("date", "<", self.date)
            & Domain("state", "=", "open")
        )

    @api.depends("user_id", "company_id", "date")
    def _compute_earlier_count(self):
        for day in self:
            day.earlier_count = self.search_count(day._earlier_domain()) if day.date else 0

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def _close(self, reason=None, note=None, exceptions=None):
        """Close the day: say why accounts are left, freeze the figures, lock the sheet.

        :param reason: `collection.work.reason` for what is left
        :param exceptions: dict of account to (reason, note) where another reason holds
        :raise UserError: somebody has closed it already
        :raise ValidationError: accounts are left without a reason
        """
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        self.sudo()._refresh_figures()  # figures are the system's own
        left = self._left_accounts()
        reasons = dict.fromkeys(left, (reason, note)) | {
            account: why for account, why in (exceptions or {}).items() if account in left
        }
        # On an earlier day the list of that evening is gone: one reason for all that was left then.
        missing = [account for account, (why, _note) in reasons.items() if not why]
        if missing or (self.left_count and not left and not reason):
            raise ValidationError(self.env._("Say why accounts are left before you close the day."))
        for why, text in (*reasons.values(), (reason, note)):
            if why and why.action != "left":
                raise ValidationError(self.env._("“%(reason)s” does not belong to this action.", reason=why.name))
            if why and why.note_required and not (text or "").strip():
                raise ValidationError(self.env._("“%(reason)s” needs a note.", reason=why.name))
        vals_list = [self._prepare_left_vals(account, *why) for account, why in reasons.items()]
        # Who may close a day records what is left of it.
        self.env["collection.day.left"].sudo()._unguarded().create(vals_list)
        self._unguarded().write(
            {
                "state": "closed",
                "closed_on": fields.Datetime.now(),
                "closed_by_id": self.env.uid,
                "reason_id": reason.id if reason else False,
                "note": note,
            }
        )

    def _left_accounts(self):
        # All of them, whichever companies the user has chosen to see.
        Account = self.env["collection.account"].sudo()
        return (Account.search(self._left_domain()) if self.is_today else Account).with_env(self.env)

    def _prepare_left_vals(self, account, reason, note):
        return {
            "day_id": self.id,
            "account_id": account.id,
            "reason_id": reason.id,
            "note": note,
            "priority": account.priority,
            "amount_collectible": account.amount_collectible,
        }

    def _check_open(self):
        """Wait for whoever is closing the sheet at this moment, then tell who did."""
        self.env.execute_query(SQL("SELECT id FROM collection_day WHERE id = %s FOR NO KEY UPDATE", self.id))
        self.invalidate_recordset(["state", "closed_on", "closed_by_id"])
        if self.state == "closed":
            raise UserError(
                self.env._(
                    "%(user)s closed this day already, on %(time)s.",
                    user=self.closed_by_id.name,
                    time=self.company_id._collection_local_time(self.closed_on),
                )
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.model
    def action_my_day(self):
        """Open the user's sheet of today, with fresh figures."""
        if not self.env.user.has_group("account_collections.group_collector"):
            raise AccessError(self.env._("Only collectors have a day sheet."))
        day = self._of_today(self.env.user, self.env.company)
        day.sudo()._refresh_figures()  # figures are the system's own
        action = self.env["ir.actions.actions"]._for_xml_id("account_collections.collection_day_action_sheet")
        return {**action, "res_id": day.id}

    @api.model
    def action_team(self):
        """Open the sheets of all that the user may see, today's with fresh figures."""
        self.check_access("read")
        self.search([("is_today", "=", True)]).sudo()._refresh_figures()  # figures are the system's own
        return self.env["ir.actions.actions"]._for_xml_id("account_collections.collection_day_action")

    def action_refresh(self):
        """Bring the figures of the sheets up to date."""
        self.check_access("read")
        self.sudo()._refresh_figures()  # figures are the system's own

    def action_view_earlier(self):
        """List the earlier days of the same collector that nobody closed."""
        self.ensure_one()
        return {**self._list("collection.day", self.env._("Days Not Closed"), self._earlier_domain()), "context": {}}

    def action_view_figure(self):
        """The records behind a figure, named in the context as `collection_figure`."""
        self.ensure_one()
        figure = self.env.context.get("collection_figure")
        actions = {"worked_count": "done", "skipped_count": "skip", "snoozed_count": "snooze"}
        title = self._fields[figure]._description_string(self.env) if figure in self._fields else ""
        if figure in actions:
            return self._list("collection.work.log", title, self._log_domain() & Domain("action", "=", actions[figure]))
        if figure == "amount_cash":
            return self._list("account.move.line", title, Domain("id", "in", self._cash_line_ids()))
        if figure == "left_count" and self.state == "closed":
            return self._list("collection.day.left", title, Domain("day_id", "=", self.id))
        if figure == "left_count":
            return self._list("collection.account", title, self._left_domain())
        overdue = self._portfolio(self.user_id, self.company_id) & Domain("amount_overdue", ">", 0)
        return self._list(
            "collection.account", self.env._("Not Touched for 14 Days"), overdue & ~self._touched_domain(self.date)
        )

    def _cash_line_ids(self):
        """The payments' lines behind the day's cash."""
        cash = self.env["account.partial.reconcile"]._collection_cash_query(
            SQL("credit.date = %s AND debit.company_id = %s", self.date, self.company_id.id)
        )
        return self._credit_lines_of(cash)[0]

    def _credit_lines_of(self, cash):
        """The payments' lines of a query for cash, of this user's accounts, and their sum in company currency."""
        rows = self.env.execute_query(
            SQL(
                """SELECT c.credit_line_id, c.amount
                     FROM (%(cash)s) c
                     LEFT JOIN res_partner p ON p.id = c.partner_id
                     JOIN collection_account a ON a.company_id = c.company_id
                                              AND COALESCE(a.partner_id, 0) = COALESCE(p.commercial_partner_id, 0)
                    WHERE a.collector_id = %(user)s AND a.company_id = %(company)s""",
                cash=cash,
                user=self.user_id.id,
                company=self.company_id.id,
            )
        )
        return sorted({line_id for line_id, _amount in rows}), sum(amount for _line_id, amount in rows)

    @api.model
    def _list(self, model, title, domain):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False},
        }
