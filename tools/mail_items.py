"""Puts a generated table into the text of an e-mail. No Odoo."""

from lxml import html
from markupsafe import Markup

# The place that a template keeps for the table of items, and whether readers would not see it.
_ITEMS_PLACE = "descendant::*[contains(concat(' ', normalize-space(@class), ' '), ' o_collection_items ')]"
_HIDDEN = "ancestor-or-self::*[contains(translate(@style, ' ', ''), 'display:none')]"


def put_items(text, table):
    """Put the table of items where the text keeps a place for it, else after the text.

    Whatever was done to the text (the place deleted, doubled, hidden, filled), every item is in the mail, once.

    :return: `Markup`
    """
    root = html.fragment_fromstring(str(text or ""), create_parent="div")
    items = html.fragment_fromstring(str(table), create_parent="div")
    places = root.xpath(_ITEMS_PLACE)
    visible = [place for place in places if not place.xpath(_HIDDEN)]
    if visible:
        visible[0].addprevious(items)
    else:
        root.append(items)
    for place in places:
        place.drop_tree()
    return Markup(html.tostring(root, encoding="unicode"))
