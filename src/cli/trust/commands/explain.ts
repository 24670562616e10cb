/**
 * `edgemint explain`: shows what a trust file decides for some claims, rule by rule, without a
 * gateway.
 */
import {
  type ClaimsDecision,
  type CompiledTrust,
  evaluate as evaluateClaims,
  explain,
} from '../../../analysis/index.ts'
import type { JsonObject } from '../../../web/json.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { hint, printJson, printPlain, say } from '../../shell/output.ts'
import { CONNECTION_FLAGS, readConnection } from '../../workload/connection-flags.ts'
import { parseLifetime } from '../../workload/target-flags.ts'
import { ACTOR_FLAGS, CLAIMS_FLAGS } from '../admin-flags.ts'
import { readClaims, readTokenClaims } from '../claims-input.ts'
import { readMoment } from '../moment-flag.ts'
import { findOtherIssuer } from '../other-issuer.ts'
import { readTrust } from '../read-trust.ts'

export const command = {
  synopsis: '--trust FILE --issuer NAME (--claims FILE | --token-file FILE) [FLAGS]',
  about: `Shows what a trust document decides for some claims, and why each rule does or does not match. For a
grant it prints the subject, the lifetime and the claims that the token would have.
The command sends nothing and verifies nothing: a token is only decoded.`,
  flags: {
    trust: { value: 'FILE', about: 'the trust document', required: true, completes: 'files' },
    issuer: { value: 'NAME', about: 'the name of the issuer in the document', required: true },
    ...CLAIMS_FLAGS,
    ...ACTOR_FLAGS,
    resource: {
      value: 'URI',
      about:
        'the requested resource; optional if the document has only one, or if the matching rules grant only one',
    },
    scope: {
      value: 'SCOPES',
      about: 'the requested scopes, separated by spaces',
      default: 'all scopes of the rule',
    },
    rule: { value: 'NAME', about: 'consider only this rule' },
    lifetime: {
      value: 'SECONDS',
      about: 'the requested lifetime, 10 or more',
      default: 'the lifetime that the rule grants',
    },
    ...CONNECTION_FLAGS,
    at: {
      value: 'TIME',
      about: 'the time of the decision, a UTC time such as `2026-12-01T12:00:00Z`',
      default: 'now',
    },
    json: { about: 'print the decision, its trace and its explanation as JSON' },
  },
  notes: 'Exits with 1 if the decision is a denial.',
  example: 'npx edgemint explain --trust trust.yaml --issuer github --claims claims.json',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const { trust } = await readTrust(requireFlag('trust', values.trust))
  const issuer = requireFlag('issuer', values.issuer)
  const at = readMoment(values.at, '--at')
  const claims = await readIdentity(values.claims, values['token-file'])
  // The denial then names the conditions that failed, and not the missing resource.
  const resource = values.resource ?? onlyOf([...trust.resources.values()].map(({ uri }) => uri))
  const scopes = values.scope?.split(' ').filter((scope) => scope !== '')
  const actor = await readActor(values['actor-issuer'], values['actor-claims'])
  const decision = evaluateClaims(
    trust,
    { issuer, claims, actor },
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
  say('the claims are not verified: a gateway verifies the token before it decides')
  sayOtherIssuer(trust, { issuer, claims }, 'issuer_not_trusted')
  if (actor !== undefined) sayOtherIssuer(trust, actor, 'actor_issuer_not_trusted')
  return decision.kind === 'granted' ? EXIT_CODES.done : EXIT_CODES.refused
}

/** Says which issuer the claims are of, if not of the named one. */
function sayOtherIssuer(
  trust: CompiledTrust,
  identity: { readonly issuer: string; readonly claims: JsonObject },
  reason: 'issuer_not_trusted' | 'actor_issuer_not_trusted',
): void {
  const other = findOtherIssuer(trust, identity)
  if (other === undefined) return
  say(other.fault)
  hint(
    other.named === undefined
      ? `a gateway with this document refuses the token (${reason})`
      : `--${reason === 'issuer_not_trusted' ? '' : 'actor-'}issuer ${other.named}`,
  )
}

/** Describes the content of the token that would be issued, except what the summary already has. */
function describeToken(decision: ClaimsDecision): readonly string[] {
  if (decision.kind === 'denied') return []
  const { subject, lifetimeSeconds, claims, act } = decision
  return [
    `  subject: ${subject ?? 'unknown, because the claims have no sub'}`,
    `  lifetime: ${lifetimeSeconds} seconds`,
    ...(act === undefined ? [] : [`  act: ${JSON.stringify(act)}`]),
    ...Object.entries(claims).map(([name, value]) => `  claims.${name}: ${textOf(value)}`),
  ]
}

async function readIdentity(claims: string | undefined, tokenFile: string | undefined) {
  if (claims !== undefined && tokenFile !== undefined) {
    throw usageFailure('--claims and --token-file cannot be used together')
  }
  if (tokenFile !== undefined) return readTokenClaims(tokenFile)
  return readClaims(requireFlag('claims', claims))
}

async function readActor(issuer: string | undefined, file: string | undefined) {
  if (issuer === undefined && file === undefined) return undefined
  return {
    issuer: requireFlag('actor-issuer', issuer),
    claims: await readClaims(requireFlag('actor-claims', file)),
  }
}

function onlyOf(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined
}

function textOf(claim: unknown): string {
  return typeof claim === 'string' ? claim : JSON.stringify(claim)
}
