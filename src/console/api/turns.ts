/**
 * Tells whether an answer still belongs to what the user sees. A form may change while the gateway
 * answers, and a user must confirm what the page then shows.
 */

export type Turns = {
  /** Begins a turn and ends the one before. Returns whether this turn is still the last one. */
  readonly begin: () => () => boolean
}

export function createTurns(): Turns {
  let last = 0
  return {
    begin() {
      last += 1
      const own = last
      return () => own === last
    },
  }
}
