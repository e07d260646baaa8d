"""What a slip says, in French and English."""

from app.languages import Text

EARNED = Text(fr="VOS POINTS", en="YOUR POINTS")
EARNED_MONEY = Text(fr="VOTRE FIDÉLITÉ", en="YOUR LOYALTY")
NOTHING = Text(fr="Pas de points pour cet achat.", en="No points for this purchase.")
NOTHING_OF_MONEY = Text(fr="Rien de gagné avec cet achat.", en="Nothing was earned by this purchase.")
BONUS = Text(fr="Bonus", en="Bonus")
SPENT = Text(fr="Points utilisés", en="Points used")
SPENT_MONEY = Text(fr="Payé par la cagnotte", en="Paid by the cagnotte")
GIFT_CARDS = Text(fr="VOTRE CADEAU", en="YOUR GIFT")
BALANCE = Text(fr="VOTRE SOLDE", en="YOUR BALANCE")
NEXT_TIME = Text(fr="LA PROCHAINE FOIS", en="NEXT TIME")
BRING = Text(fr="Présentez votre carte …{ending}.", en="Show your card …{ending}.")
