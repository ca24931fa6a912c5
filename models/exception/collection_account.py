from odoo import api, fields, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """What the customer's exceptions say wherever the account is worked, and what they do to its dates and contacts."""

    _inherit = "collection.account"

    exception_ids = fields.One2many("collection.exception", "account_id", string="Exceptions")
    exception_count = fields.Integer(
        string="Exceptions in Force",
        readonly=True,
        aggregator=None,
        help="Of the customer, its sales partner, its documents.",
    )
    exception_tolerance = fields.Monetary(
        string="Not Chased Below",
        readonly=True,
        help="Overdue below this amount is not chased, by a special exception.",
    )
    exception_pay_run = fields.Date(string="Next Pay Run", readonly=True)
    exception_banner = fields.Html(
        string="Special Exceptions", compute="_compute_exception_banner", sanitize=False, exportable=False
    )

    def _guarded_fields(self):
        return super()._guarded_fields() | {"exception_count", "exception_tolerance", "exception_pay_run"}

    def _compute_exception_banner(self):
        acting = self.env["collection.exception"]._acting_on(self)
        for account in self:
            account.exception_banner = acting[account]._banner() if account in acting else False

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_cases(self):
        """What acts on the account: the customer's own goes before its sales partner's; of single documents only the number."""
        first = "(ARRAY_AGG(%s ORDER BY q.rank, q.id DESC) FILTER (WHERE q.effect = %s AND q.rank > 1))[1]"
        return [
            *super()._refresh_cases(),
            (
                SQL(
                    """(SELECT s.id AS account_id, e.id, e.effect, e.amount, e.next_pay_run,
                               CASE WHEN e.move_id IS NULL THEN 2 ELSE 1 END AS rank
                          FROM collection_exception e JOIN scope s ON s.id = e.account_id WHERE %(acting)s
                         UNION ALL
                        SELECT s.id, e.id, e.effect, e.amount, e.next_pay_run, 3
                          FROM collection_exception e JOIN scope s ON s.customer_sales_partner_id = e.sales_partner_id
                           AND s.company_id = e.company_id WHERE %(acting)s) q""",
                    acting=self.env["collection.exception"]._acting_condition("e"),
                ),
                SQL("q.account_id"),
                {
                    "exception_count": SQL("COUNT(*)"),
                    "exception_tolerance": SQL(first, SQL("q.amount"), "tolerance"),
                    "exception_pay_run": SQL(first, SQL("q.next_pay_run"), "pay_run"),
                },
            ),
        ]

    @api.model
    def _refresh_derived_columns(self):
        """Overdue below the tolerance brings nobody to the worklist, unless somebody is to do something today."""
        columns = super()._refresh_derived_columns()
        columns["on_worklist"] = SQL(
            "(%s) AND (n.exception_tolerance = 0 OR n.amount_overdue >= n.exception_tolerance"
            " OR COALESCE(n.next_action_date <= n.figures_date, FALSE) OR COALESCE(n.task_due_date <= n.figures_date, FALSE))",
            columns["on_worklist"],
        )
        return columns

    @api.model
    def _resolve_touched(self, data):
        """Exceptions follow their customers; what newly came under a hold is held: an invoice, or what another hold has left."""
        accounts = super()._resolve_touched(data)
        accounts |= self.env["collection.exception"]._follow_customers(accounts)
        self.env["collection.exception"]._sync_holds(accounts)
        return accounts

    # ------------------------------------------------------------------
    # Dates wait for the customer's pay run
    # ------------------------------------------------------------------

    def write(self, vals):
        if not vals.get("next_action_date"):
            return super().write(vals)
        calendars = self.env["collection.exception"]._pay_run_calendars(self)
        day = fields.Date.to_date(vals["next_action_date"])
        for calendar, accounts in self.grouped(calendars.get).items():
            moved = {"next_action_date": calendar._next_pay_runs({day})[day]} if calendar else {}
            super(CollectionAccount, accounts).write({**vals, **moved})
        return True

    # ------------------------------------------------------------------
    # Whom to contact
    # ------------------------------------------------------------------

    def _exceptions_of(self, *effects):
        """The exceptions of these kinds that act on this account."""
        self.ensure_one()
        found = self.env["collection.exception"]._effects_of_accounts(self).get(self, {})
        return self.env["collection.exception"].sudo().union(*(found[each] for each in effects if each in found))

    def _contact_candidates(self):
        """Whom exceptions bar is a matter of the account's company."""
        return [person.with_company(self.company_id) for person in super()._contact_candidates()]

    def _default_contact(self, channel):
        """Under "A/P only" an e-mail goes to the A/P contact or to nobody."""
        person = super()._default_contact(channel)
        if channel == "email" and person and self._exceptions_of("ap_only"):
            ap = self.partner_id.collection_ap_contact_id
            return ap if ap.active and ap._collection_may_write() else person.browse()
        return person

    def _writing_obstacle(self, person, with_documents=False):
        """Why an e-mail to a person of this account may not be sent, as a sentence; None where it may.

        :param with_documents: copies of invoices go with it
        """
        self.ensure_one()
        found = self._exceptions_of("ap_only", "letters_only", *(["portal_only"] if with_documents else []))
        for exception in found:
            if exception.effect != "ap_only" or person != self.partner_id.collection_ap_contact_id:
                return self.env._("%(exception)s: this e-mail may not be sent.", exception=exception._label())
        return None

    @api.model
    def _never_called_query(self):
        return SQL(
            "SELECT e.contact_id, e.company_id FROM collection_exception e"
            " WHERE e.effect = 'never_contact' AND e.move_id IS NULL AND %s",
            self.env["collection.exception"]._acting_condition("e"),
        )

    def _search_callable_now(self, operator, value):
        self.env["collection.exception"].flush_model()
        return super()._search_callable_now(operator, value)

    def _call_obstacles(self, person, moment, company, leave_out=None):
        obstacles = super()._call_obstacles(person, moment, company, leave_out)
        if barring := person.with_company(company)._collection_barring():
            obstacles["do_not_call"] = self.env._("%(exception)s. Call somebody else.", exception=barring[0]._label())
        return obstacles

    # ------------------------------------------------------------------
    # Customers change
    # ------------------------------------------------------------------

    def _repoint(self, kept):
        """The exceptions of a joined account are those of the customer that remains."""
        result = super()._repoint(kept)
        if kept.partner_id:
            self.env.cr.execute(
                SQL(
                    "UPDATE collection_exception SET partner_id = %s WHERE account_id = %s AND partner_id != %s",
                    kept.partner_id.id,
                    kept.id,
                    kept.partner_id.id,
                )
            )
        return result

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_new_exception(self):
        """Propose a special exception for this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Special Exception for %(customer)s", customer=self.display_name),
            "res_model": "collection.exception",
            "view_mode": "form",
            "context": {"default_partner_id": self.partner_id.id, "default_company_id": self.company_id.id},
        }

    def action_view_exceptions(self):
        """All exceptions that concern this account."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_exception_action")
        own = [("account_id", "=", self.id)]
        if self.sales_partner_id:
            own = ["|", *own, ("sales_partner_id", "=", self.sales_partner_id.id)]
        return {**action, "domain": own, "context": {"default_partner_id": self.partner_id.id}}
