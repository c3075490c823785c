"""What English labels count: the head is the last noun before a preposition or participle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kpilint.rules.labels.english_wish import (
    LEADING,
    MORE,
    POSTED,
    VERB,
    bare,
    head_phrase,
    is_wish,
)
from kpilint.rules.labels.kind import Kind
from kpilint.rules.labels.spelling import lexicon, pattern

_COUNTED = lexicon("count counts total totals volume number numbers quantity growth tally base")
_RATE = lexicon(
    "rate rates ratio share percentage percent score index conversion revenue sales cost cpl"
    " cpa price margin retention churn satisfaction nps arr mrr csat ctr cvr roi roas ltv cac"
    " coverage velocity accuracy quality length age variance attrition adoption"
)
_VALUE = lexicon("value amount usd jpy eur gbp generated size worth $")
_TIME = lexicon("time hours minutes mins hrs h days")
# What was done with it. To get or to book is not to do; to send or to hold is.
_DONE = lexicon("carried completed done logged held made kept entered updated filled submitted")
_RECORDED = lexicon("filled logged entered updated carried held made kept")
_SENT = lexicon(
    "sent made dialled dialed logged published hosted posted written run left attempted held"
    " conducted organised organized performed dropped attended knocked drafted visited carried"
)
_GOT = lexicon(
    "booked scheduled set generated sourced qualified accepted created opened received"
    " captured collected won-back requested arranged confirmed secured acquired added"
    " identified passed"
)
_NOT_OPEN = lexicon(
    "won lost closed closed-won signed stalled stale overdue missed abandoned support refund"
    " feature change cancellation do-not-call duplicate unassigned untouched expired invalid"
    " spam unworked unqualified billing invoice technical"
)
_WON = lexicon(
    "won closed signed lost renewed churned retained paid disqualified rejected converted"
    " bounced abandoned missed cancelled canceled postponed rescheduled declined lapsed"
    " expired"
)
# Heads in the singular.
_EXPOSURE = lexicon(
    "view pageview impression hit visitor visit follower like share retweet repost comment"
    " reaction engagements mention download install installation subscriber sign-up signup"
    " member reach traffic audience session open click play listen listener stream viewer"
    " reader readership circulation following eyeball footfall clipping placement coverage"
    " viewership pv uu fan connection user passer-by upvote star watch ugc"
)
_VOLUME = lexicon(
    "lead mql sql sal sqo pql hql opportunity opp opps deal pipeline appointment meeting demo"
    " inquiry enquiry form-fill fill registration registrant attendee trial prospect contact"
    " hand-raiser referral rfp rfi rfq proposal quote rsvp poc pilot mqa application"
    " demonstration consultation conversion intro introduction booking cv appt mtg"
)
_ACTIVITY = lexicon(
    "call dial email e-mail mail message dm post tweet article blog newsletter webinar event"
    " workshop training coaching roleplay role-play visit touch touchpoint activity task"
    " follow-up followup letter voicemail conversation sequence cadence campaign ad creative"
    " video qbr ebr check-in report update note log knock interview survey idea suggestion"
    " experiment test dialling dialing calling battlecard playbook invitation invite 1:1 one-on-one ride-along"
    " committee podcast roadshow meetup episode story study case-study outreach attempt"
    " session hour minute sms talk presentation training-session"
)
_RESULT = lexicon(
    "customer client logo contract order renewal upsell cross-sell win ticket bug invoice"
    " employee hire account subscription seat licence license revenue complaint"
)
_HIRING = lexicon(
    "job hiring recruiting recruitment candidate candidates vacancy interview hire hires role"
    " roles opening openings position positions vacancies applicants"
)
_CUSTOMERS = lexicon(
    "customer client account field onsite on-site prospect sales key partner plant joint"
    " customers clients accounts prospects partners plants planned"
)
# What stands before a head and makes it another thing.
_ASKED = lexicon(
    "demo quote trial sample callback info information brochure consultation pricing meeting"
    " inbound quotation catalogue catalog contact proposal sales appointment tender poc"
    " inspection"
)
_TOOK_PLACE = lexicon(
    "held attended completed given done started submitted delivered registered sent issued"
    " run conducted organised organized made shown presented"
)
_HANDED_IN = lexicon("idea suggestion report timesheet expense improvement")
_OCCASION = lexicon(
    "trial trials webinar webinars event events demo demos seminar conference free-trial"
)
_INTERNAL = lexicon(
    "team committee internal review board 1:1 one-on-one planning staff coaching training"
    " standup all-hands safety kickoff weekly qbr kick-off onboarding steering check-in"
    " success advisory sync stand-up forecast department"
)
_FIRST = lexicon(
    "intro introductory discovery demo first initial qualification qualifying sales-accepted"
)
_EFFICIENCY = (  # leads per euro, and what is left lying: leads older than 30 days
    r"\bper (?:closed |won |new |target |marketing |ad )*(?:deal|win|order|customer|opportunity|sale"
    r"|meeting|contract|account|sql|dollar|euro|yen|usd|eur|jpy|spend|budget)\b"
    r"|\bwithout\b|\bolder than\b|\bpast due\b|\bwith no\b"
)
_PLANNED = r"\b(?:plan|planned|scheduled|logging|compliance|adherence)\b"
_PASSING = (
    r"wait|hold|respon|resol|handl|queue|answer|pick-up"
    r"|(?:time|days|hours|minutes) (?:to|from|until|since)"
)
_TALKING = (
    r"\b(?:call|calls|phone|talk|talking|dialling|dialing|coaching|training|selling|calling)\b"
)
_BOOKED = lexicon("demo meeting appointment consultation")
_CARDS = lexicon("business badge name visitor")
_TRAINED = _INTERNAL | lexicon("enablement roleplay focus")
_DEALS = lexicon("deals customers logos contracts")
_MORE_OF = lexicon("number no. volume more")
_UPSTREAM = lexicon("pipeline opportunity opportunities")
_DOING = lexicon(
    "call email visit dial phone message post publish write host speak talk contact ring knock"
)
_WINNING = lexicon("win close sign land")
_WANTING = VERB | _WINNING
_PARTICIPLES = _SENT | _GOT | _WON
_CHOSEN = r"\b(?:target|named|abm|icp|key|tier[- ]1|strategic)[- ](?:account|compan)"


class _Noun(NamedTuple):
    """A head noun in the singular, with what stands around it."""

    head: str
    last: str  # the head as written
    before: frozenset[str]  # the words that qualify it
    done: str  # the participle after it: booked, sent
    phrase: str  # all of it, with what follows a preposition

    @property
    def words(self) -> frozenset[str]:
        """All words of the phrase."""
        return frozenset(self.phrase.split())


def kind_of(text: str) -> Kind | None:
    """What a folded label counts, or wishes to have more of; None where it does not tell."""
    label = bare(text)
    words = label.split()
    if words and (words[0] in _WANTING or is_wish(text, defined=False)):
        return _wished(words)
    rate = any(sign in text for sign in ("%", "percent", "(x)"))
    return _first_kind(pattern(r"\s*[,;|/]\s*|:\s+|\s+[-–]\s+").split(label), rate=rate)


def _first_kind(pieces: Iterable[str], *, rate: bool = False) -> Kind | None:
    """The kind of the first piece that tells one."""
    return next(filter(None, (_counted(piece.split(), rate=rate) for piece in pieces)), None)


def _wished(words: list[str]) -> Kind | None:
    """More leads, call more prospects; to improve something is not to have more of it."""
    first, rest = words[0], words[1:]
    if first in _DOING:
        return Kind.ACTIVITY
    if first in _WINNING and not _DEALS.isdisjoint(rest):
        return Kind.RESULT
    if first in MORE or not _MORE_OF.isdisjoint(rest):
        rest = rest[rest.index("more") + 1 :] if "more" in rest else rest
        return _first_kind(pattern(r" (?:and|&) ").split(" ".join(rest)))
    return None


def _counted(words: list[str], *, rate: bool) -> Kind | None:
    """What a noun phrase counts; the ``rate`` of it is a result, unless of doing."""
    noun = _noun(words)
    if noun is None:
        return None
    kind = _head(noun)
    if kind in {Kind.VOLUME, Kind.EXPOSURE} and pattern(_EFFICIENCY).search(noun.phrase):
        return Kind.RESULT
    kind = _by_participle(noun, kind, rate=rate)
    if rate and kind is not None:
        return kind if kind is Kind.ACTIVITY and noun.done in _DONE else Kind.RESULT
    return kind


def _noun(words: list[str]) -> _Noun | None:
    """The head of a noun phrase: the last word before a preposition or a participle."""
    while words and (words[0] in LEADING or pattern(r"[\d.,%x+]+[km]?$").match(words[0])):
        words = words[1:]
    head = head_phrase(words)
    if len(head) > 1 and head[-1] == "up":
        head = head[:-1]
    if not head:
        return None
    done = head[-1] if len(head) > 1 and _is_participle(head[-1]) else ""
    head = head[:-1] if done else head
    while len(head) > 1 and head[-1] in _COUNTED:
        head = head[:-1]
    return _Noun(_singular(head[-1]), head[-1], frozenset(head[:-1]), done, " ".join(words))


def _is_participle(word: str) -> bool:
    return word in _PARTICIPLES or (word.endswith("ed") and word not in _ACTIVITY)


def _by_participle(noun: _Noun, kind: Kind | None, *, rate: bool) -> Kind | None:
    """What was done with a thing can tell more than the thing."""
    done = noun.done
    if done in _WON:
        return Kind.RESULT
    if kind is None and done in (_RECORDED if rate else _SENT):
        return Kind.ACTIVITY
    if kind is None and done in {"booked", "scheduled", "requested"}:
        return Kind.VOLUME
    if kind is Kind.VOLUME and done and done not in _GOT | _TOOK_PLACE:
        return Kind.ACTIVITY  # leads called, prospects researched
    return kind


def _head(noun: _Noun) -> Kind | None:
    """The kind of a head noun: of a rate, an amount, a time, or a thing."""
    if noun.last in _RATE:
        planned = pattern(_PLANNED).search(noun.phrase)
        done = planned and any(_singular(word) in _ACTIVITY for word in noun.words)
        return Kind.ACTIVITY if done else Kind.RESULT
    if noun.last in _VALUE and noun.before:
        return Kind.VOLUME if noun.before & _UPSTREAM else Kind.RESULT
    if noun.last in _TIME:
        spent = pattern(_TALKING).search(noun.phrase) and not pattern(_PASSING).search(noun.phrase)
        return Kind.ACTIVITY if spent else Kind.RESULT
    if noun.head in {"visit", "session"} and not noun.before & _FIRST:
        doing = _CUSTOMERS if noun.head == "visit" else _TRAINED
        return Kind.ACTIVITY if noun.done in _SENT or noun.words & doing else Kind.EXPOSURE
    return _exception(noun) or _thing(noun)


def _exception(noun: _Noun) -> Kind | None:
    """The kind of a head whose neighbours make it another thing."""
    head, before, done = noun.head, noun.before, noun.done
    cases: tuple[tuple[object, Kind], ...] = (
        (before & _NOT_OPEN, Kind.RESULT),
        (head == "deal" and done not in _GOT and "pipeline" not in noun.phrase, Kind.RESULT),
        (head == "booking" and not before & _BOOKED, Kind.RESULT),
        (head == "user" and "registered" not in {done, *before}, Kind.RESULT),
        (head == "engagement" and before & POSTED, Kind.EXPOSURE),
        (head == "email" and done == "opened", Kind.EXPOSURE),
        (head in {"call", "session", "visit"} and before & _FIRST, Kind.VOLUME),
        (head in {"call", "conversation"} and done in _GOT, Kind.VOLUME),
        (head == "meeting" and before & _INTERNAL, Kind.ACTIVITY),
        (head == "request" and done in {"sent", "made"}, Kind.ACTIVITY),
        (head == "request" and before and not before & _ASKED, Kind.RESULT),
        (head == "submission" and before & _HANDED_IN, Kind.ACTIVITY),
        (head in {"request", "submission"}, Kind.VOLUME),
        (head == "start" and before & _OCCASION, Kind.VOLUME),
        (head in {"card", "scan"} and before & _CARDS, Kind.VOLUME),
        (head in {"sign-up", "signup"} and noun.words & _OCCASION, Kind.VOLUME),
    )
    return next((kind for holds, kind in cases if holds), None)


def _thing(noun: _Noun) -> Kind | None:
    if noun.head in _VOLUME:
        return Kind.RESULT if noun.words & _HIRING else Kind.VOLUME
    if noun.head in _EXPOSURE:
        return Kind.RESULT if pattern(_CHOSEN).search(noun.phrase) else Kind.EXPOSURE
    if noun.head in _ACTIVITY:
        return Kind.ACTIVITY
    return Kind.RESULT if noun.head in _RESULT else None


def _singular(word: str) -> str:
    if word == "engagements":  # the state is none that can be counted
        return word
    if word.endswith(("ches", "shes", "xes")):
        return word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
