"""What a team in a Dutch town writes over the dictionaries that `compendium new --elsewhere` gave it.

Articles are those of the criminal code before July 2024; areas, records and codes of areas are invented.
"""

from __future__ import annotations

AGES = """\
fields:
  - name: age_band
    title: Leeftijd
    constraints: {enum: [0-11, 12-15, 16-17]}
    labels: {0-11: Jonger dan 12, 12-15: 12 tot en met 15, 16-17: 16 of 17}
"""
DICTIONARIES = {
    "areas": """\
name: areas
title: Gebieden
fields:
  - name: area_id
    title: Gebied
    example: BU99990001
    constraints: {pattern: "(GM|WK|BU)[0-9]{4,8}"}
  - name: level
    title: Niveau
    constraints: {enum: [gemeente, wijk, buurt]}
    labels: {gemeente: Hele gemeente, wijk: Wijk, buurt: Buurt}
""",
    "area_population": f"name: area_population\ntitle: Kinderen in de gebieden\n{AGES}",
    "service_coverage": f"name: service_coverage\ntitle: Voor wie\n{AGES}",
    "cases": """\
name: cases
title: Zaken
fields:
  - name: form
    title: Vorm
    labels: {sexual_communication: Seksuele communicatie met een kind, extortion: Afpersing met een beeld}
    hierarchies:
      form_group:
        title: Vorm (gegroepeerd)
        categories:
          communication: {label: Seksuele communicatie, members: [sexual_communication]}
          image:
            label: Beeld van het kind
            members:
              - image_pressured_adult
              - image_pressured_child
              - image_shared_others
              - image_shared_peer
              - image_not_known
          other: {label: Anders, members: [extortion, exposure, other_online]}
          not_recorded: {label: Niet vastgelegd, members: [not_recorded]}
  - name: responsible
    title: Verantwoordelijke
    labels: {adult: Een volwassene, child: Een kind, not_known: Niet bekend}
""",
    "crimes": """\
name: crimes
title: Misdrijven
fields:
  - name: offence_code
    title: Artikel
    constraints: {enum: ["248e", "240b", "248a", "245", "139h", "318", "ov"], pattern: "[0-9]{3}[a-z]?|ov"}
    hierarchies:
      offence_group:
        title: Artikel (gegroepeerd)
        categories:
          communication: {label: Grooming (248e), members: ["248e"]}
          image: {label: "Beelden (240b, 139h)", members: ["240b", "139h"]}
          sexual_activity: {label: "Verleiding en ontucht (248a, 245)", members: ["248a", "245"]}
          other: {label: "Afdreiging en overig (318)", members: ["318", ov]}
      iccs_class:
        title: Klasse van de ICCS
        categories:
          grooming: {label: Grooming (ICCS 030223), members: ["248e"]}
          images: {label: Beelden (ICCS 030221), members: ["240b", "139h"]}
          exploitation: {label: Misbruik (ICCS 0302), members: ["248a", "245"]}
          coercion: {label: Afdreiging (ICCS 0205), members: ["318"]}
          no_single_class: {label: Geen klasse, members: [ov]}
      iccs_three:
        title: Klasse van de ICCS (in drie)
        categories:
          exploitation: {label: Misbruik met beelden en grooming, members: ["248e", "240b", "139h", "248a", "245"]}
          harm: {label: Dwang, members: ["318", ov]}
  - name: outcome_type
    title: Afdoening
    constraints: {enum: [DV, TS, BS, HALT], pattern: "[A-Z]{2,4}"}
    labels: {DV: Dagvaarding, TS: Technisch sepot, BS: Beleidssepot, HALT: Halt}
    hierarchies:
      outcome_group:
        title: Afdoening (gegroepeerd)
        categories:
          charged: {label: Dagvaarding, members: [DV]}
          evidential: {label: Technisch sepot, members: [TS]}
          public_interest_21: {label: Beleidssepot, members: [BS]}
          diversion_22: {label: Halt, members: [HALT]}
      outcome_four:
        title: Afdoening (in vier)
        categories:
          charged: {label: Dagvaarding, members: [DV]}
          evidential: {label: Technisch sepot, members: [TS]}
          other_decision: {label: Andere beslissing, members: [BS, HALT]}
      outcome_three:
        title: Afdoening (in drie)
        categories:
          charged: {label: Dagvaarding, members: [DV]}
          evidential: {label: Technisch sepot, members: [TS]}
          other_outcome: {label: Andere beslissing, members: [BS, HALT]}
without_rules: [sexual-communication-needs-an-adult]
""",
    "victims": """\
name: victims
title: Slachtoffers
fields:
  - name: age_band
    title: Leeftijd van het kind
    constraints: {enum: [0-11, 12-15, 16-17, onbekend]}
    labels: {0-11: Jonger dan 12, 12-15: 12 tot en met 15, 16-17: 16 of 17, onbekend: Niet bekend}
    missing_codes: [onbekend]
    hierarchies:
      age_group:
        title: Leeftijd van het kind (gegroepeerd)
        categories:
          under_12: {label: Jonger dan 12, members: [0-11]}
          12_17: {label: 12 tot en met 17, members: [12-15, 16-17]}
          not_recorded: {label: Niet bekend, members: [onbekend]}
  - name: sex
    title: Geslacht van het kind
    labels: {female: Meisje, male: Jongen, other: Anders, not_recorded: Niet vastgelegd}
    hierarchies:
      sex_two:
        title: Geslacht (in twee)
        categories:
          female: {label: Meisje, members: [female]}
          male_or_other: {label: "Jongen, anders of niet vastgelegd", members: [male, other, not_recorded]}
rules:
  - id: age-under-12
    fields: [age, age_band]
    test: "if age_band == '0-11' then age <= 11"
    message: Leeftijd en groep passen niet.
without_rules: [age-under-10, age-10-to-13, age-14-or-15, age-not-recorded]
""",
    "suspects": """\
name: suspects
title: Verdachten
fields:
  - name: age_band
    title: Leeftijd van de verdachte
    constraints: {enum: [under-12, 12-17, 18-plus, onbekend]}
    labels: {under-12: Jonger dan 12, 12-17: 12 tot en met 17, 18-plus: 18 of ouder, onbekend: Niet bekend}
    missing_codes: [onbekend]
    hierarchies:
      suspect_age_group:
        title: Leeftijd van de verdachte (gegroepeerd)
        categories:
          child: {label: Jonger dan 18, members: [under-12, 12-17]}
          adult: {label: 18 of ouder, members: [18-plus]}
          not_recorded: {label: Niet bekend, members: [onbekend]}
""",
    "offence_codes": """\
name: offence_codes
title: Artikelen
fields:
  - {name: code, title: Artikel, constraints: {pattern: "[0-9]{3}[a-z]?|ov"}}
  - name: group
    constraints: {enum: [zeden, overig]}
    labels: {zeden: Zedenmisdrijven, overig: Andere misdrijven}
""",
    "outcomes": """\
name: outcomes
title: Afdoeningen
fields:
  - {name: code, title: Afdoening, constraints: {pattern: "[A-Z]{2,4}"}}
  - name: group
    constraints: {enum: [charged, evidential, public_interest_21, diversion_22]}
    labels: {charged: Dagvaarding, evidential: Technisch sepot, public_interest_21: Beleidssepot, diversion_22: Halt}
""",
    "costs": """\
name: costs
fields:
  - {name: cost, title: Kosten in euro}
""",
}
CODE_LISTS = {
    "offence_codes": """\
code,label,group,valid_from,valid_to,iccs,online_candidate
248e,Grooming,zeden,,,030223,flag
240b,Beelden van seksueel misbruik,zeden,,,030221,flag
248a,Verleiding,zeden,,,,coded_element
245,Ontucht,zeden,,,,coded_element
139h,Misbruik van beeldmateriaal,overig,,,,coded_element
318,Afdreiging,overig,,,02051,coded_element
ov,Overig,overig,,,,coded_element
""",
    "outcomes": """\
code,label,group,valid_from,valid_to
DV,Dagvaarding,charged,,
TS,Technisch sepot,evidential,,
BS,Beleidssepot,public_interest_21,,
HALT,Halt,diversion_22,,
""",
}
