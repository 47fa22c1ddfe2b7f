/**
 * What a drug is called in an order, without how it is packed, dosed and given: the note holds no numbers, and
 * `5 ML VIAL : DILTIAZEM HCL 25 MG/5ML IV SOLN` is diltiazem.
 */

/** Containers, forms, routes and units, in lower case. `patch`, `inhaler` and the like stay: they say what is treated. */
const ORDER_WORDS = new Set(
  `ml mg mcg ug g gm gram grams meq mmol unit units iu mls cc l liter kg hr min ndc mbp lvp ivpb sso premix
   tab tabs tablet tablets cap caps capsule capsules cap-del-rel tbec tbcr tb24 tbdp cr er xl sr ec chew crys pack packet solr soln solution susp
   liqd syrup elix inj injection injectable vial amp ampul ampule sdv mdv syr syringe bag bottle cup flex cont mini-bag plus mate
   po iv ij im sq sc subq oral bq pr ng prn hcl hydrochloride tr and/or infused in
   std unknown rdna human`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Entries that name no drug. */
const NO_NAME = /^(?:see .*|other|none|n\/?a|unknown|volume.*|-*)$/;

/**
 * @param text  as ordered, in lower case
 * @example
 * drugName('100 ml  -  potassium chloride 20 meq/100ml iv soln'); // 'potassium chloride'
 * drugName('norepinephrine (mcg/min)'); // 'norepinephrine'
 */
export function drugName(text: string): string {
  const words = text
    .replace(/\([^()]*(?:\d|\/(?:hr|min|kg)|unknown|rdna)[^()]*\)|\(\s*\)/g, ' ')
    .replace(/\*[^*]*\*/g, ' ')
    .replace(/(?<![a-z\d])[\d.,/]*\d[\d.,/]*\s*(?:%|mg|mcg|gm|g|ml|mls|meq|units?)?(?![a-z\d])/g, ' ')
    .split(/[\s:;,]+/)
    .map((word) => word.replace(/^[^a-z(]+|[^a-z\d)]+$/g, ''))
    .filter((word) => word !== '' && !/^\d/.test(word));
  const named = words.filter((word) => !ORDER_WORDS.has(word) && !isAmount(word));
  const name = named.join(' ').replace(/\s+/g, ' ').trim();
  return NO_NAME.test(name) ? '' : name;
}

/** `mg/ml`, `meq/l`: what is left of a concentration. */
function isAmount(word: string): boolean {
  return word.includes('/') && word.split('/').every((part) => ORDER_WORDS.has(part.replace(/\d+/g, '')));
}
