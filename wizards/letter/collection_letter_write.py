from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...models.letter.collection_letter_template import KINDS

# What a letter to a sales partner may be when it is about no account.
WITHOUT_ACCOUNT = ("free",)


class CollectionLetterWrite(models.TransientModel):
    """Writing letters to one customer or to many: choose the letter, see who gets it, how, and who not and why; then let them go."""

    _name = "collection.letter.write"
    _description = "Write a Letter"

    state = fields.Selection(
        [("choose", "Choose"), ("preview", "Preview"), ("done", "Done")], default="choose", required=True, readonly=True
    )
    account_ids = fields.Many2many("collection.account", string="Accounts", readonly=True)
    partner_ids = fields.Many2many("res.partner", string="Sales Partners", readonly=True)
    account_id = fields.Many2one("collection.account", compute="_compute_account_id")
    company_id = fields.Many2one("res.company", compute="_compute_account_id")
    count = fields.Integer(string="Letters", compute="_compute_account_id")
    kind = fields.Selection(KINDS, string="Kind of Letter", required=True, default="free")
    template_id = fields.Many2one(
        "collection.letter.template",
        compute="_compute_template_id",
        store=True,
        readonly=False,
        domain="[('kind', '=', kind), ('company_id', 'in', (company_id, False))]",
    )
    to = fields.Selection(
        [("customer", "The customer"), ("sales_partner", "The sales partner")],
        required=True,
        default="customer",
        help="The sales partner of each account is written to about it, once for each account.",
    )
    prefer = fields.Selection(
        [("email", "By e-mail where possible"), ("post", "On paper")],
        string="How",
        required=True,
        default="post",
        help="Where that way is closed, the other one is taken; the preview shows it.",
    )
    as_of = fields.Date(
        string="Balance As Of", compute="_compute_as_of", store=True, readonly=False, help="At the end of this day."
    )
    promise_id = fields.Many2one("collection.promise", domain="[('account_id', '=', account_id)]")
    dispute_id = fields.Many2one("collection.dispute", domain="[('account_id', '=', account_id)]")
    subject = fields.Char(string="Title")
    text = fields.Html(sanitize=True, sanitize_style=True)
    note = fields.Text(
        string="A Paragraph of Your Own", help="Stands in the letter where its template has the place for it."
    )

    line_ids = fields.One2many("collection.letter.write.line", "wizard_id")
    included_count = fields.Integer(compute="_compute_counts")
    left_out_count = fields.Integer(compute="_compute_counts")
    left_out_summary = fields.Char(compute="_compute_counts")
    sample = fields.Html(readonly=True, sanitize=False)
    sample_name = fields.Char(readonly=True)
    letter_ids = fields.Many2many("collection.letter", string="Written", readonly=True)

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("account_ids", "partner_ids")
    def _compute_account_id(self):
        for wizard in self:
            wizard.account_id = wizard.account_ids if len(wizard.account_ids) == 1 else False
            wizard.company_id = wizard.account_ids.company_id[:1] or self.env.company
            wizard.count = len(wizard.account_ids) or len(wizard.partner_ids)

    @api.depends("kind", "company_id")
    def _compute_template_id(self):
        Template = self.env["collection.letter.template"]
        for wizard in self:
            if wizard.template_id.kind != wizard.kind:
                wizard.template_id = Template._default_of(wizard.kind, wizard.company_id)

    @api.depends("kind", "company_id")
    def _compute_as_of(self):
        for wizard in self:
            if wizard.kind == "balance":
                wizard.as_of = wizard.as_of or wizard.company_id._collection_today()
            else:
                wizard.as_of = False

    @api.depends("line_ids.included", "line_ids.left_out")
    def _compute_counts(self):
        for wizard in self:
            left_out = wizard.line_ids.filtered("left_out")
            wizard.included_count = len((wizard.line_ids - left_out).filtered("included"))
            wizard.left_out_count = len(wizard.line_ids) - wizard.included_count
            parts = [f"{reason}: {len(lines)}" for reason, lines in left_out.grouped("left_out").items()]
            unticked = wizard.left_out_count - len(left_out)
            parts += [self.env._("Taken out by you: %(count)s", count=unticked)] if unticked else []
            wizard.left_out_summary = ", ".join(parts)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_preview(self):
        """List to whom a letter goes, by which way, and who gets none and why; show the first one."""
        self.ensure_one()
        self._check_input()
        plan = self._plan()
        self.line_ids.unlink()
        self.line_ids = [Command.create(self._prepare_line_vals(key, entry)) for key, entry in plan.items()]
        self._make_sample()
        self.state = "preview"
        return self._action_reopen()

    def action_back(self):
        """Change the choice."""
        self.ensure_one()
        if self.state == "preview":
            self.state = "choose"
        return self._action_reopen()

    def action_queue(self):
        """Let the letters go: e-mails are sent, paper waits in “Letters to Print”."""
        if self.kind == "final_demand":
            return self._demand_once()
        letters = self._write_once()
        letters.sudo()._go_out()  # letters are the system's; whose they are was checked
        return self._done_action(letters)

    def action_print(self):
        """Let the letters go, and print those on paper at once.

        :return: the action that opens the print batch, where something was printed
        """
        letters = self._write_once()
        letters.sudo()._go_out()  # as above
        waiting = letters._awaits_printing()
        return waiting.action_print_letters() if waiting else self._done_action(letters)

    def _write_once(self):
        """Write the letters of the lines that are ticked; a second click finds them written.

        What stands against a letter is looked at once more: nothing in the lines is trusted.
        """
        self.ensure_one()
        if self.state == "done":
            return self.letter_ids
        vals_list = self._take_chosen()
        letters = self.env["collection.letter"]._write_letters(vals_list)
        self.letter_ids = letters
        return letters

    def _take_chosen(self):
        """The values of the letters to be written; from now on the dialog is done."""
        if self.state != "preview":
            raise UserError(self.env._("Look at the preview first."))
        self._check_input()
        self.state = "done"
        self.flush_recordset()  # a second click at the same moment fails here, is tried again, and finds it done
        chosen = {line._key() for line in self.line_ids if line.included and not line.left_out}
        vals_list = [entry for key, entry in self._plan().items() if key in chosen and not isinstance(entry, str)]
        if not vals_list:
            raise UserError(self.env._("No letter is left to be written."))
        accounts = self.account_ids.browse(vals["account_id"] for vals in vals_list if vals.get("account_id"))
        accounts.check_access("write")
        return vals_list

    def _demand_once(self):
        """Final demands are notices of the dunning policy; a manager approves each before it goes out."""
        self.ensure_one()
        Notice = self.env["collection.notice"]
        if self.state != "done":
            accounts = self.account_ids.browse(vals["account_id"] for vals in self._take_chosen())
            for company, group in accounts.grouped("company_id").items():
                Notice |= self.env["collection.run"]._make_final_demands(company, group, self.prefer == "post")
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_notice_action")
        final = [("channel", "=", "final_demand"), ("account_id", "in", self.account_ids.ids), ("state", "=", "due")]
        return {
            **action,
            "domain": [("id", "in", Notice.ids)] if Notice else final,
            "context": {},
            "display_name": self.env._("Final Demands to Be Approved"),
        }

    def _done_action(self, letters):
        letters = letters.sudo()  # to tell what became of them
        failed = letters.filtered(lambda letter: letter.error)
        parts = [
            (self.env._("%(count)s sent by e-mail"), letters.filtered(lambda each: each.state == "sent")),
            (
                self.env._("%(count)s wait in Letters to Print"),
                letters.filtered(lambda each: each.state == "due" and each.way == "post"),
            ),
            (
                self.env._("%(count)s are being mailed"),
                letters.filtered(lambda each: each.state == "due" and each.way == "email") - failed,
            ),
        ]
        lines = [text % {"count": len(found)} for text, found in parts if found]
        lines += [f"{letter.name}: {letter.error}" for letter in failed]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failed else "success",
                "message": "\n".join(lines),
                "sticky": bool(failed),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _action_reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._title(),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _title(self):
        one = self.account_id or (len(self.partner_ids) == 1 and self.partner_ids)
        if one:
            return self.env._("Letter to %(customer)s", customer=one.display_name)
        return self.env._("Letters to %(count)s Customers", count=self.count)

    # ------------------------------------------------------------------
    # Input
    # ------------------------------------------------------------------

    def _check_input(self):
        if self.account_ids:
            self.account_ids.check_access("write")
        elif self.partner_ids.filtered(lambda partner: not partner.is_sales_partner):
            raise UserError(self.env._("Letters from here go to customers' accounts and to sales partners."))
        elif self.kind not in WITHOUT_ACCOUNT:
            raise UserError(self.env._("This letter is about an account: write it from there."))
        if self.kind != "final_demand":
            template = self.template_id
            if not template or template.kind != self.kind:
                raise UserError(self.env._("Choose the text of the letter."))
            if template.company_id and template.company_id not in self.account_ids.company_id:
                raise UserError(self.env._("This text is another company's."))
        if self.as_of:
            for company in self.account_ids.company_id:
                if self.as_of > company._collection_today():
                    raise UserError(self.env._("A balance cannot be confirmed for a day to come."))
        if self.kind == "free":
            text = Markup(self.text or "").striptags()
            if not (self.subject or "").strip() or not text.strip():
                raise UserError(self.env._("A free letter needs its title and its text."))
            self.template_id._check_phrases(f"{self.subject}\n{text}")
        if self.note:
            self.env["collection.letter.template"]._default_of("free", self.company_id)._check_phrases(self.note)
