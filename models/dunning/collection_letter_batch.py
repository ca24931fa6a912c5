from psycopg2 import errors as pgerrors

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.pdf import merge_pdf

# Up to so many letters are printed while the user waits; more are printed in the background.
AT_ONCE = 20
_CHUNK = 50
_CONFLICTS = 20


class CollectionLetterBatch(models.Model):
    _name = "collection.letter.batch"
    _description = "Print Batch"
    _inherit = ["collection.guard"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True, help="Business date on which the letters were printed.")
    state = fields.Selection(
        [("printing", "Printing"), ("done", "Printed"), ("failed", "Stopped")],
        required=True,
        default="printing",
        readonly=True,
        index=True,
        help="Stopped: the printer program failed. Letters without a PDF are still due; go on where it stopped.",
    )
    notice_ids = fields.One2many("collection.notice", "letter_batch_id", string="Letters", readonly=True)
    letter_count = fields.Integer(string="Letters Count", compute="_compute_counts")
    printed_count = fields.Integer(string="Printed", compute="_compute_counts")
    left_out_count = fields.Integer(
        string="Left Out", compute="_compute_counts", help="Paid, held or taken back before they were printed."
    )
    amount = fields.Monetary(string="Asked For", compute="_compute_counts")
    attachment_id = fields.Many2one("ir.attachment", string="PDF", readonly=True, ondelete="restrict")
    pdf = fields.Binary(related="attachment_id.datas", string="Letters as PDF", readonly=True)
    pdf_name = fields.Char(related="attachment_id.name", string="File Name")
    error = fields.Text(readonly=True)

    @api.depends("notice_ids.state", "notice_ids.attachment_id", "notice_ids.amount")
    def _compute_counts(self):
        for batch in self:
            papers = [paper for records in batch._papers() for paper in records]
            printed = [paper for paper in papers if paper.attachment_id]
            left_out = [
                paper for paper in papers if not paper.attachment_id and paper.state in ("suppressed", "cancelled")
            ]
            batch.letter_count = len(papers) - len(left_out)
            batch.printed_count = len(printed)
            batch.left_out_count = len(left_out)
            batch.amount = sum(batch.notice_ids.filtered("attachment_id").mapped("amount"))

    def _guarded_fields(self):
        return frozenset(self._fields)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.model
    def _start(self, *papers):
        """Print letters as one batch: a few at once, many in the background.

        :param papers: records of each model, as `_take_for_printing` gave them
        :return: the new batch
        :raise UserError: nothing is to be printed, or letters of several companies
        """
        companies = self.env["res.company"].union(*(records.company_id for records in papers))
        if len(companies) > 1:
            raise UserError(self.env._("Print the letters of one company at a time."))
        if not companies:
            raise UserError(self.env._("None of these letters waits to be printed."))
        company = companies
        # Who may see the letters prints them; batches and notices are the system's.
        batch = (
            self.sudo()
            ._unguarded()
            .create(
                {
                    "name": self.env["ir.sequence"].sudo().next_by_code("collection.letter.batch") or "/",
                    "company_id": company.id,
                    "date": company._collection_today(),
                }
            )
        )
        for records in papers:
            records.sudo()._unguarded().write({"letter_batch_id": batch.id, "error": False})
        batch._go_on()
        return batch.with_env(self.env)

    def _go_on(self):
        if self._waiting_count() <= AT_ONCE:
            self.env["collection.notice"]._check_printer()
            while self._print_chunk():
                pass
            if self.state == "failed":
                raise UserError(self.error)
            self._finish()
        else:
            self.env.ref("account_collections.ir_cron_print_letters").sudo()._trigger()

    def _action_open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_resume(self):
        """Go on where a batch stopped: what has its PDF is not printed again."""
        self.check_access("read")
        if not self.env.user.has_group("account_collections.group_collector"):
            raise AccessError(self.env._("Only collectors and managers print letters."))
        batches = self.sudo()
        for batch in batches._update_state(("failed",), "printing", error=False):
            batch._go_on()

    def action_download(self):
        """The file as it was made, however often it is asked for."""
        self.ensure_one()
        self.check_access("read")
        if not self.attachment_id:
            raise UserError(self.env._("%(batch)s has no PDF yet.", batch=self.name))
        return {"type": "ir.actions.act_url", "url": f"/web/content/{self.attachment_id.id}?download=true"}

    def action_view_letters(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_notice_action")
        return {
            **action,
            "domain": [("letter_batch_id", "=", self.id)],
            "context": {},
            "display_name": self.env._("Letters of %(batch)s", batch=self.name),
        }

    # ------------------------------------------------------------------
    # Printing
    # ------------------------------------------------------------------

    def _papers(self):
        """Records of each model that the batch prints; rooms add theirs."""
        self.ensure_one()
        return [self.notice_ids]

    def _waiting(self):
        """Of each model the letters of the batch that are still to be printed, in the order of the addresses."""
        return [
            records._awaits_printing().filtered(lambda paper: not paper.attachment_id)._by_address()
            for records in self._papers()
        ]

    def _waiting_count(self):
        return sum(map(len, self._waiting()))

    def _print_chunk(self):
        """Print the next letters of the batch: each gets its PDF and is sent, or its reason why not.

        Never commits. Where not one letter can be made, the batch stops and the letters stay due.

        :return: how many letters were dealt with
        """
        self.ensure_one()
        letters = next(filter(None, self._waiting()), None)
        if not letters or self.state != "printing":
            return 0
        letters = letters[:_CHUNK].try_lock_for_update()
        letters.invalidate_recordset()  # as it is now, not as it was before the last commit
        letters = letters._awaits_printing()
        if not letters:
            return 0
        errors = letters._print()
        if errors and not letters.filtered(lambda letter: letter.state != "due"):
            self._update_state(("printing",), "failed", error=next(iter(errors.values())))
            return 0
        for letter, error in errors.items():
            letter._unguarded().write({"letter_batch_id": False, "error": error})
        return len(letters)

    def _finish(self):
        """Put the letters together into one file."""
        self.ensure_one()
        if self.state != "printing" or self._waiting_count():
            return
        printed = [paper for records in self._papers() for paper in records if paper.attachment_id]
        letters = sorted(printed, key=lambda paper: paper._address_key())
        attachment = self.env["ir.attachment"]
        if letters:
            attachment = attachment.create(
                {
                    "name": f"{self.name.replace('/', '-')}.pdf",
                    "raw": merge_pdf([letter.attachment_id.raw for letter in letters]),
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        self._update_state(("printing",), "done", attachment_id=attachment.id)
        self.notice_ids.filtered("attachment_id").run_id._close_if_done()

    # ------------------------------------------------------------------
    # Unattended
    # ------------------------------------------------------------------

    @api.model
    def _cron_print(self):
        """Print what users left to the background, a few letters at a time; a job that was killed goes on where it stopped."""
        Cron = self.env["ir.cron"]
        for batch in self.search([("state", "=", "printing")], order="id"):
            Cron._commit_progress(0, remaining=batch._waiting_count())
            for _conflict in range(_CONFLICTS):
                try:
                    if not batch._print_all():
                        return
                    break
                except pgerrors.SerializationFailure:  # somebody changed a letter meanwhile: look again
                    self.env.cr.rollback()

    def _print_all(self):
        """Print what is left of a batch, committing after each few letters.

        :return: whether there is time for another batch
        """
        Cron = self.env["ir.cron"]
        while self._take() and self.state == "printing":
            if count := self._print_chunk():
                if not Cron._commit_progress(count):
                    return False
                continue
            self._finish()
            self._tell_user()
            break
        return bool(Cron._commit_progress())

    def _take(self):
        """Whether no other worker prints the batch; it is this one's until the next commit."""
        query = SQL("SELECT id FROM collection_letter_batch WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", self.id)
        self.env.cr.execute(query, log_exceptions=False)  # a conflict with another worker is expected here
        return bool(self.env.cr.fetchall())

    def _tell_user(self):
        done = self.state == "done"
        message = self.env._("%(count)s letters are ready to be posted.", count=self.printed_count)
        self.create_uid._bus_send(
            "simple_notification",
            {
                "type": "success" if done else "danger",
                "title": self.name,
                "message": message if done else self.error or "",
                "sticky": True,
            },
        )
