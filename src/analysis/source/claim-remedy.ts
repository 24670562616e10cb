/**
 * The claim that is meant by its name in another tool: `attribute.repository` of Google Cloud,
 * `token.actions.githubusercontent.com:sub` of IAM, `github.repository` of a workflow, or `REPOSITORY`.
 */
import { findProvider } from '../../core/providers/index.ts'

const OTHER_NAMES: Readonly<Record<string, string>> = {
  subject: 'sub',
  subject_pattern: 'sub',
  issuer: 'iss',
  audience: 'aud',
}

/** The name of a claim of the provider, or undefined if none is meant. */
export function findMeantClaim(text: string, provider: string): string | undefined {
  const claims = findProvider(provider)?.claims?.map(({ path }) => path.join('.')) ?? []
  const written = text.trim().toLowerCase()
  const last = /[^.:/]*$/.exec(written)?.[0] ?? ''
  const meant = [written, last, OTHER_NAMES[last]]
  return meant
    .map((name) => claims.find((claim) => claim.toLowerCase() === name))
    .find((claim) => claim !== undefined)
}
