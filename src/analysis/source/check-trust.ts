/** Checks a parsed trust file, with the same compiler as the gateway. */
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../contract/limits.ts'
import {
  type CompileResult,
  compilePolicy,
  compileTrust,
} from '../../core/policy/compile/compile.ts'
import type { Ceilings, CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { ANY_TRUST_DOMAIN } from '../../core/policy/consumer/trust-domain.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import { placeProblems } from './places.ts'
import type { PlacedProblem, ReadTrustFile, TrustFile } from './trust-file.ts'

export type CheckedTrust = Result<
  { readonly file: TrustFile; readonly trust: CompiledTrust },
  /** `text` is absent if the file could not be parsed. */
  { readonly problems: readonly PlacedProblem[]; readonly text?: string }
>

/** `admitAt`: epoch seconds, the time of the check. */
export function checkTrust(read: ReadTrustFile, ceilings: Ceilings, admitAt: number): CheckedTrust {
  return checkWith(read, (value) => compileTrust(value, ceilings, { admitAt }))
}

/** Checks a parsed deploy-time policy (`BOOTSTRAP_TRUST`), with the same compiler as the gateway. */
export function checkPolicy(read: ReadTrustFile, ceilings: Ceilings): CheckedTrust {
  return checkWith(read, (value) => compilePolicy(value, ceilings))
}

function checkWith(read: ReadTrustFile, compile: (value: unknown) => CompileResult): CheckedTrust {
  if (!read.ok) return fail({ problems: read.error })
  const file = read.value
  const result = compile(file.value)
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
