"""What each rule would ask a client: the finding as an open question for a workshop."""

from __future__ import annotations

from collections.abc import Mapping

from kpilint.i18n import _


def questions() -> Mapping[str, str]:
    """A question by rule, in the language that speaks.

    Rules on the file itself (E, X) ask nobody anything.
    """
    return {
        **_specific(),
        **_measurable(),
        **_achievable(),
        **_relevant(),
        **_time_bound(),
        **_portfolio(),
        **_data(),
    }


def _specific() -> Mapping[str, str]:
    return {
        "S001": _("By which number would we see that this is reached?"),
        "S002": _("Who answers for this goal?"),
        "S003": _("What exactly is counted, and what is not?"),
        "S004": _("In which unit is it counted?"),
        "S005": _("Which of the two definitions do we keep?"),
        "S006": _(
            "Do both departments, the one before and the one after, agree to this definition?"
        ),
    }


def _measurable() -> Mapping[str, str]:
    return {
        "M001": _("What is measured, and in which data?"),
        "M002": _("Could this be computed from data instead of being typed in?"),
        "M003": _("Who can see to it that this data can be read?"),
        "M004": _("Under which heading does the export hold this?"),
        "M005": _("Is this still being recorded?"),
        "M006": _("Why has this data not been renewed, and who renews it?"),
        "M007": _("Do we look at a longer period, or can we have finer data?"),
        "M008": _("How many days does a record need before its outcome is known?"),
        "M009": _("How much do we want to reach by the end of the period?"),
    }


def _achievable() -> Mapping[str, str]:
    return {
        "A001": _("What will we do differently, so that a number beyond the past is reached?"),
        "A002": _("The usual level meets this already: do we want more, or to hold it?"),
        "A003": _("With so little to look back on, what is this number based on?"),
        "A004": _("Growth like this has not been seen yet: what makes it possible?"),
        "A005": _("Is there time enough left for this to turn into results within the period?"),
        "A006": _("Where would so many come from?"),
        "A007": _("Was this target agreed with the person who carries it?"),
        "A008": _("How do we make up for what is missing in the pipeline?"),
    }


def _relevant() -> Mapping[str, str]:
    return {
        "R001": _("Which result, as a number, is all of this for?"),
        "R002": _("Which goal is this KPI for?"),
        "R003": _("Which number is wrong, or which part is missing?"),
        "R004": _("Besides these parts, what else moves the result?"),
        "R005": _("What would tell us early that the result is in danger?"),
        "R006": _("The data refuted this hypothesis: do we keep the KPI?"),
        "R007": _("In which KGI do the departments' goals come together?"),
        "R008": _("Is this the KGI that suits where the company stands today?"),
        "R009": _("Which holds: the target that is written, or the share of the gap?"),
        "R010": _("Is one of the two bought at the cost of the other?"),
    }


def _time_bound() -> Mapping[str, str]:
    return {
        "T001": _("By when?"),
        "T002": _("How did it end, and what comes next?"),
        "T003": _("Which holds: the whole, or the sum of the parts?"),
        "T004": _("When do we look in between, and how far should we be by then?"),
        "T005": _("Which months are meant?"),
        "T006": _("Whose period is right: this goal's, or that of the goal above it?"),
    }


def _portfolio() -> Mapping[str, str]:
    return {
        "P001": _("If we could keep only a few of these, which ones?"),
        "P002": _("When this number grows, what does the business gain?"),
        "P003": _("How would we notice that quantity grows at the cost of quality?"),
        "P004": _("If this number moved, what would we do differently?"),
        "P005": _("What should come of this activity?"),
        "P006": _("Why are there two goals on one number?"),
        "P007": _("Which number lets us act before the period is over?"),
        "P008": _("Who looks at this, and how often?"),
        "P009": _("What does this department aim at?"),
        "P010": _("Why was the target changed in the middle of its period?"),
        "P011": _("Was this goal given up, and why?"),
        "P012": _("The two move as one: which do we keep?"),
    }


def _data() -> Mapping[str, str]:
    return {
        "D001": _("Is the data wrong, or our expectation of it?"),
        "D002": _("What must hold in this data, so that the KGI can be trusted?"),
        "D003": _("How did the later stage come to be recorded first?"),
        "D004": _("Are these dates plans, or typing errors?"),
        "D005": _("How are values close to the target entered and approved?"),
        "D006": _("At which point of daily work is this entered?"),
        "D007": _("Who is meant by this name?"),
        "D008": _("In which currency do we count?"),
        "D009": _("What should stand in these cells?"),
    }
