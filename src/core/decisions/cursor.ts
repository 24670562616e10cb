/**
 * The cursor of a page of decisions: the period, and the position that the next page follows. It
 * contains a digest of the question and its period, so a cursor of another question, or with another
 * period, is refused and never answers with some of its decisions.
 */
import * as z from 'zod/mini'
import { readDecisionId } from '../../contract/decisions/id.ts'
import type { DecisionPosition } from '../../contract/decisions/query.ts'
import { decodeBase64Url, encodeBase64Url, isBase64Url } from '../../web/base64.ts'
import { decodeUtf8 } from '../../web/bytes.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import { sha256Hex } from '../../web/sha256.ts'

export type Continuation = {
  readonly from: number
  readonly to: number
  readonly before: DecisionPosition
}

/** Sorts after every id: at a time, it is the position before the first record. */
export const BEFORE_ALL_IDS = '~'
/** 128 bits tell questions apart. A cursor grants no right, so a collision gives no advantage. */
const DIGEST_CHARACTERS = 32
const MAX_CURSOR_CHARACTERS = 400

const time = z.int().check(z.nonnegative())
const schema = z.tuple([z.literal(1), z.string(), time, time, time, z.string()])

export function formatCursor({ from, to, before }: Continuation, question: string): string {
  const parts = [1, digestOf([question, from, to]), from, to, before.at, before.id]
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify(parts)))
}

export function parseCursor(
  text: string,
  question: string,
): Result<Continuation, 'malformed' | 'other_question'> {
  const parsed = schema.safeParse(parseText(text))
  if (!parsed.success) return fail('malformed')
  const [, digest, from, to, at, id] = parsed.data
  if (id !== BEFORE_ALL_IDS && readDecisionId(id)?.at !== at) return fail('malformed')
  if (digest !== digestOf([question, from, to])) return fail('other_question')
  return ok({ from, to, before: { at, id } })
}

function digestOf(asked: readonly [question: string, from: number, to: number]): string {
  return sha256Hex(JSON.stringify(asked)).slice(0, DIGEST_CHARACTERS)
}

function parseText(text: string): unknown {
  if (text.length > MAX_CURSOR_CHARACTERS || !isBase64Url(text)) return undefined
  try {
    return JSON.parse(decodeUtf8(decodeBase64Url(text)) ?? '')
  } catch {
    return undefined
  }
}
