"""A sound pass is called sound; and so is one that openssl and others call so."""

from tests.doctor.authority import NOW, TEAM, TYPE, roots
from tests.doctor.factories import examined, found, make_pass, zipped
from wallet.doctor.ailments import Grade
from wallet.doctor.examination import examine_pass


def test_nothing_is_wrong_with_a_sound_pass():
    assert found(make_pass()) == []
    assert found(make_pass(), Grade.REMARK) == ["authority_given"]
    assert examined(make_pass()).is_sound


def test_who_sealed_it_is_told():
    summary = examined(make_pass()).summary
    assert (summary.pass_type, summary.team, summary.style) == (TYPE, TEAM, "storeCard")
    assert summary.sealed_by.name == f"Pass Type ID: {TYPE}"
    assert abs((summary.sealed_by.signed_at - NOW).total_seconds()) < 3600


def test_an_authority_of_ours_is_believed_only_by_whoever_says_so():
    assert examine_pass(make_pass(), now=NOW).codes(Grade.FAULT) == ["authority_unknown"]
    assert examine_pass(make_pass(), now=NOW, roots=roots()).is_sound


def test_each_pass_of_a_bundle_is_examined():
    bundle = examined(zipped({"one.pkpass": make_pass(), "two.pkpass": make_pass(b"{}")}))
    assert [(name, one.is_sound) for name, one in bundle.inside] == [("one.pkpass", True), ("two.pkpass", False)]
    assert bundle.is_pass
    assert not bundle.is_sound


def test_what_is_no_pass_in_a_bundle_is_named():
    assert "passes_broken" in found(zipped({"one.pkpass": make_pass(), "notes.txt": b""}))
