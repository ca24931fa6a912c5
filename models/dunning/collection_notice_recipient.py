from odoo import api, models
from odoo.tools import SQL


class CollectionNotice(models.Model):
    """To whom a notice goes (SPEC §2): exception rule > accounts-payable contact > invoice contact > customer."""

    _inherit = "collection.notice"

    @api.model
    def _recipient_candidates(self):
        """(rank, `SQL` of a query with `account_id, contact_id`) over `scope(account_id, customer_id)`; the lowest rank is first.

        Rooms add theirs: an exception that names another recipient has a rank below 10.
        """
        return [
            (
                10,
                SQL(
                    "SELECT s.account_id, c.collection_ap_contact_id AS contact_id FROM scope s"
                    " JOIN res_partner c ON c.id = s.customer_id WHERE c.collection_ap_contact_id IS NOT NULL"
                ),
            ),
            (
                20,
                SQL(
                    "SELECT s.account_id, c.id AS contact_id FROM scope s"
                    " JOIN res_partner c ON c.commercial_partner_id = s.customer_id AND c.type = 'invoice' AND c.active"
                ),
            ),
            (30, SQL("SELECT s.account_id, s.customer_id AS contact_id FROM scope s")),
        ]

    @api.model
    def _recipient_query(self, account_ids):
        """Whom to write to, one row per account.

        The first candidate with a usable e-mail address gets an e-mail; failing that the first with a postal address a letter.
        An account with neither has no row.

        :param account_ids: `SQL` of a query of account ids
        :return: `SQL` with `account_id, recipient_id, channel ('email' or 'letter'), email, lang`, and for what must be a letter
            `postal_id` (or NULL) and `postal_lang`: the first with a postal address, whether it can be written to by e-mail or not
        """
        candidates = SQL(" UNION ALL ").join(
            SQL("SELECT %s AS rank, q.account_id, q.contact_id FROM (%s) q", rank, query)
            for rank, query in self._recipient_candidates()
        )
        return SQL(
            """
            WITH scope AS (
                SELECT a.id AS account_id, a.partner_id AS customer_id, a.company_id
                  FROM collection_account a WHERE a.id IN (%(accounts)s) AND a.partner_id IS NOT NULL
            ), candidate AS (%(candidates)s), reach AS (
                SELECT c.account_id, c.rank, p.id, p.email_normalized AS email, p.lang,
                       %(by_email)s AS by_email,
                       (p.street IS NOT NULL AND COALESCE(p.city, p.zip) IS NOT NULL) AS by_letter
                  FROM candidate c JOIN res_partner p ON p.id = c.contact_id AND p.active
            ), best AS (
                SELECT DISTINCT ON (account_id) account_id, id AS recipient_id, by_email, email, lang
                  FROM reach WHERE by_email OR by_letter
                 ORDER BY account_id, by_email DESC, rank, id
            ), postal AS (
                SELECT DISTINCT ON (account_id) account_id, id, lang FROM reach WHERE by_letter ORDER BY account_id, rank, id
            )
            SELECT b.account_id, b.recipient_id, CASE WHEN b.by_email THEN 'email' ELSE 'letter' END AS channel,
                   CASE WHEN b.by_email THEN b.email END AS email,
                   COALESCE(b.lang, customer.lang, own.lang, 'en_US') AS lang,
                   postal.id AS postal_id, COALESCE(postal.lang, customer.lang, own.lang, 'en_US') AS postal_lang
              FROM best b
              LEFT JOIN postal ON postal.account_id = b.account_id
              JOIN scope s ON s.account_id = b.account_id
              JOIN res_partner customer ON customer.id = s.customer_id
              JOIN res_company company ON company.id = s.company_id
              JOIN res_partner own ON own.id = company.partner_id
            """,
            accounts=account_ids,
            candidates=candidates,
            by_email=self._by_email_condition(),
        )

    @api.model
    def _by_email_condition(self):
        """Whether the contact `p` can be written to by e-mail: an address that does not bounce, and no wish to be spared."""
        return SQL(
            """(p.email_normalized IS NOT NULL AND p.collection_do_not_email IS NOT TRUE AND p.active
                AND p.collection_email_bounced_on IS NULL
                AND NOT EXISTS (SELECT 1 FROM mail_blacklist b WHERE b.email = p.email_normalized AND b.active))"""
        )

    @api.model
    def _partner_query(self, partner_ids, company):
        """How sales partners are written to, one row each; without an address the notice is for people to hand on.

        :param partner_ids: `SQL` of a query of ids of sales partners
        :return: `SQL` with `sales_partner_id, recipient_id, email (or NULL), lang`
        """
        return SQL(
            """SELECT p.id AS sales_partner_id, p.id AS recipient_id, CASE WHEN %(by_email)s THEN p.email_normalized END AS email,
                      COALESCE(p.lang, own.lang, 'en_US') AS lang
                 FROM res_partner p JOIN res_partner own ON own.id = %(own)s
                WHERE p.id IN (%(partners)s)""",
            by_email=self._by_email_condition(),
            own=company.partner_id.id,
            partners=partner_ids,
        )
