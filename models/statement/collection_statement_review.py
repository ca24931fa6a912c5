import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# What is compared: fixed once the list was read.
_SOURCE = {"account_id", "currency_id", "date", "text", "file", "file_name", "date_order", "number_mark"}


class CollectionStatementReview(models.Model):
    """A customer's own list of what it owes, compared line by line with what is open here (SPEC §9).

    A difference is settled by what there is for it already: the invoice is sent again, a dispute is opened, a claim is taken. Who
    has looked at all of it signs; what is signed is kept, and only a manager opens it again.
    """

    _name = "collection.statement.review"
    _description = "Statement Review"
    _inherit = ["collection.guard", "mail.thread"]
    _order = "date desc, id desc"
    _rec_names_search = ["name", "partner_id"]
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    account_id = fields.Many2one(
        "collection.account",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("partner_id", "!=", False)],
    )
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    collector_id = fields.Many2one(related="account_id.collector_id")
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        help="In which the list states its amounts. Only what is open in this currency is compared.",
    )
    date = fields.Date(
        string="As Of",
        required=True,
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        help="The day of the customer's list: compared is what was open then.",
    )
    user_id = fields.Many2one("res.users", string="Compared By", default=lambda self: self.env.user, readonly=True)

    # The list as it came
    text = fields.Text(
        string="Pasted List", help="Lines with number, date and amount, as copied from an e-mail or a spreadsheet."
    )
    file = fields.Binary(attachment=True, help="CSV, XLSX or PDF with text in it.")
    file_name = fields.Char()
    date_order = fields.Selection(
        [("mdy", "Month, day, year"), ("dmy", "Day, month, year")],
        string="Dates Are Written",
        help="Empty: as the dates themselves show.",
    )
    number_mark = fields.Selection(
        [("point", "1,234.56"), ("comma", "1.234,56")],
        string="Amounts Are Written",
        help="Empty: as the amounts themselves show.",
    )
    note = fields.Text(help="What came of it.")

    # What was found
    state = fields.Selection(
        [("draft", "New"), ("compared", "Compared"), ("signed", "Signed Off")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many("collection.statement.review.line", "review_id", string="Lines", copy=False)
    unread_ids = fields.One2many("collection.statement.review.unread", "review_id", string="Not Read", copy=False)
    amount_theirs = fields.Monetary(string="Their List", readonly=True, copy=False)
    amount_stated = fields.Monetary(string="Total They State", readonly=True, copy=False)
    amount_ours = fields.Monetary(string="Open Here", readonly=True, copy=False)
    amount_difference = fields.Monetary(
        string="Difference", readonly=True, copy=False, help="Their list less what is open here."
    )
    remark = fields.Char(string="How It Was Read", readonly=True, copy=False)
    todo_count = fields.Integer(string="To Settle", compute="_compute_counts")
    difference_count = fields.Integer(string="Differences", compute="_compute_counts")
    unread_count = fields.Integer(string="Lines Not Read", compute="_compute_counts")
    signed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    signed_on = fields.Datetime(readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("account_id")
    def _compute_currency_id(self):
        for review in self:
            items = review.account_id.open_item_ids.filtered(lambda item: item.amount_residual > 0)
            review.currency_id = items[:1].currency_id or review.account_id.currency_id or self.env.company.currency_id

    @api.depends("account_id")
    def _compute_date(self):
        for review in self:
            review.date = review.date or (review.company_id or self.env.company)._collection_today()

    @api.depends("line_ids.result", "line_ids.is_settled", "unread_ids")
    def _compute_counts(self):
        for review in self:
            differences = review.line_ids.filtered(lambda line: line.result != "matched")
            review.difference_count = len(differences)
            review.todo_count = len(differences.filtered(lambda line: not line.is_settled))
            review.unread_count = len(review.unread_ids)

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for review in self:
            review.display_name = f"{review.name} {review.partner_id.display_name or ''}".strip()

    # ------------------------------------------------------------------
    # Creating and writing
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(
            "name user_id state amount_theirs amount_stated amount_ours amount_difference remark signed_by_id"
            " signed_on".split()
        )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_guard({name for vals in vals_list for name in vals})
        names = self._next_references(self._name, len(vals_list))
        prepared = [{**vals, "name": name, "user_id": self.env.uid} for vals, name in zip(vals_list, names)]
        reviews = super(CollectionStatementReview, self._without_guarded_defaults()._unguarded()).create(prepared)
        reviews.account_id.check_access("write")
        return reviews.with_env(self.env)

    def write(self, vals):
        if not self._has_pass():
            if any(review.state == "signed" for review in self) and vals.keys() - {"message_main_attachment_id"}:
                raise UserError(
                    self.env._("A review that is signed off is kept as it is. A manager can open it again.")
                )
            if _SOURCE & vals.keys() and any(review.state != "draft" for review in self):
                raise UserError(self.env._("The list was compared already. Start over to take another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_append_only(self):
        """A list that was never compared may go."""
        kept = self.filtered(lambda review: review.state != "draft")
        return super(CollectionStatementReview, kept)._unlink_except_append_only()

    def _content(self):
        self.ensure_one()
        return base64.b64decode(self.file or b"")

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_compare(self):
        """Read the list and compare it with what was open on its day.

        :raise UserError: nothing can be read, or the day is still to come
        """
        self.check_access("write")
        drafts = self.filtered(lambda review: review.state == "draft")
        (self - drafts)._update_state((), "compared")  # says why not
        for review in drafts:
            review._compare()
        return True

    def action_start_over(self):
        """Take another list, or read this one in another way; nothing may be settled yet."""
        self.check_access("write")
        for review in self:
            if review.line_ids.filtered(lambda line: line._is_used()):
                raise UserError(
                    self.env._(
                        "Of %(review)s differences are settled already. Make a new review of the other list.",
                        review=review.name,
                    )
                )
            review._update_state(("compared",), "draft")
            review.sudo()._clear()  # lines are the system's
        return True

    def action_sign(self):
        """Sign that all differences were looked at.

        :raise UserError: some are not settled yet
        """
        self.check_access("write")
        for review in self:
            if review.todo_count:
                raise UserError(
                    self.env._(
                        "%(review)s: %(count)s differences are not settled. Send, dispute or claim each of them, or say why not.",
                        review=review.name,
                        count=review.todo_count,
                    )
                )
        self._update_state(("compared",), "signed", signed_by_id=self.env.uid, signed_on=fields.Datetime.now())
        return True

    def action_reopen(self):
        """Open a signed review again; for managers."""
        self.check_access("write")
        if not self.env.user.has_group("account_collections.group_manager"):
            raise AccessError(self.env._("Only managers open a review again that is signed off."))
        self._update_state(("signed",), "compared", signed_by_id=False, signed_on=False)
        for review in self:
            review._message_log(body=self.env._("Opened again by %(user)s", user=self.env.user.name))
        return True

    def action_view_account(self):
        """Open the account's page."""
        self.ensure_one()
        return self.account_id.action_open()
