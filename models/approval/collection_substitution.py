from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

# What may still change once it is entered: the end, and why.
_OPEN = {"date_to", "note"}


class CollectionSubstitution(models.Model):
    _name = "collection.substitution"
    _description = "Substitution"
    _inherit = ["collection.guard"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", default="/", readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users",
        string="Absent",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    substitute_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        ondelete="restrict",
        help="Decides with the absent one's role while it lasts, and never on what either of them asked for.",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True, help="The last day of the absence.")
    note = fields.Char(string="Why")
    is_current = fields.Boolean(string="In Force", compute="_compute_is_current", search="_search_is_current")

    _dates_ordered = models.Constraint("CHECK(date_to >= date_from)", "An absence cannot end before it begins.")
    _somebody_else = models.Constraint("CHECK(user_id != substitute_id)", "Nobody can stand in for themself.")

    # ------------------------------------------------------------------
    # Computes and checks
    # ------------------------------------------------------------------

    @api.depends("user_id", "substitute_id")
    def _compute_display_name(self):
        for each in self:
            each.display_name = self.env._(
                "%(substitute)s for %(user)s", substitute=each.substitute_id.name or "", user=each.user_id.name or ""
            )

    @api.depends("date_from", "date_to", "company_id")
    def _compute_is_current(self):
        for each in self:
            today = each.company_id._collection_today() if each.company_id else None
            each.is_current = bool(
                today and each.date_from and each.date_to and each.date_from <= today <= each.date_to
            )

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Every company has its own date; which of them the user sees is for the record rules.
        companies = self.env["res.company"].sudo().search([])
        current = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_from", "<=", company._collection_today())
            & Domain("date_to", ">=", company._collection_today())
            for company in companies
        )
        return Domain.OR([current] * (True in value) + [~current] * (False in value))

    @api.constrains("user_id", "date_from", "date_to", "company_id")
    def _check_overlap(self):
        for each in self:
            others = self.sudo().search(
                Domain("id", "!=", each.id)
                & Domain("user_id", "=", each.user_id.id)
                & Domain("company_id", "=", each.company_id.id)
                & Domain("date_from", "<=", each.date_to)
                & Domain("date_to", ">=", each.date_from),
                limit=1,
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "%(user)s has a substitute already from %(start)s to %(end)s: %(substitute)s. End that one first.",
                        user=each.user_id.name,
                        substitute=others.substitute_id.name,
                        start=format_date(self.env, others.date_from),
                        end=format_date(self.env, others.date_to),
                    )
                )

    @api.constrains("user_id", "substitute_id", "company_id")
    def _check_people(self):
        for each in self.sudo():
            for user in each.user_id | each.substitute_id:
                if user.share or each.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "%(user)s does not work in %(company)s.", user=user.name, company=each.company_id.name
                        )
                    )
            if not (
                each.substitute_id._has_group("account_collections.group_collector")
                or each.substitute_id._has_group("account_collections.group_resolver")
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s has no role in Collections and would see nothing.", user=each.substitute_id.name
                    )
                )

    def _check_entitled(self):
        """A manager enters anybody's absence, everybody else their own."""
        if self.env.su or self.env.user.has_group("account_collections.group_manager"):
            return
        if any(each.user_id != self.env.user for each in self):
            raise AccessError(self.env._("Only managers enter the absence of somebody else."))

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset({"name"})

    @api.model
    def _is_append_only(self):
        return False  # what has not begun may go, see below

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_entitled()
        for each in records:
            each._unguarded().name = f"S{each.id:05d}"
        return records

    def write(self, vals):
        """Only the end and the reason change: who stood in for whom, and from when, is part of the record of decisions."""
        self._check_entitled()
        if self._has_pass():
            return super().write(vals)
        if set(vals) - _OPEN:
            raise UserError(
                self.env._(
                    "Of an absence only its end and the reason can be changed. Delete or end it, and enter a new one."
                )
            )
        if vals.get("date_to"):
            end = fields.Date.to_date(vals["date_to"])
            for each in self:
                today = each.company_id._collection_today()
                yesterday = today - timedelta(1)
                if each.date_to < today or end < min(each.date_to, yesterday):
                    raise UserError(
                        self.env._(
                            "An absence that is over stays as it was; one that lasts can end yesterday at the earliest."
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self._check_entitled()
        if any(each.date_from <= each.company_id._collection_today() for each in self):
            raise UserError(self.env._("An absence that has begun is kept; give it an end instead."))

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    @api.model
    def _current(self, company):
        """The substitutions in force in a company on its business date."""
        today = company._collection_today()
        return self.search(
            [("company_id", "=", company.id), ("date_from", "<=", today), ("date_to", ">=", today)], order="id"
        )

    def action_end(self):
        """The absent person is back: yesterday was the last day."""
        for each in self:
            if not each.is_current:
                raise UserError(self.env._("%(name)s is not in force.", name=each.display_name))
            yesterday = each.company_id._collection_today() - timedelta(1)
            if each.date_from > yesterday:
                # It began today: what was decided meanwhile keeps the name of both.
                each._unguarded().write({"date_from": yesterday, "date_to": yesterday})
            else:
                each.date_to = yesterday
