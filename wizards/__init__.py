from . import account
from . import promise
from . import approval
from . import dunning
from . import contact
from . import dispute
from . import exception
from . import reports
