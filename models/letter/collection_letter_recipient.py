from odoo import api, models
from odoo.tools import SQL


class CollectionLetter(models.Model):
    """To whom a letter goes and by which way: by the rule of notices (exception rule > A/P contact > invoice contact > customer)."""

    _inherit = "collection.letter"

    @api.model
    def _recipients(self, accounts, prefer):
        """To whom letters about accounts go.

        :param prefer: `email` or `post`; where that way is closed, the other one is taken
        :return: dict of account to {way, recipient_id, recipient_email, lang}, or to words that say why nobody can be written to
        """
        self.env.flush_all()
        Notice = self.env["collection.notice"]
        query = Notice._recipient_query(SQL("SELECT unnest(%s::int[])", list(accounts.ids)))
        rows = {row["account_id"]: row for row in self.env.execute_query_dict(query)}
        found = {account: self._by_way(rows.get(account.id, {}), prefer) for account in accounts}
        if missing := accounts.filtered(lambda account: not found[account]):
            words = self.env["collection.sending"]._excepted(missing)
            no_letters = self._without_letters(missing)
            otherwise = self.env._("Neither an e-mail address that may be used nor a postal address")
            found.update({account: words.get(account) or no_letters.get(account) or otherwise for account in missing})
        return found

    @api.model
    def _by_way(self, row, prefer):
        """The way that a row of `_recipient_query` allows; None where there is none."""
        by_email = row.get("channel") == "email" and {
            "way": "email",
            "recipient_id": row["recipient_id"],
            "recipient_email": row["email"],
            "lang": self._usable_lang(row["lang"]),
        }
        by_post = row.get("postal_id") and {
            "way": "post",
            "recipient_id": row["postal_id"],
            "recipient_email": False,
            "lang": self._usable_lang(row["postal_lang"]),
        }
        if row.get("channel") == "portal_upload":
            return None
        return (by_post or by_email if prefer == "post" else by_email or by_post) or None

    @api.model
    def _without_letters(self, accounts):
        """Accounts that an exception bars from letters: dict of account to words."""
        effects = self.env["collection.exception"]._effects_of_accounts(accounts)
        return {account: found["no_letters"]._label() for account, found in effects.items() if "no_letters" in found}

    @api.model
    def _partner_recipients(self, partners, company, prefer):
        """As `_recipients`, for sales partners, who are written to themselves."""
        self.env.flush_all()
        query = self.env["collection.notice"]._partner_query(
            SQL("SELECT unnest(%s::int[])", list(partners.ids)), company
        )
        rows = {row["sales_partner_id"]: row for row in self.env.execute_query_dict(query)}
        found = {}
        for partner in partners:
            row = rows[partner.id]
            barring = partner.with_company(company)._collection_barring()
            postal = partner.street and (partner.city or partner.zip)
            row = {
                **row,
                "channel": row["email"] and "email",
                "postal_id": postal and partner.id,
                "postal_lang": row["lang"],
            }
            found[partner] = (
                barring[0]._label()
                if barring
                else self._by_way(row, prefer)
                or self.env._("Neither an e-mail address that may be used nor a postal address")
            )
        return found

    @api.model
    def _usable_lang(self, lang):
        """A language that letters can be written in: the wanted one where it is installed, else the company's, else English."""
        known = self.env["res.lang"]
        own = self.env.company.partner_id.lang
        return next((code for code in (lang, own) if code and known._get_data(code=code)), "en_US")

    def _readdress(self):
        """Address the letters as things stand now; whom nothing reaches any more is not written to, and somebody finds an address.

        :return: the letters that can go out, each with its way
        """
        standing = self.browse()
        for (company, prefer), letters in self.grouped(lambda each: (each.company_id, each.prefer)).items():
            own = self.with_company(company)
            to_partners = letters.filtered("sales_partner_id")
            found = own._recipients((letters - to_partners).account_id, prefer)
            partners = own._partner_recipients(to_partners.sales_partner_id, company, prefer)
            for letter in letters:
                to = partners[letter.sales_partner_id] if letter in to_partners else found[letter.account_id]
                if isinstance(to, str):
                    letter._set_suppressed(to)
                    letter._ask_for_address()
                else:
                    letter._unguarded().write(to)
                    standing |= letter
        return standing

    def _ask_for_address(self):
        """A task for the account's collector; one at a time."""
        kind = self.env.ref("account_collections.mail_activity_type_address")
        for letter in self.sudo().filtered("account_id"):  # tasks are the system's
            account = letter.account_id
            if kind not in account.activity_ids.activity_type_id:
                account.activity_schedule(
                    activity_type_id=kind.id,
                    date_deadline=letter.company_id._collection_today(),
                    summary=self.env._("No address to write to"),
                    note=self.env._("%(letter)s was not sent: %(why)s.", letter=letter.display_name, why=letter.error),
                    user_id=account._task_user().id,
                )

    def _address_text(self):
        """The address as it stands on the letter, one line for each part."""
        self.ensure_one()
        # Who may write to them may see the address.
        to = self.recipient_id.sudo().with_context(lang=self.lang, show_address=True)
        return "\n".join(line.strip() for line in (to.display_name or "").split("\n") if line.strip())
