from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.find_terms import PHONE_DIGITS, read_terms

# Of each kind of hit, as many as anybody looks through.
_LIMIT = 200
_COMPARED = 7


class CollectionAccount(models.Model):
    """The one search box: an account by whatever a caller names (SPEC §1).

    Each source is a query of its own over an index, and gives no more than a few hundred rows. The user's record rules decide
    afterwards which of the accounts found are shown.
    """

    _inherit = "collection.account"

    find = fields.Char(
        store=False,
        exportable=False,
        search="_search_find",
        help="Customer, account number, invoice, purchase order, cheque or payment reference, amount, phone, e-mail or tax number.",
    )

    def _search_find(self, operator, value):
        if operator in ("ilike", "=ilike", "like", "=like"):
            texts = [value]
        elif operator == "in":
            texts = [each for each in value if each]
        else:
            return NotImplemented
        return Domain.OR(self._find_domain(text) for text in texts)

    @api.model
    def _find_domain(self, text):
        """The accounts that a text names, as a domain; none for a text without a letter or digit."""
        terms = read_terms(text)
        if not any(each.isalnum() for each in terms.text):
            return Domain.FALSE
        found = Domain("id", "in", [row[0] for row in self._find_rows(terms)])
        # Whose accounts are shown is for the rules of accounts to say.
        named = self.env["res.partner"].sudo()._search([("complete_name", "ilike", terms.text)])
        return found | Domain("partner_id", "in", named.subselect("commercial_partner_id"))

    @api.model
    def _find_rows(self, terms):
        """What was found beside names: a list of (account id, what it was found by), the best hits first.

        Documents that only contain the text are looked for where nothing matches all of it.
        """
        self.env.flush_all()
        for sources in (self._find_sources(terms), self._find_partial_sources(terms)):
            rows = self._find_accounts(sources) if sources else []
            if rows:
                return rows
        return []

    @api.model
    def _find_accounts(self, sources):
        return self.env.execute_query(
            SQL(
                """
                WITH found (partner_id, company_id, rank, what) AS MATERIALIZED (%(sources)s), customer AS (
                    SELECT COALESCE(p.commercial_partner_id, 0) AS partner_id, f.company_id, f.rank, f.what
                      FROM found f LEFT JOIN res_partner p ON p.id = f.partner_id
                )
                SELECT a.id, (ARRAY_AGG(c.what ORDER BY c.rank, c.what))[1]
                  FROM customer c
                  JOIN collection_account a ON COALESCE(a.partner_id, 0) = c.partner_id AND a.company_id IN %(companies)s
                                           AND (c.company_id IS NULL OR a.company_id = c.company_id)
                 GROUP BY a.id ORDER BY MIN(c.rank), MAX(a.amount_collectible) DESC, a.id LIMIT %(limit)s
                """,
                sources=SQL(" UNION ALL ").join(SQL("(%s LIMIT %s)", source, _LIMIT) for source in sources),
                companies=tuple(self.env.companies.ids),
                limit=_LIMIT,
            )
        )

    # ------------------------------------------------------------------
    # Sources: `SQL` with partner_id, company_id (NULL: any), rank (best first), what (it was found by)
    # ------------------------------------------------------------------

    @api.model
    def _find_sources(self, terms):
        """What the whole text may be. Rooms add theirs."""
        sources = [
            SQL(
                "SELECT partner_id, company_id, 1 AS rank, name AS what FROM collection_account"
                " WHERE name IN %s AND partner_id IS NOT NULL",
                (terms.text.upper(), f"A{terms.text.zfill(6)}"),
            ),
            self._find_partner(2, "ref", SQL("p.ref IN %s", _spellings(terms.text))),
            self._find_partner(3, "vat", SQL("p.vat IN %s", _spellings(terms.text))),
            *self._find_numbers(terms.text),
            *self._find_documents(lambda column: SQL("lower(%s) = %s", column, terms.text.lower())),
        ]
        if terms.email:
            sources.append(self._find_partner(4, "email", SQL("p.email_normalized LIKE %s", _begins(terms.email))))
        if terms.phone:
            sources.append(self._find_partner(5, "phone", _same_phone(terms.phone)))
        if terms.amount:
            sources += self._find_amounts(terms.amount)
        return sources

    @api.model
    def _find_partial_sources(self, terms):
        """Documents that begin with the text, or contain it where PostgreSQL's trigrams are there; addresses that contain it."""
        sources = []
        if len(terms.text) >= 3:
            trigram = self.env.registry.has_trigram
            pattern = ("%" if trigram else "") + _escape(terms.text) + "%"
            sources += self._find_documents(
                lambda column: (
                    SQL("%s ILIKE %s", self.env.registry.unaccent(column), pattern)
                    if trigram
                    else SQL("lower(%s) LIKE %s", column, pattern.lower())
                )
            )
        if terms.email:
            contains = "%" + _escape(terms.email) + "%"
            sources.append(self._find_partner(40, "email", SQL("p.email_normalized LIKE %s", contains)))
        return sources

    @api.model
    def _find_partner(self, rank, column, condition):
        return SQL(
            "SELECT p.id, NULL::int, %s, p.%s FROM res_partner p WHERE %s", rank, SQL.identifier(column), condition
        )

    @api.model
    def _find_documents(self, condition):
        """Invoices by customer's reference and payment reference; payments by memo, reference and cheque; bank lines by their text.

        :param condition: gives `SQL` for a column
        """
        moves = [
            SQL(
                "SELECT m.commercial_partner_id, m.company_id, %s, CONCAT_WS(' · ', m.name, NULLIF(m.%s, m.name))"
                " FROM account_move m WHERE %s AND m.state = 'posted'"
                " AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt', 'entry')",
                rank,
                SQL.identifier(column),
                condition(SQL("m.%s", SQL.identifier(column))),
            )
            for rank, column in ((11, "ref"), (12, "payment_reference"))
        ]
        payment_columns = ["memo", "payment_reference"]
        payment_columns += ["check_number"] if "check_number" in self.env["account.payment"]._fields else []
        payments = [
            SQL(
                "SELECT y.partner_id, y.company_id, 13, CONCAT_WS(' · ', y.name, y.%s)"
                " FROM account_payment y WHERE %s AND y.partner_type = 'customer'",
                SQL.identifier(column),
                condition(SQL("y.%s", SQL.identifier(column))),
            )
            for column in payment_columns
        ]
        bank = SQL(
            "SELECT b.partner_id, b.company_id, 14, b.payment_ref FROM account_bank_statement_line b WHERE %s AND b.amount > 0",
            condition(SQL("b.payment_ref")),
        )
        return [*moves, *payments, bank]

    @api.model
    def _find_numbers(self, text):
        """Documents by their number: all of it, or only the running number at its end."""
        named = SQL(
            "SELECT m.commercial_partner_id, m.company_id, 10, m.name FROM account_move m"
            " WHERE m.name IN %s AND m.name != '/' AND m.state = 'posted'"
            " AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt', 'entry')",
            (text, text.upper()),
        )
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            return [named]
        running = SQL(
            "SELECT m.commercial_partner_id, m.company_id, 15, m.name FROM account_move m"
            " WHERE m.sequence_number = %s AND m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')",
            int(text),
        )
        return [named, running]

    @api.model
    def _find_amounts(self, amount):
        """What has the amount, in its own currency: an invoice's total, an open item's rest, a payment, a bank line."""
        return [
            SQL(
                "SELECT m.commercial_partner_id, m.company_id, 20, m.name FROM account_move m"
                " WHERE m.amount_total = %s AND m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')",
                amount,
            ),
            SQL(
                "SELECT l.partner_id, l.company_id, 21, l.move_name FROM account_move_line l"
                " WHERE l.amount_residual_currency IN (%s, %s) AND %s",
                amount,
                -amount,
                self.env["account.move.line"]._collection_open_condition("l"),
            ),
            SQL(
                "SELECT y.partner_id, y.company_id, 22, CONCAT_WS(' · ', y.name, y.memo) FROM account_payment y"
                " WHERE y.amount = %s AND y.partner_type = 'customer'",
                amount,
            ),
            SQL(
                "SELECT b.partner_id, b.company_id, 23, b.payment_ref FROM account_bank_statement_line b"
                " WHERE b.amount = %s AND b.amount > 0",
                amount,
            ),
        ]

    # ------------------------------------------------------------------
    # The quick search of the whole client
    # ------------------------------------------------------------------

    @api.model
    def find_accounts(self, text, limit=8):
        """What the quick search offers: accounts that the user may see, the best hits first.

        :return: dict with `accounts`, a list of {id, name, detail}, and `more`, whether there are others
        """
        self.check_access("read")
        limit = max(1, min(int(limit), 50))
        domain = self._find_domain(str(text or ""))
        if domain.is_false():
            return {"accounts": [], "more": False}
        terms = read_terms(str(text))
        found = dict(self._find_rows(terms))
        hits = self.search(Domain("id", "in", list(found)))
        place = {account_id: number for number, account_id in enumerate(found)}
        accounts = hits.sorted(lambda account: place[account.id])[: limit + 1]
        if len(accounts) <= limit:
            accounts |= self.search(domain & Domain("id", "not in", accounts.ids), limit=limit + 1 - len(accounts))
        several = len(self.env.companies) > 1
        return {
            "accounts": [
                {
                    "id": account.id,
                    "name": account.display_name,
                    "detail": " · ".join(
                        filter(
                            None,
                            [found.get(account.id) or account.name, several and account.company_id.name],
                        )
                    ),
                }
                for account in accounts[:limit]
            ],
            "more": len(accounts) > limit,
        }


def _escape(text):
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _spellings(text):
    return (text, text.upper(), text.lower())


def _begins(text):
    """A pattern for an address; a mere domain (``@acme.com``) is not one, the partial sources find it."""
    return text if text.startswith("@") else _escape(text) + "%"


def _same_phone(digits):
    """Whether one number ends with the other: with or without country code and leading zero.

    The last seven digits are compared by the index, the rest afterwards.
    """
    stored = SQL("ltrim(reverse(%s), '0')", SQL(PHONE_DIGITS.replace("phone", "p.phone")))
    return SQL(
        "%(expression)s LIKE %(start)s AND (%(stored)s LIKE '%%' || %(digits)s OR %(digits)s LIKE '%%' || %(stored)s)",
        expression=SQL(PHONE_DIGITS.replace("phone", "p.phone")),
        start=digits[-_COMPARED:][::-1] + "%",
        stored=stored,
        digits=digits,
    )
