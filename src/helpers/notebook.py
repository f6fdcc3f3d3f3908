"""What a notebook needs, in one line: ``from helpers.notebook import *``.

That is `open_book`, the views of all subjects under the names that the workbook's own notebooks use, the explorers,
what pages of one's own are built of, and pandas, Ibis and its ``_``. Tables of a book show their first rows when a cell
ends with one. How a page, a chart or a signal of one's own is made is told in ``docs/extend.md``.
"""

import ibis
import pandas as pd
from ibis import _
from IPython.display import display

from helpers.book import Book, open_book
from helpers.present.findings import findings
from helpers.present.reconciliation import reconciliation
from helpers.present.table import Column, behind, table
from helpers.subjects import explorers
from helpers.subjects.card import index_views
from helpers.subjects.card import views as card_views
from helpers.subjects.card.export import index_list
from helpers.subjects.card.views import customer_cards
from helpers.subjects.churn import choice_views, state_views
from helpers.subjects.churn import views as churn_views
from helpers.subjects.compare import views as compare_views
from helpers.subjects.composition import bridge_views, price_volume_mix_views
from helpers.subjects.composition import views as composition_views
from helpers.subjects.contacts import attention_views, prospect_views, record_views, visit_views
from helpers.subjects.delivery import views as delivery_views
from helpers.subjects.experience import views as experience_views
from helpers.subjects.followup import views as followup_views
from helpers.subjects.grading import behaviour_views, grade_views
from helpers.subjects.identity import views as identity_views
from helpers.subjects.net_margin import views as net_margin_views
from helpers.subjects.own import views as own_signal_views
from helpers.subjects.own.page_output import export, names_of, propose, tell
from helpers.subjects.quotes import views as quote_views
from helpers.subjects.rebates import views as rebate_views
from helpers.subjects.receivables import credit_views
from helpers.subjects.receivables import views as receivable_views
from helpers.subjects.returns import views as return_views
from helpers.subjects.service import complaint_views, satisfaction_views
from helpers.subjects.signals import views as signal_views
from helpers.subjects.summary import action_views, gap_views, quality_views
from helpers.subjects.summary import views as summary_views
from helpers.subjects.summary.gather import gather, outlook
from helpers.subjects.targets import handover_views
from helpers.subjects.targets import views as target_views
from helpers.subjects.tiers import concentration_views, margin_views, movement_views
from helpers.subjects.tiers import views as tier_views
from helpers.subjects.trade import product_views, wallet_views
from helpers.subjects.trade import views as trade_views
from helpers.subjects.value import check_views, contribution_views
from helpers.subjects.value import views as value_views
from helpers.subjects.working_time import views as working_time_views

__all__ = [
    "Book", "Column", "_", "action_views", "attention_views", "behaviour_views", "behind", "bridge_views",
    "card_views", "check_views", "choice_views", "churn_views", "compare_views", "complaint_views",
    "composition_views", "concentration_views", "contribution_views", "credit_views", "customer_cards",
    "delivery_views", "display", "experience_views", "explorers", "export", "findings", "followup_views", "gap_views",
    "gather", "grade_views", "handover_views", "ibis", "identity_views", "index_list", "index_views",
    "margin_views", "movement_views", "names_of", "net_margin_views", "open_book", "outlook",
    "own_signal_views", "pd", "price_volume_mix_views", "product_views", "propose", "prospect_views",
    "quality_views", "quote_views", "rebate_views", "receivable_views", "reconciliation", "record_views",
    "return_views", "satisfaction_views", "signal_views", "state_views", "summary_views", "table",
    "target_views", "tell", "tier_views", "trade_views", "value_views", "visit_views", "wallet_views",
    "working_time_views",
]  # fmt: skip

ibis.options.interactive = True
