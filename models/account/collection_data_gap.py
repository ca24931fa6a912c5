from odoo import api, fields, models
from odoo.tools import SQL

# Number of the gap within its account: part of the row's id, so that rows keep theirs.
GAPS = [
    ("no_email", "No e-mail"),
    ("bounced", "E-mail fails"),
    ("no_phone", "No phone"),
    ("no_ap_contact", "No A/P contact"),
    ("tz_assumed", "Time zone assumed"),
    ("no_collector", "No collector"),
]


class CollectionDataGap(models.Model):
    """What is missing to reach a customer who owes something: one row for each account and gap, gone once it is filled."""

    _name = "collection.data.gap"
    _description = "Data Gap"
    _auto = False
    _order = "amount_overdue desc, amount_total desc, id"
    _rec_name = "account_id"
    _depends = {
        "collection.account": [
            "partner_id",
            "company_id",
            "collector_id",
            "amount_total",
            "amount_overdue",
            "open_count",
        ],
        "res.partner": [
            "email_normalized",
            "message_bounce",
            "phone",
            "tz",
            "collection_ap_contact_id",
            "commercial_partner_id",
            "type",
            "active",
        ],
        "mail.blacklist": ["email", "active"],
    }

    account_id = fields.Many2one("collection.account", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    gap = fields.Selection(GAPS, readonly=True)
    contact_id = fields.Many2one("res.partner", readonly=True, help="Whose data are incomplete.")
    partner_id = fields.Many2one("res.partner", readonly=True)
    amount_total = fields.Monetary(string="Total", readonly=True)
    amount_overdue = fields.Monetary(string="Overdue", readonly=True)
    owner_id = fields.Many2one("res.users", string="Collector (Now)", readonly=True)

    email = fields.Char(string="E-mail", compute="_compute_contact", inverse="_inverse_email")
    phone = fields.Char(compute="_compute_contact", inverse="_inverse_phone")
    tz = fields.Selection(
        lambda self: self.env["res.partner"]._fields["tz"]._description_selection(self.env),
        string="Time Zone",
        compute="_compute_contact",
        inverse="_inverse_tz",
    )
    ap_contact_id = fields.Many2one(
        "res.partner",
        string="A/P Contact",
        compute="_compute_contact",
        inverse="_inverse_ap_contact_id",
        domain="[('commercial_partner_id', '=', partner_id), ('id', '!=', partner_id)]",
    )
    new_contact = fields.Char(
        string="New A/P Contact",
        compute="_compute_contact",
        inverse="_inverse_new_contact",
        help="Name and address of a contact who is not there yet: Ann Payable <ann@example.com>",
    )
    collector_id = fields.Many2one(
        "res.users",
        compute="_compute_contact",
        inverse="_inverse_collector_id",
        domain="[('share', '=', False)]",
    )

    # ------------------------------------------------------------------
    # The rows
    # ------------------------------------------------------------------

    @api.model
    def _gap_conditions(self):
        """Gap to `SQL` over an account `a`, its customer `p` and that one's A/P contact `ap`. Rooms that know more replace theirs."""
        return {
            "no_email": SQL(
                "p.email_normalized IS NULL AND ap.email_normalized IS NULL AND NOT EXISTS (SELECT 1 FROM res_partner c"
                " WHERE c.commercial_partner_id = p.id AND c.type = 'invoice' AND c.active AND c.email_normalized IS NOT NULL)"
            ),
            "bounced": SQL(
                "p.email_normalized IS NOT NULL AND (p.message_bounce > 0 OR %s)"
                " OR ap.email_normalized IS NOT NULL AND (ap.message_bounce > 0 OR %s)",
                _blacklisted("p"),
                _blacklisted("ap"),
            ),
            "no_phone": SQL("COALESCE(p.phone, ap.phone, '') = ''"),
            "no_ap_contact": SQL("p.collection_ap_contact_id IS NULL"),
            "tz_assumed": SQL("COALESCE(p.tz, '') = ''"),
            "no_collector": SQL("a.collector_id IS NULL"),
        }

    @property
    def _table_query(self):
        conditions = self._gap_conditions()
        values = SQL(", ").join(
            SQL("(%s, %s, %s)", number, gap, conditions[gap]) for number, (gap, _label) in enumerate(GAPS)
        )
        return SQL(
            """
            SELECT a.id * 8 + g.number AS id, a.id AS account_id, a.company_id, a.currency_id, g.gap, a.partner_id,
                   CASE WHEN g.gap = 'no_email' THEN COALESCE(ap.id, p.id)
                        WHEN g.gap = 'bounced' AND ap.email_normalized IS NOT NULL AND (ap.message_bounce > 0 OR %(failed)s)
                        THEN ap.id ELSE p.id END AS contact_id,
                   a.amount_total, a.amount_overdue, a.collector_id AS owner_id
              FROM collection_account a
              JOIN res_partner p ON p.id = a.partner_id
              LEFT JOIN res_partner ap ON ap.id = p.collection_ap_contact_id
             CROSS JOIN LATERAL (VALUES %(values)s) g (number, gap, holds)
             WHERE a.open_count > 0 AND g.holds
            """,
            failed=_blacklisted("ap"),
            values=values,
        )

    def _compute_contact(self):
        for row in self:
            row.email = row.contact_id.email
            row.phone = row.contact_id.phone
            row.tz = row.partner_id.tz
            row.ap_contact_id = row.partner_id.collection_ap_contact_id
            row.new_contact = False
            row.collector_id = row.owner_id

    # ------------------------------------------------------------------
    # Filling the gaps: each goes through the one narrow method of the account
    # ------------------------------------------------------------------

    def _inverse_email(self):
        for row in self:
            row.account_id._fix_contact(row.contact_id, "email", row.email)

    def _inverse_phone(self):
        for row in self:
            row.account_id._fix_contact(row.contact_id, "phone", row.phone)

    def _inverse_tz(self):
        for row in self:
            row.account_id._fix_contact(row.partner_id, "tz", row.tz)

    def _inverse_ap_contact_id(self):
        for row in self:
            row.account_id._fix_contact(row.partner_id, "collection_ap_contact_id", row.ap_contact_id)

    def _inverse_new_contact(self):
        for row in self.filtered("new_contact"):
            row.account_id._add_ap_contact(row.new_contact)

    def _inverse_collector_id(self):
        for row in self:
            row.account_id.collector_id = row.collector_id

    def action_open_account(self):
        """Open the account's page."""
        return self.account_id.action_open()

    def write(self, vals):
        editable = {name for name, field in self._fields.items() if field.inverse}
        result = super().write({name: value for name, value in vals.items() if name in editable})
        self.env.flush_all()
        self.invalidate_model()
        return result

    def web_save(self, vals, specification, next_id=None):
        """As usual, though the row is gone once its gap is filled: what the list shows until it is read again."""
        rows = self.web_read(specification)
        self.write(vals)
        for row in rows:
            row.update(
                {name: value for name, value in vals.items() if self._fields[name].type in ("char", "selection")}
            )
        return rows


def _blacklisted(alias):
    return SQL(
        "EXISTS (SELECT 1 FROM mail_blacklist b WHERE b.active AND b.email = %s.email_normalized)",
        SQL.identifier(alias),
    )
