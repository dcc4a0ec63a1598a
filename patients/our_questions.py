"""The questions that every patient is asked, in words that stay the same at the start and at the review.

Sources: average pain over 7 days on 0-10 is the numerical rating scale that the consensus for trials of back
pain names (Chiarotto et al., Pain 2018). One activity, in the patient's own words, on 0-10 (0 unable, 10 as
before the trouble) is the Patient-Specific Functional Scale, cut to one (Stratford et al., Physiotherapy
Canada 1995).
The impression of change has seven steps, three on either side of "no change", with the words of the Clinical
Global Impression (Guy, ECDEU Assessment Manual, 1976) as the IMMPACT group recommends them for patients
(Dworkin et al., Pain 2005). The Italian is ours.

The usual level and place (rule 3) are columns of the prescription at the start, asked once, there or in the
first session (patients.usual); only at a review are they answers.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from programs.models import Question
from programs.vocabulary import QuestionKind

ACTIVITY_NAME, ACTIVITY, NEXT = "activity_name", "activity", "next"
USUAL_PAIN, USUAL_SITE = "usual_pain", "usual_site"
CHANGE, AVERAGE_PAIN = "change", "average_pain"

NO_PAIN = {"low_en": "no pain", "low_it": "nessun dolore"}
WORST_PAIN = {"high_en": "worst pain", "high_it": "il dolore peggiore"}
# In the order of patients.vocabulary.Site: the place of each is its number.
SITES_EN = "Back\nButtock\nLeg, above the knee\nLeg, below the knee"
SITES_IT = "Schiena\nGluteo\nGamba, sopra il ginocchio\nGamba, sotto il ginocchio"
CHANGE_EN = (
    "Very much improved\nMuch improved\nMinimally improved\nNo change\n"
    "Minimally worse\nMuch worse\nVery much worse"
)
CHANGE_IT = (
    "Moltissimo migliorato\nMolto migliorato\nUn poco migliorato\nNessun cambiamento\n"
    "Un poco peggiorato\nMolto peggiorato\nMoltissimo peggiorato"
)
NEXT_EN = (
    "Go on as now\nGo on, with something changed\nStop the exercises\nSpeak with my physiotherapist first"
)
NEXT_IT = (
    "Continuare così\nContinuare, cambiando qualcosa\nSmettere con gli esercizi\n"
    "Prima parlarne con il mio fisioterapista"
)


def ours() -> list[Question]:
    """All of them, in the order in which they are asked; not from the database."""
    return [
        Question(
            code=CHANGE,
            kind=QuestionKind.CHOICE,
            text_en="Since you began the exercises, your overall state is …",
            text_it="Da quando hai iniziato gli esercizi, il tuo stato generale è …",
            short_en="Overall change",
            short_it="Cambiamento generale",
            choices_en=CHANGE_EN,
            choices_it=CHANGE_IT,
            at_review=True,
        ),
        Question(
            code=AVERAGE_PAIN,
            kind=QuestionKind.SCALE,
            text_en="How strong was your pain on average in the last 7 days?",
            text_it="In media, quanto è stato forte il dolore negli ultimi 7 giorni?",
            short_en="Average pain, last 7 days",
            short_it="Dolore medio, ultimi 7 giorni",
            at_start=True,
            at_review=True,
            **NO_PAIN,
            **WORST_PAIN,
        ),
        Question(
            code=USUAL_PAIN,
            kind=QuestionKind.SCALE,
            text_en="How strong is your pain on most days?",
            text_it="Quanto è forte il dolore nella maggior parte dei giorni?",
            short_en="Usual pain",
            short_it="Dolore abituale",
            at_review=True,
            **NO_PAIN,
            **WORST_PAIN,
        ),
        Question(
            code=USUAL_SITE,
            kind=QuestionKind.CHOICE,
            text_en="How far down does it usually go?",
            text_it="Fin dove scende di solito?",
            short_en="Lowest usual place",
            short_it="Punto più basso, di solito",
            choices_en=SITES_EN,
            choices_it=SITES_IT,
            at_review=True,
        ),
        Question(
            code=ACTIVITY_NAME,
            kind=QuestionKind.WORDS,
            text_en="One activity that matters to you and that your back makes hard",
            text_it="Un'attività importante per te che la schiena ti rende difficile",
            at_start=True,
        ),
        Question(
            code=ACTIVITY,
            kind=QuestionKind.SCALE,
            text_en="How well does it go now?",
            text_it="Come ti riesce adesso?",
            short_en="The activity that matters",
            short_it="L'attività importante",
            low_en="not at all",
            low_it="per niente",
            high_en="as well as before the trouble",
            high_it="bene come prima del problema",
            at_start=True,
            at_review=True,
        ),
        Question(
            code=NEXT,
            kind=QuestionKind.CHOICE,
            text_en="What would you like next?",
            text_it="Come vorresti proseguire?",
            short_en="Would like next",
            short_it="Vorrebbe proseguire così",
            choices_en=NEXT_EN,
            choices_it=NEXT_IT,
            at_review=True,
        ),
    ]


@cache
def ours_to_read() -> Mapping[str, Question]:
    """The same by code, made once: for words and choices, nothing that is kept or changed."""
    return MappingProxyType({question.code: question for question in ours()})


KEPT_ALIKE = tuple(
    field.attname for field in Question._meta.concrete_fields if field.name not in {"id", "clinic", "code"}
)


def ours_kept() -> list[Question]:
    """As `ours`, from the database: made where they are missing, in today's words where those were changed.

    Answers keep the words that they were given to.
    """
    wanted = {question.code: question for question in ours()}
    rows = {row.code: row for row in Question.objects.filter(clinic=None)}
    missing = [question for code, question in wanted.items() if code not in rows]
    if missing:
        Question.objects.bulk_create(missing, ignore_conflicts=True)
        rows = {row.code: row for row in Question.objects.filter(clinic=None)}
    for code, question in wanted.items():
        words = {name: getattr(question, name) for name in KEPT_ALIKE}
        if words != {name: getattr(rows[code], name) for name in KEPT_ALIKE}:
            Question.objects.filter(pk=rows[code].pk).update(**words)
            rows[code].refresh_from_db()
    return [rows[code] for code in wanted]
