from odoo import models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.pay_run import parse_days
from .collection_exception import LIVE
from .collection_exception_type import CONTRADICTIONS


class CollectionException(models.Model):
    """What an exception must say before it is proposed, and which of them contradict one another."""

    _inherit = "collection.exception"

    # ------------------------------------------------------------------
    # Complete
    # ------------------------------------------------------------------

    def _check_complete(self):
        """:raise ValidationError: something is missing, in words that say what"""
        for exception in self:
            if problem := exception._find_problem():
                raise ValidationError(
                    self.env._("%(exception)s: %(problem)s", exception=exception.display_name, problem=problem)
                )

    def _find_problem(self):
        """What is wrong with the exception by itself, as a sentence; None where all is there."""
        self.ensure_one()
        _, today = self.env._, self.company_id._collection_today()
        check = getattr(self, f"_problem_of_{self.effect}", None)
        if self.date_to and self.date_to < today:
            return _("It would have ended already. Give a later last day.")
        if self.scope == "sales_partner" and not self.sales_partner_id.is_sales_partner:
            return _("%(partner)s is no sales partner.", partner=self.sales_partner_id.display_name)
        if self.move_id and not (
            self.move_id.state == "posted" and self.move_id.is_sale_document(include_receipts=True)
        ):
            return _("%(document)s is no posted invoice.", document=self.move_id.display_name)
        return check and check()

    def _problem_of_ap_only(self):
        if self.scope != "sales_partner" and not self.partner_id.collection_ap_contact_id:
            return self.env._(
                "%(customer)s has no A/P contact. Enter one on the customer first.",
                customer=self.partner_id.display_name,
            )
        return None

    def _problem_of_never_contact(self):
        if not self.contact_id:
            return self.env._("Say who is not to be contacted.")
        of_customer = self.contact_id.commercial_partner_id == self.partner_id
        if self.scope != "sales_partner" and not of_customer:
            return self.env._(
                "%(person)s is no contact of %(customer)s.",
                person=self.contact_id.display_name,
                customer=self.partner_id.display_name,
            )
        return None

    def _problem_of_document_copy(self):
        return (
            None
            if self.document_kind
            else self.env._("Say which copy is mandatory: purchase order, proof of delivery or both.")
        )

    def _problem_of_pay_run(self):
        try:
            days = parse_days(self.pay_days)
        except ValueError:
            return self.env._("“%(text)s” are no days of the month. Write them like 10, 25.", text=self.pay_days)
        return (
            None
            if days or self._pay_weekdays()
            else self.env._("Give the days of the month or the weekdays of its pay runs.")
        )

    def _problem_of_grace(self):
        return None if self.days > 0 else self.env._("Give the number of extra days.")

    def _problem_of_partner_first(self):
        return None if self.days >= 0 else self.env._("The days after the sales partner was told cannot be negative.")

    def _problem_of_tolerance(self):
        if self.currency_id.compare_amounts(self.amount, 0) <= 0:
            return self.env._("Give the amount below which nothing is chased.")
        return None

    def _problem_of_hold(self):
        return None if self.date_to else self.env._("Give the last day of the hold.")

    # ------------------------------------------------------------------
    # Contradictions
    # ------------------------------------------------------------------

    def _check_contradictions(self):
        """Refuse what cannot be followed together with another live exception of the same scope and time; both are named.

        Of different scopes the narrower goes before: that is no contradiction.
        """
        for exception in self:
            for other in exception._live_beside():
                if words := exception._contradiction_with(other):
                    raise ValidationError(words)

    def _live_beside(self):
        """The live exceptions of the same scope whose time overlaps."""
        self.ensure_one()
        same = Domain.AND(
            Domain(name, "=", self[name].id) for name in ("company_id", "partner_id", "sales_partner_id", "move_id")
        )
        until = Domain("date_from", "<=", self.date_to) if self.date_to else Domain.TRUE
        # Whose portfolio the other belongs to does not matter.
        return self.sudo().search(
            same
            & until
            & Domain("id", "!=", self.id)
            & Domain("state", "in", LIVE)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", self.date_from))
        )

    def _contradiction_with(self, other):
        """Why the two cannot stand together, as a sentence; None where they can."""
        names = {"one": self._label(), "other": other._label()}
        effects = frozenset((self.effect, other.effect))
        if effects in CONTRADICTIONS:
            return self.env._("%(one)s and %(other)s contradict one another. End one of them first.", **names)
        if effects == {"ap_only", "never_contact"}:
            barred = (self | other).contact_id
            if barred and barred == self.partner_id.collection_ap_contact_id:
                return self.env._(
                    "%(one)s and %(other)s contradict one another: %(person)s is the A/P contact.",
                    person=barred.display_name,
                    **names,
                )
        if self.effect == other.effect and self.contact_id == other.contact_id:
            return self.env._("%(one)s: there is %(other)s already for the same time. End that one first.", **names)
        return None

    def _label(self):
        """Reference and what it does, for messages."""
        self.ensure_one()
        return f"{self.name} “{self.summary}”"

    def _serialize(self):
        """Of two who propose at once, let the later one start anew and see the other's exception.

        The rows of the types are written, not only locked: a transaction that began earlier then fails and is tried again.
        """
        self.env.flush_all()
        related = set(self.mapped("effect"))
        related |= {each for pair in CONTRADICTIONS if pair & related for each in pair}
        if related & {"ap_only", "never_contact"}:
            related |= {"ap_only", "never_contact"}
        self.env.cr.execute(
            SQL(
                "UPDATE collection_exception_type SET write_date = write_date WHERE id IN"
                " (SELECT id FROM collection_exception_type WHERE effect IN %s ORDER BY id FOR NO KEY UPDATE)",
                tuple(related),
            )
        )
