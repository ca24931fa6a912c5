from . import models
from . import wizards
from . import reports
from . import controllers
from . import demo
from .hooks import uninstall_hook
