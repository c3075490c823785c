"""English wishes: a label that opens as an imperative or praises, or closes as a betterment."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from kpilint.rules.labels.spelling import lexicon, pattern

# An imperative opens a wish. The second list is of verbs that are nouns as well (build failures).
MORE = lexicon(
    "increase grow generate maximise maximize drive boost expand create double triple attract"
    " gain accelerate multiply amplify scale get build raise win book land capture acquire"
    " find bring collect make add more higher bigger greater want increasing growing"
    " generating driving boosting fill send raising expanding creating doubling attracting"
    " gaining building winning source set schedule hit reach"
)
VERB = MORE - lexicon(
    "book land capture find add set source hit reach more higher drive boost build raise win"
    " get scale gain schedule make"
) | lexicon(
    "deliver provide establish develop launch own fix hire leverage foster empower engage"
    " retain secure simplify modernise modernize understand nurture support advance uplift"
    " revamp align automate digitise digitize be become make keep ensure delight transform"
    " shorten streamline improve enhance strengthen optimise optimize minimise minimize reduce"
    " decrease promote deepen eliminate achieve implement introduce adopt embrace embed"
    " encourage inspire motivate coach cultivate nail master elevate refine redesign rebuild"
    " rethink reinvent reimagine revitalise revitalize refresh unify consolidate standardise"
    " standardize institutionalise professionalise professionalize harmonise harmonize tighten"
    " sharpen lower shrink curb avoid prevent stop start begin continue maintain sustain"
    " preserve protect defend restore recover rescue save earn penetrate dominate outperform"
    " outsell surpass beat crush smash exceed unlock unleash activate convert educate train"
    " upskill equip enable listen learn talk speak think live love wow dazzle surprise serve"
    " stay remain go try strive aim seek commit dedicate prioritise prioritize personalise"
    " personalize tailor humanise localise localize differentiate define document roll"
    " complete finish finalise finalize resolve solve address tackle handle manage organise"
    " organize plan prepare explore investigate evaluate assess identify discover let let's we"
    " always never cut raise push sell kill grow kick-start kickstart jumpstart turbocharge"
    " supercharge level ramp step bring take put give show tell help work do don't stand move"
    " speed turn reach migrate pursue reposition rebrand have fill leave crack break"
)
_VERB_OR_NOUN = lexicon(
    "boost build drive raise get win close do try cut enable beat exceed move land capture"
    " find add reach scale gain schedule dial publish write meet start stop turn switch show"
    " save earn lower convert activate handle manage master resolve tackle complete engage"
    " retain refresh transition stay sign invest use act bring take put give onboard love"
    " serve surprise go educate equip"
)
# Mostly nouns where a label opens with them; verbs before an object (call more prospects).
_NOUN_OR_VERB = lexicon(
    "call email phone message post visit contact target review test coach plan support market"
    " pitch partner demo share position rescue return lead document address answer upsell lift"
    " train host respond own knock work focus speed push hit book set source level step run hold"
    " open ramp connect launch follow upgrade clean challenge cross-sell help"
)
_GERUND = lexicon(
    "selling thinking winning working doing being going getting making keeping putting"
)
_DETERMINER = lexicon(
    "more fewer less better the our your my their a an every us them it what how these"
)
_COMPARATIVE = lexicon(
    "better more less fewer faster higher lower stronger happier smarter deeper closer"
    " greater bigger cleaner tighter quicker shorter smoother leaner simpler easier richer"
    " wider broader healthier fresher safer fairer warmer brighter wiser nicer friendlier greener"
)
_PRAISE = lexicon(
    "great excellent outstanding amazing seamless world-class best-in-class best superior"
    " exceptional unforgettable proactive trusted winning high-performing delighted"
    " customer-first data-driven smooth strong zero no sustainable profitable rapid flawless"
    " frictionless number-one #1 top-notch first-class industry-leading unbeatable unrivalled"
    " unmatched world's always one happy smart modern agile bold efficient effective"
    " consistent clear maximum minimal optimal ultimate professional top-of-mind everyone"
    " everybody nobody consultative aggressive relentless fearless ambitious obsessive"
)
_ATTRIBUTE = lexicon("target lead demo email phone partner")
_IMPROVED = lexicon("improved increased enhanced strengthened reduced optimised optimized expanded")
_SUFFIXES = ("-first", "-driven", "-centric", "-class", "-oriented", "-focused")
_OBJECT = lexicon(
    "the a an our your my their more less fewer better on to number no smarter harder faster"
    " stronger every each all new great big bigger key right us them it what where who how up"
    " out into with from together deeper closer down off back away enough at as like over"
    " ahead things"
)
_MEASURES = lexicon(
    "rate ratio count share score value time amount size progress index held won sent margin"
    " days hours revenue arr mrr percentage % volume cost costs price ctr cvr nps csat"
    " coverage velocity usd jpy eur minutes attainment booked created made clicks failures"
    " uptime"
)
_TRUE_VERB = lexicon("drive raise get win beat capture land try exceed close find do source reach")
_WANTED = lexicon(
    "revenue margin arr mrr nps csat volume sales uptime growth retention coverage bookings leads"
    " pipeline conversion conversions profit profits orders deals customers renewals signups"
    " sign-ups traffic visibility"
)
_MISTYPED = lexicon(
    "improve increase enhance strengthen generate optimize optimise maximize maximise reduce"
    " deliver expand accelerate streamline establish achieve develop promote minimize"
    " transform simplify"
)
_MISTYPED_NOUN = lexicon("improvement enhancement optimization optimisation")
_NO_VERB = lexicon("in of rate ratio count time center centre funnel per date")
_BETTERMENT = lexicon(
    "improvement improvements enhancement optimisation optimization acceleration maximisation"
    " maximization excellence centricity branding transformation modernisation modernization"
    " enablement alignment empowerment innovation obsession mindset culture teamwork synergy"
    " agility collaboration leadership happiness awareness readiness first focus focused"
    " rollout roll-out migration implementation launch redesign revamp initiative project"
    " programme program upskilling automation digitisation digitization digitalisation"
    " digitalization standardisation standardization simplification consolidation integration"
    " overhaul refresh relaunch turnaround visibility transparency discipline professionalism"
    " ownership accountability trust everything champions advocacy dominance hygiene"
    " experience evangelism strategy push drive strengthening streamlining development success"
    " spirit sharing thinking nurturing learning mentoring delight engagement quality morale"
    " effectiveness presence relationships relationship reputation loyalty love selling"
    " building"
)
_SLOGAN = _BETTERMENT - lexicon("quality experience launch push drive first")  # alone: teamwork
_TAUGHT = lexicon("train sell coach plan market")  # their gerunds name things that are done
_NO_MANNER = lexicon(
    "monthly weekly daily quarterly yearly early hourly friendly family supply likely july reply"
)
_ADVERB = lexicon("together harder smarter faster better up forever everywhere")
_OF = lexicon("of in into to on for")
_OPENING_NOUN = _BETTERMENT | lexicon(
    "year expansion penetration strengthening commitment dedication transition move shift"
    " journey introduction adoption creation building elimination"
)
POSTED = lexicon("social post posts content linkedin instagram facebook twitter tiktok youtube")
_CHANGE = lexicon("reduction increase decrease minimisation minimization growth cutting")
_PREDICATE = lexicon("is are we us should must will everyone's")
LEADING = lexicon(
    "number no no. # of total count avg avg. average mean median monthly weekly daily"
    " quarterly annual yearly cumulative unique overall the a an our your my more most many"
    " much new additional extra better-qualified higher volume amount per-rep sum all-time"
)
_PREPOSITION = lexicon(
    "of from per via in on at to by with for through after into within among across during vs"
    " versus against before between about over under than that who who've each every until"
    " since without using where when or and & @ inside outside around out a an the"
)
_UNIT = (
    r"%|\((?:h|hours|days|min|mins|minutes|jpy|usd|eur|points?|pts?|count|median|mean|avg)\b"
    r"|, ?(?:count|days|usd|jpy|eur)$"
)
_SEPARATED = r":\s+|\s+[-–—]\s+"
_FILLER = r"^(?:(?:to|please|let's|let us|we will|we must|we want to|goal:|objective:|okr:)\s+)+"
_ASIDE = r"\([^)]*\)|\[[^\]]*\]|[\"“”!?…*]+|\.(?=\s|$)|^[\s\W]+(?=[a-z])|[^\x00-\x7f]+$"
_AMOUNT = (  # by 20%, to 30, from 62; 25 logos. Not 2026, Q3, #1, 10x, 24/7, nor 110% of nothing
    r"(?:\b(?:by|to|from|under|below|above|over|within|least|than|of|until|=|<|>|≤|≥)\s*[<>≤≥]?)"
    r"\s*[$€£¥]?(?!(?:19|20)\d\d\b)\d[\d,.]*(?!\d|[/x])|[$€£¥]\s?\d"
    r"|(?<![#\w/.-])(?!(?:19|20)\d\d\b)\d[\d,.]*\s?(?:k|m|mn|bn)?\s+(?!percent|x\b|customers? first)"
    r"(?:[a-z-]+ ){0,2}[a-z-]+s\b"
)
_PERCENT_OF = r"\d%?\s.*(?:rate|retention|satisfaction|uptime|attainment|share|margin|nps|revenue)"


def is_wish(text: str, *, defined: bool) -> bool:
    """Whether a folded label tells a direction, an effort, a state, a slogan or a project."""
    if any(map(str.isdigit, text)) and _has_amount(text):
        return False
    pieces = pattern(_SEPARATED).split(bare(text))
    return any(_wishes(piece.split(), text, defined=defined) for piece in pieces)


def _wishes(words: list[str], text: str, *, defined: bool) -> bool:
    """Whether one of the pieces of a label tells a wish."""
    if not words:
        return False
    if words[0] in {"a", "an", "the", "our", "my"} and len(words) > 2:
        words = words[1:]
    first, last = words[0].strip(",:"), words[-1]
    if _is_sentence(words):
        return True
    if len(words) == 1:
        return first in _SLOGAN
    if _is_imperative(first, words[1:]) or _is_improved(words, text):
        return True
    if pattern(_UNIT).search(text):
        return False
    return _is_praise(first, last) or _is_betterment(words) or (_is_change(words) and not defined)


def _is_improved(words: list[str], text: str) -> bool:
    """Improved win rate; an enhanced support plan's renewals are counted."""
    what = len(words) > 3 and _is_measure(words[-1])
    return words[0].strip(",:") in _IMPROVED and "," not in text and not what


def _is_sentence(words: list[str]) -> bool:
    """Customers love us, quality is everyone's job: a measure has no subject and predicate."""
    return len(words) > 2 and not _PREDICATE.isdisjoint(words) and words[-1] not in _MEASURES


def _has_amount(text: str) -> bool:
    return bool(pattern(_AMOUNT).search(text) or pattern(_PERCENT_OF).search(text))


def bare(text: str) -> str:
    """The label without brackets, decoration and words that open any wish."""
    return pattern(_FILLER).sub("", pattern(_ASIDE).sub(" ", text).strip())


def _is_imperative(first: str, rest: list[str]) -> bool:
    second = rest[0]
    if second in _DETERMINER or pattern(r"\d+x$").match(first):
        return first not in _PREPOSITION | LEADING
    if second == "to" and (first in {"speed", "book"} or rest[-1] in _MEASURES):
        return False  # speed to lead, lead to appointment rate
    if first == "cut" and second not in {"in", "of", "rate"}:
        return True
    if first in {"stop", "start"} and second.endswith("ing"):
        return True
    told = not _OBJECT.isdisjoint(rest[:3])
    if first in _ATTRIBUTE and second[-1] == "s" and _PREPOSITION & set(rest[1:2]):
        return False  # target accounts with a new lead
    if first in _NOUN_OR_VERB:
        return second not in _NO_VERB and told
    if first in _VERB_OR_NOUN:
        return second not in _NO_VERB and (told or not _is_compound(first, rest))
    if first in VERB or _is_typo(first, _MISTYPED) or (first.endswith("ing") and _is_gerund(first)):
        return second not in _NO_VERB
    return False


def _is_compound(first: str, rest: list[str]) -> bool:
    """Whether the verb is a noun after all: build failures, boost package revenue, win rate."""
    last = rest[-1]
    if len(rest) == 1 and last in _WANTED:
        return False
    return _is_measure(last) and (first not in _TRUE_VERB or last in _MEASURES or last[-2:] == "ed")


@lru_cache(maxsize=1 << 12)
def _is_typo(word: str, of: frozenset[str]) -> bool:
    """Imporve, increse, improvment: one slip away from a word of many wishes."""
    return len(word) > 5 and any(
        (verb[0], verb[-1]) == (word[0], word[-1])
        and abs(len(verb) - len(word)) < 2
        and _likeness(verb, word) > 0.84
        for verb in of
    )


def _is_gerund(word: str) -> bool:
    """Improving, driving, getting: the gerund of a verb that opens wishes."""
    stem = word.removesuffix("ing")
    stems = {stem, stem + "e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem}
    return word in _GERUND or not stems.isdisjoint(VERB - _TAUGHT)


def _is_praise(first: str, last: str) -> bool:
    if first in _COMPARATIVE:
        return last not in _MEASURES or first in {"better", "more", "faster", "higher", "lower"}
    manner = first.endswith("ly") and first not in _NO_MANNER
    dressed = first in _PRAISE or first.endswith(_SUFFIXES)
    return (dressed or manner) and last not in _MEASURES and last[-2:] != "ed"


def _is_betterment(words: list[str]) -> bool:
    """Sales excellence, digital transformation of the back office."""
    pairs = pairwise(words[:3])
    opens = any(noun in _OPENING_NOUN and after in _OF for noun, after in pairs)
    phrase = head_phrase([word for word in words if word not in {"and", "&"}])
    if phrase[-1:] == ["engagement"] and not POSTED.isdisjoint(phrase):
        return opens  # reactions to posts are counted; how engaged people are is not
    closes = len(phrase) > 1 and (phrase[-1] in _BETTERMENT or _is_typo(phrase[-1], _MISTYPED_NOUN))
    return opens or closes or words[-1] in _ADVERB or words[-1].endswith("ly")


def _is_change(words: list[str]) -> bool:
    """Cost reduction; revenue growth is measured everywhere."""
    return words[-1] in _CHANGE - {"growth"} or (words[0] in _CHANGE and words[1] == "of")


def _is_measure(word: str) -> bool:
    """Whether a label's last word is one of measuring, a participle or a plural."""
    return word in _MEASURES or word.endswith("ed") or (word[-1] == "s" != word[-2:-1])


def head_phrase(words: list[str]) -> list[str]:
    """The words up to the first preposition."""
    end = next((n for n, word in enumerate(words) if word in _PREPOSITION), len(words))
    return words[:end]


def _likeness(one: str, other: str) -> float:
    from difflib import SequenceMatcher  # few labels have a word that could be a slip

    return SequenceMatcher(None, one, other).ratio()
