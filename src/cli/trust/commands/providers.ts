/** `edgemint providers`: shows what a rule author needs to know about a platform. */
import { findProvider, listFixedUrls, listProviders } from '../../../core/providers/index.ts'
import type { ClaimProfile, ProviderProfile } from '../../../core/providers/profile.ts'
import { FACTS, listUnconfirmed } from '../../../core/providers/reference.ts'
import { describeClaim, findReference } from '../../../core/providers/references.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { print, printPlain } from '../../shell/output.ts'

export const command = {
  synopsis: '[NAME] [FLAGS]',
  about: `Lists the platforms that have a profile. With a name, shows one of them: its issuer, its claims and
which are safe to pin, how a workload requests a token for the gateway, known traps, the sources of
the facts, and the contact for changes.`,
  flags: { json: { about: 'print the same data as JSON' } },
  arguments: { least: 0, most: 1, what: 'a provider', completes: listProviders() },
  example: 'npx edgemint providers github-actions',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const [name] = positionals
  if (name === undefined) {
    const profiles = listProviders().flatMap((id) => findProvider(id) ?? [])
    if (values.json) print(JSON.stringify(profiles.map(summarize), null, 2))
    else print(profiles.map(renderRow).join('\n'))
    return EXIT_CODES.done
  }
  const profile = findProvider(name)
  if (profile === undefined) {
    throw usageFailure(`no provider is called "${name}"`, 'npx edgemint providers')
  }
  if (values.json) print(JSON.stringify(describe(profile), null, 2))
  else printPlain(render(profile))
  return EXIT_CODES.done
}

function summarize({ id, name, status, tenancy }: ProviderProfile) {
  return { id, name, status, tenancy }
}

function renderRow({ id, name, status }: ProviderProfile): string {
  return `${id.padEnd(28)}${name}${status === 'partial' ? ' (partial)' : ''}`
}

function issuerOf({ issuer }: ProviderProfile): string {
  return issuer.kind === 'fixed' ? listFixedUrls(issuer).join(' or ') : `such as ${issuer.example}`
}

function describe(profile: ProviderProfile) {
  const reference = findReference(profile.id)
  return {
    ...summarize(profile),
    issuer: issuerOf(profile),
    algorithms: profile.algorithms,
    typ: profile.types,
    keyHosts: profile.keyHosts ?? [],
    maxLifetimeSeconds: profile.maxLifetimeSeconds,
    contact: reference?.contact ?? null,
    confirmed: reference?.sources ?? {},
    unconfirmed: reference === undefined ? FACTS : listUnconfirmed(reference),
    replay: profile.replay,
    claims: profile.claims?.map((claim) => describeOne(profile, claim)) ?? null,
    guide: reference?.guide ?? null,
  }
}

function describeOne({ id }: ProviderProfile, claim: ClaimProfile) {
  return { ...claim, description: describeClaim(id, claim.path), pin: adviceOn(claim) }
}

/** Advises in a few words whether a rule can rely on the claim. */
function adviceOn({ immutable, influence, path, ...claim }: ClaimProfile): string {
  if (claim.class.endsWith('_checked') && path[0] !== 'sub') return 'checked on every token'
  if (influence === 'medium' || influence === 'high') return 'never as the only condition'
  return immutable === true ? 'safe' : 'only together with an id'
}

function render(profile: ProviderProfile): string {
  const { id, name, status, claims, tenancy } = profile
  const { guide, contact } = findReference(id) ?? {}
  const width = Math.max(0, ...(claims ?? []).map(({ path }) => path.join('.').length))
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : ['', title, ...items.map((item) => `  ${item}`)]
  return [
    `${name}${status === 'partial' ? ' (partial: not all facts are confirmed)' : ''}`,
    `  provider: ${id}`,
    `  issuer:   ${issuerOf(profile)}`,
    `  tenancy:  ${tenancy.replace('_', ' ')}${tenancy === 'shared' ? ': a rule must pin the tenant' : ''}`,
    ...list('Request a token', requestLines(id)),
    ...list(
      'Claims (type, whether to pin, whether the decision log may record it)',
      (claims ?? []).map((claim) => {
        const { path, types, recorded } = claim
        const facts = [types.join('|'), adviceOn(claim), ...(recorded ? ['recorded'] : [])]
        return `${path.join('.').padEnd(width)}  ${facts.join(', ')}. ${describeClaim(id, path)}`
      }),
    ),
    ...list('Subjects', guide?.subjectFormats ?? []),
    ...list('Traps', guide?.traps ?? []),
    ...list('Keys and tokens (with the source of each fact)', factLines(profile)),
    ...list('Not confirmed', guide?.unverified ?? []),
    ...list('Contact for changes to the claims', contact === undefined ? [] : [contact]),
  ].join('\n')
}

function factLines(profile: ProviderProfile): readonly string[] {
  const known = findReference(profile.id)
  const hosts = ['the host of the issuer', ...(profile.keyHosts ?? [])].join(', ')
  const values = {
    keyHosts: known?.keySet ? `${hosts} (${known.keySet})` : hosts,
    algorithms: profile.algorithms.join(', '),
    typ: profile.types.map((type) => type ?? 'absent').join(', '),
    discovery: known?.discovery ?? 'none: upload the keys',
    lifetime: `at most ${profile.maxLifetimeSeconds} seconds`,
    claims: profile.claims === null ? 'defined by the operator' : 'listed above',
  }
  return FACTS.map((fact) => {
    const source = known?.sources[fact]
    const origin = source === undefined ? 'not confirmed' : `confirmed: ${source}`
    return `${fact.padEnd(10)}  ${values[fact]}; ${origin}`
  })
}

function requestLines(id: string): readonly string[] {
  const request = findReference(id)?.guide?.tokenRequest
  if (request === undefined) return []
  const variables = request.env.length === 0 ? [] : [`variables: ${request.env.join(', ')}`]
  return [request.summary, ...variables, ...(request.command === null ? [] : [request.command])]
}
