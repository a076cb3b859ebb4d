"""What counts as an amount or a directive, and what is a result."""

from __future__ import annotations

import pytest

from askms.guardrails.showing import amount_in, directive_in, unshowable

RESULTS = [
    "In a 2021 trial of 18 people with MS, one ketamine infusion did not change daily fatigue over 7 days.",
    "The score fell by 13.5 points (95% confidence interval 2.0 to 25.0; p = 0.04).",
    "The survey asked 6,909 people.",
    "At week 4 the score was 12 of 20.",
    "Relapses fell by 46% over 96 weeks.",
    "People were followed every 3 months for 2 years.",
    "MRI scans were done every 6 months.",
    "Daily Fatigue Severity was the main score.",
    "Blood levels of vitamin D were 30 ng/ml or 75 nmol/l.",
    "The trial recruited for 30 months at 4 centres.",
    "About 1 in 1,000 people had PML.",
    "Stopping baclofen suddenly can cause fits.",
    "The regulator says that modafinil must not be used during pregnancy.",
    "People with MS can work full time.",
    "In the United States, call centres answered 988 calls.",
    "One woman had 36 infusions over two years.",
    "Two of the three groups got placebo.",
    "Six 30s sprints were run on a bike.",
    "Fatigue was worse in the morning than at night.",
    "There was no harm in the group that stopped.",
    "Walking was three times slower, and weight did not change.",
]
AMOUNTS = [
    "People got ketamine 0.5 mg per kg.",
    "Each person was given 100,000 IU of vitamin D.",
    "They took 4.5mg of naltrexone.",
    "Baclofen is given three times a day.",
    "Two tablets at night work well.",
    "One infusion every six months is given.",
    "The usual dose is higher.",
    "The drug was given every other day.",
    "They had two infusions four weeks apart.",
    "Half a tablet was taken.",
    "Ketamine 40 mcg/kg was infused.",
    "They had half a milligram for each kilogram.",
    "Fifty milligrams were given.",
    "Three hundred mg is the ceiling.",
    "Adults do best on ５０ ｍｇ.",
    "Adults do best on ٥٠ mg.",
    "Adults do best on 50㎎.",
    "A teaspoonful in the evening is plenty.",
    "On bad days two of the yellow ones work.",
    "A safe ceiling is four of the 25s.",
    "One tablet in the morning and two at night were taken.",
    "Baclofen is taken 1-0-2.",
    "Most adults take baclofen t.i.d.",
    "Multiply the weight in kilograms by 0.5.",
    "Dose: twenty-five.",
]
DIRECTIVES = [
    "You should stop your DMT.",
    "Stop taking Tecfidera if you feel sick.",
    "Patients should start ocrelizumab early.",
    "It is safe to combine baclofen with alcohol.",
    "Skip your next infusion.",
    "Do not stop baclofen.",
    "Gradually increase the dose.",
    "Ketamine is the best choice for fatigue.",
    "Interferon can safely be stopped after 55.",
    "You can take it with food.",
    "Then switch to Ocrevus.",
    "We recommend ketamine.",
    "Feel free to skip the next infusion.",
    "Now is the time to quit the injections.",
    "There is no harm in skipping a few infusions.",
    "Baclofen can be stopped from one day to the next.",
    "Gabapentin and opioids may be taken together.",
    "Most antidepressants can probably be combined with ketamine.",
    "Those on natalizumab do well to end it.",
    "Nothing speaks against mixing both.",
    "Leave out the evening tablet.",
    "Readers are advised to switch to Ocrevus.",
]


@pytest.mark.parametrize("text", RESULTS)
def test_results_are_shown(text: str) -> None:
    assert amount_in(text) is None
    assert directive_in(text) is None


@pytest.mark.parametrize("text", AMOUNTS)
def test_amounts_and_schedules_are_found(text: str) -> None:
    assert amount_in(text) is not None
    assert unshowable(text)


@pytest.mark.parametrize("text", DIRECTIVES)
def test_directives_are_found(text: str) -> None:
    assert directive_in(text) is not None
    assert unshowable(text)
