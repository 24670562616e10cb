/** What is proven about the access before and after a change. */
import type { TrustEffect } from './diff.ts'

export type Relation = {
  /** Everything that was allowed is still allowed. */
  readonly keepsAll: boolean
  /** Nothing is allowed that was not. */
  readonly addsNothing: boolean
}

export const SAME: Relation = { keepsAll: true, addsNothing: true }
export const UNPROVEN: Relation = { keepsAll: false, addsNothing: false }

export function both(...relations: readonly Relation[]): Relation {
  return {
    keepsAll: relations.every(({ keepsAll }) => keepsAll),
    addsNothing: relations.every(({ addsNothing }) => addsNothing),
  }
}

/** For a value of which a larger one allows more. */
export function compareNumbers(before: number, after: number): Relation {
  return { keepsAll: after >= before, addsNothing: after <= before }
}

/** For a set of which each member allows something. */
export function compareSets(before: Iterable<string>, after: Iterable<string>): Relation {
  const [old, young] = [new Set(before), new Set(after)]
  return {
    keepsAll: [...old].every((member) => young.has(member)),
    addsNothing: [...young].every((member) => old.has(member)),
  }
}

/** For a value of which another one is neither more nor less. */
export function compareEqual(before: unknown, after: unknown): Relation {
  return JSON.stringify(before) === JSON.stringify(after) ? SAME : UNPROVEN
}

export function effectOf({ keepsAll, addsNothing }: Relation): TrustEffect {
  if (keepsAll) return addsNothing ? 'same' : 'widened'
  return addsNothing ? 'narrowed' : 'changed'
}
