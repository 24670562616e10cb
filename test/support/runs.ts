/**
 * How many cases a property is tried with. Every run of the suite tries other cases, so the number
 * in a test is kept small; `PROPERTY_RUNS=20 npx vitest run --project property` tries twenty times
 * as many in one run.
 */
const factor = Number(process.env.PROPERTY_RUNS ?? '1')

export function runs(count: number): { readonly numRuns: number } {
  if (!(factor > 0)) throw new Error('PROPERTY_RUNS must be a number above 0')
  return { numRuns: Math.ceil(count * factor) }
}
