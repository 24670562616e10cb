/** A trust file checked offline, by the compiler that the gateway uses. */
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../core/limits.ts'
import { compileTrust } from '../../core/policy/compile/compile.ts'
import type { Ceilings, CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { placeProblems } from '../shell/problems.ts'
import { type PlacedProblem, readTrustFile, type TrustFile } from './trust-file.ts'

export type CheckedTrust =
  | {
      readonly ok: true
      readonly file: TrustFile
      readonly trust: CompiledTrust
      readonly text: string
    }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[]; readonly text?: string }

export async function checkTrustFile(path: string, ceilings: Ceilings): Promise<CheckedTrust> {
  const read = await readTrustFile(path)
  if (!read.ok) return read
  const admitAt = Math.floor(Date.now() / 1000)
  const result = compileTrust(read.file.value, ceilings, { admitAt })
  if (!('problems' in result)) return { ...read, trust: result.trust, text: read.file.text }
  const problems = placeProblems(read.file, result.problems)
  return { ok: false, problems, text: read.file.text }
}

/**
 * Ceilings of a deployment whose settings are not known here: as wide as any can be. What these
 * refuse, every gateway refuses; the gateway's own answer is final.
 */
export function widestCeilings(gatewayIssuer: string): Ceilings {
  return {
    gatewayIssuer,
    maxTokenLifetimeSeconds: MAX_TOKEN_LIFETIME_CEILING_SECONDS,
    maxRuleExpirySeconds: undefined,
    localIssuers: true,
  }
}
