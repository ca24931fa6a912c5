from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..dunning.collection_notice_letter import LETTER_CHANNELS


class CollectionLetterQueue(models.Model):
    """All that waits to be printed and posted: letters of dunning runs and special letters, in one list."""

    _name = "collection.letter.queue"
    _description = "Letter to Print"
    _auto = False
    _order = "date, id"
    _depends = {
        "collection.notice": [
            "name",
            "account_id",
            "sales_partner_id",
            "company_id",
            "currency_id",
            "channel",
            "state",
            "ready",
        ]
        + ["recipient_id", "recipient_email", "lang", "date", "amount", "letter_batch_id", "error", "step_id"],
        "collection.letter": [
            "name",
            "account_id",
            "sales_partner_id",
            "company_id",
            "kind",
            "state",
            "way",
            "recipient_id",
            "lang",
        ]
        + ["date", "letter_batch_id", "error", "user_id"],
        "collection.account": ["collector_id"],
    }

    name = fields.Char(string="Number", readonly=True)
    what = fields.Char(string="Letter", compute="_compute_what")
    notice_id = fields.Many2one("collection.notice", readonly=True)
    letter_id = fields.Many2one("collection.letter", string="Special Letter", readonly=True)
    kind = fields.Selection(
        [("reminder", "Reminder Series"), ("special", "Special Letter")], string="Series", readonly=True
    )
    account_id = fields.Many2one("collection.account", string="Customer", readonly=True)
    sales_partner_id = fields.Many2one("res.partner", readonly=True)
    collector_id = fields.Many2one("res.users", readonly=True)
    recipient_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(string="Waits Since", readonly=True)
    amount = fields.Monetary(string="Asked For", readonly=True)
    letter_batch_id = fields.Many2one("collection.letter.batch", string="Print Batch", readonly=True)
    error = fields.Text(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT 2 * n.id AS id, n.name, n.id AS notice_id, NULL::int4 AS letter_id, 'reminder' AS kind, n.account_id, n.sales_partner_id,
                   a.collector_id, n.recipient_id, n.company_id, n.currency_id, n.date, n.amount, n.letter_batch_id, n.error
              FROM collection_notice n LEFT JOIN collection_account a ON a.id = n.account_id
             WHERE n.state = 'due' AND n.ready AND n.recipient_email IS NULL AND n.channel IN %s
             UNION ALL
            SELECT 2 * l.id + 1, l.name, NULL, l.id, 'special', l.account_id, l.sales_partner_id,
                   a.collector_id, l.recipient_id, l.company_id, c.currency_id, l.date, NULL, l.letter_batch_id, l.error
              FROM collection_letter l JOIN res_company c ON c.id = l.company_id LEFT JOIN collection_account a ON a.id = l.account_id
             WHERE l.state = 'due' AND l.way = 'post'
            """,
            LETTER_CHANNELS,
        )

    def _compute_what(self):
        kinds = dict(self.env["collection.letter"]._fields["kind"]._description_selection(self.env))
        for row in self:
            row.what = row.notice_id.step_id.name if row.notice_id else kinds.get(row.letter_id.kind)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_print_letters(self):
        """Print the chosen letters as one PDF, ordered by address; printed, they are sent.

        :return: the action that opens the batch
        """
        notices, letters = self.notice_id._take_for_printing(), self.letter_id._take_for_printing()
        if not notices and not letters:
            raise UserError(self.env._("None of these letters waits to be printed."))
        return self.env["collection.letter.batch"]._start(notices, letters)._action_open()

    def action_open(self):
        """Look at the letter before it is printed."""
        self.ensure_one()
        record = self.letter_id or self.notice_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
