/**
 * The columns of our MEDS data in Arrow's own words (an IPC schema message in base64), which Parquet files may carry as
 * `ARROW:schema`: subject_id int64, time timestamp[us], code string, numeric_value float32, text_value large_string,
 * exact_value float64, stay_id, admission_id, site string. Parquet itself knows no large_string, and the validator of the
 * package `meds` asks for it. pyarrow 26 writes these bytes for an empty table of that schema.
 */
export const ARROW_SCHEMA = [
  '/////xACAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAkAAACgAQAAXAEAACwBAAD0AAAAxAAAAJAAAABkAA',
  'AAMAAAAAQAAACU/v//AAABBRAAAAAYAAAABAAAAAAAAAAEAAAAc2l0ZQAAAADw/v//vP7//wAAAQUQAAAAIAAAAAQAAAAAAAAADAAAAGFkbWlz',
  'c2lvbl9pZAAAAAAg////7P7//wAAAQUQAAAAGAAAAAQAAAAAAAAABwAAAHN0YXlfaWQASP///xT///8AAAEDEAAAABwAAAAEAAAAAAAAAAsAAA',
  'BleGFjdF92YWx1ZQBK////AAACAET///8AAAEUEAAAABwAAAAEAAAAAAAAAAoAAAB0ZXh0X3ZhbHVlAACk////cP///wAAAQMQAAAAIAAAAAQA',
  'AAAAAAAADQAAAG51bWVyaWNfdmFsdWUAAACq////AAABAKT///8AAAEFEAAAABwAAAAEAAAAAAAAAAQAAABjb2RlAAAAAAQABAAEAAAA0P///w',
  'AAAQoQAAAAHAAAAAQAAAAAAAAABAAAAHRpbWUAAAYACAAGAAYAAAAAAAIAEAAUAAgABgAHAAwAAAAQABAAAAAAAAECEAAAACQAAAAEAAAAAAAA',
  'AAoAAABzdWJqZWN0X2lkAAAIAAwACAAHAAgAAAAAAAABQAAAAAAAAAA=',
].join('');
