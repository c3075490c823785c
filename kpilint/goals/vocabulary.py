"""Great Expectations' own names and arguments, so that a slip shows without loading it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Argument(NamedTuple):
    """What an argument holds, see ``goals.expectation``, and whether it must be given."""

    kind: str
    required: bool


# A name, then its arguments as NAME:KIND, with ! where one is required. A test holds the table to
# the installed Great Expectations. Every one takes description and notes too.
_TABLE = """
column_distinct_values_to_be_in_set column! value_set:values!
column_distinct_values_to_contain_set column! value_set:values!
column_distinct_values_to_equal_set column! value_set:values!
column_kl_divergence_to_be_less_than column! partition_object:mapping threshold:number \
    internal_weight_holdout:share tail_weight_holdout:share bucketize_data:flag min_value:bound \
    max_value:bound
column_max_to_be_between column! min_value:bound max_value:bound strict_min:flag strict_max:flag
column_mean_to_be_between column! min_value:number max_value:number strict_min:flag strict_max:flag
column_median_to_be_between column! min_value:number max_value:number strict_min:flag \
    strict_max:flag
column_min_to_be_between column! min_value:bound max_value:bound strict_min:flag strict_max:flag
column_most_common_value_to_be_in_set column! value_set:values! ties_okay:flag
column_pair_values_a_to_be_greater_than_b column_A:column! column_B:column! mostly:share \
    or_equal:flag ignore_row_if:both_values_are_missing/either_value_is_missing/neither
column_pair_values_to_be_equal column_A:column! column_B:column! mostly:share \
    ignore_row_if:both_values_are_missing/either_value_is_missing/neither
column_pair_values_to_be_in_set column_A:column! column_B:column! mostly:share \
    value_pairs_set:pairs! \
    ignore_row_if:both_values_are_missing/either_value_is_missing/neither
column_proportion_of_non_null_values_to_be_between column! min_value:share max_value:share \
    strict_min:flag strict_max:flag
column_proportion_of_unique_values_to_be_between column! min_value:share max_value:share \
    strict_min:flag strict_max:flag
column_quantile_values_to_be_between column! quantile_ranges:mapping! allow_relative_error:flag
column_stdev_to_be_between column! min_value:number max_value:number strict_min:flag strict_max:flag
column_sum_to_be_between column! min_value:number max_value:number strict_min:flag strict_max:flag
column_to_exist column! column_index:whole
column_type_to_be column! type_:text!
column_unique_value_count_to_be_between column! min_value:whole max_value:whole strict_min:flag \
    strict_max:flag
column_value_lengths_to_be_between column! mostly:share min_value:whole max_value:whole \
    strict_min:flag strict_max:flag
column_value_lengths_to_equal column! mostly:share value:whole!
column_value_z_scores_to_be_less_than column! mostly:share threshold:number! double_sided:flag!
column_values_to_be_between column! mostly:share min_value:bound max_value:bound strict_min:flag \
    strict_max:flag
column_values_to_be_dateutil_parseable column! mostly:share
column_values_to_be_decreasing column! mostly:share strictly:flag
column_values_to_be_in_set column! mostly:share value_set:values!
column_values_to_be_in_type_list column! mostly:share type_list:texts
column_values_to_be_increasing column! mostly:share strictly:flag
column_values_to_be_json_parseable column! mostly:share
column_values_to_be_null column! mostly:share
column_values_to_be_of_type column! mostly:share type_:text!
column_values_to_be_unique column! mostly:share
column_values_to_match_like_pattern column! mostly:share like_pattern:text! escape:text
column_values_to_match_like_pattern_list column! mostly:share like_pattern_list:texts! \
    match_on:any/all escape:text
column_values_to_match_regex column! mostly:share regex:pattern
column_values_to_match_regex_list column! mostly:share regex_list:patterns! match_on:any/all
column_values_to_match_strftime_format column! mostly:share strftime_format:text!
column_values_to_not_be_in_set column! mostly:share value_set:values!
column_values_to_not_be_null column! mostly:share
column_values_to_not_be_outliers column! mostly:share method:iqr/std multiplier:number
column_values_to_not_match_like_pattern column! mostly:share like_pattern:text! escape:text
column_values_to_not_match_like_pattern_list column! mostly:share like_pattern_list:texts! \
    escape:text
column_values_to_not_match_regex column! mostly:share regex:pattern!
column_values_to_not_match_regex_list column! mostly:share regex_list:patterns!
compound_columns_to_be_unique column_list:columns! mostly:share \
    ignore_row_if:all_values_are_missing/any_value_is_missing/never
multicolumn_sum_to_equal column_list:columns! mostly:share sum_total:number! \
    ignore_row_if:all_values_are_missing/any_value_is_missing/never
multicolumn_values_to_be_equal column_list:columns! mostly:share \
    ignore_row_if:all_values_are_missing/any_value_is_missing/never
select_column_values_to_be_unique_within_record column_list:columns! mostly:share \
    ignore_row_if:all_values_are_missing/any_value_is_missing/never
table_column_count_to_be_between min_value:whole max_value:whole
table_column_count_to_equal value:whole!
table_columns_to_match_ordered_list column_list:headings
table_columns_to_match_set column_set:headings exact_match:flag
table_row_count_to_be_between min_value:whole max_value:whole strict_min:flag strict_max:flag
table_row_count_to_equal value:whole!
"""
_EVERY = {"description": Argument("text", False), "notes": Argument("text", False)}

# They run SQL or another program's code, look at other tables, or fetch what they are told to.
REFUSED = frozenset(
    {
        "expect_column_values_to_match_json_schema",
        "expect_query_results_to_match_comparison",
        "expect_table_row_count_to_equal_other_table",
        "unexpected_rows_expectation",
    }
)
REFUSED_ARGUMENTS = frozenset({"row_condition", "condition_parser"})  # pandas would run them


def _argument(word: str) -> tuple[str, Argument]:
    name, _colon, kind = word.removesuffix("!").partition(":")
    return name, Argument(kind or name, word.endswith("!"))


def _read(table: str) -> dict[str, Mapping[str, Argument]]:
    lines = (line.split() for line in table.strip().splitlines())
    return {f"expect_{name}": dict(map(_argument, words)) | _EVERY for name, *words in lines}


EXPECTATIONS: Mapping[str, Mapping[str, Argument]] = _read(_TABLE)
