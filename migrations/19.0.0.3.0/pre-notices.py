"""Items of notices keep no log and no company of their own: each foreign key costs a run as much as the row itself."""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        ALTER TABLE IF EXISTS collection_notice_line
            DROP COLUMN IF EXISTS create_uid, DROP COLUMN IF EXISTS create_date,
            DROP COLUMN IF EXISTS write_uid, DROP COLUMN IF EXISTS write_date, DROP COLUMN IF EXISTS company_id;
        DROP INDEX IF EXISTS collection_notice__account_id_index, collection_notice__company_id_index, collection_notice__state_index;
        """
    )
