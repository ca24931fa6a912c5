{
    "name": "Collections",
    "summary": "Worklist, dunning, promises, disputes and aging for receivables teams",
    "version": "19.0.0.1.0",
    "category": "Accounting/Collections",
    "author": "Account Collections",
    "license": "LGPL-3",
    "depends": [
        "account",
        "account_payment",
        "account_debit_note",
        "mail",
        "portal",
        "digest",
    ],
    "data": [
        "security/collection_security.xml",
    ],
    "application": True,
    "installable": True,
}
