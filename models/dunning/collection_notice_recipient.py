from odoo import api, models
from odoo.tools import SQL

# The rank of the A/P contact among those who may be written to.
AP_RANK = 10
# Exceptions that say by which way to send.
WAYS = ("portal_only", "letters_only", "no_letters")


class CollectionNotice(models.Model):
    """To whom a notice goes (SPEC §2): exception rule > accounts-payable contact > invoice contact > customer."""

    _inherit = "collection.notice"

    @api.model
    def _recipient_candidates(self):
        """(rank, `SQL` of a query with `account_id, contact_id`) over `scope(account_id, customer_id)`; the lowest rank is first."""
        return [
            (
                AP_RANK,
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
    def _recipient_query(self, account_ids, moves=None):
        """Whom to write to, one row per account.

        The first candidate with a usable e-mail address gets an e-mail; failing that the first with a postal address a letter.
        An account with neither has no row. Special exceptions come before: only to A/P, never to a person, only by one way.
        What is sent about a document that has an exception of its own follows that one as a whole.

        :param account_ids: `SQL` of a query of account ids
        :param moves: `SQL` of a query of `account_id, move_id`: the documents that are written about
        :return: `SQL` with `account_id, recipient_id, channel ('email', 'letter' or 'portal_upload'), email, lang`, and for what must
            be a letter `postal_id` (or NULL) and `postal_lang`: the first with a postal address, whether it can be written to by
            e-mail or not; `no_letters`: an exception rules letters out
        """
        Exceptions = self.env["collection.exception"]
        items = Exceptions._account_items(account_ids)
        if moves:
            items = SQL(
                "%(items)s UNION ALL SELECT i.account_id, d.move_id, i.company_id, i.customer_id, i.sales_partner_id"
                " FROM (%(items)s) i JOIN (%(moves)s) d ON d.account_id = i.account_id",
                items=items,
                moves=moves,
            )
        candidates = SQL(" UNION ALL ").join(
            SQL("SELECT %s AS rank, q.account_id, q.contact_id FROM (%s) q", rank, query)
            for rank, query in self._recipient_candidates()
        )
        return SQL(
            """
            WITH scope AS (
                SELECT a.id AS account_id, a.partner_id AS customer_id, a.company_id
                  FROM collection_account a WHERE a.id IN (%(accounts)s) AND a.partner_id IS NOT NULL
            ), candidate AS (%(candidates)s), rule AS (
                SELECT x.account_id, BOOL_OR(x.effect = 'ap_only') AS ap_only, BOOL_OR(x.effect = 'portal_only') AS portal_only,
                       BOOL_OR(x.effect = 'letters_only') AS letters_only, BOOL_OR(x.effect = 'no_letters') AS no_letters,
                       ARRAY_AGG(x.contact_id) FILTER (WHERE x.effect = 'never_contact') AS barred
                  FROM (%(exceptions)s) x GROUP BY x.account_id
            ), reach AS (
                SELECT c.account_id, c.rank, p.id, p.email_normalized AS email, p.lang,
                       %(by_email)s AND r.letters_only IS NOT TRUE AND r.portal_only IS NOT TRUE AS by_email,
                       (p.street IS NOT NULL AND COALESCE(p.city, p.zip) IS NOT NULL) AND r.no_letters IS NOT TRUE
                           AND r.portal_only IS NOT TRUE AS by_letter,
                       r.portal_only IS TRUE AS by_portal, r.no_letters IS TRUE AS no_letters
                  FROM candidate c
                  JOIN res_partner p ON p.id = c.contact_id AND p.active
                  LEFT JOIN rule r ON r.account_id = c.account_id
                 WHERE (r.ap_only IS NOT TRUE OR c.rank = %(ap_rank)s) AND COALESCE(p.id != ALL(r.barred), TRUE)
            ), best AS (
                SELECT DISTINCT ON (account_id) account_id, id AS recipient_id, by_email, by_portal, no_letters, email, lang
                  FROM reach WHERE by_email OR by_letter OR by_portal
                 ORDER BY account_id, by_email DESC, rank, id
            ), postal AS (
                SELECT DISTINCT ON (account_id) account_id, id, lang FROM reach WHERE by_letter ORDER BY account_id, rank, id
            )
            SELECT b.account_id, b.recipient_id,
                   CASE WHEN b.by_portal THEN 'portal_upload' WHEN b.by_email THEN 'email' ELSE 'letter' END AS channel,
                   CASE WHEN b.by_email THEN b.email END AS email,
                   COALESCE(b.lang, customer.lang, own.lang, 'en_US') AS lang,
                   postal.id AS postal_id, COALESCE(postal.lang, customer.lang, own.lang, 'en_US') AS postal_lang,
                   b.no_letters
              FROM best b
              LEFT JOIN postal ON postal.account_id = b.account_id
              JOIN scope s ON s.account_id = b.account_id
              JOIN res_partner customer ON customer.id = s.customer_id
              JOIN res_company company ON company.id = s.company_id
              JOIN res_partner own ON own.id = company.partner_id
            """,
            accounts=account_ids,
            candidates=candidates,
            exceptions=Exceptions._effective_query(
                items, SQL("account_id"), SQL("e.effect IN %s", ("ap_only", "never_contact", *WAYS))
            ),
            ap_rank=AP_RANK,
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
