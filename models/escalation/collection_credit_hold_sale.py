from functools import wraps

from odoo import models
from odoo.exceptions import UserError

_MARK = "_collection_credit_hold"


class CollectionCreditHold(models.Model):
    """Sales orders of customers on credit hold, where the app `sale` is installed.

    The add-on does not depend on it: `sale.order` cannot be extended by inheritance, since our models are loaded whether it is there or
    not, and before it when it comes later. Its class in the registry is extended once all modules are loaded, each time a registry
    is built. An order that is paid in advance is not on credit and passes.
    """

    _inherit = "collection.credit.hold"

    def _register_hook(self):
        result = super()._register_hook()
        if "sale.order" in self.env.registry:
            order_class = self.env.registry["sale.order"]
            for name, extend in _EXTENSIONS.items():
                method = getattr(order_class, name)
                if not hasattr(method, _MARK):
                    setattr(order_class, name, extend(method))
        return result

    def _unregister_hook(self):
        if "sale.order" in self.env.registry:
            order_class = self.env.registry["sale.order"]
            for name in _EXTENSIONS:
                if hasattr(order_class.__dict__.get(name), _MARK):
                    delattr(order_class, name)
        return super()._unregister_hook()

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

    def _held_orders(self, orders):
        """Orders that would be delivered on credit to a customer on hold: dict of order to hold."""
        held = {}
        for company, group in orders.grouped("company_id").items():
            partners = group.partner_id | group.partner_invoice_id
            holds = self.env["collection.account"]._credit_holds_of(partners, company)
            by_customer = {hold.partner_id: hold for hold in holds}
            for order in group:
                customers = (order.partner_invoice_id | order.partner_id).sudo().commercial_partner_id
                hold = next((by_customer[each] for each in customers if each in by_customer), None)
                # Whoever sells need not have a right on payments.
                paid = order.currency_id.compare_amounts(order.sudo().amount_paid, order.amount_total) >= 0
                if hold and not (paid and order.amount_total):
                    held[order] = hold
        return held

    def _refused_orders(self, orders):
        """Of orders to be confirmed those that the company's setting refuses; of the others on hold it is noted.

        :raise UserError: a user of the company confirms one of them. A customer who signs or pays is not told why: their order waits
            as it is, and its salesperson gets a task.
        """
        refused = orders.browse()
        for order, hold in self._held_orders(orders).items():
            rule = order.company_id.sudo().collection_credit_hold_sale
            if rule == "warn":
                order._message_log(
                    body=self.env._("Confirmed in spite of the credit hold. %(text)s", text=hold._banner())
                )
            elif rule == "block" and not self.env.su and self.env.user._is_internal():
                raise UserError(
                    self.env._(
                        "%(order)s cannot be confirmed: %(customer)s is on credit hold. %(text)s\n"
                        "An AR manager lifts the hold; an order that is paid in advance can be confirmed.",
                        order=order.name,
                        customer=hold.partner_id.name,
                        text=hold._banner(),
                    )
                )
            elif rule == "block":
                refused += order
                order.sudo().activity_schedule(  # nobody of the company is at work here
                    "mail.mail_activity_data_todo",
                    order.company_id._collection_today(),
                    summary=self.env._("Not confirmed: the customer is on credit hold"),
                    note=hold._banner(),
                    user_id=(order.user_id or hold.company_id._collection_manager()).id,
                )
        return refused


def _extend_confirm(method):
    @wraps(method)
    def action_confirm(self):
        refused = self.env["collection.credit.hold"]._refused_orders(self)
        left = self - refused
        return method(left) if left else True

    setattr(action_confirm, _MARK, True)
    return action_confirm


def _extend_warning(method):
    @wraps(method)
    def _compute_partner_credit_warning(self):
        method(self)
        quotations = self.filtered(lambda order: order.state in ("draft", "sent") and order.partner_id)
        for order, hold in self.env["collection.credit.hold"]._held_orders(quotations).items():
            if order.company_id.sudo().collection_credit_hold_sale != "none":
                texts = (hold._banner(), order.partner_credit_warning)
                order.partner_credit_warning = "\n".join(text for text in texts if text)

    setattr(_compute_partner_credit_warning, _MARK, True)
    return _compute_partner_credit_warning


_EXTENSIONS = {"action_confirm": _extend_confirm, "_compute_partner_credit_warning": _extend_warning}
