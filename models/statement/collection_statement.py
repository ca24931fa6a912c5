from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

KINDS = [("open_item", "Open items"), ("balance_forward", "Balance forward"), ("activity", "Activity")]
DETAILS = [("detail", "Each document"), ("summary", "Totals only")]


class CollectionStatement(models.Model):
    """One statement of account as it was sent or printed: a fact that is kept, with its totals and its file."""

    _name = "collection.statement"
    _description = "Statement of Account"
    _inherit = ["collection.guard", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Number", required=True, readonly=True)
    batch_id = fields.Many2one(
        "collection.statement.batch", required=True, readonly=True, index=True, ondelete="restrict"
    )
    account_id = fields.Many2one(
        "collection.account", required=True, readonly=True, ondelete="restrict", check_company=True
    )
    account_ids = fields.Many2many(
        "collection.account",
        "collection_statement_account_rel",
        string="Accounts of the Group",
        readonly=True,
        help="The accounts that one statement for a whole payer group covers.",
    )
    payer_group_id = fields.Many2one("collection.payer.group", readonly=True, index="btree_not_null")
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    collector_id = fields.Many2one(related="account_id.collector_id")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date = fields.Date(string="As Of", required=True, readonly=True)
    date_from = fields.Date(
        string="From", readonly=True, help="First day of what a balance forward or activity statement lists."
    )
    period = fields.Char(
        readonly=True, help="The month that a scheduled statement is for. An account gets one statement for each."
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    detail = fields.Selection(DETAILS, required=True, readonly=True, default="detail")
    channel = fields.Selection(
        [("email", "E-mail"), ("letter", "Letter"), ("portal_upload", "Portal upload"), ("file", "File")],
        readonly=True,
        help="How it went out. File: made to be looked at or handed over, and not sent from here.",
    )
    state = fields.Selection(
        [
            ("due", "Due"),
            ("printed", "Printed"),
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("bounced", "Bounced"),
            ("left_out", "Left Out"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="due",
        readonly=True,
    )
    reason = fields.Selection(selection="_selection_reason", string="Why Not", readonly=True)
    recipient_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    recipient_email = fields.Char(string="Sent To", readonly=True)
    lang = fields.Char(string="Language Code", readonly=True)
    sent_on = fields.Date(readonly=True, help="Business date on which it was sent or printed.")
    amount_total = fields.Monetary(
        string="Balance", readonly=True, help="Closing balance in company currency: what the ledger says of the date."
    )
    total_ids = fields.One2many("collection.statement.total", "statement_id", string="Totals", readonly=True)
    attachment_id = fields.Many2one("ir.attachment", string="PDF", readonly=True, ondelete="restrict")
    xlsx_id = fields.Many2one("ir.attachment", string="Workbook", readonly=True, ondelete="restrict")
    pdf = fields.Binary(related="attachment_id.datas", string="As Printed", readonly=True)
    mail_mail_id = fields.Many2one("mail.mail", string="E-mail", readonly=True, ondelete="set null")
    error = fields.Text(readonly=True)
    attempts = fields.Integer(readonly=True)
    retry_after = fields.Datetime(string="Next Try", readonly=True)

    _account_period_unique = models.UniqueIndex(
        "(account_id, period) WHERE period IS NOT NULL AND state != 'cancelled'",
        "An account gets one scheduled statement for each month.",
    )
    _account_date_idx = models.Index("(account_id, date)")
    _due_idx = models.Index("(batch_id, id) WHERE state = 'due'")
    _answer_idx = models.Index("(id) WHERE state IN ('queued', 'failed')")
    _mail_unique = models.UniqueIndex(
        "(mail_mail_id) WHERE mail_mail_id IS NOT NULL", "One e-mail belongs to one statement."
    )

    @api.model
    def _selection_reason(self):
        """Why an account gets no statement: technical name and words; rooms add theirs."""
        _ = self.env._
        return [
            ("nothing", _("Nothing is open and nothing happened")),
            ("credit_balance", _("Customer is in credit")),
            ("excluded", _("Placed, legal or bankrupt")),
            ("no_customer", _("No customer")),
            ("no_recipient", _("Nobody to send it to")),
            ("no_letters", _("Exception: no letters")),
            ("portal_only", _("Exception: portal upload only")),
        ]

    def _guarded_fields(self):
        return frozenset(name for name in self._fields if not name.startswith(("message_", "activity_", "website_")))

    def _covered_accounts(self):
        """The accounts that these statements are about."""
        of_groups = self.filtered("account_ids")
        return (self - of_groups).account_id | of_groups.account_ids

    # ------------------------------------------------------------------
    # State gates
    # ------------------------------------------------------------------

    def _set_left_out(self, reason):
        return self._update_state(("due",), "left_out", reason=reason)

    def _set_printed(self, today):
        return self._update_state(("due",), "printed", sent_on=today, error=False)

    def _set_queued(self, mail, today):
        return self._update_state(
            ("due",), "queued", mail_mail_id=mail.id, sent_on=today, attempts=self.attempts + 1, error=False
        )

    def _set_sent(self):
        return self._update_state(("queued", "failed"), "sent", error=False, retry_after=False)

    def _set_cancelled(self, why, allowed=("due", "failed")):
        """Taken back; the account can get another one for the same period."""
        changed = self._update_state(allowed, "cancelled", error=why, retry_after=False)
        mails = changed.sudo().mail_mail_id  # the queue is the system's
        mails.filtered(lambda mail: mail.state in ("outgoing", "exception")).cancel()
        return changed

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check_collector(self):
        self.check_access("read")
        if not self.env.user.has_group("account_collections.group_collector"):
            raise AccessError(self.env._("Only collectors and managers make statements."))

    def action_download(self):
        """The file as it was sent or printed."""
        self.ensure_one()
        self.check_access("read")
        file = self.attachment_id or self.xlsx_id
        if not file:
            raise UserError(self.env._("%(statement)s has no file.", statement=self.name))
        return {"type": "ir.actions.act_url", "url": f"/web/content/{file.id}?download=true"}

    def action_cancel(self):
        """Take back what has not gone out."""
        self._check_collector()
        todo = self.filtered(lambda statement: statement.state in ("due", "failed"))
        if not todo:
            raise UserError(self.env._("Only statements that are due or failed can be taken back."))
        # Rows are the system's; who may see the statement and makes statements may take it back.
        todo.sudo()._set_cancelled(self.env._("Taken back by %(user)s", user=self.env.user.name))
