"""Why an offer is not for somebody, in words: as the member reads it, and as staff and merchandisers do."""

from typing import NamedTuple

from app.languages import Text
from offers.planning.audiences.judgement import AudienceReason
from offers.planning.audiences.use_limits import LimitedBy, LimitPeriod


class AudienceWords(NamedTuple):
    """A member is told what is theirs to know: never by which segment they were chosen. Staff read of a member only
    what the till needs; a merchandiser reads the rule."""

    member: Text
    staff: Text
    merchandiser: Text


OF_OTHERS = Text(fr="L'enseigne la réserve à d'autres membres.", en="The brand keeps it for other members.")
"""What everybody may know, and all that a stranger to the brand is told."""

NOT_OF_STAFF = Text(fr="L'application du membre en dit la raison.", en="The member's app says why.")
"""Instead of what a member permits, says of themselves or buys."""

YOU, THIS_MEMBER = Text(fr="vous", en="you"), Text(fr="ce membre", en="this member")

WORDS = {
    AudienceReason.OTHER_TIER: AudienceWords(
        Text(fr="Elle est réservée à d'autres niveaux du programme.", en="It is for other tiers of the programme."),
        Text(fr="Ce membre n'a pas le niveau demandé.", en="This member does not have the tier that it asks."),
        Text(fr="Le membre n'a aucun des niveaux demandés.", en="The member has none of the tiers asked."),
    ),
    AudienceReason.NO_HOUSEHOLD: AudienceWords(
        Text(
            fr="Elle est réservée aux membres qui ont formé un foyer dans l'application.",
            en="It is for members who formed a household in the app.",
        ),
        NOT_OF_STAFF,
        Text(fr="Le membre n'est dans aucun foyer.", en="The member is in no household."),
    ),
    AudienceReason.NOT_EMPLOYED: AudienceWords(
        Text(fr="Elle est réservée aux salariés de l'enseigne.", en="It is for the brand's employees."),
        Text(
            fr="Ce membre n'est pas inscrit comme salarié de l'enseigne.",
            en="This member is not entered as an employee of the brand.",
        ),
        Text(
            fr="Le membre n'est pas, ce jour-là, inscrit comme salarié de l'enseigne.",
            en="The member is not entered as an employee of the brand on that day.",
        ),
    ),
    AudienceReason.NOT_NEW: AudienceWords(
        Text(fr="Elle est réservée aux nouveaux membres.", en="It is for new members."),
        Text(fr="Ce membre n'est plus un nouveau membre.", en="This member is not a new member any more."),
        Text(
            fr="Le membre n'a pas de carte, ou elle est trop ancienne.",
            en="The member has no card, or has had it for too long.",
        ),
    ),
    AudienceReason.NOT_THE_DAYS: AudienceWords(
        Text(
            fr="Elle vaut certains jours après un événement, et ce n'est pas le moment.",
            en="It holds some days after an event, and this is not the time.",
        ),
        NOT_OF_STAFF,
        Text(
            fr="Aucun des événements demandés n'a eu lieu le nombre de jours voulu auparavant.",
            en="None of the events asked happened as many days ago.",
        ),
    ),
    AudienceReason.BIRTHDAY_UNSAID: AudienceWords(
        Text(
            fr="Elle est pour votre anniversaire : permettez ces offres et dites-en le jour dans l'application.",
            en="It is for your birthday: permit such offers, and say the day in the app.",
        ),
        NOT_OF_STAFF,
        Text(
            fr="Le membre n'a pas permis d'offres d'anniversaire, ou n'en a pas dit le jour.",
            en="The member has not permitted birthday offers, or has not said the day.",
        ),
    ),
    AudienceReason.NOT_THE_BIRTHDAY: AudienceWords(
        Text(fr="Elle vaut autour de votre anniversaire.", en="It holds around your birthday."),
        NOT_OF_STAFF,
        Text(fr="L'anniversaire du membre n'est pas proche.", en="The member's birthday is not near."),
    ),
    AudienceReason.PROFILING_REFUSED: AudienceWords(
        Text(
            fr="Elle est choisie d'après les achats, ce que vous n'avez pas permis à l'enseigne.",
            en="It is chosen from purchases, which you have not permitted the brand.",
        ),
        NOT_OF_STAFF,
        Text(
            fr="Le membre n'a pas permis que l'on choisisse d'après ses achats : ils n'ont pas été regardés.",
            en="The member has not permitted choosing from purchases: they were not looked at.",
        ),
    ),
    AudienceReason.OTHER_SEGMENT: AudienceWords(
        OF_OTHERS,
        NOT_OF_STAFF,
        Text(fr="Le membre n'est dans aucun des segments demandés.", en="The member is in none of the segments asked."),
    ),
    AudienceReason.VISITED_BEFORE: AudienceWords(
        Text(fr="Elle est réservée à une première visite.", en="It is for a first visit."),
        NOT_OF_STAFF,
        Text(fr="Le membre est déjà venu.", en="The member has been there before."),
    ),
    AudienceReason.NOT_LAPSED: AudienceWords(
        OF_OTHERS,
        NOT_OF_STAFF,
        Text(
            fr="Le membre n'a rien acheté encore, ou trop récemment.",
            en="The member has bought nothing yet, or too lately.",
        ),
    ),
    AudienceReason.OTHER_HOME_STORE: AudienceWords(
        Text(fr="Elle est réservée aux habitués d'un autre magasin.", en="It is for regulars of another store."),
        NOT_OF_STAFF,
        Text(
            fr="Le membre n'achète pas le plus souvent dans un des magasins demandés.",
            en="The member does not buy most often at one of the stores asked.",
        ),
    ),
    AudienceReason.NOT_BOUGHT: AudienceWords(
        Text(
            fr="Elle est réservée à qui a acheté certains articles ces derniers temps.",
            en="It is for those who lately bought certain articles.",
        ),
        NOT_OF_STAFF,
        Text(
            fr="Le membre n'a acheté aucun des articles demandés dans le délai.",
            en="The member has bought none of the articles asked within the days.",
        ),
    ),
    AudienceReason.BOUGHT_ALREADY: AudienceWords(
        Text(
            fr="Elle est réservée à qui n'a pas encore acheté ces articles.",
            en="It is for those who have not bought these articles yet.",
        ),
        NOT_OF_STAFF,
        Text(
            fr="Le membre a acheté un des articles exclus dans le délai.",
            en="The member has bought one of the articles ruled out within the days.",
        ),
    ),
}

LIMITED = {
    LimitedBy.MEMBER: Text(fr="par membre", en="per member"),
    LimitedBy.HOUSEHOLD: Text(fr="par foyer", en="per household"),
    LimitedBy.INSTALLATION: Text(fr="par téléphone", en="per phone"),
}
PERIODS = {
    LimitPeriod.WEEK: Text(fr="et par semaine", en="and week"),
    LimitPeriod.MONTH: Text(fr="et par mois", en="and month"),
    LimitPeriod.EVER: Text(fr="en tout", en="in all"),
}
AGAIN = Text(fr="le {at}", en="on {at}")
NEVER_AGAIN = Text(fr="aucune", en="none")
