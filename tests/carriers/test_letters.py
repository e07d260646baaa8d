"""Letters: in the name and words of a brand, readable as text and as HTML, and unable to do anything but to be read."""

import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import config
from app.accounts.brands import sender_of
from app.accounts.models import Brand
from app.carriers import channels
from app.carriers.channels import Mail
from app.carriers.errors import LetterWordsWrong
from app.carriers.letters.composition import Letter, Writing, compose_letter, compose_sms, dress_text
from app.carriers.letters.gsm_alphabet import BASIC, DOUBLE, ONE_PART, count_gsm_letters
from app.carriers.letters.kinds import KINDS, SIGN_IN_CODE
from app.carriers.letters.markup_rules import check_markup
from app.carriers.letters.publication import publish_letters, read_letters
from app.carriers.senders import WALLET, Sender
from app.languages import LANGUAGES
from app.sql import db
from tests.factories import make_brand

NOW = datetime(2026, 5, 18, 10, tzinfo=UTC)
LILAS = Sender(
    name="Maison Lilas",
    address="bonjour@lilas.example",
    reply_to="aide@lilas.example",
    legal_name="Maison Lilas SAS",
    postal_address="14 rue des Lilas, 75019 Paris",
    colour="#7b3fa0",
)
EVERY = [(kind, language) for kind in KINDS.values() for language in LANGUAGES]
FACTS = {"code": "123456", "minutes": 10}


def written(kind: str, language: str = "fr", sender: Sender = LILAS) -> Letter:
    with db.system_transaction():
        return compose_letter(KINDS[kind], Writing(sender, language, KINDS[kind].example))


def sent(letter: Letter) -> object:
    mail = Mail("ada@example.org", letter.subject, letter.text, NOW, html=letter.html, sender=letter.sender)
    return channels.write_mail(mail)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_letter_is_whole_in_both_languages(kind: object, language: str) -> None:
    letter = written(kind.code, language)
    for said in (letter.text, letter.html):
        assert "Maison Lilas SAS" in said
        assert "75019 Paris" in said
        assert not re.search(r"\{\w+\}", said.partition("</style>")[2] or said)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_nothing_in_a_letter_is_fetched(kind: object, language: str) -> None:
    fetched = re.findall(
        r"<(?:img|link|script|iframe|video|svg)\b|url\(|@import|src=", written(kind.code, language).html
    )
    assert fetched == []


class Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("kind", KINDS)
def test_every_element_is_closed(kind: str) -> None:
    reader = Balance()
    reader.feed(written(kind).html)
    assert reader.open == []


def test_a_letter_fits_a_small_screen_light_or_dark() -> None:
    html = written("sign_in_code").html
    assert "width=device-width" in html
    assert "max-width:480px" in html
    assert "prefers-color-scheme: dark" in html
    assert 'name="color-scheme" content="light dark"' in html


def test_a_mail_is_plain_text_and_html() -> None:
    mail = sent(written("sign_in_code"))
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_a_mail_is_from_the_brand() -> None:
    mail = sent(written("sign_in_code"))
    assert str(mail["From"]) == "Maison Lilas <bonjour@lilas.example>"
    assert str(mail["Reply-To"]) == "aide@lilas.example"
    assert (mail["Auto-Submitted"], mail["List-Unsubscribe"]) == ("auto-generated", None)
    assert mail["Message-ID"]
    assert mail["Date"]


def test_a_mail_of_nobodys_brand_is_from_the_wallet() -> None:
    config.use_config(replace(config.current(), mail="smtp://mail.test?from=no-reply@wallet.example"))
    assert str(sent(written("sign_in_code", sender=WALLET))["From"]) == "Ici <no-reply@wallet.example>"


@given(st.text(), st.text())
def test_no_name_or_subject_begins_another_header(name: str, subject: str) -> None:
    mail = sent(dress_text(subject, "Hiver", sender=WALLET._replace(name=name), language="fr"))
    known = {"From", "To", "Subject", "Date", "Auto-Submitted", "Message-ID", "Content-Type", "MIME-Version"}
    head = mail.as_bytes().partition(b"\r\n\r\n")[0].decode()
    assert {line.partition(":")[0] for line in head.splitlines() if not line.startswith((" ", "\t"))} <= known


@given(st.text(alphabet="<>&\"'{}[]()/:. htpsjavcrix=\n", max_size=60))
def test_whatever_a_name_holds_is_shown_and_nothing_else(name: str) -> None:
    letter = dress_text("Bonjour", name, sender=WALLET._replace(name=name), language="fr")
    plain = dress_text("Bonjour", "x", sender=WALLET._replace(name="x"), language="fr")
    elements = set(re.findall(r"<(\w+)", letter.html)) - {"a", "br", "p"}
    assert elements == set(re.findall(r"<(\w+)", plain.html)) - {"a", "br", "p"}


NAMES = st.text(min_size=1, max_size=100)
DOMAINS = st.from_regex(r"[a-z]{1,20}(-[a-z]{1,10})?\.[a-z]{2,20}", fullmatch=True)


@given(NAMES, st.one_of(st.none(), DOMAINS), st.sampled_from(LANGUAGES))
def test_a_code_is_one_text_message_whatever_the_name(name: str, domain: str | None, language: str) -> None:
    text = compose_sms(SIGN_IN_CODE, Writing(WALLET._replace(name=name, web_domain=domain), language, FACTS))
    assert count_gsm_letters(text) <= ONE_PART
    assert set(text) <= BASIC | DOUBLE
    assert "123456" in text


def test_a_code_is_bound_to_the_site_by_the_last_line() -> None:
    text = compose_sms(SIGN_IN_CODE, Writing(LILAS._replace(web_domain="lilas.example"), "fr", FACTS))
    assert text.splitlines()[-1] == "@lilas.example #123456"


def test_a_code_without_a_site_is_bound_to_none() -> None:
    assert "@" not in compose_sms(SIGN_IN_CODE, Writing(LILAS, "fr", FACTS))


FILES = {
    "sign_in_code.fr.txt": "Objet : Bienvenue chez {brand}\n\nVotre code :\n\n{code}\n",
    "sign_in_code.fr.html": '<h1 style="color: #7b3fa0">Bonjour</h1><p>Votre code : <strong>{code}</strong></p>',
    "sign_in_code.fr.sms.txt": "Code {brand} : {code}",
}


def folder_of(tmp_path: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def publish(brand: Brand, folder: Path) -> None:
    with db.system_transaction():
        publish_letters(read_letters(folder, brand_id=brand.id, now=NOW), brand_id=brand.id)


def test_a_brand_writes_in_its_own_words(brand: Brand, tmp_path: Path) -> None:
    publish(brand, folder_of(tmp_path, FILES))
    letter = written("sign_in_code", sender=sender_of(brand))
    assert letter.subject == f"Bienvenue chez {brand.name}"
    assert "Votre code :\n\n123456" in letter.text
    assert "<strong>123456</strong>" in letter.html
    assert "ne le donnez à personne" in letter.text
    with db.system_transaction():
        assert compose_sms(SIGN_IN_CODE, Writing(sender_of(brand), "fr", FACTS)).startswith("Code Épicerie Test")


def test_what_a_brand_has_no_words_for_is_said_in_ours(brand: Brand, tmp_path: Path) -> None:
    publish(brand, folder_of(tmp_path, FILES))
    assert written("sign_in_code", "en", sender_of(brand)).subject == "Your sign-in code"
    assert written("sign_in_code", sender=sender_of(make_brand())).subject == "Votre code de connexion"


def test_publishing_again_is_all_that_a_brand_says(brand: Brand, tmp_path: Path) -> None:
    publish(brand, folder_of(tmp_path, FILES))
    (tmp_path / "empty").mkdir()
    publish(brand, tmp_path / "empty")
    assert written("sign_in_code", sender=sender_of(brand)).subject == "Votre code de connexion"


def test_a_fact_in_markup_is_escaped(brand: Brand, tmp_path: Path) -> None:
    publish(brand, folder_of(tmp_path, FILES))
    facts = FACTS | {"code": "<b>&"}
    with db.system_transaction():
        assert (
            "<strong>&lt;b&gt;&amp;</strong>"
            in compose_letter(SIGN_IN_CODE, Writing(sender_of(brand), "fr", facts)).html
        )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("hello.fr.txt", "a\n\nb", "KIND.LANGUAGE"),
        ("sign_in_code.de.txt", "a\n\nb", "KIND.LANGUAGE"),
        ("sign_in_code.fr.txt", "Bonjour\n\nSans code", "{code} must stand"),
        ("sign_in_code.fr.txt", "Bonjour {code}\n\n{code}", "locked screens"),
        ("sign_in_code.fr.txt", "Bonjour\n\n{code} {address}", "no place {address}"),
        ("sign_in_code.fr.txt", "Bonjour {code}", "first line"),
        ("sign_in_code.fr.txt", "Bonjour\n\n{code}\n\n[Ici](https://x.test/?c={code})", "cannot hold a place"),
        ("sign_in_code.fr.html", "<p>{code}</p>", "sign_in_code.fr.txt is missing"),
        ("sign_in_code.fr.sms.txt", "{code}" + " mots" * 40, "83 characters at most"),
        ("staff_invitation.fr.sms.txt", "{link}", "no text message"),
    ],
)
def test_words_that_would_be_of_no_use_are_refused(tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(LetterWordsWrong, match=re.escape(said)):
        read_letters(folder_of(tmp_path, {name: content}), brand_id=uuid.uuid4(), now=NOW)


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        '<img src="https://x.test/a.gif">',
        '<p onclick="x()">a</p>',
        '<a href="javascript:alert(1)">a</a>',
        '<a href="http://x.test">a</a>',
        '<a href="{brand}">a</a>',
        '<a href="https://x.test/?c={code}">a</a>',
        '<p style="background: url(https://x.test)">a</p>',
        '<p style="position: fixed">a</p>',
        '<p style="color: expression(1)">a</p>',
        '<p align="{code}">a</p>',
        "<style>p{}</style>",
        "<form></form>",
        "<!-- a -->",
        "<!doctype html>",
        "<![CDATA[a]]>",
        "<?php ?>",
        "<p>a",
        "</td></tr></table>",
        "<p/>",
        "<p",
        "<p>a < b</p>",
        "<a href=javascript&#58;x>a</a>",
        "<svg/onload=x>",
        "<p><p",
    ],
)
def test_markup_that_fetches_or_runs_or_breaks_out_is_refused(html: str) -> None:
    with pytest.raises(LetterWordsWrong):
        check_markup(html)


def test_markup_of_words_and_looks_is_taken() -> None:
    check_markup(
        '<table width="100%"><tr><td style="padding: 4px; font-family: Georgia, serif">a<br></td></tr></table>'
    )
    check_markup("<p>Prix &lt; 10 &euro; &amp; &#233;t&eacute;</p>")
    check_markup('<p><a href="{link}">a</a> <a href="https://lilas.example/aide?a=1&b=2">b</a></p>')
