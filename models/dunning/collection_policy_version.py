from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

# What all versions of a policy share.
_SHARED = ("name", "active", "company_id")


class CollectionPolicy(models.Model):
    """Versions of a policy: each is valid from its date until the day before the next one begins (SPEC §2).

    Versions are policies of one family, headed by the first. Whoever is under a policy points to any of them, usually the first;
    a run takes the one that is valid on its business date. Gaps and overlaps cannot be: only beginnings are entered.
    """

    _inherit = "collection.policy"

    first_id = fields.Many2one(
        "collection.policy",
        string="First Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty on the first version.",
    )
    version_ids = fields.One2many("collection.policy", "first_id", string="Later Versions", readonly=True)
    version = fields.Integer(default=1, readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In force")],
        required=True,
        default="active",
        readonly=True,
        copy=False,
        tracking=True,
        help="A draft is worked on; once in force it is used from its first day on.",
    )
    date_from = fields.Date(
        string="Valid From", copy=False, tracking=True, help="Empty: the first version, valid from the beginning."
    )
    date_to = fields.Date(
        string="Valid To", compute="_compute_validity", help="The day before the next version begins."
    )
    validity = fields.Selection(
        [("draft", "Draft"), ("future", "Not yet valid"), ("current", "Valid"), ("past", "Replaced")],
        string="Status",
        compute="_compute_validity",
        search="_search_validity",
        help="On the business date of the company at work.",
    )
    is_used = fields.Boolean(
        string="Used",
        readonly=True,
        copy=False,
        help="A confirmed run wrote notices by these steps: they stay as they were, a change of steps is a new version.",
    )

    _one_begins_a_day = models.UniqueIndex(
        "(COALESCE(first_id, id), COALESCE(date_from, '-infinity'::date)) WHERE state = 'active'",
        "Two versions of a policy cannot begin on the same day.",
    )

    def _guarded_fields(self):
        return super()._guarded_fields() | {"first_id", "version", "state", "is_used"}

    # ------------------------------------------------------------------
    # Which version
    # ------------------------------------------------------------------

    def _family(self):
        """All versions of these policies, archived ones too."""
        first = self.first_id | self.filtered(lambda policy: not policy.first_id)
        return first | first.with_context(active_test=False).version_ids.with_env(self.env)

    def _valid_on(self, day):
        """Of each family the version that is valid on a day; none where the first begins later."""
        valid = self.browse()
        for family in self._family().grouped(lambda policy: policy.first_id or policy).values():
            begun = family.filtered(lambda each: each.state == "active" and (each.date_from or date.min) <= day)
            valid |= begun.sorted(lambda each: each.date_from or date.min)[-1:]
        return valid

    def _today(self):
        """The latest business date of the companies that a policy may be used by."""
        companies = self.company_id or self.env["res.company"].sudo().search([])
        return max(company._collection_today() for company in companies)

    @api.depends("first_id", "state", "date_from", "version_ids.state", "version_ids.date_from")
    @api.depends_context("company")
    def _compute_validity(self):
        today = self.env.company._collection_today()
        for policy in self:
            own = policy.date_from or date.min
            later = [
                each.date_from
                for each in policy._family()
                if each.state == "active" and each.date_from and each.date_from > own
            ]
            policy.date_to = fields.Date.subtract(min(later), days=1) if later and policy.state == "active" else False
            if policy.state == "draft":
                policy.validity = "draft"
            elif own > today:
                policy.validity = "future"
            else:
                policy.validity = "past" if policy.date_to and policy.date_to < today else "current"

    def _search_validity(self, operator, value):
        if operator != "in":
            return NotImplemented
        every = self.with_context(active_test=False).search([])
        return Domain("id", "in", every.filtered(lambda policy: policy.validity in value).ids)

    @api.depends("name", "version")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = (
                self.env._("%(policy)s, version %(number)s", policy=policy.name, number=policy.version)
                if policy.version > 1
                else policy.name
            )

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains("date_from", "state", "first_id")
    def _check_beginning(self):
        for policy in self.filtered(lambda each: each.state == "active"):
            if policy.first_id and not policy.date_from:
                raise ValidationError(
                    self.env._("Say from which day on %(policy)s is valid.", policy=policy.display_name)
                )
            same = (policy._family() - policy).filtered(
                lambda each, policy=policy: each.state == "active" and each.date_from == policy.date_from
            )
            if same:
                raise ValidationError(
                    self.env._(
                        "%(policy)s and %(other)s would both begin on %(date)s. Choose another day.",
                        policy=policy.display_name,
                        other=same[0].display_name,
                        date=format_date(self.env, policy.date_from),
                    )
                )

    def _check_changeable(self):
        """Refuse to change what runs went by.

        :raise UserError: a confirmed run used the version
        """
        used = self.filtered("is_used")
        if used and not self._has_pass():
            raise UserError(
                self.env._(
                    "%(policy)s is in use: notices were written by its steps, which stay as they were. "
                    "Make a new version, change it there, and put it in force from a day on.",
                    policy=used[0].display_name,
                )
            )

    def write(self, vals):
        shared = {name: vals[name] for name in _SHARED if name in vals}
        if "date_from" in vals:
            self.filtered(lambda each: each.date_from != fields.Date.to_date(vals["date_from"]))._check_changeable()
        result = super().write(vals)
        if shared and (others := self._family() - self):
            super(CollectionPolicy, others).write(shared)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        for policy in self:
            later = policy._family() - policy if not policy.first_id else self.browse()
            if policy.is_used or policy.step_ids._are_noticed() or later - self:
                raise UserError(
                    self.env._(
                        "%(policy)s is in use and stays readable. Archive it, or put a new version in force.",
                        policy=policy.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def copy(self, default=None):
        """The highest first step of a copy is its own."""
        copies = super().copy(default)
        for policy, new in zip(self, copies):
            highest = policy.first_step_id
            new.first_step_id = new.step_ids.filtered(
                lambda step, highest=highest: (step.days, step.channel) == (highest.days, highest.channel)
            )
        return copies

    def action_new_version(self):
        """Open a draft with these steps, to be changed and put in force; the one that is being worked on if there is one."""
        self.ensure_one()
        self.check_access("write")
        family = self._family()
        draft = family.filtered(lambda each: each.state == "draft")[:1]
        if not draft:
            draft = (
                self._unguarded()
                .copy(
                    {
                        "name": self.name,
                        "first_id": (self.first_id or self).id,
                        "version": max(family.mapped("version")) + 1,
                        "state": "draft",
                        "date_from": fields.Date.add(self._today(), days=1),
                    }
                )
                .with_env(self.env)
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "views": [(False, "form")],
        }

    def action_put_in_force(self):
        """Use the draft from its first day on, which is not in the past: what runs did stays true."""
        self.check_access("write")
        for policy in self:
            policy._check_usable()
            today = policy._today()
            if policy.date_from and policy.date_from < today:
                raise UserError(
                    self.env._(
                        "%(policy)s cannot begin in the past: choose %(today)s or later.",
                        policy=policy.display_name,
                        today=format_date(self.env, today),
                    )
                )
        self._update_state(("draft",), "active")

    def action_back_to_draft(self):
        """Take a version back that no run has used yet."""
        self.check_access("write")
        self._check_changeable()
        if self.filtered(lambda each: not each.first_id):
            raise UserError(self.env._("The first version stays in force. Make a new version instead."))
        self._update_state(("active",), "draft")

    def action_view_versions(self):
        """All versions of the policy, the newest first."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Versions of %(policy)s", policy=self.name),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", self._family().ids)],
            "context": {"active_test": False, "create": False},
        }
