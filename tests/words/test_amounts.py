"""Money, duties and units. Expected figures were worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.words.duty import AdValorem, Duty, Rule, Specific
from comity.words.errors import CodeError
from comity.words.money import Basis, Money
from comity.words.units import convert, currencies, factor, unit, units

D = Decimal
amounts = st.decimals(min_value=D("-1e15"), max_value=D("1e15"), places=4)
rates = st.decimals(min_value=0, max_value=5000, places=3)
some = st.sampled_from(["JPY", "USD", "CNY", "EUR", "KRW"])
money = st.builds(
    Money,
    amounts,
    some,
    st.none() | st.integers(1900, 2100),
    st.none() | st.sampled_from(Basis),
)
ad_valorem = st.builds(AdValorem, rates)
specific = st.builds(
    Specific, rates, some, st.sampled_from(["kg", "t", "L", "items", "m3", "head"])
)
terms = st.lists(ad_valorem | specific, min_size=2, max_size=3).map(tuple)
duties = st.builds(Duty, terms, st.sampled_from(Rule)) | st.builds(
    lambda term: Duty((term,)), ad_valorem | specific
)


@given(money, st.sampled_from([None, "", "k", "m", "bn", "tn"]))
def test_money_is_read_as_it_is_written(value: Money, size: str | None) -> None:
    assert Money.parse(value.format(size)) == value


@pytest.mark.parametrize(
    ("text", "amount", "currency", "shown"),
    [
        ("93.5 bn JPY", "93500000000", "JPY", "93.5 bn JPY"),
        ("JPY 93.5bn", "93500000000", "JPY", "93.5 bn JPY"),
        ("JPY bn 93.5", "93500000000", "JPY", "93.5 bn JPY"),
        ("1,250 USD", "1250", "USD", "1,250 USD"),
        ("US$ 3.5 million", "3500000", "USD", "3.5 m USD"),
        ("2 mn EUR", "2000000", "EUR", "2 m EUR"),
        ("0.7 k CNY", "700", "CNY", "700 CNY"),
        ("1.2 tn KRW", "1200000000000", "KRW", "1.2 tn KRW"),
        ("-5 USD", "-5", "USD", "-5 USD"),
        ("0 USD", "0", "USD", "0 USD"),
        ("1 234 567 NOK", "1234567", "NOK", "1.234567 m NOK"),
    ],
)
def test_money(text: str, amount: str, currency: str, shown: str) -> None:
    value = Money.parse(text)
    assert (value.amount, value.currency, str(value)) == (D(amount), currency, shown)


def test_year_and_basis() -> None:
    value = Money.parse("7.5 m USD (2023, CIF)")
    assert (value.year, value.basis) == (2023, Basis.CIF)
    assert Money.parse("7.5 m USD FOB").basis is Basis.FOB
    assert value.comparable(Money.parse("1 USD (2023, CIF)"))
    assert not value.comparable(Money.parse("1 USD (2023, FOB)"))
    assert not Money.parse("1 USD").comparable(Money.parse("1 USD"))


@pytest.mark.parametrize(
    "text",
    ["", "5", "USD", "$5", "\u00a55", "5 5 USD", "1,25 USD", "5 YEN", "5 bn m USD", "5 USD EUR",
     "NaN USD", "1e5 USD", "5 USD (soon)", "5 foo USD"],
)  # fmt: skip
def test_what_is_no_money(text: str) -> None:
    with pytest.raises(CodeError) as caught:
        Money.parse(text)
    assert caught.value.mend


def test_currencies_are_iso_4217() -> None:
    assert set(currencies()) == {c.alpha_3 for c in pycountry.currencies}


@given(duties)
def test_a_duty_is_read_as_it_is_written(duty: Duty) -> None:
    assert Duty.parse(str(duty)) == duty


@pytest.mark.parametrize(
    ("text", "kind", "shown", "equivalent"),
    # The equivalents at a value of 12 USD per kg.
    [
        ("12.5 %", "ad valorem", "12.5 %", "12.5"),
        ("Free", "ad valorem", "0 %", "0"),
        ("0.6 USD/kg", "specific", "0.6 USD/kg", "5"),
        ("1200 USD/t", "specific", "1,200 USD/t", "10"),
        ("60 USD/100 kg", "specific", "0.6 USD/kg", "5"),
        ("8% + 1.2 USD/kg", "compound", "8 % + 1.2 USD/kg", "18"),
        ("10 % or 2.4 USD/kg, whichever is higher", "mixed", None, "20"),
        ("10 % or 2.4 USD/kg, whichever is lower", "mixed", None, "10"),
        ("10% OR 2.4 USD/kg whichever is the greater", "mixed",
         "10 % or 2.4 USD/kg, whichever is higher", "20"),
    ],
)  # fmt: skip
def test_duties(text: str, kind: str, shown: str | None, equivalent: str) -> None:
    duty = Duty.parse(text)
    assert (duty.kind, str(duty)) == (kind, shown or text)
    assert duty.ad_valorem_equivalent(Money(D(12), "USD"), "kg") == D(equivalent)


@pytest.mark.parametrize(
    "text",
    ["", "5", "-5 %", "-150 %", "-1 USD/kg", "3 USX/kg", "3 USD/foo", "10 % or 2 USD/kg", "nan %",
     "10 %, whichever is higher", "10 % +", "1 USD/0 kg"],
)  # fmt: skip
def test_what_is_no_duty(text: str) -> None:
    with pytest.raises(CodeError) as caught:
        Duty.parse(text)
    assert caught.value.mend


def test_an_equivalent_needs_a_value_of_its_kind() -> None:
    duty = Duty.parse("1 USD/kg")
    assert Duty.parse("5 %").ad_valorem_equivalent() == 5
    for value, per in [
        (None, "kg"),
        (Money(D(0), "USD"), "kg"),
        (Money(D(5), "JPY"), "kg"),
        (Money(D(5), "USD"), "L"),
        (Money(D(5), "USD"), "t live weight"),
    ]:
        with pytest.raises(CodeError):
            duty.ad_valorem_equivalent(value, per)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("1.1", "TBq", "Bq", "1100000000000"),
        ("220", "Bq/L", "Bq/m3", "220000"),
        ("143000", "t", "kg", "143000000"),
        ("87.1", "JPY bn", "JPY m", "87100"),
        ("2", "million litres", "m3", "2000"),
        ("265", "JPY/kg", "JPY/t", "265000"),
        ("12", "months", "yr", "1"),
        ("50", "%", "ratio", "0.5"),
        ("5", "lb", "kg", "2.26796185"),
        ("3", "AUD million", "AUD", "3000000"),
    ],
)
def test_conversion(value: str, source: str, target: str, expected: str) -> None:
    assert convert(D(value), source, target) == D(expected)


@given(st.sampled_from(units()), st.sampled_from(units()))
def test_factors_are_inverse_or_both_refused(one: object, other: object) -> None:
    try:
        assert factor(str(one), str(other)) * factor(str(other), str(one)) == Fraction(1)
    except CodeError:
        with pytest.raises(CodeError):
            factor(str(other), str(one))


@pytest.mark.parametrize(
    ("source", "target"),
    [("t", "m3"), ("t live weight", "t"), ("wmt", "t"), ("yr", "days"), ("%", "pp"), ("JPY", "USD"),
     ("Bq/L", "Bq/kg"), ("head", "entities")],
)  # fmt: skip
def test_what_cannot_be_converted(source: str, target: str) -> None:
    with pytest.raises(CodeError) as caught:
        convert(D(1), source, target)
    assert caught.value.mend


@pytest.mark.parametrize("text", ["", "foo", "JPX bn", "t/", "/kg", "t/kg/L", "bn", "k JPY t"])
def test_what_is_no_unit(text: str) -> None:
    with pytest.raises(CodeError) as caught:
        unit(text)
    assert caught.value.mend


@pytest.mark.parametrize(
    "text",
    ["t", "kg", "m3", "Bq/L", "TBq", "TBq/yr", "head", "entities", "%", "days", "JPY bn", "USD m",
     "JPY per USD", "CNY m", "JPY/kg", "t live weight", "million L", "thousand t", "JPY bn/yr"],
)  # fmt: skip
def test_symbols_are_stable(text: str) -> None:
    assert unit(text).symbol == text
    assert unit(unit(text).symbol) == unit(text)
