/** `edgemint explain`: what a trust file decides for some claims, rule by rule, without a gateway. */
import {
  type ClaimsDecision,
  evaluate as evaluateClaims,
  explain,
} from '../../../analysis/index.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { printJson, printPlain, say } from '../../shell/output.ts'
import { CONNECTION_FLAGS, readConnection } from '../../workload/connection-flags.ts'
import { parseLifetime } from '../../workload/target-flags.ts'
import { CLAIMS_FLAGS } from '../admin-flags.ts'
import { readClaims, readTokenClaims } from '../claims-input.ts'
import { readMoment } from '../moment-flag.ts'
import { readTrust } from '../read-trust.ts'

export const command = {
  synopsis: '--trust FILE --issuer NAME (--claims FILE | --token-file FILE) [FLAGS]',
  about: `Says what a trust document decides for some claims, and why each rule does or does not match. For a
grant it prints the subject, the lifetime and the claims that the token would have.
Nothing is sent anywhere, and nothing is verified: a token is only decoded.`,
  flags: {
    trust: { value: 'FILE', about: 'the trust document', required: true, completes: 'files' },
    issuer: { value: 'NAME', about: 'the issuer, as the document names it', required: true },
    ...CLAIMS_FLAGS,
    resource: {
      value: 'URI',
      about: 'what is asked for; may be left out when the document has one resource',
    },
    scope: {
      value: 'SCOPES',
      about: 'the scopes that are asked for, separated by spaces',
      default: 'all scopes of the rule',
    },
    rule: { value: 'NAME', about: 'the one rule that may decide' },
    lifetime: {
      value: 'SECONDS',
      about: 'the life that is asked for, 10 or more',
      default: 'as long as the rule allows',
    },
    ...CONNECTION_FLAGS,
    at: {
      value: 'TIME',
      about: 'when it is decided: a UTC time such as `2026-12-01T12:00:00Z`',
      default: 'now',
    },
    json: { about: 'print the decision with its trace, and the sentences, as JSON' },
  },
  notes: 'Exits with 1 when the decision is a denial.',
  example: 'npx edgemint explain --trust trust.yaml --issuer github --claims claims.json',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const { trust } = await readTrust(requireFlag('trust', values.trust))
  const issuer = requireFlag('issuer', values.issuer)
  const at = readMoment(values.at, '--at')
  const claims = await readIdentity(values.claims, values['token-file'])
  const resource = values.resource ?? onlyOf([...trust.resources.values()].map(({ uri }) => uri))
  if (resource === undefined) throw usageFailure('--resource is required: the document has several')
  const scopes = values.scope?.split(' ').filter((scope) => scope !== '')
  const decision = evaluateClaims(
    trust,
    { issuer, claims },
    {
      resource,
      scopes,
      rule: values.rule,
      lifetimeSeconds: parseLifetime(values.lifetime),
      context: readConnection(values),
    },
    at,
  )
  const explanation = explain(decision)
  if (values.json) printJson({ decision, explanation, verified: false }, 2)
  else {
    const { summary, rules, nearestMiss } = explanation
    const lines = [
      summary,
      ...describeToken(decision),
      ...rules.map(({ rule, sentence }) => `  ${rule}: ${sentence}`),
    ]
    printPlain(
      [...lines, ...(nearestMiss === undefined ? [] : [`nearest: ${nearestMiss}`])].join('\n'),
    )
  }
  say('these claims are not verified: a gateway decides only after it has checked the token')
  return decision.kind === 'granted' ? EXIT_CODES.done : EXIT_CODES.refused
}

/** What the token would say, beside what the summary has. */
function describeToken(decision: ClaimsDecision): readonly string[] {
  if (decision.kind === 'denied') return []
  const { subject, lifetimeSeconds, claims } = decision
  return [
    `  subject: ${subject ?? 'unknown, because the claims have no sub'}`,
    `  lifetime: ${lifetimeSeconds} seconds`,
    ...Object.entries(claims).map(([name, value]) => `  claims.${name}: ${value}`),
  ]
}

async function readIdentity(claims: string | undefined, tokenFile: string | undefined) {
  if (claims !== undefined && tokenFile !== undefined) {
    throw usageFailure('--claims and --token-file exclude each other')
  }
  if (tokenFile !== undefined) return readTokenClaims(tokenFile)
  return readClaims(requireFlag('claims', claims))
}

function onlyOf(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined
}
