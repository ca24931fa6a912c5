from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .collection_statement import DETAILS, KINDS

# Up to so many statements are made while the user waits; more are made in the background.
AT_ONCE = 20
_INSERT = 1_000


class CollectionStatementBatch(models.Model):
    """Statements that are made together: how far they are, who got none and why, and the file that comes of it."""

    _name = "collection.statement.batch"
    _description = "Batch of Statements"
    _inherit = ["collection.guard", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Reference", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(string="As Of", required=True, readonly=True)
    date_from = fields.Date(string="From", readonly=True)
    period = fields.Char(readonly=True, help="Month of a scheduled batch, for instance 2026-02.")
    kind = fields.Selection(KINDS, readonly=True, help="Empty: as each customer's account says.")
    detail = fields.Selection(DETAILS, readonly=True)
    delivery = fields.Selection(
        [
            ("send", "The customer's way: e-mail, else letter"),
            ("print", "Print all"),
            ("file", "One PDF, not sent"),
            ("xlsx", "One workbook, not sent"),
        ],
        required=True,
        readonly=True,
    )
    with_xlsx = fields.Boolean(
        string="Workbook Attached", readonly=True, help="E-mails carry the statement as a workbook too."
    )
    with_credit = fields.Boolean(string="Customers in Credit Too", readonly=True)
    with_excluded = fields.Boolean(string="Placed, Legal and Bankrupt Too", readonly=True)
    state = fields.Selection(
        [("waiting", "Waits for Cash"), ("running", "Running"), ("done", "Done"), ("failed", "Stopped")],
        required=True,
        default="running",
        readonly=True,
        index=True,
        help="Waits for cash: the month's cash is not posted yet. Stopped: the printer program failed; what is not made yet is still "
        "due, and goes on where it stopped.",
    )
    waits_for = fields.Char(readonly=True, help="Why the month's cash does not count as posted.")
    asked_on = fields.Date(readonly=True, help="The manager was asked to decide.")
    is_complete = fields.Boolean(readonly=True, help="All accounts that are to get a statement have their row.")
    statement_ids = fields.One2many("collection.statement", "batch_id", string="Statements", readonly=True)
    statement_count = fields.Integer(compute="_compute_counts")
    made_count = fields.Integer(string="Made", compute="_compute_counts")
    mailed_count = fields.Integer(string="By E-mail", compute="_compute_counts")
    left_out_count = fields.Integer(string="Left Out", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    progress = fields.Integer(string="Progress (%)", compute="_compute_counts")
    amount_total = fields.Monetary(
        string="Balance", compute="_compute_counts", help="Closing balances of what was made."
    )
    attachment_id = fields.Many2one("ir.attachment", string="File", readonly=True, ondelete="restrict")
    file_name = fields.Char(related="attachment_id.name")
    error = fields.Text(readonly=True)

    _period_unique = models.UniqueIndex(
        "(company_id, period) WHERE period IS NOT NULL", "A company has one scheduled batch for each month."
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    def _compute_counts(self):
        # How far a batch is does not depend on whose customers its statements are.
        groups = (
            self.env["collection.statement"]
            .sudo()
            ._read_group([("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count", "amount_total:sum"])
        )
        for batch in self:
            own = {state: (count, amount) for found, state, count, amount in groups if found.id == batch.id}
            count = {state: number for state, (number, _amount) in own.items()}
            made = ("printed", "queued", "sent", "bounced")
            total = sum(count.values()) - count.get("cancelled", 0)
            batch.statement_count = total
            batch.made_count = sum(count.get(state, 0) for state in made)
            batch.mailed_count = sum(count.get(state, 0) for state in ("queued", "sent", "bounced"))
            batch.left_out_count = count.get("left_out", 0)
            batch.failed_count = count.get("failed", 0)
            batch.progress = 100 * (total - count.get("due", 0)) // total if total else 100 * (batch.state == "done")
            batch.amount_total = sum(own[state][1] for state in made if state in own)

    def _guarded_fields(self):
        return frozenset(name for name in self._fields if not name.startswith(("message_", "activity_", "website_")))

    # ------------------------------------------------------------------
    # Making
    # ------------------------------------------------------------------

    @api.model
    def _start(self, accounts, values, group=None):
        """Make statements of accounts of one company: a few at once, many in the background.

        :param accounts: `collection.account` records that the user may see
        :param values: fields of the batch: `date, date_from, kind, detail, delivery`, and the switches
        :param group: a payer group: one statement of all these accounts together
        :return: the new batch
        """
        accounts.check_access("read")
        company = accounts.company_id
        # Who may see the accounts makes their statements; batches and statements are the system's.
        batch = (
            self.sudo()
            ._unguarded()
            .create({**values, "name": self._new_name(), "company_id": company.id, "is_complete": True})
        )
        batch._add_statements(accounts, group)
        batch._go_on()
        return batch.with_env(self.env)

    @api.model
    def _new_name(self):
        return self.env["ir.sequence"].sudo().next_by_code("collection.statement.batch") or "/"

    def _add_statements(self, accounts, group=None):
        """Rows of the statements to be made, in the order of the addresses."""
        self.ensure_one()
        ordered = self._by_address(accounts)
        if group:
            main = ordered.filtered(lambda each: each.partner_id == group.parent_id)[:1] or ordered[:1]
            vals = self._statement_vals(main)
            vals |= {"payer_group_id": group.id, "account_ids": [(6, 0, ordered.ids)]}
            self._create_statements([vals])
            return
        for start in range(0, len(ordered), _INSERT):
            self._create_statements([self._statement_vals(account) for account in ordered[start : start + _INSERT]])

    def _create_statements(self, vals_list):
        Statement = self.env["collection.statement"].sudo()._unguarded()
        numbers = Statement._next_references(Statement._name, len(vals_list))
        return Statement.with_context(
            mail_create_nolog=True, tracking_disable=True, mail_create_nosubscribe=True
        ).create([{**vals, "name": number} for vals, number in zip(vals_list, numbers)])

    def _statement_vals(self, account):
        kind = self.kind or account._statement_kind()
        return {
            "batch_id": self.id,
            "account_id": account.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "date": self.date,
            "date_from": self.date_from if kind != "open_item" else False,
            "period": self.period,
            "kind": kind,
            "detail": self.detail or account._statement_detail(),
        }

    @api.model
    def _by_address(self, accounts):
        """In the order in which letters are posted: country, postal code, city, name."""
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id FROM collection_account a LEFT JOIN res_partner p ON p.id = a.partner_id
                     LEFT JOIN res_country c ON c.id = p.country_id
                    WHERE a.id = ANY(%s) ORDER BY c.code NULLS LAST, p.zip NULLS LAST, p.city NULLS LAST, p.name, a.id""",
                list(accounts.ids),
            )
        )
        return accounts.browse(row[0] for row in rows)

    def _go_on(self):
        """Make what is left: a few while the user waits, many in the background."""
        for batch in self.filtered(lambda each: each.state in ("running", "done")):
            if batch.state == "done":
                batch._unguarded().write({"state": "running"})  # something that had failed is made again
            if len(batch._waiting(AT_ONCE + 1)) > AT_ONCE:
                self.env.ref("account_collections.ir_cron_statements").sudo()._trigger()
                continue
            while batch._work_chunk():
                pass
            if batch.state == "failed":
                raise UserError(batch.error)
            batch._finish()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_resume(self):
        """Go on where a batch stopped: what is made already is not made again."""
        self.check_access("read")
        self.env["collection.statement"]._check_collector()
        batches = self.sudo()  # as in `_start`
        batches._update_state(("failed",), "running", error=False)._go_on()

    def action_start(self):
        """Make the statements of a month although its cash is not all posted."""
        self.check_access("read")
        if not self.env.user.has_group("account_collections.group_manager"):
            raise UserError(self.env._("A manager decides to send statements before the month's cash is posted."))
        self.message_post(body=self.env._("Started before the month's cash was posted: %s", self[:1].waits_for or ""))
        batches = self.sudo()
        batches._update_state(("waiting",), "running")
        self.env.ref("account_collections.ir_cron_statements").sudo()._trigger()

    def action_download(self):
        """The file as it was made, however often it is asked for."""
        self.ensure_one()
        self.check_access("read")
        if not self.attachment_id:
            raise UserError(self.env._("%(batch)s has no file.", batch=self.name))
        return {"type": "ir.actions.act_url", "url": f"/web/content/{self.attachment_id.id}?download=true"}

    def _action_show(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_view_statements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_statement_action")
        return {
            **action,
            "domain": [("batch_id", "=", self.id)],
            "context": {},
            "display_name": self.env._("Statements of %(batch)s", batch=self.name),
        }
