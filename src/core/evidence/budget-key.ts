/**
 * Computes the key under which the tokens of one job by one rule are counted. It is a hash, so the
 * ledger stores no claim. Ids of jobs are unique only within their issuer.
 */
import type { Sha256 } from '../ports.ts'

export type CountedJob = {
  readonly issuer: string
  readonly rule: string
  /** The path of the claim that names the job, and its value. */
  readonly path: readonly string[]
  readonly job: string | number
}

/** Returns a hex SHA-256. The first member keeps it apart from the keys of replay marks. */
export async function budgetKey(
  { issuer, rule, path, job }: CountedJob,
  sha256: Sha256,
): Promise<string> {
  // JSON gives two different lists two different texts, and 1 and "1" too.
  return sha256(JSON.stringify(['budget', issuer, rule, path, job]))
}
