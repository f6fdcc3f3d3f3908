"""Each finding about a library that we use: what of the workbook it touches, and the test that holds our answer."""

from __future__ import annotations

import re
import subprocess
from typing import NamedTuple

from works_with.seen import MOST_SECONDS, PROJECT, Rows, Seen, Work

FINDINGS = PROJECT / "findings"


class Held(NamedTuple):
    """What of the workbook a finding touches, and the test that holds what we do about it."""

    touches: str
    test: str


HELD = {
    "a_loss_loses_its_sign_at_the_line_end": Held(
        "Touches titles and sentences of pages and mails: a word joiner holds the two",
        "tests/present/test_numbers.py::test_no_line_of_a_page_breaks_between_a_sign_and_its_amount",
    ),
    "adbc_sqlite_writes_amounts_in_seven_digits": Held(
        "Does not touch us: a database is read by the engine, each value as it stands",
        "tests/intake/reading/test_database_sources.py::test_ids_longer_than_a_float_keep_their_digits",
    ),
    "altair_adds_returns_to_the_shares": Held(
        "Touches shares of sales with credit notes among them: they are of the net, and where "
        "more came back than was sold they are undefined",
        "tests/subjects/composition/test_composition.py::test_more_returns_than_sales_leave_shares_undefined",
    ),
    "altair_counts_the_unknown_as_nought": Held(
        "Does not touch us: charts are drawn of what the engine computed, and what is unknown stays unknown",
        "tests/subjects/composition/test_composition.py::"
        "test_year_before_the_data_begin_is_unknown_and_not_zero",
    ),
    "altair_draws_long_numbers_as_one_customer": Held(
        "Does not touch us: charts are drawn by matplotlib, and ids are texts",
        "tests/test_book.py::test_codes_that_could_be_read_as_numbers_stay_customers_of_their_own",
    ),
    "altair_stacks_means": Held(
        "Does not touch us: charts are drawn by matplotlib, and what is stacked are parts that add up",
        "tests/subjects/composition/test_composition.py::test_groups_add_up_to_the_total_and_shares_to_a_hundred",
    ),
    "arrow_means_have_the_cents_of_their_column": Held(
        "Does not touch us: means of money are floats of the engine",
        "tests/engine/test_exact_or_float.py::test_what_is_computed_of_any_money_column_is_exact_or_a_float",
    ),
    "babel_compact_does_not_carry": Held(
        "Touches short amounts on pages: ours move on to the next unit",
        "tests/present/test_numbers.py::test_a_short_amount_never_has_as_many_units_as_the_next_one_holds",
    ),
    "babel_has_other_weeks_without_a_country": Held(
        "Does not touch us: no page numbers weeks, and those of a file are read by ISO 8601",
        "tests/intake/proposing/test_times_that_are_no_days.py::test_eras_of_japan_days_of_weeks_and_short_months_are_read",
    ),
    "babel_reads_days_of_one_column_in_two_orders": Held(
        "Does not touch us: a day that can be read in two ways is refused until the map declares its form",
        "tests/intake/reading/test_files_and_formats.py::test_date_that_can_be_read_in_two_ways_is_an_error_with_both_readings",
    ),
    "bars_of_one_name_hide_each_other": Held(
        "Touches bars of customers: each has a row of its own, whatever its name",
        "tests/present/charts/test_chart.py::test_two_customers_of_one_name_have_a_bar_each_as_long_as_their_own_amount",
    ),
    "boosted_trees_split_on_last_bits": Held(
        "Touches the probability of leaving: what is learnt from is rounded first",
        "tests/report/test_any_processor.py::test_a_processor_that_computes_otherwise_makes_the_same_bytes",
    ),
    "caches_know_a_table_by_what_is_printed": Held(
        "Touches what is kept of the engine's answers: its key has the whole question, its month and the data",
        "tests/engine/cache/test_shared_cache.py::test_another_month_has_facts_of_its_own",
    ),
    "calamine_merges_long_numbers": Held(
        "Touches numbers of customers in Excel files: long ones are read from the sheet itself",
        "tests/intake/reading/test_true_kinds.py::test_numbers_longer_than_a_float_keep_their_digits",
    ),
    "cleanco_takes_the_name_for_a_form": Held(
        "Touches suggestions alone: spa is a form there too, but a name does not suffice and a person decides",
        "tests/subjects/identity/test_pairs.py::test_one_name_in_two_towns_or_in_use_at_once_is_two_businesses",
    ),
    "cn2an_writes_a_fen_less": Held(
        "Does not touch us: amounts are written in figures",
        "tests/present/test_numbers.py::test_whole_figures_keep_the_decimals_that_the_page_shows",
    ),
    "combine_first_makes_one_number_of_two": Held(
        "Does not touch us: ids are texts",
        "tests/test_book.py::test_codes_that_could_be_read_as_numbers_stay_customers_of_their_own",
    ),
    "cpca_sends_roads_to_the_provinces_of_their_names": Held(
        "Does not touch us: a region is what the records hold, and none is taken out of an address",
        "tests/subjects/composition/test_region_levels.py::"
        "test_customers_are_grouped_by_what_their_records_hold_and_anything_else_is_named",
    ),
    "csvjoin_sells_an_hour_at_the_price_of_a_length": Held(
        "Does not touch us: ids are texts",
        "tests/test_book.py::test_codes_that_could_be_read_as_numbers_stay_customers_of_their_own",
    ),
    "dbfread_blanks_what_overflowed": Held(
        "Does not touch us: a table of dBASE is not read, and is named among what is left unread",
        "tests/intake/reading/test_many_files.py::test_everything_that_is_not_read_is_named_with_its_reason",
    ),
    "delta_tables_cut_the_cents_of_later_months": Held(
        "Does not touch us: a table of another program is read as its files have it, each with its own types",
        "tests/intake/reading/test_many_files.py::"
        "test_parquet_months_of_which_the_first_has_whole_amounts_keep_their_cents",
    ),
    "dlt_puts_cents_into_a_column_of_their_own": Held(
        "Does not touch us: months of an export are read each with its own types, and a "
        "column of one name is one column",
        "tests/intake/reading/test_many_files.py::"
        "test_parquet_months_of_which_the_first_has_whole_amounts_keep_their_cents",
    ),
    "dropdown_goes_back_to_the_first_customer": Held(
        "Touches drop-downs that a search or a filter narrows: who is still offered is chosen again",
        "tests/subjects/test_choices.py::test_who_is_still_offered_under_a_filter_stays_chosen_and_who_is_not_gives_way_to_the_first",
    ),
    "duckdb_adds_the_year_to_its_sales": Held(
        "Touches tables with years at their head: the head is found before the engine reads",
        "tests/intake/layout/test_years_of_books.py::test_years_at_the_head_of_a_table_are_no_sales",
    ),
    "duckdb_age_has_years_of_360_days": Held(
        "Does not touch us: ages are counted in periods of the calendar, and silences by days minus days",
        "tests/subjects/value/test_lifetime_views.py::test_cohorts_are_followed_from_the_first_purchase_on",
    ),
    "duckdb_asof_prices_few_orders_otherwise": Held(
        "Touches the numbers of rows behind unreadable ones: what is joined to has one row a place",
        "tests/intake/cleaning/test_rows_and_quarantine.py::test_row_numbers_behind_unreadable_lines_are_those_of_the_file",
    ),
    "duckdb_compares_names_byte_by_byte": Held(
        "Does not touch us: names are compared by RapidFuzz",
        "tests/subjects/identity/test_pairs.py::test_a_business_entered_anew_is_found_however_its_name_is_written",
    ),
    "duckdb_counts_names_apart_that_it_groups": Held(
        "Does not touch us: no column has a collation, and names are compared casefolded",
        "tests/subjects/identity/test_pairs.py::test_a_business_entered_anew_is_found_however_its_name_is_written",
    ),
    "duckdb_counts_whole_weeks": Held(
        "Touches a map's own SQL alone: its weeks are whole ones on Spark too",
        "tests/workbook_spark/test_spark_sql.py::test_days_of_the_week_and_months_between_two_days_are_numbered_alike_on_both_engines",
    ),
    "duckdb_enums_sort_one_way_and_compare_another": Held(
        "Does not touch us: what is due is put into brackets by its days",
        "tests/subjects/receivables/test_credit.py::test_brackets_of_the_ageing_are_the_companys_own_and_add_up_to_the_same",
    ),
    "duckdb_first_parquet_file_sets_types": Held(
        "Touches folders and patterns of Parquet files: each is read with its own types",
        "tests/intake/reading/test_many_files.py::test_parquet_months_of_which_the_first_has_whole_amounts_keep_their_cents",
    ),
    "duckdb_has_days_of_a_span_above_months": Held(
        "Does not touch us: silences and delays are days minus days",
        "tests/engine/months/test_facts_silence.py::test_without_a_calendar_silence_is_days",
    ),
    "duckdb_joins_codes_as_numbers": Held(
        "Does not touch us: every id is read as text",
        "tests/test_book.py::test_codes_that_could_be_read_as_numbers_stay_customers_of_their_own",
    ),
    "duckdb_leaves_out_a_column_that_begins_later": Held(
        "Touches patterns of files: a column that one file lacks is blank there, where the map says so",
        "tests/intake/reading/test_many_files.py::"
        "test_a_column_that_one_file_lacks_is_empty_there_and_only_where_the_map_says_so",
    ),
    "duckdb_offset_moves_some_months": Held(
        "Touches moments with an offset: the day as written counts, or that of a declared zone",
        "tests/intake/values/test_notations.py::test_a_zone_behind_the_time_does_not_move_the_day",
    ),
    "duckdb_pivot_leaves_out_who_has_no_class": Held(
        "Touches free questions that pivot; groups of a page are grouped, and add up to the total",
        "tests/subjects/composition/test_composition.py::test_groups_add_up_to_the_total_and_shares_to_a_hundred",
    ),
    "duckdb_reads_each_file_in_a_date_order_of_its_own": Held(
        "Touches folders and patterns of CSV files: all are read in one declared form",
        "tests/intake/reading/test_many_files.py::test_weeks_whose_days_can_be_read_in_two_ways_are_read_as_the_other_weeks_show",
    ),
    "duckdb_rounds_cents_that_come_late": Held(
        "Does not touch us: CSV files are read as text, and each value as its type by itself",
        "tests/intake/reading/test_files_and_formats.py::test_cents_far_below_whole_amounts_are_kept",
    ),
    "duckdb_rounds_halves_by_type": Held(
        "Touches a map's own SQL: number(), which it reads numbers by, gives decimals whatever a file stores",
        "tests/intake/test_column_maps.py::test_a_half_that_a_map_rounds_is_the_same_however_the_file_stores_it",
    ),
    "duckdb_takes_columns_from_folders_above": Held(
        "Touches Parquet files in folders called NAME=VALUE: a file's own columns stand",
        "tests/test_book.py::test_data_and_cache_below_a_folder_called_like_a_column_keep_their_customers",
    ),
    "duckdb_takes_decimals_from_a_sample": Held(
        "Does not touch us: what is handed to the engine has its types declared, and no column holds objects",
        "tests/engine/test_exact_or_float.py::test_no_column_of_a_fact_comes_as_objects",
    ),
    "duckdb_takes_declared_columns_by_place": Held(
        "Touches patterns of files: only files of one head are read together, and all are put together by name",
        "tests/intake/reading/test_many_files.py::"
        "test_columns_in_another_order_and_one_more_of_no_use_are_one_table",
    ),
    "duckdb_takes_web_orders_for_comments": Held(
        "Touches text files: nothing is found out of comments, so such orders are rows",
        "tests/intake/reading/test_files_and_formats.py::"
        "test_orders_of_a_web_shop_whose_numbers_begin_with_a_mark_are_no_comments",
    ),
    "duckdb_views_show_whatever_has_the_name_now": Held(
        "Does not touch us: views are of files and of tables that are registered, none of a frame by its name",
        "tests/engine/cache/test_sharing.py::test_a_question_asked_again_has_the_same_answer",
    ),
    "error_cells_read_as_blank": Held(
        "Touches Excel files: a row with an error is set aside with the error's name",
        "tests/intake/reading/test_true_kinds.py::test_the_error_of_a_formula_is_no_blank",
    ),
    "fastparquet_gives_customers_the_names_of_later_months": Held(
        "Does not touch us: Parquet files are read by the engine, and frames that are kept "
        "come back as they were",
        "tests/engine/cache/test_typed.py::test_frames_come_back_with_dtypes_index_and_order",
    ),
    "formulas_adds_up_what_excel_leaves_out": Held(
        "Does not touch us: formulas are not computed but read as Excel stored them, or set aside",
        "tests/intake/reading/test_true_kinds.py::test_formulas_that_no_program_has_computed_are_no_amounts_of_nothing",
    ),
    "formulas_nobody_computed_are_nought": Held(
        "Touches Excel files: such cells are set aside with the way out",
        "tests/intake/reading/test_true_kinds.py::test_formulas_that_no_program_has_computed_are_no_amounts_of_nothing",
    ),
    "frictionless_blanks_the_largest_amounts": Held(
        "Does not touch us: types are declared, and what does not fit them is set aside and named",
        "tests/intake/values/test_notations.py::test_unreadable_amounts_are_unknown_and_not_nought",
    ),
    "gspread_takes_decimal_commas_for_thousands": Held(
        "Touches amounts with a decimal comma: the map says which mark is which, and a number "
        "against it is set aside",
        "tests/intake/reading/test_files_and_formats.py::test_decimal_comma_where_declared",
    ),
    "holidays_added_up_lose_the_weekends_worked": Held(
        "Touches own days off: they stand beside the country's calendar, which is never added to",
        "tests/core/calendar/test_days_worked.py::"
        "test_a_day_of_ones_own_leaves_the_weekends_worked_as_they_are",
    ),
    "holidays_are_none_until_one_is_asked_for": Held(
        "Touches working days: each year is asked for by its number before its days are counted",
        "tests/core/calendar/test_days_worked.py::test_months_counted_by_hand",
    ),
    "holidays_gives_years_nobody_announced": Held(
        "Touches months per working day: such a year is said to be provisional",
        "tests/core/calendar/test_days_worked.py::test_a_year_whose_make_up_days_nobody_announced_is_provisional",
    ),
    "holidays_works_on_easter_monday_in_england": Held(
        "Touches working days: the settings say it of the key region, which has the others",
        "tests/core/calendar/test_days_worked.py::test_without_a_region_the_days_off_are_those_of_all_its_parts",
    ),
    "humanize_says_the_same_of_milliards_and_billions_in_danish": Held(
        "Does not touch us: short amounts are written by CLDR's patterns, in two languages",
        "tests/present/test_numbers.py::test_money_in_charts_has_three_digits_in_the_readers_units",
    ),
    "ibis_answers_a_period_before_the_engine_is_asked": Held(
        "A free question with such a condition is refused with what to write; it found nothing without a word",
        "tests/engine/test_book_tables.py::test_a_month_that_python_and_not_the_engine_compares_is_refused_and_no_empty_answer",
    ),
    "ibis_casts_to_whole_numbers_as_the_engine_does": Held(
        "Touches free questions that cast amounts: floor() or round() says what is meant; in facts either cast adds up",
        "tests/engine/months/test_windows.py::test_amounts_of_a_window_add_up_to_the_ten_thousandth",
    ),
    "ibis_counts_who_is_unknown_on_polars": Held(
        "Does not touch us: the engine is never polars, and who is not known stands apart",
        "tests/engine/test_facts.py::test_lines_without_customer_stand_apart_and_nothing_is_lost",
    ),
    "ibis_distinct_builds_rows_of_several": Held(
        "Touches free questions that ask so; rows that intake or a fact keeps are numbered and stay whole",
        "tests/intake/cleaning/test_duplicate_rows.py::test_of_two_versions_of_a_line_one_stays_whole_with_its_empty_cells",
    ),
    "ibis_finds_an_empty_postcode_on_duckdb": Held(
        "Touches what is taken out of texts while a map is proposed: what is not found is made missing",
        "tests/intake/proposing/test_quantities_of_several_pieces.py::"
        "test_dozens_among_pieces_may_be_counted_in_pieces",
    ),
    "ibis_has_nights_in_other_months_by_the_engine": Held(
        "Touches times with a zone: their days are made by the zone that the map declares, "
        "and no column of ours has one",
        "tests/intake/values/test_notations.py::test_the_day_of_a_declared_zone_counts",
    ),
    "ibis_loses_four_thousand_million_customers_on_polars": Held(
        "Does not touch us: the engines are DuckDB and Spark, whose counts have a sign",
        "tests/subjects/identity/test_identity_book.py::"
        "test_lost_and_new_without_renumbering_are_those_of_the_company_without_it",
    ),
    "ibis_remainder_takes_the_engines_sign": Held(
        "Does not touch us: business years are counted in periods of pandas",
        "tests/core/test_company_year.py::test_each_month_lies_in_one_year_of_twelve_months_and_one_quarter_of_three",
    ),
    "ibis_replaces_one_mark_of_many_on_polars": Held(
        "Does not touch us: the engine is never polars, and amounts are read by intake",
        "tests/intake/values/test_notations.py::test_a_declared_notation_is_read_to_the_penny",
    ),
    "ibis_rounds_what_it_computes_of_decimals": Held(
        "Touches free questions of a book: they are put to the engine in another form",
        "tests/engine/test_exact_or_float.py::test_what_is_computed_of_any_money_column_is_exact_or_a_float",
    ),
    "ibis_strip_leaves_wide_blanks_on_duckdb": Held(
        "Touches codes and names: what shows nothing at their ends is taken away when they are read",
        "tests/intake/cleaning/test_rows_and_quarantine.py::test_what_shows_nothing_around_a_customer_makes_no_other_customer",
    ),
    "ibis_weeks_begin_on_another_day_on_polars": Held(
        "Touches free questions that ask so; periods of weeks are counted from the company's own first day",
        "tests/core/calendar/test_thirteen_periods.py::test_the_engine_pandas_and_intake_put_each_day_into_the_same_period",
    ),
    "jionlp_reads_25000_as_45000": Held(
        "Touches amounts in 万: a figure with one unit is read where it is declared, any other is set aside",
        "tests/intake/values/test_notations.py::test_a_slip_is_no_number_in_any_notation",
    ),
    "lifelines_counts_a_year_as_none": Held(
        "Does not touch us: the age of a cohort is counted in periods of the calendar",
        "tests/subjects/value/test_lifetime_views.py::test_cohorts_are_followed_from_the_first_purchase_on",
    ),
    "lifelines_mean_stay_goes_on_beyond_what_was_seen": Held(
        "Does not touch us: the value of a customer goes by a model of purchases, in a horizon with an interval",
        "tests/subjects/value/test_lifetime.py::"
        "test_longer_horizons_bring_more_and_each_interval_holds_its_mean",
    ),
    "markdown_counts_on_from_the_first_date": Held(
        "Touches Markdown cells of notebooks alone, our questions: findings, days and ranks are HTML",
        "tests/report/pages/test_html.py::test_text_from_the_data_is_never_markup",
    ),
    "markdown_takes_the_crosses_out_of_sizes": Held(
        "Touches messages into chats: they are plain text, and tables of pages are no Markdown",
        "tests/report/delivery/test_channels.py::test_each_chat_gets_the_text_in_its_own_form",
    ),
    "models_take_features_by_their_place": Held(
        "Touches the probability of leaving: what a score takes is taken by name",
        "tests/subjects/churn/learning/test_churn_walk_forward.py::"
        "test_a_score_takes_what_it_has_learnt_from_by_name_wherever_it_stands",
    ),
    "month_by_month_from_the_31st_drifts": Held(
        "Does not touch us: months and their ends are periods of pandas",
        "tests/core/test_company_year.py::test_each_month_lies_in_one_year_of_twelve_months_and_one_quarter_of_three",
    ),
    "month_ends_in_excel_are_of_the_next_month": Held(
        "Touches Excel files: such moments stay in their month",
        "tests/intake/reading/test_true_kinds.py::test_the_last_moment_of_a_month_is_no_first_of_the_next",
    ),
    "mt940_counts_payments_that_were_taken_back": Held(
        "Does not touch us: a bank statement is not read, and is named among what is left unread",
        "tests/intake/reading/test_many_files.py::test_everything_that_is_not_read_is_named_with_its_reason",
    ),
    "nfkc_makes_other_sizes_of_squares_and_halves": Held(
        "Touched us, mended: a head 2025¹, with the mark of a footnote, was the first quarter of 2025; "
        "amounts and articles are never folded so",
        "tests/intake/layout/test_years_of_books.py::"
        "test_the_mark_of_a_footnote_behind_a_time_makes_no_other_time_of_it",
    ),
    "not_a_leaves_out_who_has_no_class": Held(
        "Touches lists by class: who has none is named without one",
        "tests/subjects/summary/test_month_gap.py::test_customers_of_no_class_at_all_are_named_without_a_class",
    ),
    "nothing_by_nothing_grows_more_than_any": Held(
        "Touches free questions that divide so; on pages growth is known of those who bought in both years",
        "tests/subjects/grading/test_grades.py::test_growth_is_known_for_those_who_bought_through_both_years",
    ),
    "num2words_writes_a_hundredth_of_round_amounts": Held(
        "Does not touch us: amounts are written in figures, and whole ones as those with decimals",
        "tests/present/test_numbers.py::test_whole_figures_keep_the_decimals_that_the_page_shows",
    ),
    "ofxparse_moves_payments_into_another_month": Held(
        "Does not touch us: such a statement is not read; a moment with a zone keeps its day as written",
        "tests/intake/values/test_notations.py::test_a_zone_behind_the_time_does_not_move_the_day",
    ),
    "openpyxl_leaves_marks_in_texts_with_line_breaks": Held(
        "Does not touch us: sheets are read by python-calamine",
        "tests/intake/reading/test_true_kinds.py::test_a_name_on_two_lines_is_one_customer_in_a_sheet_and_in_a_text_file",
    ),
    "openpyxl_takes_chinese_dates_for_numbers": Held(
        "Does not touch us: sheets are read by python-calamine",
        "tests/intake/reading/test_true_kinds.py::test_dates_in_the_formats_of_a_chinese_excel_are_dates",
    ),
    "pandas_3_ends_open_contracts_in_9999": Held(
        "Does not touch us: a day of sales in a year that cannot be meant is set aside with its row",
        "tests/report/check/test_check_verdict.py::test_a_year_that_cannot_be_meant_is_set_aside_and_moves_no_month",
    ),
    "pandas_dayfirst_turns_iso_days": Held(
        "Does not touch us: days are read by the engine in the declared form, and ISO days always as written",
        "tests/intake/reading/test_files_and_formats.py::test_iso_dates_lose_their_time_but_never_their_day",
    ),
    "pandas_draws_month_ends_a_month_early": Held(
        "Does not touch us: lines are drawn by matplotlib, and no page has days and months on one axis",
        "tests/subjects/summary/test_summary_views.py::test_last_years_line_is_the_month_a_year_earlier",
    ),
    "pandas_ends_march_on_its_first_day": Held(
        "Touches months held against days: the engine is told no month as a text, and says the way out",
        "tests/engine/test_book_tables.py::"
        "test_a_month_held_against_days_is_told_the_column_its_type_and_the_way_out",
    ),
    "pandas_fiscal_quarters_have_two_years": Held(
        "Does not touch us: a quarter and its year are the company's, from the settings",
        "tests/core/test_company_year.py::test_years_quarters_and_periods_are_read_by_their_names",
    ),
    "pandas_half_years_begin_with_one_month": Held(
        "Does not touch us: years and quarters are counted from the settings, not from the data",
        "tests/core/test_company_year.py::test_the_year_to_date_begins_with_the_companys_year",
    ),
    "pandas_pivot_totals_leave_out_sales_of_unknown_margin": Held(
        "Does not touch us: totals are added up by the engine, each measure by itself",
        "tests/subjects/composition/test_composition.py::test_groups_add_up_to_the_total_and_shares_to_a_hundred",
    ),
    "pandas_puts_short_months_in_year_one": Held(
        "Touches months written as Jan-26: they are read as months of a year, the month's last day",
        "tests/intake/proposing/test_times_that_are_no_days.py::test_eras_of_japan_days_of_weeks_and_short_months_are_read",
    ),
    "pandas_quarters_begin_in_march": Held(
        "Does not touch us: periods of a year are those of the company's own calendar",
        "tests/engine/test_facts_adventureworks.py::"
        "test_the_year_to_date_of_a_year_from_july_is_that_of_plain_sql",
    ),
    "pandas_query_finds_no_day": Held(
        "Does not touch us: frames are never asked by query, and days are compared with days",
        "tests/subjects/service/test_facts_service.py::test_first_day_of_the_window_is_in_it",
    ),
    "pandas_reads_true_as_false_in_german_sheets": Held(
        "Does not touch us: the values of an .ods sheet are read by python-calamine",
        "tests/intake/reading/test_what_older_sheets_show.py::test_the_error_of_a_formula_is_no_blank_there_either",
    ),
    "pandas_takes_every_pair_of_one_name": Held(
        "Does not touch us: customers meet by their ids, of which two alike are an error",
        "tests/core/frames/test_lookup.py::test_two_customers_of_one_id_are_an_error_wherever_they_stand",
    ),
    "pandas_upper_differs_by_dtype": Held(
        "Does not touch us: names are compared casefolded",
        "tests/subjects/identity/test_pairs.py::test_a_business_entered_anew_is_found_however_its_name_is_written",
    ),
    "pandera_makes_no_and_unknown_a_yes": Held(
        "Does not touch us: contracts are held without coercion",
        "tests/intake/test_table_contracts.py::test_every_rule_of_a_contract_is_asked_of_what_was_written",
    ),
    "pandera_on_ibis_lets_duplicates_pass": Held(
        "Does not touch us: intake finds repeated rows itself",
        "tests/intake/cleaning/test_duplicate_rows.py::test_same_order_and_line_twice_keeps_the_earliest_date",
    ),
    "papermill_makes_one_number_three_customers": Held(
        "Touches parameters of notebooks: a number is shown where one customer can be meant, else refused",
        "tests/test_parameters_that_are_no_text.py::test_a_customer_given_as_a_number_is_shown_only_where_one_id_can_be_meant",
    ),
    "polars_decimal_comma_takes_points_too": Held(
        "Does not touch us: where the comma is declared, a point that parts no thousands sets the row aside",
        "tests/intake/values/test_notations.py::test_a_slip_is_no_number_in_any_notation",
    ),
    "polars_drops_decimals_of_price_times_quantity": Held(
        "Does not touch us: products of money are the engine's, with all decimals",
        "tests/engine/test_exact_or_float.py::test_products_stand_beside_rates_of_more_decimals",
    ),
    "polars_makes_day_keys_of_other_days": Held(
        "Does not touch us: the engine is never polars, and days are joined as days",
        "tests/core/calendar/test_fiscal_periods.py::test_every_day_counts_in_its_own_month_and_none_before_an_earlier_one",
    ),
    "polars_parts_of_a_whole_have_two_decimals": Held(
        "Does not touch us: shares are floats of the engine",
        "tests/engine/test_exact_or_float.py::test_what_is_computed_of_any_money_column_is_exact_or_a_float",
    ),
    "polars_read_excel_loses_ids_with_letters": Held(
        "Does not touch us: every cell is read, and what does not fit is set aside with its row",
        "tests/intake/reading/test_true_kinds.py::test_an_id_with_a_letter_below_many_without_keeps_it_and_an_amount_typed_as_text_is_told",
    ),
    "polars_sql_cuts_provinces_in_the_city": Held(
        "Does not touch us: the engine is never polars, and a region is what the records hold",
        "tests/subjects/composition/test_region_levels.py::"
        "test_a_region_has_the_sales_and_customers_of_all_that_lie_within_it",
    ),
    "polars_sums_of_whole_amounts_wrap": Held(
        "Does not touch us: sums of money have room for hundreds of billions",
        "tests/engine/months/test_windows.py::test_months_of_hundreds_of_billions_keep_their_ten_thousandths",
    ),
    "polars_takes_orders_by_their_first_hundred": Held(
        "Does not touch us: types are declared, and what does not fit them is set aside and named",
        "tests/intake/values/test_notations.py::test_unreadable_amounts_are_unknown_and_not_nought",
    ),
    "polars_three_months_hold_four_month_ends": Held(
        "Does not touch us: windows are counted in months, not back from a day",
        "tests/engine/months/test_windows.py::test_trailing_sums_are_the_sums_of_each_window",
    ),
    "price_parser_sells_metres_at_a_thousandfold": Held(
        "Does not touch us: the map says which mark is which, and a number against it is set aside",
        "tests/intake/values/test_notations.py::test_a_slip_is_no_number_in_any_notation",
    ),
    "pycel_moves_month_ends_into_the_month_after": Held(
        "Does not touch us: formulas are not computed but read as Excel stored them, or set aside",
        "tests/intake/reading/test_true_kinds.py::test_formulas_that_no_program_has_computed_are_no_amounts_of_nothing",
    ),
    "pycountry_sends_niger_to_nigeria": Held(
        "Does not touch us: a country is given by its code, and any other name of it is refused",
        "tests/settings/test_calendar_settings.py::test_what_no_calendar_can_be_made_of_is_named",
    ),
    "pydantic_reads_compact_days_as_seconds": Held(
        "Does not touch us: days of data are read by intake in the declared form",
        "tests/intake/reading/test_files_and_formats.py::test_declared_date_format_is_what_counts",
    ),
    "pyecharts_draws_a_line_a_month_late": Held(
        "Does not touch us: charts are drawn by matplotlib, and each month says its value",
        "tests/present/charts/test_chart.py::test_each_month_of_a_line_says_its_value_on_hovering",
    ),
    "read_fwf_cuts_later_larger_amounts": Held(
        "Touches lists for a printer: such a file is refused with the way out",
        "tests/intake/proposing/test_proposed_map.py::test_a_list_whose_columns_are_set_by_blanks_is_named_and_nothing_is_taken_from_it",
    ),
    "read_html_takes_decimal_commas_away": Held(
        "Touches web pages called .xls: they are read as text, in the declared notation",
        "tests/intake/reading/test_true_kinds.py::test_the_decimal_comma_of_a_web_page_called_xls_is_no_mark_of_thousands",
    ),
    "read_json_makes_numbers_of_quoted_ids": Held(
        "Does not touch us: JSON is not read, and ids of what is read are texts",
        "tests/test_book.py::test_codes_that_could_be_read_as_numbers_stay_customers_of_their_own",
    ),
    "read_xml_keeps_the_last_of_several_lines": Held(
        "Does not touch us: orders as XML are not read, and named among what is left unread",
        "tests/intake/reading/test_many_files.py::test_everything_that_is_not_read_is_named_with_its_reason",
    ),
    "seaborn_joins_over_missing_months": Held(
        "Touches lines over months: one without a value breaks the line",
        "tests/present/charts/test_chart.py::test_a_month_without_a_value_breaks_the_line",
    ),
    "seaborn_sums_logarithms": Held(
        "Does not touch us: amounts are added up before they are drawn, along an axis that begins at nought",
        "tests/present/charts/test_chart.py::test_a_bar_is_as_long_as_its_amount_however_much_larger_another_is",
    ),
    "sliders_take_5000_for_100": Held(
        "Touched us, mended: an explorer of a company that discounts by 40 % a year began at 30 %",
        "tests/present/test_widgets.py::"
        "test_a_slider_stands_at_the_value_that_the_report_has_however_far_it_lies",
    ),
    "sqlglot_has_a_birthday_the_day_after": Held(
        "Touches a map's own SQL alone, which is DuckDB's and has the same months on Spark",
        "tests/workbook_spark/test_spark_sql.py::"
        "test_days_of_the_week_and_months_between_two_days_are_numbered_alike_on_both_engines",
    ),
    "sqlglot_keeps_names_that_mean_other_things": Held(
        "Touched us, mended: a map's weekdays and months between days are written anew for Spark",
        "tests/workbook_spark/test_spark_sql.py::"
        "test_days_of_the_week_and_months_between_two_days_are_numbered_alike_on_both_engines",
    ),
    "sqlglot_leaves_casts_that_round_otherwise": Held(
        "Touched us, mended: what a map casts to whole numbers is rounded on Spark too",
        "tests/workbook_spark/test_spark_sql.py::test_what_a_map_casts_names_and_finds_in_texts_is_alike_on_both_engines",
    ),
    "statsforecast_moves_the_season_of_who_skips_a_month": Held(
        "Does not touch us: a month without a purchase is a month in which nothing was bought",
        "tests/subjects/card/test_card.py::test_a_month_without_sales_counts_as_zero",
    ),
    "streamlit_remembers_the_old_total_of_a_table": Held(
        "Touches what is kept between two runs: files are known by all their bytes",
        "tests/intake/test_cached_tables.py::test_another_file_of_the_same_size_and_time_is_another",
    ),
    "streamlit_shows_losses_as_gains_in_some_countries": Held(
        "Touches arrows beside figures: they are drawn from numbers, before those are written",
        "tests/present/charts/test_small_pictures.py::test_a_bullet_that_fell_short_says_so_by_an_arrow_too",
    ),
    "styler_hides_nothing_in_excel": Held(
        "Does not touch us: a sheet has the columns that its table names, and no others of the frame",
        "tests/report/pages/test_excel.py::test_a_column_that_no_table_names_is_in_no_sheet",
    ),
    "thefuzz_takes_umlauts_away": Held(
        "Does not touch us: names are compared by RapidFuzz, with all their letters",
        "tests/subjects/identity/test_pairs.py::test_a_business_entered_anew_is_found_however_its_name_is_written",
    ),
    "thousands_marks_are_taken_away_wherever_they_stand": Held(
        "Does not touch us: a mark that parts no thousands sets the row aside",
        "tests/intake/values/test_notations.py::test_a_slip_is_no_number_in_any_notation",
    ),
    "to_csv_leaves_the_point_in_decimals": Held(
        "Touches tables saved as CSV files: all amounts have the point, exact ones and floats alike",
        "tests/core/frames/test_csv_file.py::test_exact_amounts_have_the_same_mark_as_floats",
    ),
    "to_markdown_makes_numbers_of_ids": Held(
        "Does not touch us: tables of pages write texts as they are",
        "tests/present/test_table.py::test_texts_that_could_be_numbers_stay_the_texts_they_are",
    ),
    "to_parquet_with_partitions_adds_the_month_again": Held(
        "Does not touch us: what is read is written anew into one file each, and the same bytes come of it",
        "tests/intake/test_cached_tables.py::test_result_is_byte_identical_each_time",
    ),
    "to_sql_leaves_out_the_last_day": Held(
        "Touches databases that pandas wrote: a day keeps its day, and its time is dropped when it is read",
        "tests/intake/reading/test_files_and_formats.py::test_iso_dates_lose_their_time_but_never_their_day",
    ),
    "winsorize_takes_the_unknown_for_the_largest": Held(
        "Does not touch us: no amount is brought down, and one that is not known stays unknown",
        "tests/intake/values/test_notations.py::test_unreadable_amounts_are_unknown_and_not_nought",
    ),
    "words_of_other_scripts_are_none_to_duckdb": Held(
        "Touches a map's own SQL alone: names are searched and compared by Python's patterns",
        "tests/subjects/card/test_card_index.py::test_a_chinese_name_is_found_by_characters_pinyin_initials_and_id",
    ),
    "workalendar_works_on_japans_substitute_holidays": Held(
        "Does not touch us: working days are those of holidays, with the days in place of a Sunday",
        "tests/core/calendar/test_days_worked.py::test_months_counted_by_hand",
    ),
    "xlsx2csv_writes_some_prices_as_they_are_shown": Held(
        "Does not touch us: a sheet's values are read from its cells",
        "tests/intake/reading/test_files_and_formats.py::test_excel_sheet_keeps_ids_dates_and_numbers",
    ),
    "xlsxwriter_takes_notes_for_links": Held(
        "Touches names and notes in Excel files: texts are written as texts, and no text becomes a link",
        "tests/report/pages/test_excel.py::test_a_name_is_text_whatever_it_looks_like",
    ),
}


def surprises(work: Work) -> Rows:
    """What each finding is about, what was seen with which versions, what it touches and which test holds it."""
    for path in sorted(FINDINGS.glob("*.sh")):
        text, held = path.read_text(encoding="utf-8"), HELD[path.stem]
        subject = text.splitlines()[1].removeprefix("# ")
        seen = re.search(r"Seen with (.+?)\(see the output", text.replace("\n# ", " "))
        assert seen, f"{path.name} does not say what it was seen with"
        versions = seen[1].strip().rstrip(",;")
        held_by = "`{}`, {}".format(*held.test.split("::"))
        yield Seen(
            f"[{path.stem}](../findings/{path.name})", versions, f"{subject}. {held.touches} ({held_by})."
        )


def again(work: Work) -> Rows:
    """Run each finding, each in an environment of its own."""
    ended = {
        path.stem: subprocess.run(
            ["bash", str(path)], capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        ).returncode
        for path in sorted(FINDINGS.glob("*.sh"))
    }
    other = ", ".join(name for name, code in ended.items() if code)
    said = f"NO LONGER SO: {other}" if other else "all end as they say"
    yield Seen(f"all {len(ended)} run again", "", said)


LOOKS = {"findings": surprises, "findings-again": again}
