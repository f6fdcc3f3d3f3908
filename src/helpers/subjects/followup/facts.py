"""Facts: feedback on actions."""

import ibis
import ibis.expr.types as ir

from helpers.engine.fact import Fact, by_customer


def action_feedback(results: ir.Table | None) -> ir.Table:
    """Return the feedback on each action: the latest row, with done before not done and dropped.

    Parameters
    ----------
    results
        ``action_results`` as known at the month end; None: not supplied.

    Returns
    -------
    ibis.expr.types.Table
        month (as 2026-10), customer_id, action (together unique), status, date, note; rows without status are left out.
    """
    columns = ("month", "customer_id", "action", "status", "date", "note")
    schema = dict.fromkeys(columns, "string") | {"date": "date"}
    if results is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    feedback = results.select(*columns).cast(schema)
    feedback = feedback.filter(feedback.status.notnull())
    turn = ibis.cases((feedback.status == "done", 0), (feedback.status == "not_done", 1), else_=2)
    last_first = [feedback.date.desc(nulls_first=False), turn, feedback.note.asc(nulls_first=False)]
    ranked = feedback.mutate(place=ibis.row_number().over(group_by=list(columns[:3]), order_by=last_first))
    return ranked.filter(ranked.place == 0).drop("place")


FACTS: dict[str, Fact] = {
    "action_feedback": Fact(
        lambda f: action_feedback(f.optional("action_results")),
        order=("month", "customer_id", "action"),
        scoped=by_customer,
    )
}
