from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .collection_letter_template import OWN_TEXT


class CollectionLetter(models.Model):
    """One special letter to a customer or a sales partner (SPEC §9). Its text is made when it goes out, and kept from then on."""

    _name = "collection.letter"
    _description = "Letter"
    _inherit = ["collection.guard", "collection.paper"]
    _order = "id desc"
    _rec_names_search = ["name", "recipient_name", "account_id"]
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True)
    kind = fields.Selection(OWN_TEXT, string="Letter", required=True, readonly=True)
    template_id = fields.Many2one(
        "collection.letter.template", required=True, readonly=True, ondelete="restrict", check_company=True
    )
    account_id = fields.Many2one(
        "collection.account", readonly=True, index="btree_not_null", ondelete="restrict", check_company=True
    )
    sales_partner_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Goes to the sales partner, about the account where there is one.",
    )
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    collector_id = fields.Many2one(related="account_id.collector_id")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", string="Written By", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, help="Business date on which it was written.")
    prefer = fields.Selection(
        [("email", "By e-mail where possible"), ("post", "On paper")], string="Wish", required=True, readonly=True
    )
    way = fields.Selection([("email", "E-mail"), ("post", "Post")], required=True, readonly=True)

    # What it is about
    as_of = fields.Date(readonly=True, help="The date of the balance.")
    promise_id = fields.Many2one("collection.promise", readonly=True, ondelete="restrict", index="btree_not_null")
    credit_hold_id = fields.Many2one(
        "collection.credit.hold", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    dispute_id = fields.Many2one("collection.dispute", readonly=True, ondelete="restrict", index="btree_not_null")
    note = fields.Text(readonly=True, help="A paragraph of one's own.")
    free_subject = fields.Char(readonly=True)
    free_text = fields.Html(readonly=True)

    # How it fared
    state = fields.Selection(
        [("due", "To Go Out"), ("sent", "Sent"), ("suppressed", "Not Sent"), ("cancelled", "Cancelled")],
        required=True,
        default="due",
        readonly=True,
        index=True,
        help="Not sent: when it was to go out, what it says was no longer true, or nobody could be written to.",
    )
    sent_on = fields.Date(readonly=True, help="Business date on which it was printed or handed to the mail server.")
    letter_batch_id = fields.Many2one(
        "collection.letter.batch", string="Print Batch", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    error = fields.Text(readonly=True)
    attempts = fields.Integer(readonly=True)
    mail_mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null", index="btree_not_null")
    delivery = fields.Selection(
        [("queued", "Queued"), ("sent", "Sent"), ("failed", "Failed")], compute="_compute_delivery"
    )
    activity_id = fields.Many2one("collection.activity", string="Contact", readonly=True, ondelete="restrict")

    # The snapshot
    recipient_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null", ondelete="restrict")
    recipient_name = fields.Char(string="Sent To", readonly=True)
    recipient_email = fields.Char(string="E-mail Address", readonly=True)
    address = fields.Text(readonly=True)
    lang = fields.Char(string="Language Code", readonly=True)
    lang_name = fields.Char(string="Language", compute="_compute_lang_name")
    subject = fields.Char(string="Title", readonly=True)
    body = fields.Html(string="Text", readonly=True, sanitize=False)
    attachment_id = fields.Many2one("ir.attachment", string="PDF", readonly=True, ondelete="restrict")
    letter_pdf = fields.Binary(related="attachment_id.datas", string="As Sent", readonly=True)
    pdf_name = fields.Char(related="attachment_id.name", string="File Name")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    _due_idx = models.Index("(company_id, id) WHERE state = 'due'")
    _mail_unique = models.UniqueIndex(
        "(mail_mail_id) WHERE mail_mail_id IS NOT NULL", "One e-mail belongs to one letter."
    )
    _somebody = models.Constraint(
        "CHECK(account_id IS NOT NULL OR sales_partner_id IS NOT NULL)",
        "A letter goes to a customer or to a sales partner.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("mail_mail_id.state")
    def _compute_delivery(self):
        for letter in self:
            mail = (
                letter.sudo().mail_mail_id
            )  # the mail is the system's; how it fared is told to whoever sees the letter
            states = {"outgoing": "queued", "exception": "failed", "cancel": "failed"}
            letter.delivery = states.get(mail.state, "sent") if mail else False

    @api.depends("lang")
    def _compute_lang_name(self):
        for letter in self:
            letter.lang_name = self.env["res.lang"]._get_data(code=letter.lang).name or letter.lang

    @api.depends("name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for letter in self:
            letter.display_name = f"{letter.name} {kinds.get(letter.kind, '')}".strip()

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(self._fields)

    @api.model
    def _write_letters(self, vals_list):
        """Write letters: they wait to be printed, or to be mailed.

        :param vals_list: dicts with kind, template_id, account_id or sales_partner_id, company_id, prefer, way, recipient_id, lang, and
            what the kind needs
        :return: the letters
        """
        numbers = self._next_references(self._name, len(vals_list))
        companies = self.env["res.company"].browse(vals["company_id"] for vals in vals_list)
        today = {company.id: company._collection_today() for company in companies}
        # Letters are the system's own; callers check whose accounts they are about.
        letters = (
            self.sudo()
            ._unguarded()
            .create(
                [
                    {**vals, "name": name, "user_id": self.env.uid, "date": today[vals["company_id"]]}
                    for vals, name in zip(vals_list, numbers)
                ]
            )
        )
        return letters.with_env(self.env)

    # ------------------------------------------------------------------
    # State gates
    # ------------------------------------------------------------------

    def _set_sent(self):
        for company, letters in self.grouped("company_id").items():
            letters._update_state(("due",), "sent", sent_on=company._collection_today(), error=False)
        self._log_contacts()
        self._after_sending()

    def _set_suppressed(self, why):
        return self._update_state(("due",), "suppressed", error=why)

    def _after_sending(self):
        """What a letter that went out changes in its case; rooms add theirs."""

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check_writer(self):
        """:raise AccessError: who only reads does not write letters"""
        self.check_access("read")
        if not self.env.user.has_group("account_collections.group_collector"):
            raise AccessError(self.env._("Only collectors and managers write letters."))

    def action_cancel(self):
        """Take back letters that have not gone out."""
        self._check_writer()
        letters = self.sudo().try_lock_for_update()  # letters are the system's; the lock keeps printing away
        if letters.filtered(lambda letter: letter.letter_batch_id.state == "printing"):
            raise UserError(self.env._("A letter is being printed. Look again in a minute."))
        letters._update_state(("due",), "cancelled", error=self.env._("Cancelled by %(user)s", user=self.env.user.name))

    def action_download(self):
        """The letter as it went out, however often it is asked for."""
        self.ensure_one()
        self.check_access("read")
        if not self.attachment_id:
            raise UserError(self.env._("%(letter)s has not gone out yet: it has no PDF.", letter=self.name))
        return {"type": "ir.actions.act_url", "url": f"/web/content/{self.attachment_id.id}?download=true"}

    def action_view_account(self):
        self.ensure_one()
        return self.account_id.action_open()
