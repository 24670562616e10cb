/** Returns the outcome of a verification in the form that the test tables use. */
import { VerificationError } from '../../../src/verify/index.ts'

export async function refusalOf(verification: Promise<unknown>): Promise<string> {
  try {
    await verification
  } catch (error) {
    if (error instanceof VerificationError) return `${error.status} ${error.code}: ${error.reason}`
    throw error
  }
  return 'accepted'
}

/** Runs a check many times concurrently and counts each outcome. */
export async function countOutcomes(
  verifications: readonly Promise<unknown>[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const outcome of await Promise.all(verifications.map(refusalOf))) {
    counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  return counts
}
