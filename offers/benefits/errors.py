"""What is wrong with the values of a benefit."""

from app.complaints import declare_complaint
from app.languages import Text

NOT_TOGETHER = declare_complaint(
    "not_together",
    Text(
        fr="Cette valeur ne va pas avec les autres : de chaque lot il reste un article à payer, et chaque palier donne"
        " plus que le précédent.",
        en="This value does not go with the others: of each set one unit is paid, and each step gives more than the one"
        " before.",
    ),
)
