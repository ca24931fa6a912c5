from odoo import fields, models


class CollectionHelpKind(models.Model):
    _name = "collection.help.kind"
    _description = "Kind of Help"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company uses it.")
    question = fields.Text(
        string="What Is Asked",
        required=True,
        translate=True,
        help="What the sales partner reads. It can be changed on each request.",
    )
    days = fields.Integer(
        string="Answer Within", help="Business days from the day on which the partner is asked. 0: as in the settings."
    )
    attach_documents = fields.Boolean(
        string="Attach Invoices", help="The PDFs of the invoices are attached to the e-mail."
    )

    _days_positive = models.Constraint("CHECK(days >= 0)", "An answer cannot be due before it is asked for.")
