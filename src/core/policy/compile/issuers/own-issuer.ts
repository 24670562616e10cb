/**
 * The gateway as an issuer of subject tokens, under the reserved name `self`. Its rules are `from:
 * self`. Its keys are the key ring, so nothing is fetched.
 */
import type { TrustDocument } from '../../../../contract/trust-document.ts'
import { createOwnProfile } from '../../../providers/index.ts'
import { indexBySelectivity } from '../../decide/build-index.ts'
import type { Ceilings, CompiledTrust, Rule, TrustedIssuer } from '../compiled.ts'
import type { CompileOptions, Report } from '../context.ts'
import { OWN_ISSUER } from './own-name.ts'

const EMPTY = indexBySelectivity([])

/** The issuer without rules. The compiler adds them after all rules are compiled. */
export function createOwnIssuer(
  { rules }: Pick<TrustDocument, 'rules'>,
  { gatewayIssuer }: Ceilings,
  { isStored = false }: CompileOptions,
): TrustedIssuer {
  const granted = rules.flatMap((rule) =>
    rule.effect === 'deny' ? [] : Object.keys(rule.grant.claims ?? {}),
  )
  return {
    name: OWN_ISSUER,
    url: gatewayIssuer,
    // A stored document may name a claim of a rule that was left out.
    profile: createOwnProfile(isStored ? 'any' : new Set(granted)),
    audience: gatewayIssuer,
    keySource: gatewayIssuer,
    keyHosts: [],
    uploadedKeys: [],
    unusableKeys: [],
    uploadedKeysEnd: Number.POSITIVE_INFINITY,
    accepts: [],
    trustDomain: undefined,
    isClosed: false,
    ruleAt: (ordinal) => {
      throw new RangeError(`no rule ${ordinal}`)
    },
    index: EMPTY,
    tenantIndex: EMPTY,
  }
}

/** Documents of earlier releases may have an issuer of this name. They are still read. */
export function checkReservedName(
  { issuers }: Pick<TrustDocument, 'issuers'>,
  { isStored = false }: CompileOptions,
  report: Report,
): void {
  if (isStored || !Object.hasOwn(issuers, OWN_ISSUER)) return
  const message = 'is reserved: it means this gateway itself'
  report(['issuers', OWN_ISSUER], 'issuer_reserved', message)
}

/** The issuers by name, with the gateway itself. A declared issuer of this name goes first. */
export function withOwnIssuer(
  issuers: ReadonlyMap<string, TrustedIssuer>,
  own: TrustedIssuer | undefined,
): ReadonlyMap<string, TrustedIssuer> {
  if (own === undefined || issuers.has(OWN_ISSUER)) return issuers
  return new Map([...issuers, [OWN_ISSUER, own]])
}

/** All issuers that rules can name, and so the gateway itself. */
export function listIssuers({ issuers, own }: CompiledTrust): readonly TrustedIssuer[] {
  const declared = [...issuers.values()]
  const isDeclared = declared.some(({ name }) => name === OWN_ISSUER)
  return own === undefined || isDeclared ? declared : [...declared, own.issuer]
}

/** Finds rules by name in a list. The map is made for the first token that needs it. */
export function ruleNamedOf(rules: readonly Rule[]): (name: string) => Rule | undefined {
  let byName: ReadonlyMap<string, Rule> | undefined
  return (name) => {
    byName ??= new Map(rules.map((rule) => [rule.name, rule]))
    return byName.get(name)
  }
}
