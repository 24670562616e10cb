/**
 * Writes docs/providers.md from the profiles and guides, so that the page says what the gateway
 * does. A test compares the two; run this after a change to a provider: `node scripts/provider-docs.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { findGuide } from '../src/core/providers/guides.ts'
import { findProvider, listProviders } from '../src/core/providers/index.ts'
import type { ClaimProfile, ProviderProfile } from '../src/core/providers/profile.ts'

export const PROVIDER_DOCS = new URL('../docs/providers.md', import.meta.url)

/** The page, as it should stand. */
export function renderProviderDocs(): string {
  const profiles = listProviders().flatMap((id) => findProvider(id) ?? [])
  return [
    '# Providers',
    '',
    'What is known of each kind of issuer. A rule names an issuer entry of the [trust document](trust-document.md), and the entry names one of these. `edgemint providers NAME` shows the same in a terminal. This page is written from the profiles that the gateway reads.',
    '',
    '| provider | issuer | a rule that allows must pin one of |',
    '|---|---|---|',
    ...profiles.map(renderRow),
    '',
    'An issuer entry is always one exact URL. Where the table shows an example, the pattern behind it only checks what you typed; no token chooses its issuer. A *shared* issuer signs for everybody, so there a rule that names nobody is refused. `gitlab` is short for `gitlab-com`, or for `gitlab-self-managed` when the entry has an `issuer`. Under `circleci` and `vercel` an issuer without the organisation or team in its path is shared.',
    '',
    'Profiles marked *partial* rest on incomplete documentation: try a real token with `edgemint explain` before you trust a rule.',
    '',
    '"Chosen by outsiders" says how far somebody outside your organisation can choose the value. A claim that is neither immutable nor safe from outsiders proves little alone.',
    ...profiles.flatMap(renderProfile),
    '',
  ].join('\n')
}

function renderRow(profile: ProviderProfile): string {
  const { issuer } = profile
  const url = issuer.kind === 'fixed' ? issuer.url : issuer.example
  const paths = [...profile.tenantClaims, ...profile.projectClaims]
  const pins = profile.tenancy === 'shared' ? paths.map(renderPath).join(', ') : '–'
  const shown = issuer.kind === 'fixed' ? `\`${url}\`` : `such as \`${url}\``
  return `| \`${profile.id}\` | ${shown} | ${pins} |`
}

function renderProfile(profile: ProviderProfile): readonly string[] {
  const guide = findGuide(profile.id)
  const facts = [
    profile.status === 'partial' ? 'Partial.' : '',
    { shared: 'Shared issuer.', per_tenant: 'Issuer per tenant.', self_hosted: 'Your own issuer.' }[
      profile.tenancy
    ],
    `Signs with ${profile.algorithms.join(', ')}.`,
    `Tokens are accepted up to ${profile.maxLifetimeSeconds / 3600} h long.`,
    {
      once: 'Each token is asked for anew.',
      reused: 'Honest workloads present one token several times.',
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
  const claims = profile.claims?.filter(({ class: kind }) => !kind.endsWith('checked')) ?? []
  if (claims.length > 0) {
    lines.push('', '| claim | type | immutable | chosen by outsiders | |', '|---|---|---|---|---|')
    lines.push(...claims.map(renderClaim))
  }
  if (guide !== undefined && guide.traps.length > 0) {
    lines.push('', 'Traps:', '', ...guide.traps.map((trap) => `- ${trap}`))
  }
  if (guide !== undefined && guide.unverified.length > 0) {
    lines.push('', `Not confirmed: ${guide.unverified.join(' ')}`)
  }
  return lines
}

function renderClaim(claim: ClaimProfile): string {
  const immutable = { true: 'yes', false: 'no', null: '–' }[String(claim.immutable)] ?? '–'
  const notes = [
    claim.class === 'required' ? 'Required.' : '',
    claim.description,
    claim.isCaseInsensitive ? 'Compared without case.' : '',
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
