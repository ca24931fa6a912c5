from . import collection_contact_write
from . import collection_dispute_open
from . import collection_statement_make
