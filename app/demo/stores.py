"""The shops of the demo brand. The streets are real, the shops are not; degrees are WGS 84, to ten metres or so.

Whatever the hour, one shop is open (Gare du Nord never closes), and on Sundays one is closed (Passy).
"""

from typing import NamedTuple

LEFT_BANK, RIGHT_BANK = "rive-gauche", "rive-droite"
AREAS = {LEFT_BANK: "Rive gauche", RIGHT_BANK: "Rive droite"}
ALWAYS_OPEN = "gare-du-nord"


class DemoStore(NamedTuple):
    """One shop; `hours` are in the OSM grammar."""

    reference: str
    name: str
    lat: float
    lon: float
    address: str
    hours: str
    area: str


SHOPS = (
    DemoStore("rivoli", "Rivoli", 48.8573, 2.3535, "58 rue de Rivoli, 75004 Paris", "Mo-Su 09:30-20:30", RIGHT_BANK),
    DemoStore(
        "montorgueil",
        "Montorgueil",
        48.8654,
        2.3466,
        "51 rue Montorgueil, 75002 Paris",
        "Mo-Su 08:30-21:00",
        RIGHT_BANK,
    ),
    DemoStore(ALWAYS_OPEN, "Gare du Nord", 48.8800, 2.3553, "18 rue de Dunkerque, 75010 Paris", "24/7", RIGHT_BANK),
    DemoStore(
        "batignolles",
        "Batignolles",
        48.8843,
        2.3190,
        "50 rue des Batignolles, 75017 Paris",
        "Tu-Sa 09:00-19:30; Su 09:00-13:00",
        RIGHT_BANK,
    ),
    DemoStore(
        "abbesses", "Abbesses", 48.8852, 2.3356, "36 rue des Abbesses, 75018 Paris", "Mo-Su 09:00-21:00", RIGHT_BANK
    ),
    DemoStore(
        "bastille", "Bastille", 48.8537, 2.3702, "6 rue de la Roquette, 75011 Paris", "Mo-Su 10:00-02:00", RIGHT_BANK
    ),
    DemoStore(
        "passy", "Passy", 48.8578, 2.2795, "60 rue de Passy, 75016 Paris", "Mo-Sa 10:00-19:30; PH off", RIGHT_BANK
    ),
    DemoStore(
        "saint-germain",
        "Saint-Germain",
        48.8537,
        2.3337,
        "155 boulevard Saint-Germain, 75006 Paris",
        "Mo-Sa 10:00-20:00; Su 11:00-19:00",
        LEFT_BANK,
    ),
    DemoStore(
        "mouffetard",
        "Mouffetard",
        48.8408,
        2.3497,
        "116 rue Mouffetard, 75005 Paris",
        "Tu-Sa 08:30-19:30; Su 08:30-13:30",
        LEFT_BANK,
    ),
    DemoStore("daguerre", "Daguerre", 48.8338, 2.3312, "14 rue Daguerre, 75014 Paris", "Tu-Su 09:00-20:00", LEFT_BANK),
    DemoStore(
        "commerce", "Commerce", 48.8468, 2.2944, "50 rue du Commerce, 75015 Paris", "Mo-Sa 09:30-20:00", LEFT_BANK
    ),
    DemoStore(
        "butte-aux-cailles",
        "Butte-aux-Cailles",
        48.8277,
        2.3506,
        "20 rue de la Butte-aux-Cailles, 75013 Paris",
        "Mo-Fr 10:00-19:00; Sa,Su 10:00-22:00",
        LEFT_BANK,
    ),
)
