from odoo import fields, models


class CollectionInquiryType(models.Model):
    _name = "collection.inquiry.type"
    _description = "Inquiry Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company uses it.")
    days = fields.Integer(
        string="Answer Within",
        default=1,
        required=True,
        help="Business days from the day on which the inquiry came in.",
    )
    asked_by = fields.Selection(
        [("customer", "Customers"), ("sales_partner", "Sales partners")], help="Empty: anybody may ask this."
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Answer",
        domain="[('model', '=', 'collection.account')]",
        ondelete="set null",
        help="The text that an answer begins with.",
    )
    attach_documents = fields.Boolean(
        string="Attach Invoices", help="The PDFs of the documents that were asked about are attached to the answer."
    )
    needs_check = fields.Boolean(
        string="Call-Back Check",
        help="Before it is answered, somebody calls a known person on the number that we have on file and asks whether the request is "
        "theirs: for bank details above all.",
    )
    is_credit_request = fields.Boolean(
        string="Asks for a Credit", help="A credit memo or a corrected invoice is asked for: it can become a case."
    )

    _days_positive = models.Constraint("CHECK(days >= 0)", "An inquiry cannot be due before it came in.")
