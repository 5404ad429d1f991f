"""How a benchmark prints a figure: what, measured, target, and whether it is met."""


def row(what: str, measured: float, unit: str, *, at_least: float = 0, at_most: float = 0) -> str:
    """One line of a report. Give one bound, or none for a figure that is only told.

    >>> row("index from files", 5200, "entries/s", at_least=5000)
    'index from files                                  5,200 entries/s      ≥ 5,000  met'
    """
    verdict = ""
    if at_least:
        verdict = f"≥ {_number(at_least)}  {'met' if measured >= at_least else 'MISSED'}"
    elif at_most:
        verdict = f"≤ {_number(at_most)}  {'met' if measured <= at_most else 'MISSED'}"
    return f"{what:<46} {_number(measured):>8} {unit:<12} {verdict:>12}".rstrip()


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 10 else f"{value:.1f}"
