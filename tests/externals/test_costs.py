"""Whatever a file says, reading it costs what its rows cost: counted in rows, values and comparisons."""

import json
import struct
import zipfile
from contextlib import ExitStack, suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CallerGone, DeadlinePassed
from app.ops import deadlines
from app.ops.costly_doors import IMPORTS, keep_place
from tests.externals import files
from tests.externals.factories import held, zipped
from tests.externals.test_card_import import findings, imported, outcomes, refused, send
from tests.factories import member_token
from wallet.externals import card_import, readers, recognition, renewal
from wallet.externals.errors import FileRefused
from wallet.externals.findings import ExternalFinding
from wallet.externals.readers import archives, pass_texts, passes
from wallet.externals.readers.detection import read_file
from wallet.externals.rows import LONGEST_NOTE, MOST_CARDS, MOST_GROUPS, Holder

HEADER = "_id,store,note,cardid,barcodetype"


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


@pytest.fixture
def counted(monkeypatch):
    """Counts the calls of a function that stays as it is."""

    def count(module, name):
        calls, real = [], getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, **named: (calls.append(1), real(*given, **named))[1])
        return calls

    return count


def read(content):
    return read_file(content if isinstance(content, bytes) else content.encode(), holder=Holder())


def refusal(content):
    with pytest.raises(FileRefused) as caught:
        read(content)
    return caught.value.code()


def catima(cards, links=(), header=HEADER):
    return "\n".join(["2", "", "_id", "", header, *cards, "", "cardId,groupId", *links, ""])


def packed(method, **named):
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in named.items():
            archive.writestr(name.replace("_", "."), content)
    return made.getvalue()


def test_forty_thousand_groups_for_one_id_are_those_of_one_card():
    found = read(catima([f"1,Shop {n},,{n},CODE_128" for n in range(200)], [f"1,g{n}" for n in range(40_000)]))
    assert [len(row.groups) for row in found.rows] == [MOST_GROUPS + 1] + 199 * [0]


def test_of_two_cards_with_one_id_the_first_has_its_groups(phone, member):
    report = imported(phone, catima(["7,First,,1,CODE_128", "7,Second,,2,CODE_128"], ["7,Livres"]).encode())
    assert findings(report) == ["id_repeated"]
    assert {card.programme: card.groups for card in held(member)} == {"First": ["Livres"], "Second": []}


def test_a_card_that_is_twice_in_a_group_is_in_it_once():
    assert read(catima(["7,First,,1,CODE_128"], 3 * ["7,Livres"])).rows[0].groups == ["Livres"]


def test_the_rows_of_a_file_are_counted_while_they_are_read(counted):
    made = counted(readers.catima, "_card")
    assert refusal(catima(f"{n},Shop,,{n},CODE_128" for n in range(MOST_CARDS + 1))) == "too_many_rows"
    assert made == []


@pytest.mark.parametrize("line", ["x", "", ",,", "1,g"])
def test_lines_that_say_no_card_are_counted_too(line):
    content = HEADER + "\n1,Shop,,1,\n\ncardId,groupId\n" + f"{line}\n" * 100_000
    assert refusal(content) in ("file_too_long", "file_broken")


def test_a_wide_header_costs_no_row_its_width():
    found = read(HEADER + "," * 900 + "\n" + "1,Shop,,1\n")
    assert found.rows[0].code == "1"
    assert refusal(HEADER + "," * 2_000 + "\n" + "1,Shop,,1\n") == "file_broken"


@pytest.mark.parametrize("content", ["[" + ",".join(["{}"] * 3_000) + "]", "[" + "[]," * 3_000, "[" + "1," * 3_000])
def test_a_list_longer_than_a_wallet_is_refused_before_it_is_made(counted, content):
    made = counted(json, "loads")
    assert (refusal(content), made) == ("too_many_rows", [])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("[" + '{"a":[' + "1," * 100_000 + "1]}]", "file_too_long"),
        ("[" + "[" * 30 + "]" * 31, "file_broken"),
        (json.dumps([{"description": "[" * 100_000, "code": "7"}]), None),
        (json.dumps([{"description": '\\"[{,' * 50_000, "code": "7"}]), None),
    ],
)
def test_what_is_in_a_text_is_counted_without_its_words(content, code):
    if code is None:
        assert len(read(content).rows) == 1
    else:
        assert refusal(content) == code


def test_a_number_of_a_million_digits_is_no_number():
    assert refusal('[{"code":' + "9" * 1_000_000 + "}]") == "file_broken"


def test_many_rows_with_one_code_are_compared_with_a_few(phone, counted):
    compared = counted(renewal, "says_more")
    report = imported(phone, catima(f"{n},Shop,note {n},1,CODE_128" for n in range(300)).encode())
    kinds = outcomes(report)
    assert (kinds.count("accepted"), kinds.count("refused")) == (recognition.MOST_ALIKE, 300 - recognition.MOST_ALIKE)
    assert set(findings(report)) == {"too_many_alike"}
    assert len(compared) <= 300 * recognition.MOST_ALIKE


def test_a_file_of_one_code_many_times_changes_nothing_when_it_comes_again(phone):
    content = catima(f"{n},Shop,note {n},1,CODE_128" for n in range(30)).encode()
    imported(phone, content)
    assert outcomes(imported(phone, content)) == recognition.MOST_ALIKE * ["unchanged"] + 10 * ["refused"]


def test_a_pass_of_thousands_of_fields_is_put_into_words_as_far_as_a_note_has_lines(counted):
    spoken = counted(pass_texts, "_spoken")
    fields = [{"key": str(n), "value": n % 10, "currencyCode": "EUR"} for n in range(10_000)]
    (card,) = read(files.pkpass(storeCard={"backFields": fields})).rows
    assert [found.finding for found in card.found] == [ExternalFinding.LINES_CUT]
    assert len(spoken) <= pass_texts.MOST_LINES + 1


def test_a_pass_of_long_fields_is_put_into_words_as_far_as_a_note_goes(counted):
    spoken = counted(pass_texts, "_spoken")
    fields = [{"key": str(n), "value": "x" * 2_000} for n in range(50)]
    (card,) = read(files.pkpass(storeCard={"backFields": fields})).rows
    assert len(card.note) > LONGEST_NOTE
    assert len(spoken) == 2


def test_of_a_pass_with_thousands_of_barcodes_a_few_are_tried(counted):
    tried = counted(passes, "check_code")
    barcode = {"message": "x" * 4_000, "format": "PKBarcodeFormatQR"}
    read(files.pkpass(barcodes=100 * [barcode], barcode=barcode))
    assert len(tried) <= passes.MOST_BARCODES + 1


def test_a_file_of_one_card_is_opened_as_far_as_cards_go():
    assert refusal(zipped(**{"pass.json": b" " * (archives.MOST_PART_BYTES + 1)})) == "archive_too_large"


def test_the_files_of_an_archive_are_counted_before_they_are_listed(monkeypatch):
    monkeypatch.setattr(archives, "MOST_FILES", 5)
    monkeypatch.setattr(archives, "ZipFile", None)
    assert refusal(zipped(**{str(n): "" for n in range(6)})) == "archive_too_large"


def test_archives_in_an_archive_share_what_may_be_in_them(monkeypatch):
    monkeypatch.setattr(archives, "MOST_FILES", 40)
    one = zipped(**{"pass.json": "{}"} | {str(n): "" for n in range(9)})
    assert refusal(zipped(**{f"{n}.pkpass": one for n in range(6)})) == "archive_too_large"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_is_packed_in_another_way_is_a_refusal(phone, method):
    assert refused(phone, packed(method, catima_csv=files.CATIMA_2)) == (422, "archive_method_unusable")


@pytest.mark.parametrize("method", [9, 97])
def test_an_archive_that_is_packed_in_a_way_of_nobody_is_a_refusal(phone, method):
    content = packed(zipfile.ZIP_DEFLATED, catima_csv=files.CATIMA_2)
    unknown = content.replace(b"\0\0\x08\0", b"\0\0" + struct.pack("<H", method))
    assert refused(phone, unknown) == (422, "archive_method_unusable")


def test_an_archive_of_lzma_with_bad_properties_is_a_refusal(phone):
    content = packed(zipfile.ZIP_LZMA, catima_csv=files.CATIMA_2)
    start = content.index(b"catima.csv") + len("catima.csv")
    assert refused(phone, content[: start + 4] + b"\xff" * 5 + content[start + 9 :]) == (422, "archive_method_unusable")


@given(
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 60),
)
def test_whatever_a_spoilt_archive_raises_is_a_refusal(method, slips, cut):
    content = bytearray(packed(method, catima_csv=files.CATIMA_2, pass_json="{}"))
    for place, value in slips:
        content[place % len(content)] = value
    for spoilt in (bytes(content), bytes(content[:-cut])):
        with suppress(FileRefused):
            read(spoilt)


def test_an_import_that_takes_too_long_takes_nothing(phone, member, monkeypatch):
    monkeypatch.setattr(card_import, "LONGEST_S", 0)
    answer = send(phone, files.CATIMA_2.encode())
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "deadline_passed", "30")
    assert held(member) == []


def test_one_import_more_than_the_machine_can_do_is_told_to_come_again(phone, member):
    with ExitStack() as inside:
        for _ in range(IMPORTS.at_once):
            inside.enter_context(keep_place(door=IMPORTS, wait_s=0))
        answer = send(phone, files.CATIMA_2.encode())
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "costly_door_busy", "1")
    assert held(member) == []
    assert send(phone, files.CATIMA_2.encode()).status_code == 200


def test_an_import_that_fails_gives_its_place_back(phone):
    for _ in range(3 * IMPORTS.at_once):
        assert refused(phone, b"nothing") == (422, "file_format_unknown")


def test_an_import_whose_caller_has_gone_takes_nothing(member):
    with deadlines.watch_caller(is_gone=lambda: True), pytest.raises(CallerGone):
        read(files.CATIMA_2)


def test_the_sooner_of_two_limits_holds():
    with deadlines.limit_work(seconds=0), deadlines.limit_work(seconds=60), pytest.raises(DeadlinePassed):
        deadlines.check_deadline()
    deadlines.check_deadline()
