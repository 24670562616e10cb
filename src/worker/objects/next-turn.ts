/**
 * Lets calls of an object that arrive in the same turn of its event loop write in one turn, so that
 * they share a commit. On one machine, a commit costs more than the rest of a small call. On
 * Cloudflare, where writes of several turns are under way at once, it would only delay them.
 */
import { wait } from '../../web/deadline.ts'

/** Returns a function whose promise resolves for all of its callers in the next turn. */
export function createNextTurn(): () => Promise<void> {
  let turn: Promise<void> | undefined
  return () => {
    turn ??= wait(0).then(() => {
      turn = undefined
    })
    return turn
  }
}
