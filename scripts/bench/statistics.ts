/** Medians and quartiles of paired measurements. */

export type Quartiles = { readonly q1: number; readonly median: number; readonly q3: number }

/** Interpolated linearly between neighbours. Throws when there are no values. */
export function quartiles(values: readonly number[]): Quartiles {
  const sorted = values.toSorted((a, b) => a - b)
  return { q1: quantile(sorted, 0.25), median: quantile(sorted, 0.5), q3: quantile(sorted, 0.75) }
}

/** Of values in ascending order. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) throw new Error('no values')
  return below + (above - below) * (place - Math.floor(place))
}

/**
 * Quartiles of `numerators[i] / denominators[i]`. Two slices of one pair ran next to each other, so
 * a slow minute of a shared machine slows both, and their ratio stays.
 */
export function pairedRatio(
  numerators: readonly number[],
  denominators: readonly number[],
): Quartiles {
  if (numerators.length !== denominators.length) throw new Error('pairs of different lengths')
  return quartiles(numerators.map((value, index) => value / (denominators[index] ?? Number.NaN)))
}
