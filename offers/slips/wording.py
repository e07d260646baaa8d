"""What a slip says, in French and English."""

from app.languages import Text

EARNED = Text(fr="VOS POINTS", en="YOUR POINTS")
NOTHING = Text(fr="Pas de points pour cet achat.", en="No points for this purchase.")
BONUS = Text(fr="Bonus", en="Bonus")
SPENT = Text(fr="Points utilisés", en="Points used")
BALANCE = Text(fr="VOTRE SOLDE", en="YOUR BALANCE")
NEXT_TIME = Text(fr="LA PROCHAINE FOIS", en="NEXT TIME")
BRING = Text(fr="Présentez votre carte …{ending}.", en="Show your card …{ending}.")
