/**
 * Returns how many cases a property test runs. Each run of the suite tries other cases, so the
 * numbers are small. `PROPERTY_RUNS=20 npx vitest run --project property` runs twenty times as
 * many.
 */
const factor = Number(process.env.PROPERTY_RUNS ?? '1')

export function runs(count: number): { readonly numRuns: number } {
  if (!(factor > 0)) throw new Error('PROPERTY_RUNS must be a number above 0')
  return { numRuns: Math.ceil(count * factor) }
}
