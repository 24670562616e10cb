/**
 * Compiles the claims that a grant adds to the token. Names that only the gateway sets are refused,
 * and so is a claim that is too deep or, with its literal text alone, too large.
 */
import type { DocumentPath } from '../../../contract/admin.ts'
import type { ClaimSource } from '../../../contract/claim-tree.ts'
import { MAX_GRANT_CLAIM_DEPTH, MAX_GRANT_CLAIM_VALUES } from '../../../contract/limits.ts'
import { MAX_RENDERED_BYTES, MAX_RENDERED_CLAIMS_BYTES } from '../../limits.ts'
import type { ClaimMember, ClaimTree } from '../language/claim-tree.ts'
import { countBytes, leastBytes, type Template } from '../language/template.ts'
import type { Report } from './context.ts'

/**
 * Only the gateway sets these claims. Otherwise a rule could forge a lifetime, an actor or a scope
 * (MAP-02).
 */
const RESERVED_CLAIMS: ReadonlySet<string> = new Set(
  (
    'iss sub aud exp nbf iat jti scope client_id act may_act cnf origin rev status ' +
    'azp nonce acr amr auth_time sid events roles groups entitlements typ ' +
    '__proto__ constructor prototype'
  ).split(' '),
)

/** Claims that an earlier release let rules set. Stored documents may still do so. */
function isNewlyReserved(name: string): boolean {
  return name === 'anc'
}

type Sources = { readonly [name: string]: ClaimSource }

/** What the claims of one grant are compiled with. */
export type ClaimsContext = {
  /** Where the claims are in the document. */
  readonly at: DocumentPath
  readonly compileText: (text: string, path: DocumentPath) => Template | undefined
  /** The document was accepted before, perhaps by an older release. */
  readonly isStored: boolean
  readonly report: Report
}

export type CompiledClaims = {
  readonly members: readonly ClaimMember[]
  /** Whether the rendered claims can be larger than the limit, so that each result is measured. */
  readonly isMeasured: boolean
}

const NONE: CompiledClaims = Object.freeze({ members: Object.freeze([]), isMeasured: false })

export function compileClaims(
  source: Sources | undefined,
  { at, compileText, isStored, report }: ClaimsContext,
): CompiledClaims {
  if (source === undefined) return NONE
  for (const name of Object.keys(source)) {
    if (!RESERVED_CLAIMS.has(name) && (isStored || !isNewlyReserved(name))) continue
    const message = 'is reserved: only the gateway sets this claim'
    report([...at, name], 'claim_reserved', message)
  }
  const size = measure(source)
  // The claims themselves are one object around the values.
  if (size.depth > MAX_GRANT_CLAIM_DEPTH + 1) {
    report(at, 'claims_too_deep', `nests more than ${MAX_GRANT_CLAIM_DEPTH} levels deep`)
    return NONE
  }
  if (size.values > MAX_GRANT_CLAIM_VALUES + 1) {
    report(at, 'claims_too_large', `has more than ${MAX_GRANT_CLAIM_VALUES} values`)
    return NONE
  }
  const texts: Template[] = []
  const compile = (value: ClaimSource, path: DocumentPath, place: string): ClaimTree => {
    if (typeof value === 'number' || typeof value === 'boolean') return constant(value)
    if (typeof value === 'string') {
      const template = compileText(value, path)
      // The problem is reported, so that the claim never renders.
      if (template === undefined) return constant(false)
      texts.push(template)
      return Object.freeze({ kind: 'text', template, place })
    }
    if (isList(value)) {
      const items = value.map((item, index) =>
        compile(item, [...path, index], `${place}[${index}]`),
      )
      return Object.freeze({ kind: 'list', items: Object.freeze(items) })
    }
    return Object.freeze({ kind: 'object', members: compileMembers(value, path, place) })
  }
  const compileMembers = (members: Sources, path: DocumentPath, place: string) =>
    Object.freeze(
      Object.entries(members).map(([name, value]) =>
        Object.freeze({ name, value: compile(value, [...path, name], `${place}.${name}`) }),
      ),
    )
  const members = compileMembers(source, at, 'claims')
  // Each template is counted by its source, which is replaced by what it renders to.
  const frame = countBytes(JSON.stringify(source)) - sum(texts, ({ source: text }) => sizeOf(text))
  const least = frame + sum(texts, leastBytes)
  // An older release accepted such a rule. It decides and refuses, so it is not left out.
  if (least > MAX_RENDERED_CLAIMS_BYTES && !isStored) {
    const message = `has at least ${least} bytes, and ${MAX_RENDERED_CLAIMS_BYTES} are allowed`
    report(at, 'claims_too_large', message)
  }
  // JSON escapes a quotation mark or a backslash with one more byte.
  const most = frame + texts.length * 2 * MAX_RENDERED_BYTES
  return { members, isMeasured: most > MAX_RENDERED_CLAIMS_BYTES }
}

function constant(value: number | boolean): ClaimTree {
  return Object.freeze({ kind: 'constant', value })
}

function isList(value: Sources | readonly ClaimSource[]): value is readonly ClaimSource[] {
  return Array.isArray(value)
}

/** The bytes of a text in JSON, without its quotation marks. */
function sizeOf(text: string): number {
  return countBytes(JSON.stringify(text)) - 2
}

function sum(templates: readonly Template[], sizeOf: (template: Template) => number): number {
  return templates.reduce((total, template) => total + sizeOf(template), 0)
}

/** The nesting and the number of values. The shape of the document bounds the recursion. */
function measure(value: ClaimSource): { readonly depth: number; readonly values: number } {
  if (typeof value !== 'object') return { depth: 0, values: 1 }
  const sizes = Object.values(value).map(measure)
  return {
    depth: 1 + Math.max(0, ...sizes.map(({ depth }) => depth)),
    values: sizes.reduce((total, { values }) => total + values, 1),
  }
}
