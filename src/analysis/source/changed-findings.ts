/**
 * Sorts the unresolved findings of a proposed document: those that its change concerns, and the
 * rest, which is only counted. A finding of the first kind is in a changed part, or the document in
 * force lacks it.
 */

import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import type { TrustChange } from '../diff/diff.ts'
import type { Finding } from '../lint/finding.ts'
import { isBlocking, lint } from '../lint/lint.ts'
import { type Remark, toRemark } from './remark.ts'
import type { TrustFile } from './trust-file.ts'

export type SortedFindings = {
  readonly concerned: readonly Remark[]
  /** How many unresolved findings there are in the rest of the document. */
  readonly others: number
}

type Proposed = {
  readonly file: TrustFile
  readonly trust: CompiledTrust
  /** The document in force; undefined if it does not compile. */
  readonly inForce: CompiledTrust | undefined
  readonly changes: readonly TrustChange[]
  /** The findings of both documents, if they are known already. */
  readonly found?: readonly Finding[]
  readonly known?: readonly Finding[]
}

/** `at`: epoch seconds. */
export function sortFindings(proposed: Proposed, at: number): SortedFindings {
  const { file, trust, inForce, changes } = proposed
  const open = (findings: readonly Finding[]) => findings.filter(isBlocking)
  const found = open(proposed.found ?? lint(trust, { at }))
  const old = proposed.known ?? (inForce === undefined ? [] : lint(inForce, { at }))
  const known = new Set(open(old).map(identify))
  const changed = new Set(changes.map(({ part, name }) => `${part}s ${name}`))
  const isConcerned = (finding: Finding) =>
    changed.has(nameOfPart(finding, trust)) || !known.has(identify(finding))
  const concerned = found.filter(isConcerned)
  return {
    concerned: concerned.map((finding) => toRemark(file, finding)),
    others: found.length - concerned.length,
  }
}

/** Positions change when a rule is added, so they do not identify a finding. */
function identify({ lint: id, rule, message, path }: Finding): string {
  return JSON.stringify([id, rule, message, path.slice(rule === undefined ? 0 : 2)])
}

function nameOfPart({ path: [kind, part] }: Finding, { rules }: CompiledTrust): string {
  return `${kind} ${typeof part === 'number' ? rules[part]?.name : part}`
}

export function countFindings(count: number): string {
  return count === 1 ? '1 lint finding' : `${count} lint findings`
}
