import type { IcdVersion } from './normalize.js';

/** Categories of ICD-9-CM, those withdrawn since 1980 included. Derived by scripts/make-icd10-phenotypes.ts, as the next. */
export const ICD9_CATEGORIES = `
  001-018 020-027 030-066 070-088 090-104 110-112 114-118 120-165 170-176 179-246 249-327 330-398 401-405 410-417
  420-438 440-449 451-466 470-478 480-488 490-496 500-508 510-543 550-553 555-558 560 562 564-608 610-612 614-686
  690-698 700-848 850-854 860-887 890-897 900-999 E000-E019 E029-E030 E800-E807 E810-E838 E840-E858 E860-E876
  E878-E888 E890-E999 V01-V37 V39-V91
`;

/** Categories of ICD-10-CM, until the editions of 2023. */
export const ICD10_CATEGORIES = `
  A00-A09 A15 A17-A28 A30-A44 A46 A48-A60 A63-A71 A74-A75 A77-A96 A98-A99 B00-B10 B15-B20 B25-B27 B30 B33-B60
  B64-B83 B85-B92 B94-B97 B99 C00-C26 C30-C34 C37-C41 C43-C49 C4A C50-C58 C60-C79 C7A C7B C80-C86 C88 C90-C96
  D00-D07 D09-D39 D3A D40-D53 D55-D78 D80-D84 D86 D89 E00-E11 E13 E15-E16 E20-E32 E34-E36 E40-E46 E50-E56 E58-E61
  E63-E68 E70-E80 E83-E89 F01-F07 F09-F25 F28-F34 F39-F45 F48 F50-F55 F59-F60 F63-F66 F68-F73 F78-F82 F84 F88-F91
  F93-F95 F98-F99 G00-G14 G20-G21 G23-G26 G30-G32 G35-G37 G40 G43-G47 G50-G65 G70-G73 G80-G83 G89-G99 H00-H02
  H04-H05 H10-H11 H15-H18 H20-H22 H25-H28 H30-H36 H40 H42-H44 H46-H47 H49-H55 H57 H59-H62 H65-H75 H80-H83 H90-H95
  I00-I02 I05-I13 I15-I16 I20-I28 I30-I52 I5A I60-I63 I65-I83 I85-I89 I95-I97 I99 J00-J06 J09-J18 J20-J22 J30-J45
  J47 J60-J70 J80-J82 J84-J86 J90-J96 J98-J99 K00-K06 K08-K09 K11-K14 K20-K23 K25-K31 K35-K38 K40-K46 K50-K52
  K55-K68 K70-K77 K80-K83 K85-K87 K90-K92 K94-K95 L00-L05 L08 L10-L14 L20-L30 L40-L45 L49-L60 L62-L68 L70-L76
  L80-L95 L97-L99 M00-M02 M04-M08 M10-M19 M1A M20-M27 M30-M36 M40-M43 M45-M51 M53-M54 M60-M63 M65-M67 M70-M72
  M75-M77 M79-M81 M83-M97 M99 N00-N08 N10-N23 N25-N37 N39-N53 N60-N65 N70-N77 N80-N99 O00-O04 O07-O16 O20-O26
  O28-O36 O40-O48 O60-O77 O80 O82 O85-O92 O94 O98-O99 O9A P00-P05 P07-P15 P19 P22-P29 P35-P39 P50-P61 P70-P72 P74
  P76-P78 P80-P81 P83-P84 P90-P96 Q00-Q07 Q10-Q18 Q20-Q28 Q30-Q45 Q50-Q56 Q60-Q87 Q89-Q93 Q95-Q99 R00-R01 R03-R07
  R09-R23 R25-R27 R29-R37 R39-R65 R68-R71 R73-R94 R97 R99 S00-S17 S19-S99 T07 T14-T28 T30-T34 T36-T71 T73-T76
  T78-T88 U07 U09 V00-V06 V09-V99 W00-W01 W03-W40 W42 W45-W46 W49-W62 W64-W65 W67 W69 W73-W74 W85-W86 W88-W90
  W92-W94 W99 X00-X06 X08 X10-X19 X30-X32 X34-X39 X50 X52 X58 X71-X83 X92-X99 Y00-Y04 Y07-Y09 Y21-Y33 Y35-Y38
  Y62-Y66 Y69-Y84 Y90 Y92-Y93 Y95 Y99 Z00-Z05 Z08-Z09 Z11-Z23 Z28-Z34 Z36-Z39 Z3A Z40-Z49 Z51-Z53 Z55-Z60 Z62-Z99
`;

/** `E000-E003 V01` → E000, E001, E002, E003, V01. */
function expandCategories(text: string): Set<string> {
  const categories = text
    .trim()
    .split(/\s+/)
    .flatMap((token) => {
      const [from = '', to = from] = token.split('-');
      const [, letters = '', digits = ''] = /^(\w*?)(\d+)$/.exec(from) ?? [];
      if (to === from) return [from];
      const count = Number(to.slice(letters.length)) - Number(digits) + 1;
      return Array.from({ length: count }, (_, i) => letters + String(Number(digits) + i).padStart(digits.length, '0'));
    });
  return new Set(categories);
}

const CATEGORIES: Readonly<Record<IcdVersion, ReadonlySet<string>>> = {
  9: expandCategories(ICD9_CATEGORIES),
  10: expandCategories(ICD10_CATEGORIES),
};

const FORMS: Readonly<Record<IcdVersion, RegExp>> = {
  9: /^(\d{3}|V\d{2})\d{0,2}$|^(E\d{3})\d?$/,
  10: /^([A-Z]\d[0-9A-Z])[0-9A-Z]{0,4}$/,
};

/**
 * Whether a code without its dot has the form of a code (or of a heading of codes) and a category that exists. Finer it is not
 * known: this tells a diagnosis of none of the 25 from a slip of the pen or a procedure.
 */
export function isCode(code: string, version: IcdVersion): boolean {
  const match = FORMS[version].exec(code);
  return match !== null && CATEGORIES[version].has(match[1] ?? match[2]!);
}
