/** The two ways a step of the exchange can end: a value, or a denial that says why. */
import type { Denial } from './denial.ts'

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly denial: Denial }

export function ok<T>(value: T): Result<T> {
  return { ok: true, value }
}

export function deny(denial: Denial): { readonly ok: false; readonly denial: Denial } {
  return { ok: false, denial }
}
