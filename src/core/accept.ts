/** What a caller accepts: the ranges of `Accept` and their weights (RFC 9110 §12.4.2 and §12.5.1). */

/** Whether a caller takes this media type. Without the header, it takes every type. */
export function accepts(accept: string | null | undefined, type: string): boolean {
  return weightOf(accept || '*/*', ...rangesOf(type)) > 0
}

/**
 * Whether a caller names this media type, and does not prefer the usual one. A wildcard names no type:
 * only who knows the other form gets it.
 */
export function asksFor(accept: string | null | undefined, type: string, usual: string): boolean {
  const weight = weightOf(accept, type)
  return weight > 0 && weight >= weightOf(accept, ...rangesOf(usual))
}

/** Returns the ranges that include a type, the most specific one first. */
function rangesOf(type: string): readonly string[] {
  return [type, type.replace(/\/.*/, '/*'), '*/*']
}

/**
 * Returns the weight of the first of these ranges that the header has, from 0 to 1, and 0 without one.
 * It reads `Accept-Encoding` too. A weight that is not a number becomes NaN, so the range is not
 * accepted. Parameters other than `q` are ignored. Of a range that is sent twice, the larger weight
 * counts.
 */
export function weightOf(header: string | null | undefined, ...ranges: readonly string[]): number {
  const sent = (header ?? '').toLowerCase().split(',')
  const pairs = sent.map((one) => one.split(';').map((part) => part.trim()))
  for (const range of ranges) {
    const weights = pairs.flatMap(([name, ...parameters]) =>
      name === range ? [Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1)] : [],
    )
    if (weights.length > 0) return Math.max(...weights)
  }
  return 0
}
