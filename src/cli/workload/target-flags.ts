/** Reads what to request a token for, from flags or from the environment. */
import { findLifetimeFault, parseSeconds } from '../../client/in-house.ts'
import type { Flags, Values } from '../shell/command.ts'
import { usageFailure } from '../shell/failure.ts'
import { requireFlag } from '../shell/flags.ts'
import { requireGatewayUrl } from './gateway-url.ts'

export const TARGET_FLAGS = {
  url: {
    value: 'URL',
    about: 'the gateway, by its issuer URL',
    required: true,
    variables: ['EDGEMINT_URL'],
  },
  resource: {
    value: 'URI',
    about: 'the API that the token is for, by its URI in the trust document',
    required: true,
    variables: ['EDGEMINT_RESOURCE'],
  },
  scope: {
    value: 'SCOPE',
    about: 'a scope to request',
    repeats: true,
    variables: ['EDGEMINT_SCOPE'],
    default: 'all scopes of the rule',
  },
  rule: {
    value: 'NAME',
    about: 'evaluate only this rule; grants no further access',
    variables: ['EDGEMINT_RULE'],
  },
  lifetime: {
    value: 'SECONDS',
    about: 'a shorter lifetime than the rule grants, at least 10',
  },
} as const satisfies Flags

export type TargetValues = Partial<Values<typeof TARGET_FLAGS>>

export type Target = {
  readonly url: string
  readonly resource: string
  readonly scopes: readonly string[] | undefined
  readonly rule: string | undefined
  readonly lifetimeSeconds: number | undefined
}

export function readTarget(values: TargetValues): Target {
  return {
    url: requireGatewayUrl(values.url),
    resource: requireFlag('resource', values.resource),
    scopes: values.scope,
    rule: values.rule,
    lifetimeSeconds: parseLifetime(values.lifetime),
  }
}

/** Parses `--lifetime`. Throws a usage failure for a value that every gateway refuses. */
export function parseLifetime(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const seconds = parseSeconds(value)
  const fault = findLifetimeFault(seconds)
  if (fault !== undefined) throw usageFailure(`--lifetime ${fault}`)
  return seconds
}
