"""What staff read about whoever stands before them, in French and English."""

from app.languages import Text

TIER = Text(fr="Niveau {tier}.", en="Tier: {tier}.")
BALANCE = Text(fr="{name} : {points}.", en="{name}: {points}.")
BALANCE_WORTH = Text(fr="{name} : {points}, soit {money}.", en="{name}: {points}, worth {money}.")
STAMPS = Text(fr="{name} : {cells}.", en="{name}: {cells}.")
EXPIRING = Text(
    fr="{name} : {points} {points:expire|expirent} le {moment}.",
    en="{name}: {points} {points:expires|expire} on {moment}.",
)
MONEY_EXPIRING = Text(
    fr="{name} : {points} sont perdus s'ils ne servent pas avant le {moment}.",
    en="{name}: {points} are lost unless they are used before {moment}.",
)
COUPON = Text(fr="{title}. {whenever}.", en="{title}. {whenever}.")
REWARD = Text(fr="À portée : {title}, pour {points} ({name}).", en="Within reach: {title}, for {points} ({name}).")
ORDERED = Text(fr="Commandé, pas encore prêt : {title}.", en="Ordered, not ready yet: {title}.")
READY = Text(fr="À remettre : {title}.", en="To hand over: {title}.")
READY_CODE = Text(fr="À remettre : {title} (commande {code}).", en="To hand over: {title} (order {code}).")
BIRTHDAY = Text(
    fr="Son anniversaire est proche : un petit geste est possible.",
    en="Their birthday is near: a small gesture is possible.",
)
