from . import collection_dispute_open
from . import collection_statement_make
