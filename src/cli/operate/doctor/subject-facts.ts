/**
 * The few values of a subject token that the doctor may show. Other claims can contain names of
 * people and projects, and are not read.
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

/** Returns undefined for anything but a JWT. The signature has not been verified. */
export function readSubjectFacts(token: string): SubjectFacts | undefined {
  const [header, claims] = readParts(token)
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

/** The values of an issued token that say why it does not verify. */
export type TokenFacts = {
  readonly kid: string | undefined
  readonly iss: string | undefined
  /** Epoch seconds. */
  readonly exp: number | undefined
  readonly nbf: number | undefined
}

/** Returns undefined for anything but a JWT. The signature has not been verified. */
export function readTokenFacts(token: string): TokenFacts | undefined {
  const [header, claims] = readParts(token)
  if (header === undefined || claims === undefined) return undefined
  const { exp, nbf } = claims
  return {
    kid: asText(header.kid),
    iss: asText(claims.iss),
    exp: asNumber(exp),
    nbf: asNumber(nbf),
  }
}

function readParts(token: string) {
  const parts = token.split('.')
  if (parts.length !== 3) return []
  return parts.slice(0, 2).map((part) => parseStrictObject(Buffer.from(part, 'base64url')))
}

/** Renders one line for each value that is present. */
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
