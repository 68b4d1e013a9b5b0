"""What an import offers for cells that lost something: never another person's number or name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from stdnum.br import cpf

from credigestor.rules.identity import fold
from credigestor.rules.mending import padded_tax_id, title_case, whole_phone


@given(st.integers(min_value=1, max_value=9_999_999))
def test_a_cpf_that_lost_its_zeros_comes_back_whole(number: int) -> None:
    base = f"{number:09d}"
    whole = base + cpf._calc_check_digits(base)
    lost = whole.lstrip("0")
    assert padded_tax_id(lost) == (whole if len(lost) in range(8, 11) else None)
    assert padded_tax_id(str(int(lost) + 1)) != whole


@given(st.text(alphabet="ABÇÉDMCSO 'I.-&", max_size=40))
def test_a_name_in_capitals_is_the_same_to_a_search(name: str) -> None:
    written = title_case(name)
    assert fold(written) == fold(name)
    assert title_case(written) == written or written.isupper()


@given(st.integers(min_value=2000_0000, max_value=9_9999_9999))
def test_a_phone_keeps_all_the_digits_that_it_has(number: int) -> None:
    whole = whole_phone(str(number), "85")
    assert whole is None or (whole.startswith("+5585") and whole.endswith(str(number)))
