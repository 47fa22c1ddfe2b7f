import { catalogueVariable, type VariableColumn } from './catalogue.js';
import { normalUnit } from './units.js';

export type ItemKind =
  /** The value is a number. */
  | 'number'
  /** The value is an answer of `gcs.ts` or `capillary-refill.ts`. */
  | 'text'
  /** A blood gas of whatever vessel: it counts unless the specimen's type says that it is no artery. */
  | 'arterial'
  /** Fluid put into the bladder to rinse it: taken off the sum that comes out. */
  | 'irrigant';

/** What a source calls a measurement, and which variable it is. */
export interface Item<Id extends number | string = number> {
  /** The source's table, as its files are named. */
  readonly table: string;
  readonly item: Id;
  readonly variable: VariableColumn;
  /** Unit of values whose own unit is empty; the catalogue's where absent. */
  readonly unit?: string;
  /** `number` where absent. */
  readonly kind?: ItemKind;
}

/** An item with everything said, for a table to join. */
export interface ItemRow<Id extends number | string = number> extends Required<Item<Id>> {}

/** Items of one table that measure one variable in one way. */
export function itemsOf<Id extends number | string>(
  table: string,
  variable: VariableColumn,
  items: readonly Id[],
  facts: Pick<Item<Id>, 'unit' | 'kind'> = {},
): Item<Id>[] {
  return items.map((item) => ({ table, item, variable, ...facts }));
}

/** The declared unit (as in `UNIT_FACTOR_ROWS`) and kind written out. */
export function itemRow<Id extends number | string>(item: Item<Id>): ItemRow<Id> {
  const unit = normalUnit(item.unit ?? catalogueVariable(item.variable).unit);
  return { table: item.table, item: item.item, variable: item.variable, unit, kind: item.kind ?? 'number' };
}
