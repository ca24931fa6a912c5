from . import collection_contact_write
