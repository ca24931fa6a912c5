from markupsafe import Markup

from odoo import models
from odoo.tools import format_date
from odoo.tools.misc import formatLang


class CollectionLetter(models.Model):
    """What letters state, from records only: names, dates, amounts, amounts in words, and generated tables."""

    _inherit = "collection.letter"

    def _facts(self):
        """The facts that the text of this letter may name, in its language: dict of placeholder to text or `Markup`."""
        self.ensure_one()
        # Who may write the letter states what it is about, whatever else he may read.
        letter = self.sudo().with_context(lang=self.lang).with_company(self.company_id)
        return {**letter._common_facts(), **getattr(letter, f"_facts_of_{self.kind}")()}

    def _common_facts(self):
        company, collector = self.company_id, self.account_id.collector_id or self.user_id
        phone, email = collector.phone or company.phone or "", collector.email or company.email or ""
        return {
            "customer": self.partner_id.name or "",
            "account_number": self.account_id.name or "",
            "recipient": self.recipient_id.name or self.recipient_id.parent_id.name or "",
            "company": company.name,
            "company_phone": company.phone or "",
            "company_email": company.email or "",
            "today": self._day(company._collection_today()),
            "collector": collector.name,
            "collector_phone": phone,
            "collector_email": email,
            "collector_contact": ", ".join(filter(None, (collector.name, phone, email))),
            "letter_number": self.name or "",
            "note": self._paragraphs(self.note),
        }

    # ------------------------------------------------------------------
    # By kind
    # ------------------------------------------------------------------

    def _facts_of_balance(self):
        as_of = self.as_of or self.company_id._collection_today()
        rows = self._open_rows(self.account_id, as_of)[self.account_id]
        totals = self._totals((row["currency_id"], row["amount"]) for row in rows)
        values = {"rows": rows, "totals": totals, "as_of": as_of}
        return {
            "as_of": self._day(as_of),
            "balance": self._amounts(totals),
            "balance_words": self._words(totals),
            "balance_items": self._block("letter_balance_items", **values),
            "reply_slip": self._block("letter_reply_slip", **values),
        }

    def _facts_of_paid(self):
        """Nothing is open: the last payment is the only fact beside."""
        payment = self.env["account.payment"].search(
            [
                ("partner_id", "child_of", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("payment_type", "=", "inbound"),
                ("state", "in", ("in_process", "paid")),
            ],
            order="date desc, id desc",
            limit=1,
        )
        said = Markup("")
        if payment:
            said = self._block("letter_last_payment", payment=payment, day=self._day(payment.date))
        return {"last_payment": said}

    def _facts_of_plan(self):
        promise = self.promise_id
        totals = {promise.currency_id: promise.amount_currency}
        return {
            "promise_number": promise.name or "",
            "promised": self._amounts(totals),
            "promised_words": self._words(totals),
            "promised_on": self._day(promise.date),
            "promised_by": promise.contact_id.name or self.partner_id.name or "",
            "plan_items": self._block("letter_plan_items", promise=promise),
            "instalments": self._block("letter_instalments", promise=promise),
        }

    def _facts_of_certificate(self):
        return {}

    def _facts_of_hold(self):
        return {"hold_date": self._day(self.credit_hold_id.date_from), **self._overdue_facts()}

    def _facts_of_release(self):
        hold = self.credit_hold_id
        return {"hold_date": self._day(hold.date_from), "release_date": self._day(hold.date_to)}

    def _facts_of_dispute(self):
        dispute = self.dispute_id
        body = self.env["ir.qweb"]._render(
            "account_collections.dispute_letter_body", {"dispute": dispute}, lang=self.lang
        )
        return {"dispute_number": dispute.name or "", "explanation": Markup(body)}

    def _facts_of_free(self):
        facts = {"subject": self.free_subject or "", "text": Markup(self.free_text or "")}
        return {**facts, **(self._overdue_facts() if self.account_id else self._no_overdue())}

    # ------------------------------------------------------------------
    # Overdue
    # ------------------------------------------------------------------

    def _overdue_facts(self):
        """What is asked for of overdue items: open less holds and credits, as notices ask for it."""
        today = self.company_id._collection_today()
        items = self.account_id._letter_overdue_items(today)
        totals = self._totals((item["currency_id"], item["amount"]) for item in items)
        return {
            "overdue": self._amounts(totals),
            "overdue_words": self._words(totals),
            "overdue_items": self._block("letter_overdue_items", rows=items, totals=totals, today=today)
            if items
            else Markup(""),
        }

    def _no_overdue(self):
        return {"overdue": "", "overdue_words": "", "overdue_items": Markup("")}

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _day(self, day):
        return format_date(self.env, day, lang_code=self.lang) if day else ""

    def _totals(self, amounts):
        """Dict of currency to sum; nothing at all is zero of the company's currency."""
        totals = {}
        for currency_id, amount in amounts:
            currency = self.env["res.currency"].browse(currency_id)
            totals[currency] = currency.round(totals.get(currency, 0.0) + amount)
        return totals or {self.company_id.currency_id: 0.0}

    def _amounts(self, totals):
        """“$1,000.00 and 50.00 €”: never added across currencies."""
        texts = [formatLang(self.env, amount, currency_obj=currency) for currency, amount in totals.items()]
        return self.env._(" and ").join(texts)

    def _words(self, totals):
        """The amounts in words; where a language lacks them, in English, which is said."""
        return "; ".join(
            currency._amount_in_words_said(amount, self.lang) or formatLang(self.env, amount, currency_obj=currency)
            for currency, amount in totals.items()
        )

    def _paragraphs(self, text):
        """Typed text as HTML."""
        lines = [line for line in (text or "").splitlines() if line.strip()]
        return Markup("").join(Markup("<p>%s</p>") % line for line in lines)

    def _block(self, template, **values):
        """A generated part of the letter."""
        values = {"letter": self, "company": self.company_id, "lang": self.lang, **values}
        return Markup(self.env["ir.qweb"]._render(f"account_collections.{template}", values, lang=self.lang))
