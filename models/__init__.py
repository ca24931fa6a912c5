# Rooms in the order of their floors: a room names only its own floor and those above it in this list.
from . import ledger
from . import approval
from . import account
from . import contact
from . import promise
from . import dispute
from . import claim
from . import exception
from . import dunning
from . import statement
from . import escalation
