-- Quartiles of what was measured in the training split, in hourly bins within the series.
SELECT b.variable, quantile_cont(b.value, 0.25)::DOUBLE AS q1, quantile_cont(b.value, 0.75)::DOUBLE AS q3
FROM bins AS b
JOIN chosen AS c ON c.stay = b.stay
WHERE c.split = 'train'
GROUP BY b.variable;
