/**
 * The Worker's variables and secrets as the environment of a command gives them. The Worker checks
 * them too; here a mistake is named before anything starts, never with its value.
 */

import {
  ISSUER_KEYS_MAX_STALE_CEILING_SECONDS,
  MAX_RULES,
  MAX_RULES_CEILING,
  MAX_TOKEN_LIFETIME_CEILING_SECONDS,
  MAX_TOKEN_LIFETIME_SECONDS,
  MIN_TOKEN_LIFETIME_SECONDS,
  TRUST_MAX_STALE_CEILING_SECONDS,
} from '../../core/limits.ts'
import { compilePolicy } from '../../core/policy/compile/compile.ts'
import type { Ceilings } from '../../core/policy/compile/compiled.ts'
import { importKeyRing } from '../../core/tokens/keyring.ts'
import { parseHost } from '../../web/host.ts'
import { usageFailure } from '../shell/failure.ts'
import { renderPath } from '../trust/problems.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Whole numbers, with the bounds that the Worker has for them. */
const NUMBERS = new Map([
  ['MAX_TOKEN_LIFETIME_SECONDS', [MIN_TOKEN_LIFETIME_SECONDS, MAX_TOKEN_LIFETIME_CEILING_SECONDS]],
  ['MAX_RULE_EXPIRY_DAYS', [1, 99_999]],
  ['TRUST_MAX_RULES', [1, MAX_RULES_CEILING]],
  ['TRUST_MAX_STALE_SECONDS', [10, TRUST_MAX_STALE_CEILING_SECONDS]],
  ['ISSUER_KEYS_MAX_STALE_SECONDS', [60, ISSUER_KEYS_MAX_STALE_CEILING_SECONDS]],
] as const)

type NumberVariable = Parameters<(typeof NUMBERS)['get']>[0]

const SIGNING_KEY = /^SIGNING_KEY_[A-Z0-9_]+$/

/** What a gateway with this environment says about every document. */
export function readCeilings(
  environment: Environment,
  gatewayIssuer: string,
  localIssuers: boolean,
): Ceilings {
  const days = readNumber(environment, 'MAX_RULE_EXPIRY_DAYS')
  return {
    gatewayIssuer,
    maxTokenLifetimeSeconds:
      readNumber(environment, 'MAX_TOKEN_LIFETIME_SECONDS') ?? MAX_TOKEN_LIFETIME_SECONDS,
    maxRuleExpirySeconds: days === undefined ? undefined : days * 24 * 3600,
    maxRules: readNumber(environment, 'TRUST_MAX_RULES') ?? MAX_RULES,
    localIssuers,
  }
}

/** Everything that a Worker is given, checked. Throws a usage failure that names the variable. */
export async function gatherWorkerVariables(
  environment: Environment,
  ceilings: Ceilings,
): Promise<Readonly<Record<string, string>>> {
  const variables: Record<string, string> = {}
  for (const name of NUMBERS.keys()) {
    const value = readNumber(environment, name)
    if (value !== undefined) variables[name] = String(value)
  }
  const policy = environment.BOOTSTRAP_TRUST
  if (policy !== undefined && policy.trim() !== '') {
    checkPolicy(policy, ceilings)
    variables.BOOTSTRAP_TRUST = policy
  }
  const hosts = environment.ALLOWED_HOSTS
  if (hosts !== undefined && hosts.trim() !== '') {
    if (
      hosts
        .trim()
        .split(/[\s,]+/)
        .some((host) => parseHost(host) === undefined)
    ) {
      throw usageFailure(
        'ALLOWED_HOSTS must be hosts with an optional port, between spaces or commas',
      )
    }
    variables.ALLOWED_HOSTS = hosts.trim()
  }
  const keys = Object.entries(environment).flatMap(([name, jwk]) =>
    SIGNING_KEY.test(name) && jwk !== undefined && jwk !== '' ? [{ name, jwk }] : [],
  )
  const [problem] = (await importKeyRing(keys)).problems
  if (problem !== undefined) throw usageFailure(`${problem.name} ${problem.message}`)
  for (const { name, jwk } of keys) variables[name] = jwk
  return variables
}

function readNumber(environment: Environment, name: NumberVariable): number | undefined {
  const text = environment[name]
  if (text === undefined || text === '') return undefined
  const [least, most] = NUMBERS.get(name) ?? [0, 0]
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most)) {
    throw usageFailure(`${name} must be a whole number from ${least} to ${most}`)
  }
  return value
}

function checkPolicy(text: string, ceilings: Ceilings): void {
  const result = compilePolicy(parseJson(text), ceilings)
  const [problem] = 'problems' in result ? result.problems : []
  if (problem === undefined) return
  const where = renderPath(problem.path)
  throw usageFailure(`BOOTSTRAP_TRUST: ${where === '' ? '' : `${where}: `}${problem.message}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw usageFailure('BOOTSTRAP_TRUST is not JSON')
  }
}
