/**
 * The claim `act` of issued tokens (RFC 8693 §4.1): who acts for the subject. The gateway writes it
 * and the verifier reads it.
 */

/** One actor: the issuer and the subject of the token that proved it. */
export type ActorName = { readonly iss: string; readonly sub: string }

/** The current actor. `act` has the actors before it, the newest outermost. */
export type ActorClaim = ActorName & { readonly act?: ActorClaim }

/**
 * Returns the actors of a claim `act`, the current one first. None if the claim is absent, and
 * undefined if it has another form.
 */
export function readActors(act: unknown): readonly ActorName[] | undefined {
  const actors: ActorName[] = []
  for (let next = act; next !== undefined; ) {
    if (typeof next !== 'object' || next === null) return undefined
    const { iss, sub, act: former } = next as Partial<Record<string, unknown>>
    if (typeof iss !== 'string' || typeof sub !== 'string') return undefined
    actors.push({ iss, sub })
    next = former
  }
  return actors
}

/** Returns the claim for a list of actors, the current one first. Undefined for none. */
export function nestActors(actors: readonly ActorName[]): ActorClaim | undefined {
  return actors.reduceRight<ActorClaim | undefined>(
    (act, { iss, sub }) => (act === undefined ? { iss, sub } : { iss, sub, act }),
    undefined,
  )
}

/**
 * Writes the actors as the value of a header: issuer and subject of each, separated by a space, and
 * a comma between two actors. Both are percent-encoded where they have another character than visible
 * ASCII, a comma or a percent sign. Otherwise one actor could be read as two (EXC-11).
 */
export function formatActors(actors: readonly ActorName[]): string {
  return actors.map(({ iss, sub }) => `${encodeName(iss)} ${encodeName(sub)}`).join(',')
}

function encodeName(text: string): string {
  // A lone surrogate has no UTF-8 form.
  const well = text.replace(/\p{Cs}/gu, '\ufffd')
  return well.replace(/[^\x21-\x24\x26-\x2b\x2d-\x7e]+/gu, encodeURIComponent)
}
