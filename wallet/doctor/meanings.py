"""What the holder of a pass meets when something is wrong with it: the few ways in which passes fail people."""

from app.languages import Text

NO_PASS = Text(fr="Aucun téléphone ne peut l'ouvrir.", en="No phone can open it.")
REFUSED = Text(
    fr="L'iPhone refuse d'ajouter le pass, presque toujours sans dire pourquoi.",
    en="An iPhone refuses to add the pass, almost always without saying why.",
)
FORGED = Text(
    fr="L'iPhone refuse le pass. D'autres applications l'ouvrent pourtant : ne croyez rien de ce qu'il affiche.",
    en="An iPhone refuses the pass. Other apps open it all the same: believe nothing of what it shows.",
)
UNKNOWN_ISSUER = Text(
    fr="Seuls les téléphones à qui l'on a appris cette autorité acceptent le pass ; aucun iPhone ordinaire.",
    en="Only phones that were taught this authority take the pass; no ordinary iPhone does.",
)
TWO_READINGS = Text(
    fr="Deux applications peuvent lire deux passes différents dans le même fichier, ou le refuser.",
    en="Two apps may read two different passes in one file, or refuse it.",
)
FROZEN = Text(
    fr="Le pass ne se met plus à jour : le client y lit d'anciens points et d'anciennes offres.",
    en="The pass is not brought up to date any more: its holder reads old points and old offers.",
)
SOON = Text(
    fr="Aujourd'hui le client ne remarque rien. Passé cette date, ni nouveau pass ni mise à jour.",
    en="Today the holder notices nothing. After that day there are no new passes and no updates.",
)
PAST = Text(
    fr="Le pass est grisé et rangé parmi ceux qui ont expiré.", en="The pass is grey, among those that have expired."
)
ELSEWHERE = Text(
    fr="L'iPhone l'accepte, mais d'autres applications (Google Wallet, KDE, Catima) le refusent ou le montrent mal.",
    en="An iPhone takes it, but other apps (Google Wallet, KDE, Catima) refuse it or show it badly.",
)
UNSCANNABLE = Text(
    fr="La caisse ne peut pas lire le code, ou pas sur tous les écrans.",
    en="The till cannot read the code, or not from every screen.",
)
UNSEEN = Text(fr="Le client ne voit pas cette partie du pass.", en="The holder does not see this part of the pass.")
MISREAD = Text(
    fr="Le client lit autre chose que ce qui était prévu.", en="The holder reads something else than was meant."
)
SILENT = Text(
    fr="Le pass ne se montre pas de lui-même à l'endroit ou au moment prévu.",
    en="The pass does not come up by itself where or when it should.",
)
UNTOLD = Text(
    fr="Le client n'apprend pas ce qui a changé sur son pass.", en="The holder is not told what changed on the pass."
)
UGLY = Text(
    fr="Le pass est flou, coupé ou peu lisible sur certains écrans.",
    en="The pass is blurred, cut or hard to read on some screens.",
)
UNHEARD = Text(
    fr="Qui se fait lire l'écran (VoiceOver) n'entend pas de quel pass il s'agit.",
    en="Whoever has the screen read out (VoiceOver) does not hear which pass it is.",
)
HEAVY = Text(
    fr="L'ajout et chaque mise à jour sont lents sur un réseau mobile : le fichier entier est renvoyé à chaque fois.",
    en="Adding it and each update are slow on a mobile network: the whole file is sent again each time.",
)
EXPOSED = Text(
    fr="Quiconque tient le fichier peut en tirer plus que ce que le pass montre.",
    en="Whoever holds the file can take more from it than the pass shows.",
)
UNNOTICED = Text(fr="Le client ne remarque rien.", en="The holder notices nothing.")
