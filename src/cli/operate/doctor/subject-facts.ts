/**
 * The few facts of a subject token that the doctor may show. Every other claim says who somebody is
 * or what they work on, and stays unread.
 */
import { parseStrictObject } from '../../../core/evidence/strict-json.ts'

export type SubjectFacts = {
  readonly typ: string | undefined
  readonly alg: string | undefined
  readonly iss: string | undefined
  readonly aud: readonly string[]
  /** Epoch seconds. */
  readonly exp: number | undefined
  readonly iat: number | undefined
}

/** Undefined for what is no JWT. Nobody has checked the signature. */
export function readSubjectFacts(token: string): SubjectFacts | undefined {
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  const header = parseStrictObject(Buffer.from(parts[0] ?? '', 'base64url'))
  const claims = parseStrictObject(Buffer.from(parts[1] ?? '', 'base64url'))
  if (header === undefined || claims === undefined) return undefined
  const audiences: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  return {
    typ: asText(header.typ),
    alg: asText(header.alg),
    iss: asText(claims.iss),
    aud: audiences.filter((entry) => typeof entry === 'string'),
    exp: asNumber(claims.exp),
    iat: asNumber(claims.iat),
  }
}

/** One line for each fact that is there. */
export function renderFacts(facts: SubjectFacts): readonly string[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['typ', facts.typ],
    ['alg', facts.alg],
    ['iss', facts.iss],
    ['aud', facts.aud.length === 0 ? undefined : facts.aud.join(', ')],
    ['iat', renderMoment(facts.iat)],
    ['exp', renderMoment(facts.exp)],
  ]
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
}

function renderMoment(seconds: number | undefined): string | undefined {
  if (seconds === undefined) return undefined
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString()
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 512) : undefined
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
