"""What the demo company sold in the last nine months and how its customers pay, without the ORM.

Every customer has its own seeded random numbers, so that a plan differs from one installation day to the next in its dates only.
"""

from datetime import timedelta
from random import Random
from typing import NamedTuple

DAYS = 272  # nine months

# Customers by the end of their XML id. Those in none of the lists are small and pay somewhat late.
SIZES = {
    "large": "kendall harborlight lone_star meridian_northeast meridian_gulf saguaro embarcadero liffey",
    "medium": "battery_law nutmeg raritan palmetto biscayne wabash north_star hill_country franklin silver_state bayview pacific"
    " puget waikiki meridian meridian_caribbean queen_west ashdown belleville chamberi spreeufer makati sierra_madre permian"
    " crescent",
}
BEHAVIOURS = {
    "prompt": "kendall harborlight nutmeg battery_law hill_country embarcadero garrison dunmore canarsie north_star franklin"
    " queen_west belleville spreeufer sumida rock_creek badger heartland prairie bluegrass casco liffey makati",
    "slow": "lone_star pacific wabash biscayne gulfshore waikiki reforma mile_high aurora woodward lakeshore chamberi navigli"
    " old_city meridian meridian_gulf saguaro",
    "very_late": "ashdown bayview meridian_caribbean sierra_madre gateway tidewater puget peachtree paulista wasatch grachten",
    "stopped": "crescent permian raritan cuyahoga silver_state monongahela gracia",
}
EURO_CUSTOMERS = "liffey belleville terreaux chamberi gracia spreeufer navigli grachten".split()

# Orders in nine months, and between which amounts they lie.
ORDERS = {"large": (10, 4_500, 59_000), "medium": (7, 900, 14_000), "small": (4, 80, 5_400)}
# Days between due date and payment.
LATENESS = {"prompt": (-5, 3), "usual": (1, 16), "slow": (12, 56), "very_late": (45, 115), "stopped": (10, 30)}
# For how many days nothing has come in from those who stopped paying; they do not order any more either.
STOPPED_FOR = {
    "crescent": 170,
    "permian": 125,
    "raritan": 105,
    "cuyahoga": 150,
    "silver_state": 100,
    "monongahela": 95,
    "gracia": 130,
}

# Goods by the end of their XML id, with list prices in US dollars; the last one fits every order.
GOODS = {"table": 2_480, "sofa": 1_890, "desk": 745, "chair": 389, "storage": 312, "swatches": 42}
EURO_PRICE = 0.92


THE_REST = 1.0  # the share of what is still open that settles it


class OrderLine(NamedTuple):
    product: str
    quantity: int
    price: float


class Sale(NamedTuple):
    customer: str
    date: object
    lines: list
    reference: str
    lateness: list  # in days, of up to three instalments
    first_share: float  # of each item; less than all: the rest follows weeks later


def names(text):
    return text.split()


def size_of(customer):
    return next((size for size, customers in SIZES.items() if customer in names(customers)), "small")


def behaviour_of(customer):
    return next((kind for kind, customers in BEHAVIOURS.items() if customer in names(customers)), "usual")


def business_day(day, step=1):
    """The day itself or, on a weekend, the next working day in the direction of `step`."""
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day


def sales_of(customer, today):
    """The customer's orders as `Sale`s, oldest first."""
    rng = Random(f"orders of {customer}")
    count, low, high = ORDERS[size_of(customer)]
    count += rng.randint(-1, 2)
    stopped = STOPPED_FOR.get(customer, 0)
    first, last = DAYS, stopped + 25 if stopped else rng.randint(1, 20)
    gap = (first - last) / (count - 1)
    number = rng.randint(1_200, 8_900)
    sales = []
    for index in range(count):
        ago = max(1, abs(round(first - index * gap + rng.uniform(-0.3, 0.3) * gap)))
        ago = min(ago, 2 * DAYS - ago)  # mirrored at both ends, so that nothing piles up there
        number += rng.randint(3, 40)
        sales.append(
            Sale(
                customer=customer,
                date=business_day(today - timedelta(days=ago), step=-1),
                lines=order_lines(
                    rng,
                    low * (high / low) ** rng.betavariate(1.8, 1.7),
                    EURO_PRICE if customer in EURO_CUSTOMERS else 1,
                ),
                reference=f"PO {number}" if rng.random() > 0.1 else "",
                lateness=[rng.triangular(*LATENESS[behaviour_of(customer)]) for _each in range(3)],
                first_share=rng.choice((0.4, 0.5, 0.6)) if rng.random() < 0.07 else THE_REST,
            )
        )
    return sorted(sales, key=lambda sale: sale.date)


def order_lines(rng, amount, rate):
    """Goods for about an amount in US dollars, with freight and installation; prices multiplied by `rate`."""
    lines, left = [], amount
    for product, price in rng.sample(list(GOODS.items())[:-1], 3):
        quantity = int(left * rng.uniform(0.4, 0.9) // price)
        if quantity:
            lines.append(OrderLine(product, quantity, price))
            left -= quantity * price
    if not lines or (left > GOODS["swatches"] * 2 and rng.random() < 0.2):
        lines.append(OrderLine("swatches", max(2, min(12, round(left / GOODS["swatches"]))), GOODS["swatches"]))
    if amount > 3_000 and rng.random() < 0.4:
        lines.append(OrderLine("installation", rng.randint(4, 24), 95))
    if amount > 250 and rng.random() < 0.65:
        lines.append(OrderLine("freight", 1, max(25, round(amount * rng.uniform(0.03, 0.06) / 5) * 5)))
    return [line._replace(price=round(line.price * rate, 2)) for line in lines]


def payments_of(sale, instalment, due, today):
    """When an item of a sale was paid, up to today.

    :return: list of (date, share of what was open until then), possibly empty
    """
    late = sale.lateness[instalment]
    day = max(due + timedelta(days=round(late)), sale.date + timedelta(days=3))
    parts = [(day, sale.first_share)]
    if sale.first_share < THE_REST:
        parts.append((day + timedelta(days=40 + round(abs(late))), THE_REST))
    until = today - timedelta(days=STOPPED_FOR.get(sale.customer, 0))
    parts = [(business_day(day), share) for day, share in parts]
    return [(day, share) for day, share in parts if day <= until]


def payment_reference(payer, day):
    """What stands on a check or wire."""
    rng = Random(f"{payer} {day}")
    return rng.choice(("Check {}", "Check {}", "ACH {}", "Wire {}")).format(rng.randint(10_200, 98_700))
