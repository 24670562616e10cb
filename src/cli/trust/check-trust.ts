/** Checks a trust file offline, with the same compiler as the gateway. */

import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../contract/limits.ts'
import { compileTrust } from '../../core/policy/compile/compile.ts'
import type { Ceilings, CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { ANY_TRUST_DOMAIN } from '../../core/policy/consumer/trust-domain.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import { placeProblems } from './problems.ts'
import {
  type PlacedProblem,
  parseTrustFile,
  type ReadTrustFile,
  readTrustFile,
  type TrustFile,
} from './trust-file.ts'

export type CheckedTrust = Result<
  { readonly file: TrustFile; readonly trust: CompiledTrust },
  /** `text` is absent if the file could not be parsed. */
  { readonly problems: readonly PlacedProblem[]; readonly text?: string }
>

export async function checkTrustFile(path: string, ceilings: Ceilings): Promise<CheckedTrust> {
  return checkRead(await readTrustFile(path), ceilings)
}

/** Checks the JSON of a document that is not a file here. `name` stands for the path. */
export function checkTrustJson(name: string, json: string, ceilings: Ceilings): CheckedTrust {
  const text = JSON.stringify(JSON.parse(json), null, 2)
  return checkRead(parseTrustFile(name, new TextEncoder().encode(text)), ceilings)
}

function checkRead(read: ReadTrustFile, ceilings: Ceilings): CheckedTrust {
  if (!read.ok) return fail({ problems: read.error })
  const file = read.value
  const admitAt = Math.floor(Date.now() / 1000)
  const result = compileTrust(file.value, ceilings, { admitAt })
  if (!('problems' in result)) return ok({ file, trust: result.trust })
  return fail({ problems: placeProblems(file, result.problems), text: file.text })
}

/**
 * Returns the widest possible ceilings, for a gateway whose settings are unknown here. Every gateway
 * refuses what these ceilings refuse. A gateway with lower ceilings may refuse more.
 */
export function widestCeilings(gatewayIssuer: string): Ceilings {
  return {
    gatewayIssuer,
    maxTokenLifetimeSeconds: MAX_TOKEN_LIFETIME_CEILING_SECONDS,
    maxRuleExpirySeconds: undefined,
    localIssuers: true,
    trustDomain: ANY_TRUST_DOMAIN,
  }
}
