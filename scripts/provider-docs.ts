/**
 * Writes docs/providers.md from the provider profiles and their reference data. A test compares the
 * two. Run this after a change to a provider: `node scripts/provider-docs.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { findProvider, listFixedUrls, listProviders } from '../src/core/providers/index.ts'
import type { ClaimProfile, ProviderProfile } from '../src/core/providers/profile.ts'
import { FACTS, listUnconfirmed } from '../src/core/providers/reference.ts'
import { describeClaim, findReference } from '../src/core/providers/references.ts'

export const PROVIDER_DOCS = new URL('../docs/providers.md', import.meta.url)

/** Returns the page that the profiles describe. */
export function renderProviderDocs(): string {
  const profiles = listProviders().flatMap((id) => findProvider(id) ?? [])
  return [
    '# Providers',
    '',
    'What is known of each kind of issuer. A rule names an issuer entry of the [trust document](trust-document.md), and the entry names one of these. `edgemint providers NAME` shows the same in a terminal. This page is generated from the profiles that the gateway uses.',
    '',
    '| provider | issuer | a rule that allows must pin one of |',
    '|---|---|---|',
    ...profiles.map(renderRow),
    '',
    'An issuer entry is always one exact URL. If the table shows an example, its pattern only checks the URL in the document; a token never chooses its issuer. A *shared* issuer signs for all customers, so a rule that pins no tenant is refused. `gitlab` means `gitlab-com`, or `gitlab-self-managed` if the entry has an `issuer`. For `circleci` and `vercel`, an issuer without the organization or team in its path is shared.',
    '',
    'Profiles marked *partial* rest on incomplete documentation: try a real token with `edgemint explain` before you trust a rule.',
    '',
    '"Chosen by outsiders" says how much people outside your organization can choose the value. Do not rely only on a claim that is mutable or that outsiders can choose. A claim marked *recorded* identifies no person, so a record of decisions may keep it.',
    '',
    '## Keys and tokens',
    '',
    "Where an issuer publishes its keys, what it signs with, and the longest `exp` minus `iat` that is accepted. `{issuer}` is the issuer URL without a last slash. Keys come from the issuer's own host, or from a host in the second column. Each section names the vendor document or source that confirms a fact; the last column lists what nothing confirms yet.",
    '',
    '| provider | key set | other key hosts | algorithms | `typ` | discovery | longest lifetime | not confirmed |',
    '|---|---|---|---|---|---|---|---|',
    ...profiles.map(renderFacts),
    '',
    'A token that lives longer than 24 hours is refused, with two exceptions: Modal tokens live two days, and Entra ID dates a managed identity token five minutes back. Some platforms can issue longer tokens; change this there:',
    '',
    ...LONGER_LIVES.map(([platform, remedy]) => `- **${platform}**: ${remedy}`),
    ...profiles.flatMap(renderProfile),
    '',
  ].join('\n')
}

/** Platforms whose tokens can be too long-lived, and the setting that shortens them. */
const LONGER_LIVES = [
  [
    'GitLab',
    'an ID token lives as long as the timeout of its job. Set the timeout to 24 hours or less.',
  ],
  [
    'HCP Terraform and Terraform Enterprise',
    'a token lives as long as the timeout of the plan or apply. Set both to 24 hours or less.',
  ],
  [
    'Kubernetes',
    'mount a projected token with the audience of the gateway and an `expirationSeconds` of 86400 or less. The default API token of a pod can live a year.',
  ],
  [
    'Cloudflare Access',
    'an application token lives as long as the session. Set the session duration of the application to 24 hours or less.',
  ],
  [
    'Entra ID',
    'tokens with continuous access evaluation live 20 to 28 hours. They are for Microsoft APIs; a token for an API of yours lives about an hour.',
  ],
  ['Auth0', 'the token expiration of an API is a day by default. Do not raise it.'],
  ['Buildkite', 'leave `--lifetime` at 86400 or less; the default is five minutes.'],
  ['Vault and OpenBao', 'the `ttl` of a role is 24 hours by default. Do not raise it.'],
  ['Jenkins', 'the token lifetime is an hour by default. Set it to 86400 or less.'],
  ['SPIRE', 'leave `default_jwt_svid_ttl` at 24 hours or less; the default is five minutes.'],
] as const

function renderFacts(profile: ProviderProfile): string {
  const known = findReference(profile.id)
  const code = (values: readonly string[]) =>
    values.length === 0 ? '–' : values.map((value) => `\`${value}\``).join(', ')
  const unconfirmed = known === undefined ? FACTS : listUnconfirmed(known)
  return `| ${[
    `\`${profile.id}\``,
    code(known?.keySet ? [known.keySet] : []),
    code(profile.keyHosts ?? []),
    profile.algorithms.join(', '),
    profile.types.map((type) => type ?? 'absent').join(', '),
    known?.discovery ? code([known.discovery.replace('{issuer}', '')]) : 'none: upload the keys',
    renderDuration(profile.maxLifetimeSeconds),
    unconfirmed.length === 0 ? '–' : unconfirmed.join(', '),
  ].join(' | ')} |`
}

function renderDuration(seconds: number): string {
  const minutes = (seconds % 3600) / 60
  return `${Math.floor(seconds / 3600)} h${minutes === 0 ? '' : ` ${minutes} min`}`
}

/** Returns one line that names each source with the facts that it confirms. */
function renderSources(id: string): string {
  const sources = findReference(id)?.sources ?? {}
  const bySource = new Map<string, string[]>()
  for (const fact of FACTS) {
    const source = sources[fact]
    if (source !== undefined) bySource.set(source, [...(bySource.get(source) ?? []), fact])
  }
  const parts = [...bySource].map(([source, facts]) => {
    const link = source.startsWith('https://') ? `<${source}>` : `\`${source}\``
    return `${facts.join(', ')} from ${link}`
  })
  return parts.length === 0 ? '' : `Confirmed: ${parts.join('; ')}.`
}

function renderRow(profile: ProviderProfile): string {
  const { issuer } = profile
  const urls = listFixedUrls(issuer).map((url) => `\`${url}\``)
  const paths = [...profile.tenantClaims, ...profile.projectClaims]
  const pins = profile.tenancy === 'shared' ? paths.map(renderPath).join(', ') : '–'
  const shown = issuer.kind === 'fixed' ? urls.join(' or ') : `such as \`${issuer.example}\``
  return `| \`${profile.id}\` | ${shown} | ${pins} |`
}

function renderProfile(profile: ProviderProfile): readonly string[] {
  const { guide, contact } = findReference(profile.id) ?? {}
  const facts = [
    profile.status === 'partial' ? 'Partial.' : '',
    { shared: 'Shared issuer.', per_tenant: 'Issuer per tenant.', self_hosted: 'Your own issuer.' }[
      profile.tenancy
    ],
    `Signs with ${profile.algorithms.join(', ')}.`,
    `Tokens are accepted up to ${renderDuration(profile.maxLifetimeSeconds)} long.`,
    {
      once: 'A workload requests a new token for each use.',
      reused: 'Workloads present one token several times.',
      no_jti: 'Tokens have no `jti`.',
    }[profile.replay],
    profile.unsafeEvents.length === 0
      ? ''
      : `Events that outsiders start: ${profile.unsafeEvents.map((event) => `\`${event}\``).join(', ')}.`,
  ]
  const lines = ['', `## ${profile.id}`, '', `${profile.name}. ${facts.filter(Boolean).join(' ')}`]
  if (guide !== undefined) {
    const { summary, command } = guide.tokenRequest
    lines.push('', `**Asking for a token.** ${summary}`)
    if (command !== null) lines.push('', '```text', command, '```')
    lines.push('', ...guide.subjectFormats.map((format) => `- Subject: \`${format}\``))
  }
  if (profile.job !== undefined) {
    const source = findReference(profile.id)?.sources.job ?? ''
    const place = source.startsWith('https://') ? `<${source}>` : `\`${source}\``
    lines.push('', `**One job.** ${renderPath(profile.job)}, as in ${place}.`)
  }
  const claims = profile.claims?.filter(({ class: kind }) => !kind.endsWith('checked')) ?? []
  if (claims.length > 0) {
    lines.push('', '| claim | type | immutable | chosen by outsiders | |', '|---|---|---|---|---|')
    lines.push(...claims.map((claim) => renderClaim(profile.id, claim)))
  }
  if (guide !== undefined && guide.traps.length > 0) {
    lines.push('', 'Traps:', '', ...guide.traps.map((trap) => `- ${trap}`))
  }
  const confirmed = renderSources(profile.id)
  if (confirmed !== '') lines.push('', confirmed)
  if (guide !== undefined && guide.unverified.length > 0) {
    lines.push('', `Not confirmed: ${guide.unverified.join(' ')}`)
  }
  if (contact !== undefined) lines.push('', `Contact for changes of the claims: <${contact}>.`)
  return lines
}

function renderClaim(id: string, claim: ClaimProfile): string {
  const immutable = { true: 'yes', false: 'no', null: '–' }[String(claim.immutable)] ?? '–'
  const notes = [
    claim.class === 'required' ? 'Required.' : '',
    describeClaim(id, claim.path),
    claim.isCaseInsensitive ? 'Compared without case.' : '',
    claim.recorded ? 'Recorded.' : '',
  ]
  const text = notes.filter(Boolean).join(' ').replaceAll('|', '\\|')
  return `| ${renderPath(claim.path)} | ${claim.types.join(', ')} | ${immutable} | ${claim.influence} | ${text} |`
}

function renderPath(path: readonly string[]): string {
  return `\`${path.join('.')}\``
}

if (process.argv[1] === import.meta.filename) {
  const page = renderProviderDocs()
  const before = readFileSync(PROVIDER_DOCS, { encoding: 'utf8', flag: 'a+' })
  if (page !== before) writeFileSync(PROVIDER_DOCS, page)
}
