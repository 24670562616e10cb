/** What a token is asked for, from flags or else from the environment. */
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
    about: 'the API the token is for, as the trust document names it',
    required: true,
    variables: ['EDGEMINT_RESOURCE'],
  },
  scope: {
    value: 'SCOPE',
    about: 'a scope to ask for',
    repeats: true,
    variables: ['EDGEMINT_SCOPE'],
    default: 'all scopes of the rule',
  },
  rule: {
    value: 'NAME',
    about: 'only this rule may decide; naming one grants nothing',
    variables: ['EDGEMINT_RULE'],
  },
  lifetime: {
    value: 'SECONDS',
    about: 'ask for a shorter life than the rule gives, 10 or more',
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

/** Of `--lifetime`; what every gateway refuses is refused before anything is sent. */
export function parseLifetime(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const seconds = parseSeconds(value)
  const fault = findLifetimeFault(seconds)
  if (fault !== undefined) throw usageFailure(`--lifetime ${fault}`)
  return seconds
}
