/**
 * Computes the keys of a rule index from values and from the literal text of globs. A key is a
 * 32-bit hash. Two values may have the same key, so the evaluator compares each rule that it finds.
 */
import { MAX_PATTERN_CHARACTERS } from '../../../contract/limits.ts'
import type { Primitive } from '../compile/compiled.ts'

/** What a key stands for. The kinds of one claim never share a key on purpose. */
export const KINDS = Object.freeze({
  /** A value of an equality of an allow rule, with its type. */
  string: 0,
  number: 1,
  boolean: 2,
  /** A value of an equality of a deny rule, by content: see `could-be.ts`. */
  denial: 3,
  /** The literal text of a glob, and where it must be in the claim. */
  prefix: 4,
  suffix: 5,
  piece: 6,
})

export type Kind = (typeof KINDS)[keyof typeof KINDS]

/** A place in an index, without the claim. */
export type Place = {
  readonly kind: Kind
  readonly hash: number
  /** The characters of a literal text of a glob; 0 for a value. */
  readonly length: number
}

/** An odd factor, so that each character changes the hash. */
const BASE = 0x0100_0193
const POWERS = new Int32Array(MAX_PATTERN_CHARACTERS + 1).fill(1)
for (let index = 1; index < POWERS.length; index += 1) {
  POWERS[index] = Math.imul(POWERS[index - 1] ?? 1, BASE)
}

export function hashText(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index += 1) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0
  }
  return hash
}

/** The hashes of all beginnings of a text. `hashBetween` needs them. */
export function hashBeginnings(text: string): Int32Array {
  const hashes = new Int32Array(text.length + 1)
  let hash = 0
  for (let index = 0; index < text.length; index += 1) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0
    hashes[index + 1] = hash
  }
  return hashes
}

/** The hash of a part of the text, in constant time. */
export function hashBetween(beginnings: Int32Array, from: number, length: number): number {
  const before = Math.imul(beginnings[from] ?? 0, POWERS[length] ?? 0)
  return ((beginnings[from + length] ?? 0) - before) | 0
}

/** The key of a place. `claim` is the number of the claim, and `salt` a property of the rule. */
export function keyAt(place: Place, claim: number, salt: number): number {
  return keyOf(place.hash, slotOf(claim, place.kind, place.length), salt)
}

export function slotOf(claim: number, kind: Kind, length: number): number {
  return Math.imul(Math.imul(claim, 8) + kind, 2 * MAX_PATTERN_CHARACTERS) + length
}

/** Mixes all bits, so that the keys spread over the table (the finalizer of MurmurHash3). */
export function keyOf(hash: number, slot: number, salt: number): number {
  let key = (hash ^ Math.imul(slot, 0x9e37_79b1)) + salt
  key = Math.imul(key ^ (key >>> 16), 0x85eb_ca6b)
  key = Math.imul(key ^ (key >>> 13), 0xc2b2_ae35)
  return (key ^ (key >>> 16)) >>> 0
}

export function placeOfValue(value: Primitive): Place {
  const kind = KINDS[typeof value as 'string' | 'number' | 'boolean']
  return { kind, hash: hashText(String(value)), length: 0 }
}

/**
 * The lengths of the pieces that are indexed. A claim is searched for each length that occurs, so
 * there are only a few.
 */
const PIECE_LENGTHS = [256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1]

/** The literal texts of a glob that each match contains; empty if the glob has none. */
export function placesOfGlob(source: string): readonly Place[] {
  const [prefix = '', ...rest] = source.split('*')
  const suffix = rest.pop() ?? ''
  const places: Place[] = []
  if (prefix !== '') places.push(placeOfText(KINDS.prefix, prefix))
  if (suffix !== '') places.push(placeOfText(KINDS.suffix, suffix))
  for (const piece of rest) {
    const length = PIECE_LENGTHS.find((one) => one <= piece.length)
    if (length === undefined) continue
    places.push(placeOfText(KINDS.piece, piece.slice(0, length)))
    if (length < piece.length) places.push(placeOfText(KINDS.piece, piece.slice(-length)))
  }
  return places
}

function placeOfText(kind: Kind, text: string): Place {
  return { kind, hash: hashText(text), length: text.length }
}
