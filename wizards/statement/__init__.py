from . import collection_statement_make
