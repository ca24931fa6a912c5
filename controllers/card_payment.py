from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.account_payment.controllers.payment import PaymentPortal
from odoo.addons.payment import utils as payment_utils

# What the page's form sends and the provider's flow needs; all else comes from the payment itself.
_TAKEN = ("provider_id", "payment_method_id", "flow", "tokenization_requested")


class CardPayment(PaymentPortal):
    """The page behind a payment link. Who pays what comes from the payment; the page's parameters only say which payment it is."""

    @http.route("/pay/<string:code>", type="http", auth="public", methods=["GET"], website=True, sitemap=False)
    def collection_pay(self, code, **_kwargs):
        """The short address that can be read out."""
        payment = request.env["collection.card.payment"]._by_code(code)
        if not payment:
            raise NotFound()
        return request.redirect(f"/payment/pay?card_payment={payment.access_token}")

    @http.route()
    def payment_pay(self, *args, card_payment=None, **kwargs):
        """The provider's form for a payment link, with everything taken from the payment."""
        kwargs.pop("card_payment_sudo", None)  # the name is ours, not the client's
        if not card_payment:
            return super().payment_pay(*args, **kwargs)
        payment = request.env["collection.card.payment"]._by_code(card_payment)
        if not payment:
            raise NotFound()
        if refusal := payment._page_refusal_for(request.env.user):
            return request.render(
                "account_collections.card_payment_closed",
                {"payment": payment, "text": refusal, "res_company": payment.company_id},
            )
        partner = payment.payer_id or payment.partner_id
        values = {
            "reference": payment._charge_reference(),
            "amount": payment.amount_currency,
            "currency_id": payment.currency_id.id,
            "partner_id": partner.id,
            "company_id": payment.company_id.id,
        }
        token = payment_utils.generate_access_token(partner.id, payment.amount_currency, payment.currency_id.id)
        return super().payment_pay(**values, access_token=token, card_payment_sudo=payment)

    def _get_extra_payment_form_values(self, card_payment_sudo=None, **kwargs):
        values = super()._get_extra_payment_form_values(**kwargs)
        if card_payment_sudo:
            partner = card_payment_sudo.payer_id or card_payment_sudo.partner_id
            values.update(
                {
                    # Whoever is logged in pays for the customer, and nobody's saved cards are offered to who holds a link.
                    "partner_id": partner.id,
                    "partner_is_different": False,
                    "company_mismatch": False,
                    "tokens_sudo": request.env["payment.token"].sudo().browse(),
                    "card_payment": card_payment_sudo,
                    "transaction_route": "/payment/transaction/card",
                    "landing_route": "/payment/confirmation",
                    "access_token": card_payment_sudo.access_token,
                }
            )
        return values

    @http.route("/payment/transaction/card", type="jsonrpc", auth="public")
    def collection_card_transaction(self, access_token, **kwargs):
        """Create the draft transaction of a payment link; amount, currency, payer and items are the payment's, whatever is sent.

        :param str access_token: the code of the link
        :return: the values with which the page goes on
        """
        payment = request.env["collection.card.payment"]._by_code(access_token)
        if not payment:
            raise NotFound()
        payment._lock()  # of two tabs the later one sees what the first has done
        if refusal := payment._page_refusal_for(request.env.user):
            raise UserError(refusal)
        provider = request.env["payment.provider"].sudo().browse(int(kwargs.get("provider_id") or 0))
        if (
            provider not in payment._providers()
            or kwargs.get("flow") not in ("redirect", "direct")
            or kwargs.get("token_id")
        ):
            raise UserError(request.env._("This way of paying is not offered here. Please reload the page."))
        partner = payment.payer_id or payment.partner_id
        transaction = self._create_transaction(
            token_id=None,
            amount=payment.amount_currency,
            currency_id=payment.currency_id.id,
            partner_id=partner.id,
            landing_route="/payment/confirmation",
            reference_prefix=payment._charge_reference(),
            custom_create_values={"collection_card_payment_id": payment.id},
            **{name: kwargs.get(name) for name in _TAKEN},
        )
        self._update_landing_route(
            transaction,
            payment_utils.generate_access_token(partner.id, transaction.amount, transaction.currency_id.id),
        )
        return transaction._get_processing_values()
