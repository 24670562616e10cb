/** Checks a draft: problems, findings of lint, and the differences from the document in force. */
import {
  describeEffects,
  diffTrust,
  type Finding,
  lint,
  type TrustChange,
} from '../../../../analysis/index.ts'
import {
  checkTrust,
  compileInForce,
  type PlacedProblem,
  type Remark,
  type SortedFindings,
  sortFindings,
  toRemark,
  widestCeilings,
} from '../../../../analysis/source/in-house.ts'
import type { CompiledTrust } from '../../../../core/policy/compile/compiled.ts'
import { readText } from './text.ts'

/** More marks make the editor slow, and nobody reads them. */
const MAX_REMARKS = 1000

/** The document in force, which a draft will replace. */
export type Base = {
  readonly revision: number
  readonly document: unknown
  /** Undefined if this release can use no part of it. */
  readonly trust: CompiledTrust | undefined
  readonly gatewayIssuer: string
}

export type Assessment =
  | { readonly kind: 'refused'; readonly problems: readonly PlacedProblem[] }
  | {
      readonly kind: 'valid'
      readonly document: unknown
      readonly trust: CompiledTrust
      readonly changes: readonly TrustChange[]
      /** The first findings of lint, also accepted ones, to mark them in the text. */
      readonly remarks: readonly Remark[]
      /** The unresolved ones that the change concerns, and the number of the others. */
      readonly findings: SortedFindings
    }

export function createBase(revision: number, document: unknown, gatewayIssuer: string): Base {
  return { revision, document, gatewayIssuer, trust: compileInForce(document, gatewayIssuer) }
}

/** `at`: epoch seconds. */
export function assess(text: string, base: Base, at: number): Assessment {
  const ceilings = widestCeilings(base.gatewayIssuer.replace(/\/+$/, ''))
  const checked = checkTrust(readText(text), ceilings, at)
  if (!checked.ok) return { kind: 'refused', problems: checked.error.problems }
  const { file, trust } = checked.value
  const { document: before, trust: inForce } = base
  const changes = describeEffects(diffTrust(before, file.value), inForce, trust)
  const found = lint(trust, { at })
  const known = findKnown(base, at)
  return {
    ...{ kind: 'valid', document: file.value, trust, changes },
    remarks: found.slice(0, MAX_REMARKS).map((finding) => toRemark(file, finding)),
    findings: sortFindings({ file, trust, inForce, changes, found, known }, at),
  }
}

const findingsOfBases = new WeakMap<Base, readonly Finding[]>()

/** The findings of the document in force, which are the same for every draft. */
function findKnown(base: Base, at: number): readonly Finding[] {
  const kept = findingsOfBases.get(base)
  if (kept !== undefined || base.trust === undefined) return kept ?? []
  const known = lint(base.trust, { at })
  findingsOfBases.set(base, known)
  return known
}
