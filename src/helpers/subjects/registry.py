"""The one list of subjects: a new subject is a folder and a line in each of the two lists here.

`FACTS` is what subjects have added up on the engine, `Queries` what a book can be asked.
"""

from importlib import import_module
from pathlib import Path

import pandas as pd

from helpers.core.code_key import code_key
from helpers.core.scope import ScopeKind
from helpers.engine.fact import Fact
from helpers.engine.facts import OtherEngine
from helpers.engine.store import FactStore
from helpers.intake.tables import StandardTables
from helpers.settings.config import Settings
from helpers.subjects.card import facts as card
from helpers.subjects.card.queries import CardQueries
from helpers.subjects.churn import panel
from helpers.subjects.churn.queries import ChurnQueries
from helpers.subjects.compare.queries import CompareQueries
from helpers.subjects.composition import facts as composition
from helpers.subjects.composition.queries import CompositionQueries
from helpers.subjects.contacts import facts as contacts
from helpers.subjects.contacts.queries import ContactQueries
from helpers.subjects.delivery import facts as delivery
from helpers.subjects.delivery.queries import DeliveryQueries
from helpers.subjects.exchange import facts as exchange
from helpers.subjects.experience.queries import ExperienceQueries
from helpers.subjects.followup import facts as followup
from helpers.subjects.followup.queries import FollowUpQueries
from helpers.subjects.grading.queries import GradingQueries
from helpers.subjects.identity import facts as identity
from helpers.subjects.identity.queries import IdentityQueries
from helpers.subjects.net_margin import facts as net_margin
from helpers.subjects.own.queries import OwnQueries
from helpers.subjects.quotes import facts as quotes
from helpers.subjects.quotes.queries import QuoteQueries
from helpers.subjects.rebates import facts as rebates
from helpers.subjects.receivables import facts as receivables
from helpers.subjects.receivables import open_history
from helpers.subjects.receivables.queries import ReceivableQueries
from helpers.subjects.returns import facts as returns
from helpers.subjects.sales import customers, months, order_days, purchases
from helpers.subjects.service import facts as service
from helpers.subjects.service.queries import ServiceQueries
from helpers.subjects.signals import facts as signals
from helpers.subjects.signals.queries import SignalQueries
from helpers.subjects.summary.queries import SummaryQueries
from helpers.subjects.targets import facts as targets
from helpers.subjects.targets.queries import TargetQueries
from helpers.subjects.tiers.queries import TierQueries
from helpers.subjects.trade import facts as trade
from helpers.subjects.trade import offer_facts
from helpers.subjects.trade.queries import TradeQueries
from helpers.subjects.value.queries import ValueQueries

#: The modules of facts, the ones that others rest on first.
_OF_FACTS = (
    order_days,
    months,
    customers,
    purchases,
    exchange,
    composition,
    targets,
    service,
    signals,
    trade,
    offer_facts,
    open_history,
    receivables,
    contacts,
    panel,
    card,
    identity,
    followup,
    returns,
    quotes,
    delivery,
    rebates,
    net_margin,
)
FACTS: dict[str, Fact] = {name: fact for module in _OF_FACTS for name, fact in module.FACTS.items()}
FACT_NAMES: tuple[str, ...] = tuple(FACTS)
#: What a fact is computed by, beside the code that builds it.
_LIBRARIES = ("duckdb", "holidays", "ibis-framework")
#: What computes them where Spark is the engine.
_ON_SPARK = "workbook_spark.facts"


class Queries(
    CompareQueries,
    FollowUpQueries,
    SummaryQueries,
    CardQueries,
    IdentityQueries,
    CompositionQueries,
    TargetQueries,
    ReceivableQueries,
    ChurnQueries,
    ServiceQueries,
    ContactQueries,
    GradingQueries,
    SignalQueries,
    ExperienceQueries,
    TradeQueries,
    ValueQueries,
    TierQueries,
    OwnQueries,
    QuoteQueries,
    DeliveryQueries,
):
    """What a book can be asked: the queries of every subject."""


def open_facts(
    tables: StandardTables, month: pd.Period, settings: Settings, cache: Path, within: ScopeKind = "company"
) -> FactStore:
    """Return the facts of a data set as of a month; parameters and errors are those of `FactStore`."""
    builders = [module.__name__ for module in _OF_FACTS]
    if settings.source.engine == "spark":
        builders.append(_ON_SPARK)  # entered by name, so no import leads there
    code = code_key(FactStore.__module__, *builders, libraries=_LIBRARIES)
    return FactStore(tables, month, settings, cache, FACTS, code, _on_spark, within)


def _on_spark(facts: FactStore) -> OtherEngine:
    """Open Spark, which stands beside this package and is entered by name: PySpark is an extra."""
    import_module("workbook_spark.session").accept_pandas_3()
    engine: OtherEngine = import_module(_ON_SPARK).SparkFacts(facts)
    return engine
