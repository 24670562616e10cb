/** `edgemint suggest`: writes the narrowest sensible rule for the claims of one real token. */

import { stringify } from 'yaml'
import { type Suggestion, suggest } from '../../../analysis/index.ts'
import { findResource } from '../../../core/policy/compile/resource-uri.ts'
import { findProvider, listFixedUrls, listProviders } from '../../../core/providers/index.ts'
import type { ProviderProfile } from '../../../core/providers/profile.ts'
import { isScopeToken } from '../../../protocol/scope.ts'
import type { JsonObject } from '../../../web/json.ts'
import { parseMoment } from '../../../web/moment.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { printJson, printPlain } from '../../shell/output.ts'
import { parseResource } from '../../workload/target-flags.ts'
import { CLAIMS_FLAGS } from '../admin-flags.ts'
import { readClaims, readTokenClaims } from '../claims-input.ts'
import { readTrust } from '../read-trust.ts'

const DEFAULT_DAYS = 90

export const command = {
  synopsis: '--issuer NAME (--claims FILE | --token-file FILE) [FLAGS]',
  about: `Writes a rule for the workload that these claims identify. The rule matches as few other workloads
as possible. The output says for each claim why the rule uses it or not. Review the rule before you
use it.`,
  flags: {
    issuer: { value: 'NAME', about: 'the name of the issuer in the document', required: true },
    ...CLAIMS_FLAGS,
    provider: {
      value: 'ID',
      about: 'the platform',
      default:
        'the provider of the issuer in `--trust`, the provider named like the issuer, or that of the claim `iss`',
      completes: listProviders(),
    },
    trust: { value: 'FILE', about: 'the document that the rule is for', completes: 'files' },
    resource: { value: 'URI', about: 'the API', default: 'the first resource of `--trust`' },
    scope: {
      value: 'SCOPES',
      about: 'scopes, separated by spaces',
      default: 'the first scope of the resource',
    },
    owner: { value: 'OWNER', about: 'the owner of the rule' },
    expires: {
      value: 'DATE',
      about: 'the last day of the rule',
      default: `${DEFAULT_DAYS} days from now`,
    },
    json: { about: 'print `{ rule, subject, findings, kept, leftOut }`' },
  },
  example: 'npx edgemint suggest --issuer github --provider github-actions --claims claims.json',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const issuerName = requireFlag('issuer', values.issuer)
  const asked = values.resource === undefined ? undefined : parseResource(values.resource)
  const scopes = values.scope?.split(' ').filter((scope) => scope !== '')
  for (const scope of scopes ?? []) {
    if (!isScopeToken(scope)) throw usageFailure('--scope must be scopes separated by spaces')
  }
  const expires = readExpires(values.expires)
  const claims =
    values['token-file'] === undefined
      ? await readClaims(requireFlag('claims', values.claims))
      : await readTokenClaims(values['token-file'])
  const trust = values.trust === undefined ? undefined : (await readTrust(values.trust)).trust
  const issuer = [...(trust?.issuers.values() ?? [])].find(({ name }) => name === issuerName)
  const provider =
    (values.provider === undefined ? issuer?.profile : undefined) ??
    findProfile(values.provider ?? issuerName, claims, values.provider !== undefined)
  const known =
    asked === undefined
      ? [...(trust?.resources.values() ?? [])][0]
      : findResource(trust?.resources ?? new Map(), asked)
  const suggestion = suggest({
    issuerName,
    provider,
    claims,
    resource: asked ?? known?.uri ?? 'https://api.example.com/v1',
    scopes: scopes ?? [...(known?.scopes ?? ['read'])].slice(0, 1),
    owner: values.owner ?? 'you@example.com',
    expires,
  })
  if ('fault' in suggestion) throw refusal(suggestion.fault)
  if (values.json) {
    printJson(suggestion, 2)
    return EXIT_CODES.done
  }
  const comment = ({ claim, why }: { claim: string; why: string }) => `#   ${claim}: ${why}`
  printPlain(
    [
      stringify({ rules: [suggestion.rule] }, { lineWidth: 0 }).trimEnd(),
      ...(suggestion.subject === undefined ? [] : [`# Subject: ${suggestion.subject}`]),
      ...listFindings(suggestion.findings),
      '# Kept:',
      ...suggestion.kept.map(comment),
      '# Left out:',
      ...suggestion.leftOut.map(comment),
    ].join('\n'),
  )
  return EXIT_CODES.done
}

/** `apply` refuses the rule until its findings are accepted, so they are named here. */
function listFindings(findings: Suggestion['findings']): readonly string[] {
  if (findings.length === 0) return []
  const lines = findings.map(({ lint, message, fix }) => `#   ${lint}: ${message}. ${fix}`)
  return ['# Lint:', ...lines]
}

/** Refuses what the gateway would refuse in a rule, or what has ended. */
function readExpires(text: string | undefined): string {
  if (text === undefined) return inDays(DEFAULT_DAYS)
  const isForm = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/.test(text)
  const end = isForm ? parseMoment(text) : undefined
  if (end === undefined) {
    throw usageFailure('--expires must be a date such as 2027-03-31 or a UTC time')
  }
  if (end * 1000 <= Date.now()) throw usageFailure(`--expires is in the past: ${text}`)
  return text
}

/** Finds the platform by its id, or by the `iss` claim if no id was given. */
function findProfile(id: string, claims: JsonObject, isAsked: boolean): ProviderProfile {
  const { iss } = claims
  const named = findProvider(id, typeof iss === 'string' ? iss : undefined)
  if (named !== undefined) return named
  const byIssuer = listProviders()
    .flatMap((one) => findProvider(one) ?? [])
    .find(({ issuer }) => listFixedUrls(issuer).some((url) => url === iss))
  if (byIssuer !== undefined && !isAsked) return byIssuer
  throw usageFailure(
    isAsked
      ? `no provider is called "${id}"`
      : 'the platform is not clear from the claims: add --provider',
    'npx edgemint providers',
  )
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
}
